package dataservice

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Part is what a variable holds of a data service.
type Part string

// The parts. Their text is what messages call them.
const (
	NoPart       Part = ""
	PartURL      Part = "URL"
	PartHost     Part = "host"
	PartAddress  Part = "host and port"
	PartPort     Part = "port"
	PartUser     Part = "user"
	PartPassword Part = "password"
	PartName     Part = "name"   // of the database
	PartDriver   Part = "driver" // which kind of database
)

// Meaning is what the name of a variable says.
type Meaning struct {
	Services []string // names of those that it may mean
	Part     Part
	General  bool // the name says no more than "database" or "broker"
}

// Words of variables' names. A word that is in none of the tables is another user's.
var (
	partWords = map[string]Part{
		"URL": PartURL, "URI": PartURL, "DSN": PartURL, "CONNSTR": PartURL, "CONN": PartURL, "CONNECTIONSTRING": PartURL, "STRING": PartURL, "STRINGS": PartURL, "LINK": PartURL,
		"HOST": PartHost, "HOSTNAME": PartHost, "SERVER": PartHost, "IP": PartHost, "HOSTS": PartAddress, "ADDR": PartAddress, "ADDRESS": PartAddress, "BROKERS": PartAddress,
		"SERVERS": PartAddress, "ENDPOINT": PartURL, "NODE": PartURL, "NODES": PartAddress, "LOCATION": PartAddress, "SOURCE": PartURL,
		"PORT": PartPort, "USER": PartUser, "USERNAME": PartUser, "LOGIN": PartUser, "UNAME": PartUser,
		"PASSWORD": PartPassword, "PASS": PartPassword, "PWD": PartPassword, "PASSWD": PartPassword, "PASSWORT": PartPassword, "PW": PartPassword,
		"NAME": PartName, "DBNAME": PartName, "DATABASENAME": PartName,
		"DIALECT": PartDriver, "DRIVER": PartDriver, "TYPE": PartDriver, "ENGINE": PartDriver, "CLIENT": PartDriver, "PROVIDER": PartDriver, "ADAPTER": PartDriver,
	}
	// databaseWords mean a database, or at the end its name.
	databaseWords = []string{"DB", "DATABASE"}
	generalWords  = map[string]Group{
		"SQL": Database, "SQLALCHEMY": Database, "DATASOURCE": Database, "TYPEORM": Database, "JDBC": Database, "RDS": Database, "KNEX": Database, "SEQUELIZE": Database, "JAWSDB": Database,
		"BROKER": Cache, "CELERY": Cache, "CACHE": Cache, "CHANNEL": Cache, "SIDEKIQ": Cache, "QUEUE": Cache, "RQ": Cache,
	}
	neutralNames = []string{
		"DEV", "DEVELOPMENT", "LOCAL", "MAIN", "DEFAULT", "APP", "SERVICE", "ASYNC", "SYNC", "PRIMARY", "RESULT", "BACKEND", "SPRING", "DATA", "R2DBC", "ROOT", "RAILS", "DJANGO",
		"FLASK", "PRISMA", "NITRO", "NUXT", "ONLINE", "REMOTE", "CLOUD", "INTERNAL", "CONNECTION", "MY", "NON", "POOLING", "BOOTSTRAP", "CONFIG", "API", "CLUSTER", "S", "TLS", "DOCKER", "PUBLIC", "AWS", "V", "WRITE", "READ", "FULL",
	}
	camel = lazyregexp.New(`([a-z0-9])([A-Z])`)
)

