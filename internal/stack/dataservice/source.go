package dataservice

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// SQLite stands for a database that needs no service: its file is its data. H2 is one too.
const SQLite = "sqlite"

// Clue is a place in a source or a settings file that shows a data service.
type Clue struct {
	Service string  // the name of one, or [SQLite]
	Variant string  // the name of one of its variants; empty where nothing says so
	Address Address // what is written there, as far as it is a literal
	Fixed   bool    // its host is a literal, so that no variable can change it
	Literal bool    // so is its login
	Calls   bool    // the code calls the driver itself
	Cloud   bool    // by a driver that only a provider's servers answer
	Reads   []Read  // the variables that give the code the parts of the address
	Scheme  string  // that of a URL which the code puts together; empty for none
	tree.Evidence
}

// Clues gives what a source or a settings file shows of data services. Other files of the
// program may give names to what it puts an address together from.
func Clues(file tree.File, others Constants) []Clue {
	urls := urlClues(file)
	calls := callClues(file)
	clues := once(slices.Concat(
		connectClues(file, others), arrayClues(file), urls, jdbcLogins(file, urls), dsnClues(file), calls, objectClues(file, calls),
		configClues(file), nameClues(file), dialectClues(file), importClues(file), cloudClues(file), variantClues(file), settingsReads(file),
	))
	for _, v := range Overrides(file) {
		if _, known := classify(v.Name); known {
			for i, c := range clues {
				clues[i].Fixed = c.Fixed && !v.isAt(c.Line)
			}
		}
	}
	return clues
}

// once leaves out an address that a call which connects with it shows already, with its login.
// What reads variables says more.
func once(clues []Clue) []Clue {
	var kept []Clue
	for _, c := range clues {
		again := func(known Clue) bool {
			samePort := known.Address.Port == c.Address.Port || known.Address.Port == 0 || c.Address.Port == 0
			return known.Literal && known.Service == c.Service && known.Address.Host == c.Address.Host && c.Address.Host != "" && samePort
		}
		if len(c.Reads) > 0 || !slices.ContainsFunc(kept, again) {
			kept = append(kept, c)
		}
	}
	return kept
}

// isAt says whether the variable overrides what is at a line of a settings file.
func (v Named) isAt(line int) bool {
	return slices.ContainsFunc(v.Values, func(value Value) bool { return value.At.Line == line || value.At.Line == 0 })
}

// literalURLs are URLs of data services, in quotes or behind an equals sign.
var literalURLs = sync.OnceValue(func() *regexp.Regexp {
	var schemes []string
	for _, s := range all {
		for _, scheme := range s.Schemes {
			schemes = append(schemes, regexp.QuoteMeta(scheme))
		}
	}
	return regexp.MustCompile(`\b((?:jdbc:|r2dbc:)?(?:sqlite3?|h2|` + strings.Join(schemes, "|") + `)(?:\+\w+)?):/{0,2}[^\s"'` + "`" + `<>,)]*`)
})

var (
	// atHome are addresses of a broker on this machine, as Celery takes them.
	atHome      = lazyregexp.New(`^(?:py)?amqp://(?:\w+(?::\w+)?@)?/{0,2}$|^redis://(?:/\d+)?$`)
	comparesURL = lazyregexp.New(`\bstartswith\(|\bstartsWith\(|\breplace\(|==`)
)

// fromVariable is code that reads a variable: a literal next to it is a default.
var fromVariable = lazyregexp.New(`\bprocess\.env\b|\bimport\.meta\.env\b|\bgetenv\b|\benviron\b|\benv\(|\bconfig\(|\bos\.Getenv\b|\bENV\[|\bENV\.fetch\b|\$\{\w+:|(?i)\benv\.(?:get|str|url)|\b\w*get_?env\w*\(|\benv(?:_or|or)\w*\(|\blookupenv\b|\b(?:env|dotenvy?)::var|\boption_env!|\bGetEnvironmentVariable\b`)

// maxClues bounds how many clues of a kind one file gives.
const maxClues = 100

