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

// Words of variables' names. A word that is in none of the tables is somebody else's.
var (
	partWords = map[string]Part{
		"URL": PartURL, "URI": PartURL, "DSN": PartURL, "CONNSTR": PartURL, "CONN": PartURL, "CONNECTIONSTRING": PartURL, "STRING": PartURL, "STRINGS": PartURL, "LINK": PartURL,
		"HOST": PartHost, "HOSTNAME": PartHost, "SERVER": PartHost, "IP": PartHost, "HOSTS": PartAddress, "ADDR": PartAddress, "ADDRESS": PartAddress, "BROKERS": PartAddress,
		"SERVERS": PartAddress, "ENDPOINT": PartURL, "NODE": PartURL, "NODES": PartAddress, "LOCATION": PartAddress,
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
		"FLASK", "PRISMA", "INTERNAL", "CONNECTION", "MY", "NON", "POOLING", "BOOTSTRAP", "CONFIG", "API", "CLUSTER", "S", "TLS", "DOCKER", "PUBLIC", "AWS", "V", "WRITE", "READ", "FULL",
	}
	camel = lazyregexp.New(`([a-z0-9])([A-Z])`)
)

// Classify says what a variable holds of a data service by its name. Every word of the name
// has to be understood: PAYMENTS_DB_URL is another database's. It is not ok for any other
// variable.
func Classify(name string) (m Meaning, ok bool) {
	if strings.ToUpper(name) != name {
		name = camel.ReplaceAllString(name, "${1}_${2}")
	}
	words := split(strings.ToUpper(name))
	var own *Service
	group, hasGroup := Other, false
	for i, word := range words {
		part, isPart := partWords[word]
		of := ofWord(word)
		general, isGeneral := generalWords[word]
		isDatabase := slices.Contains(databaseWords, word)
		switch {
		case of != nil && own == nil:
			own = of
		case of != nil && own.Group != of.Group: // REDIS_MONGO_URL
			return Meaning{}, false
		case of != nil: // MONGO_ATLAS_URI
		case isDatabase && i > 0 && i == len(words)-1 && (own != nil || hasGroup || isDatabaseWord(words[i-1])):
			m.Part = PartName
		case isDatabase:
			group, hasGroup = Database, true
		case isGeneral && !hasGroup:
			group, hasGroup = general, true
		case isGeneral:
		case isPart && strings.HasPrefix(word, "STRING") && i > 0 && words[i-1] == "CONNECTION" && own == nil && !hasGroup:
			group, hasGroup, m.Part = Database, true, PartURL
		case isPart && part == PartURL && m.Part != NoPart: // CONNECTION_STRING, NAME in front of a URL
			m.Part = PartURL
		case isPart:
			m.Part = part
		case word == "CONNECTION" && i == len(words)-1: // Laravel's DB_CONNECTION=mysql
			m.Part = PartDriver
		case !slices.Contains(neutralNames, word):
			return Meaning{}, false
		}
	}
	switch {
	case own != nil:
		m.Services = []string{own.Name}
		for _, s := range all {
			if s != own && s.speaksLike(own) {
				m.Services = append(m.Services, s.Name)
			}
		}
		return m.bare(words, own.Name), true
	case !hasGroup:
		return Meaning{}, false
	}
	m.General = true
	for _, s := range all {
		if s.Group == group || group == Cache && s.Group == Queue {
			m.Services = append(m.Services, s.Name)
		}
	}
	return m.bare(words, ""), true
}

// bare gives a name without a part one: MONGO is a URL, DB the name of a database or a URL.
func (m Meaning) bare(words []string, own string) Meaning {
	if m.Part == NoPart && (len(words) == 1 || own != "" || slices.Contains(words, "BACKEND") || slices.Contains(words, "CONNECTION")) {
		m.Part = PartURL
	}
	return m
}

func isDatabaseWord(word string) bool { return slices.Contains(databaseWords, word) }

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