// classify says what a variable holds of a data service by its name. Every word of the name
// has to be understood: PAYMENTS_DB_URL is another database's. It is not ok for any other
// variable.
func classify(name string) (m Meaning, ok bool) {
	switch name {
	case "MAIL_MAILER", "REDIS_QUEUE", "REDIS_CLUSTER": // Laravel's, of files below config: the name of a mailer, that of a queue, and a kind
		return Meaning{}, false
	}
	if strings.ToUpper(name) != name {
		name = camel.ReplaceAllString(name, "${1}_${2}")
	}
	r := reading{words: split(strings.ToUpper(name))}
	for i := range r.words {
		if !r.service(i) && !r.group(i) && !r.holds(i) && !slices.Contains(neutralNames, r.words[i]) || r.several {
			return Meaning{}, false
		}
	}
	m.Part = r.part
	switch {
	case r.own != nil:
		m.Services = []string{r.own.Name}
		for _, s := range all {
			if s != r.own && s.speaksLike(r.own) {
				m.Services = append(m.Services, s.Name)
			}
		}
		return m.bare(r.words, r.own.Name), true
	case !r.general:
		return Meaning{}, false
	}
	m.General = true
	for _, s := range all {
		if s.Group == r.of || r.of == Cache && s.Group == Queue {
			m.Services = append(m.Services, s.Name)
		}
	}
	return m.bare(r.words, ""), true
}

// reading is what is understood of a name, word by word.
type reading struct {
	words   []string
	own     *Service // that a word names
	several bool     // words name services of two kinds
	general bool     // a word names the group
	of      Group
	part    Part
}

// service reads a word that names a service.
func (r *reading) service(i int) bool {
	s := ofWord(r.words[i])
	if s == nil {
		return false
	}
	r.several = r.own != nil && r.own.Group != s.Group // REDIS_MONGO_URL, but not MONGO_ATLAS_URI
	if r.own == nil {
		r.own = s
	}
	return true
}

// group reads a word that stands for any service of a kind, or at the end for the name of
// a database.
func (r *reading) group(i int) bool {
	word := r.words[i]
	group, isGroup := generalWords[word]
	isDatabase := slices.Contains(databaseWords, word)
	switch {
	case isDatabase && i > 0 && i == len(r.words)-1 && (r.own != nil || r.general):
		r.part = PartName
		return true
	case isDatabase:
		group = Database
	case strings.HasPrefix(word, "STRING") && i > 0 && r.words[i-1] == "CONNECTION":
		group, r.part = Database, PartURL
	case !isGroup:
		return false
	}
	if !r.general {
		r.general, r.of = true, group
	}
	return true
}

// holds reads a word that says what the variable holds.
func (r *reading) holds(i int) bool {
	if r.words[i] == "CONNECTION" && i == len(r.words)-1 && r.part == NoPart { // Laravel's DB_CONNECTION=mysql
		r.part = PartDriver
		return true
	}
	part, found := partWords[r.words[i]]
	if found {
		r.part = part
	}
	return found
}

// bare gives a name without a part one: MONGO is a URL, DB the name of a database or a URL.
func (m Meaning) bare(words []string, own string) Meaning {
	if m.Part == NoPart && (len(words) == 1 || own != "" || slices.Contains(words, "BACKEND") || slices.Contains(words, "CONNECTION")) {
		m.Part = PartURL
	}
	return m
}

// ofWord gives the service that a word of a variable's name means; nil for none.
func ofWord(word string) *Service {
	return which(func(s *Service) bool { return slices.Contains(s.Words, word) })
}

// split gives the words of a name. PGHOST, DBNAME and MONGOURI are two words.
func split(name string) []string {
	var words []string
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '_' || r == '.' || r == '-' }) {
		words = append(words, parts(word)...)
	}
	return words
}

func parts(word string) []string {
	if ofWord(word) != nil {
		return []string{word}
	}
	for i := len(word) - 2; i > 1; i-- {
		stem, rest := word[:i], word[i:]
		_, isPart := partWords[rest]
		known := ofWord(stem) != nil && len(stem) > 1 || slices.Contains(databaseWords, stem)
		if known && (isPart || slices.Contains(databaseWords, rest)) {
			return []string{stem, rest}
		}
	}
	return []string{word}
}