func urlClues(file tree.File) []Clue {
	if !strings.Contains(file.Text, "://") && !strings.Contains(file.Text, "jdbc:") {
		return nil
	}
	var clues []Clue
	for _, m := range literalURLs().FindAllStringSubmatchIndex(file.Text, maxClues) {
		scheme, text := file.Text[m[2]:m[3]], file.Text[m[0]:m[1]]
		if !strings.Contains(text, "://") && !strings.HasPrefix(scheme, "jdbc:") {
			continue
		}
		if plain := strings.TrimPrefix(scheme, "jdbc:"); strings.HasPrefix(plain, "sqlite") || plain != scheme && plain == "h2" {
			clues = append(clues, Clue{Service: SQLite, Evidence: file.At(m[0], scheme)})
			continue
		}
		of := ofScheme(scheme)
		if of == nil || of.IgnoreURLs || isCompared(file.Text, text, m[0]) {
			continue
		}
		clue := Clue{Service: of.Name, Evidence: file.At(m[0], scheme+"://")}
		if strings.ContainsAny(text, "{%$") {
			clue.Scheme = scheme
		}
		clue.locate(file, text, m[0])
		clues = append(clues, clue)
	}
	return clues
}

// locate takes the address in the URL at an offset, as far as it is a literal.
func (c *Clue) locate(file tree.File, text string, at int) {
	address, ok := parseAddress(text)
	if !ok || strings.ContainsAny(address.Host, "{}$%") {
		return
	}
	if atHome.MatchString(text) && isQuoted(file.Text, at, at+len(text)) {
		address.Host = "localhost"
	}
	c.Address = address
	c.Fixed = address.Host != "" && !fromVariable.MatchString(strings.NewReplacer(text, "", "process.env.NODE_ENV", "").Replace(around(file.Text, at))) && !isBound(file.Path, address.Scheme)
	c.Text = address.Scheme + "://" + address.Host
	if address.Port > 0 {
		c.Text += ":" + strconv.Itoa(address.Port)
	}
}

// isCompared says whether a URL is only a scheme that code replaces or looks for.
func isCompared(file, text string, at int) bool {
	return strings.HasSuffix(text, "://") && comparesURL.MatchString(around(file, at))
}

// isQuoted says whether a part of a text is all that stands between two quotes, to which nothing
// is added.
func isQuoted(text string, start, end int) bool {
	return start > 0 && end < len(text) && text[start-1] == text[end] && !strings.HasPrefix(strings.TrimLeft(text[end+1:], " "), "+")
}

// around is the line that holds an offset, and the one before it.
func around(text string, at int) string {
	start := strings.LastIndexByte(text[:at], '\n') + 1
	before := start
	if start > 0 {
		before = strings.LastIndexByte(text[:start-1], '\n') + 1
	}
	line, _, _ := strings.Cut(text[start:], "\n")
	return text[before:start] + line
}

// opener is code that connects to a data service.
type opener struct {
	service string // empty where a setting near it says which
	pattern *lazyregexp.Regexp
	word    string // that a file with it contains
	alone   bool   // without arguments it connects to this machine
}

