package dataservice

import (
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// connector is a call that connects to a database by texts that code may put together.
type connector struct {
	service string // empty where the address says which
	pattern *lazyregexp.Regexp
	word    string // that a file with it contains
	read    func(arguments []string) (address, user, password, name string)
}

// first takes the address alone, second the one behind what names the driver or a context.
func first(a []string) (address, user, password, name string)  { return at(a, 0), "", "", "" }
func second(a []string) (address, user, password, name string) { return at(a, 1), "", "", "" }

// login takes the address, the user and the password.
func login(a []string) (address, user, password, name string) {
	return at(a, 0), at(a, 1), at(a, 2), ""
}

func at(texts []string, i int) string {
	if i < len(texts) {
		return texts[i]
	}
	return ""
}

var connectors = []connector{
	{"", lazyregexp.New(`\bnew\s+\\?PDO\(`), "PDO(", login},
	{"mysql", lazyregexp.New(`\bmysqli_connect\(|\bnew\s+\\?mysqli\(`), "mysqli", func(a []string) (address, user, password, name string) {
		return at(a, 0), at(a, 1), at(a, 2), at(a, 3)
	}},
	{"mysql", lazyregexp.New(`\bmysql\.Open\(`), "mysql", first},
	{"mysql", lazyregexp.New(`\b(?:sql|sqlx|gorm)\.(?:Open|Connect|MustConnect|MustOpen)\(\s*"mysql"`), "mysql", second},
	{"postgres", lazyregexp.New(`\bpostgres\.Open\(`), "postgres", first},
	{"postgres", lazyregexp.New(`\b(?:sql|sqlx|gorm)\.(?:Open|Connect|MustConnect|MustOpen)\(\s*"(?:postgres|pgx)"|\bpgx(?:pool)?\.(?:Connect|New)\(`), "p", second},
	{"", lazyregexp.New(`\bDriverManager\.getConnection\(`), "DriverManager", login},
}

var (
	pdoText = lazyregexp.New(`^(mysql|pgsql|sqlite|sqlsrv):(.*)$`)
	pdoPair = lazyregexp.New(`(\w+)=([^;\s]*)`)
)

// connectClues are the calls of code that connects, with the constants that it puts the address
// together from.
func connectClues(file tree.File, others Constants) []Clue {
	var clues []Clue
	var constants Constants
	for _, c := range connectors {
		if !strings.Contains(file.Text, c.word) {
			continue
		}
		for _, m := range c.pattern.FindAllStringSubmatchIndex(file.Text, 8) {
			if constants == nil {
				constants = constantsOf(file.Text, others)
			}
			open := m[0] + strings.IndexByte(file.Text[m[0]:m[1]], '(')
			if clue, ok := c.clue(file.Text, open, constants); ok {
				clue.Evidence = file.At(m[0], strings.Join(strings.Fields(file.Text[m[0]:open]), " "))
				clues = append(clues, clue)
			}
		}
	}
	return clues
}

// fromEnv is a name that a variable gives a text.
var fromEnv = lazyregexp.New(`(\w+)\s*:?=\s*(?:os\.Getenv|getenv|System\.getenv)\(\s*["'](\w+)["']\s*\)`)

// clue is what a call in a source shows, from its opening bracket on.
func (c connector) clue(source string, open int, constants Constants) (Clue, bool) {
	address, user, password, name := c.read(stack.Arguments("," + argumentsOf(source[open:])[1:]))
	text := constants.text(address)
	if c.service == "mysql" {
		text = strings.Replace(text, "@/", "@tcp(localhost)/", 1) // which is the same to Go's driver
	}
	clue := Clue{Service: c.service, Literal: true}
	switch a, ok := parseAddress(text); {
	case ok:
		clue.Address = a
		if of := ofScheme(a.Scheme); of != nil {
			clue.Service = of.Name
		}
	case pdoText.MatchString(text):
		if clue.Service, clue.Address = ofPDO(text); clue.Service == SQLite {
			return clue, true
		}
	case name != "" || user != "" || c.word == "mysqli":
		clue.Address.Host = text
	default:
		for _, m := range fromEnv.FindAllStringSubmatch(source, maxClues) {
			if m[1] == strings.TrimSpace(address) {
				clue.Reads = []Read{{m[2], PartURL}}
			}
		}
		return clue, clue.Reads != nil
	}
	for _, part := range []struct {
		to         *string
		expression string
	}{{&clue.Address.User, user}, {&clue.Address.Password, password}, {&clue.Address.Name, name}} {
		if part.expression != "" {
			*part.to = constants.text(part.expression)
		}
	}
	clue.Address = clue.Address.literals()
	clue.Fixed = clue.Address.Host != ""
	return clue, clue.Service != ""
}

// ofPDO reads a connection string of PHP: https://www.php.net/manual/pdo.drivers.php.
func ofPDO(text string) (service string, a Address) {
	m := pdoText.FindStringSubmatch(text)
	if service = ofDialect(m[1]); service == SQLite {
		return service, a
	}
	for _, pair := range pdoPair.FindAllStringSubmatch(m[2], 10) {
		a.set(strings.ToLower(pair[1]), pair[2])
	}
	return service, a
}

// inArray is the connection string of an array of settings in PHP, as Yii has it.
var inArray = lazyregexp.New(`["']dsn["']\s*=>\s*["']((?:mysql|pgsql|sqlite):[^"'\n]*)["']`)

// arrayClues are the databases of such arrays, with the login next to the connection string.
func arrayClues(file tree.File) []Clue {
	var clues []Clue
	for _, m := range inArray.FindAllStringSubmatchIndex(file.Text, 8) {
		clue := Clue{Literal: true, Evidence: file.At(m[0], "dsn")}
		clue.Service, clue.Address = ofPDO(file.Text[m[2]:m[3]])
		for _, pair := range argument.FindAllStringSubmatch(argumentsOf(file.Text[m[1]-1:]), 8) {
			clue.Address.set(strings.ToLower(pair[1]), pair[2])
		}
		clue.Fixed = clue.Address.Host != ""
		clues = append(clues, clue)
	}
	return clues
}

var (
	userSetting     = lazyregexp.New(`(?:\.set(?:Username|User)\(|\.username\()\s*"([^"]*)"\s*\)|name="(?:hibernate\.)?connection\.username"[^>]*>([^<]*)<|name="(?:javax|jakarta)\.persistence\.jdbc\.user"\s+value="([^"]*)"`)
	passwordSetting = lazyregexp.New(`(?:\.setPassword\(|\.password\()\s*"([^"]*)"\s*\)|name="(?:hibernate\.)?connection\.password"[^>]*>([^<]*)<|name="(?:javax|jakarta)\.persistence\.jdbc\.password"\s+value="([^"]*)"`)
)

// jdbcLogins are the logins that stand by themselves near a URL of JDBC: in calls that set up a
// pool, and in settings of Hibernate and JPA.
func jdbcLogins(file tree.File, urls []Clue) []Clue {
	if len(urls) == 0 || !strings.Contains(file.Text, "jdbc:") {
		return nil
	}
	clue := Clue{Service: urls[0].Service, Literal: true, Evidence: urls[0].Evidence}
	for _, part := range []struct {
		to      *string
		pattern *lazyregexp.Regexp
	}{{&clue.Address.User, userSetting}, {&clue.Address.Password, passwordSetting}} {
		if m := part.pattern.FindStringSubmatch(file.Text); m != nil {
			*part.to = m[1] + m[2] + m[3]
		}
	}
	if clue.Service == SQLite || clue.Address.User == "" {
		return nil
	}
	return []Clue{clue}
}