var openers = []opener{
	{"mysql", lazyregexp.New(`\bmysql2?\w*\.create(?:Connection|Pool)\(`), ".create", false},
	{"mysql", lazyregexp.New(`\b(?:mysql\.connector|pymysql|MySQLdb|aiomysql)\.(?:connect|create_pool)\(`), "connect", false},
	{"postgres", lazyregexp.New(`\bnew\s+(?:\w+\.)?(?:Pool|Client)\(\s*(?:\{|\w+\s*\))`), "new ", false},
	{"postgres", lazyregexp.New(`\b(?:require\(["']pg["']\)\)?\.)(?:Pool|Client)\)?\(\s*\{`), "pg", false},
	{"postgres", lazyregexp.New(`\b(?:psycopg2?|asyncpg|aiopg)\.(?:connect|create_pool|AsyncConnection\.connect)\(`), "connect", false},
	{"postgres", lazyregexp.New(`(?:\bpsycopg\w*\.(?:pool\.)?|\bpool\.|[\s(])(?:Simple|Threaded|Persistent|Async)?ConnectionPool\(`), "psycopg", false},
	{"mysql", lazyregexp.New(`\bMySQLConnectionPool\(`), "MySQLConnectionPool", false},
	// What the generator of Phoenix writes for PostgreSQL; for MySQL it is root.
	{"postgres", lazyregexp.New(`\b(config\s+:\w+,\s*[\w.]*Repo\s*,)\s*username:\s*"postgres"`), "Repo", false},
	{"postgres", lazyregexp.New(`\bPG(?:::Connection)?\.(?:connect|new|open)\(`), "PG", false},
	{"mysql", lazyregexp.New(`\bMysql2::Client\.new\(`), "Mysql2", false},
	{"redis", lazyregexp.New(`\bnew\s+(?:IO)?Redis(?:\.Cluster)?\(`), "Redis(", true},
	{"redis", lazyregexp.New(`\b(?:redis|aioredis)\.(?:Strict)?(?:Redis|ConnectionPool)\(`), "redis.", true},
	{"redis", lazyregexp.New(`\bredis\w*\.createClient\(`), "createClient", true},
	{"mongo", lazyregexp.New(`\b(?:MongoClient|AsyncIOMotorClient)\(`), "Client(", true},
	{"rabbitmq", lazyregexp.New(`\bConnectionParameters\(`), "ConnectionParameters", true},
	{"", lazyregexp.New(`\bDATABASES\s*=\s*\{`), "DATABASES", false},
	{"", lazyregexp.New(`\bnew\s+Sequelize\(`), "Sequelize(", false},
	{"", lazyregexp.New(`\bTypeOrmModule\.forRoot\(|\bnew\s+DataSource\(|\bcreateConnection\(`), "(", false},
	{"", lazyregexp.New(`\bconnection\s*:\s*\{`), "connection", false},
	// Of CodeIgniter.
	{"", lazyregexp.New(`[\s(\[,]()["']hostname["']\s*=>`), "hostname", false},
	{"", lazyregexp.New(`(?m)^\s*["']?(?:development|default)["']?\s*:\s*&?\w*\s*\{?\s*$|"development"\s*:\s*\{`), "de", false},
}

var (
	// argument is a literal by its name. What another call or a variable gives matches nothing.
	argument   = lazyregexp.New(`(?i)["']?\b(host|hostname|server|user|username|password|passwd|database|db|dbname|name|port|url)["']?\s*(?:[:=]|=>)\s*(?:["']([^"'\n]*)["']|(\d{2,5})\b|([\w.-]+)[ \t]*$)`)
	positional = lazyregexp.New(`^\s*["']([^"'\n]*)["']\s*(?:,\s*(?:["']([^"'\n]*)["']|\d+)\s*(?:,\s*["']([^"'\n]*)["'])?)?`)
)

// speaksPostgres is in a source that uses a driver of PostgreSQL.
var speaksPostgres = lazyregexp.New(`(?i)\bpg\b|postgres|neon|vercel|deno`)

// callClues reads the arguments of code that connects.
func callClues(file tree.File) []Clue {
	var clues []Clue
	constants := sync.OnceValue(func() Constants { return constantsOf(file.Text, nil) })
	for _, o := range openers {
		if !strings.Contains(file.Text, o.word) {
			continue
		}
		for _, m := range o.pattern.FindAllStringSubmatchIndex(file.Text, 8) {
			if strings.HasPrefix(path.Base(file.Path), "knexfile.") && !inDevelopment(file.Text[:m[0]]) {
				continue
			}
			if clue, ok := o.clue(file, m, constants); ok {
				clues = append(clues, clue)
			}
		}
	}
	return clues
}

// environments are the names of the settings in a knexfile: https://knexjs.org/guide/migrations.html.
var environments = lazyregexp.New(`(?m)^\s*["']?(development|test|testing|staging|production)["']?\s*:`)

// inDevelopment says whether what follows a text in a file of settings is for development.
func inDevelopment(before string) bool {
	names := environments.FindAllStringSubmatch(before, -1)
	return !slices.ContainsFunc(names, func(m []string) bool { return m[1] == "development" }) || names[len(names)-1][1] == "development"
}

// clue is what a match of the pattern shows, with its arguments.
func (o opener) clue(file tree.File, m []int, constants func() Constants) (Clue, bool) {
	call, end := file.Text[m[0]:m[1]], m[1]
	if len(m) > 3 && m[3] >= 0 {
		end = m[3]
	}
	if o.service == "postgres" && strings.Contains(call, "Client(") && !speaksPostgres.MatchString(file.Text) {
		return Clue{}, false // of Discord, or of the Model Context Protocol
	}
	block, _, _ := strings.Cut(argumentsOf(file.Text[end-1:]), "\nconfig ") // of Elixir, which has no bracket
	if strings.HasSuffix(call, ")") {
		block = argumentsOf(call[strings.IndexByte(call, '('):])
	}
	object, isName := objectNamed(file.Text, block)
	if isName && object == "" && strings.HasSuffix(call, ")") {
		return Clue{}, false // made elsewhere, of any kind
	}
	block = withConstants(cmp.Or(object, block), constants)
	service, reads := o.service, readsIn(block)
	if service == "" {
		service = dialectIn(block + "\n" + around(file.Text, m[0]))
	}
	if service == "" && len(reads) == 0 {
		return Clue{}, false
	}
	clue := Clue{Service: service, Reads: reads, Calls: o.service != "", Evidence: file.At(m[0], strings.Join(strings.Fields(strings.TrimRight(call, "({:=> \n")), " "))}
	clue.Address = o.address(service, block)
	if o.alone && strings.TrimSpace(strings.Trim(block, "(){}; \n")) == "" {
		clue.Address.Host = "localhost"
	}
	clue.Fixed, clue.Literal = clue.Address.Host != "", true
	return clue, true
}

var (
	onlyName = lazyregexp.New(`^\(\s*(?:\*\*|\.\.\.)?([A-Za-z_$][\w$]*)\s*,?\s*\)$`)
	objects  = lazyregexp.New(`\b([A-Za-z_$][\w$]*)(?:\s*:\s*[\w.<>]+)?\s*=\s*(?:dict)?[{(]`)
)

// objectNamed is the object in the same text whose name is all that a call is given, and whether
// it is given a name alone.
func objectNamed(text, arguments string) (object string, isName bool) {
	name := onlyName.FindStringSubmatch(arguments)
	if name == nil {
		return "", false
	}
	for _, m := range objects.FindAllStringSubmatchIndex(text, -1) {
		if text[m[2]:m[3]] == name[1] {
			return argumentsOf(text[m[1]-1:]), true
		}
	}
	return "", true
}

// address is what the literals among the arguments say.
func (o opener) address(service, block string) Address {
	var a Address
	if service == SQLite {
		return a
	}
	for _, m := range argument.FindAllStringSubmatch(block, 40) {
		value := m[2] + m[3] + m[4]
		if strings.Contains(value, "env") || strings.Contains(value, "config") || m[4] != "" && strings.Contains(m[4], ".") {
			continue
		}
		a.set(strings.ToLower(m[1]), value)
	}
	if m := positional.FindStringSubmatch(strings.TrimLeft(block, "(")); m != nil {
		switch {
		case strings.Contains(o.word, "Sequelize") && !strings.Contains(m[1], "://"):
			a.Name, a.User, a.Password = m[1], m[2], m[3]
		case service == "redis" || service == "mongo" || service == "rabbitmq":
			if !strings.Contains(m[1], "://") {
				a.Host = m[1]
			}
		}
	}
	return a
}

// set takes a literal, the first of each name.
func (a *Address) set(name, value string) {
	field := map[string]*string{
		"host": &a.Host, "hostname": &a.Host, "server": &a.Host, "user": &a.User, "username": &a.User, "password": &a.Password, "passwd": &a.Password,
		"database": &a.Name, "db": &a.Name, "dbname": &a.Name, "name": &a.Name,
	}[name]
	switch {
	case name == "url" && a.Host == "" && !strings.Contains(value, "/"):
		a.Host = value
	case name == "port" && a.Port == 0:
		a.Port, _ = stack.PortNumber(value)
	case field != nil && *field == "":
		*field = value
	}
}

// argumentsOf is the text up to the bracket that closes the first one, bounded.
func argumentsOf(text string) string {
	const most = 1500
	text = text[:min(len(text), most)]
	if end := stack.Closing(text[1:]); end >= 0 {
		return text[:end+2]
	}
	return text
}

var named = lazyregexp.New(`\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)["']?\]?\s*[:=]\s*["']([^"'\n]{1,100})["']`)

// nameClues reads settings that are literals: MYSQL_HOST = "localhost".
func nameClues(file tree.File) []Clue {
	if !stack.HasOne(file.Text, "_HOST", "_SERVER", "_DB", "_USER", "_DATABASE") {
		return nil
	}
	var clues []Clue
	for _, m := range named.FindAllStringSubmatchIndex(file.Text, maxClues) {
		name, value := file.Text[m[2]:m[3]], file.Text[m[4]:m[5]]
		meaning, ok := classify(name)
		if !ok || meaning.General || strings.Contains(value, "://") || Lookup(meaning.Services[0]).IgnoreURLs {
			continue
		}
		clue := Clue{Service: meaning.Services[0], Literal: true, Evidence: file.At(m[0], name)}
		switch meaning.Part {
		case PartHost:
			clue.Address.Host, clue.Fixed = value, true
		case PartUser:
			clue.Address.User = value
		case PartPassword:
			clue.Address.Password = value
		case PartName:
			clue.Address.Name = value
		default:
			continue
		}
		clues = append(clues, clue)
	}
	return clues
}

var (
	dialects = lazyregexp.New(`(?i)\b(?:dialect|client|type|provider|adapter|engine|(?:db)?driver|database-platform|driver-class-name)["']?\s*(?:[:=]|=>)\s*["']?([\w.-]+)["']?`)
	engines  = lazyregexp.New(`\bdjango\.(?:db|contrib\.gis\.db)\.backends\.(\w+)`)
)

// dialectClues give the first dialect that a file names.
func dialectClues(file tree.File) []Clue {
	for _, pattern := range []*lazyregexp.Regexp{engines, dialects} {
		if pattern == dialects && !stack.HasOne(file.Text, "dialect", "client", "type", "provider", "adapter", "ENGINE", "driver") {
			continue
		}
		for _, m := range pattern.FindAllStringSubmatchIndex(file.Text, -1) {
			if name := ofDialect(file.Text[m[2]:m[3]]); name != "" {
				return []Clue{{Service: name, Evidence: file.At(m[0], file.Text[m[0]:m[1]])}}
			}
		}
	}
	return nil
}

// dialectIn is the service that a setting in a text names; empty for none.
func dialectIn(text string) string {
	for _, pattern := range []*lazyregexp.Regexp{engines, dialects} {
		for _, m := range pattern.FindAllStringSubmatch(text, 40) {
			if name := ofDialect(m[1]); name != "" {
				return name
			}
		}
	}
	return ""
}

func ofDialect(word string) string {
	if strings.Contains(word, ".") && !strings.Contains(word, "backends") { // a class: org.postgresql.Driver
		for part := range strings.SplitSeq(word, ".") {
			if s := OfDialect(part); s != nil {
				return s.Name
			}
		}
		return ""
	}
	word = strings.ToLower(word[strings.LastIndexByte(word, '.')+1:])
	switch word {
	case "sqlite", "sqlite3", "better-sqlite3", "spatialite":
		return SQLite
	}
	if s := OfDialect(word); s != nil {
		return s.Name
	}
	return ""
}
