// Package dataservice is the table of data services: what a server expects to reach in its network, by
// what each is recognised, how it runs, and how its address is written.
//
// A [Service] is one value in the file of its family. [classify] says what a variable holds by its name,
// [parseAddress] reads what it holds, [Address.Text] writes it, [Clues] finds evidence in sources. Package
// detect decides what a repository needs, package scaffold writes it. Nothing here touches the world.
package dataservice

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// Service is all that devup knows of one data service. In templates, {host}, {port}, {user},
// {password} and {name} stand for those of an [Address]. Any field may be empty.
type Service struct {
	Name    string   // "postgres"
	Aliases []string // other names by which a user may ask for it
	Title   string   // as people write it: "PostgreSQL"
	Group   Group

	// How it runs.
	Image    string // pinned
	Key      string // the name in Compose where nothing else names it
	Port     int
	Extra    []Extra // more ports to publish
	Volume   string  // the directory that holds its data; empty for none
	Command  []string
	Settings []stack.Setting
	Root     []stack.Setting // instead of Settings, where the user is RootUser
	RootUser string
	Empty    stack.Setting // instead of the setting of a password, where it is empty
	Health   []string      // the command that tells whether it takes connections, in exec form
	Start    int           // seconds that it may take to start; 0 for the usual
	Seeds    string        // the directory from which it loads SQL files at the first start; empty where it does not
	Login    Login         // where nothing says which; an empty user for a service without logins
	OneLogin bool          // it has no login and no database but that
	Optional bool          // it has a login only where a service needs one
	Variants []Variant

	// How it is recognised.
	Images   []string            // ends of the names of images that are it, of whole parts
	Packages map[string][]string // those that show it, by language
	Words    []string            // what variables call it
	Schemes  []string            // of its URLs, usual one first, without a driver
	Plain    map[string]string   // by schemes that ask for TLS or a cluster's DNS records: the one without
	Dialects []string            // what ORMs call it

	IgnoreURLs bool               // its URLs show no need: most are of a server elsewhere
	NoSQL      bool               // a database that speaks no SQL
	Foreign    *lazyregexp.Regexp // what SQL files of others have
	Logged     string             // the query of a URL with a login
	ByField    bool               // a URL may have the login and the database as parameters
	URL        string             // its address; {scheme} stands for the project's
	URLs       map[string]string  // the address by language, where that is another
	Drivers    []Driver           // what a URL's scheme has to say of the driver
}

// Group is what variables with a general name may mean: DATABASE_URL, BROKER_URL.
type Group string

// The groups. Other services have variables with their own names only.
const (
	Database Group = "database"
	Cache    Group = "cache" // a broker as well
	Queue    Group = "queue"
	Other    Group = ""
)

// Extra is a port besides the service's own.
type Extra struct {
	Port  int
	Title string
}

// Variant is a form of a service that some projects need. It replaces what it sets.
type Variant struct {
	Name     string
	Packages map[string][]string // those that show it, by language
	Words    []string            // in sources and SQL files
	Code     *lazyregexp.Regexp  // in sources, outside of what is for production
	Image    string
	Command  []string
	Health   []string
	Query    string   // of a URL
	Open     bool     // it takes no login
	Needs    []string // packages of any language that need it where they use the service
}

// Driver is the scheme of URLs for projects that use both packages.
type Driver struct {
	Language, With, Package, Scheme string
}

// Login are the credentials of a service and the name of its database.
type Login struct{ User, Password, Name string }

// All gives every service, best known first.
func All() []*Service { return all }

var all = slices.Concat(databases, caches, queues, searches, clouds)

// SQLPackages are the packages of a language that show a SQL database with a server.
func SQLPackages(language string) []string {
	var packages []string
	for _, s := range databases {
		if s.IsSQL() {
			packages = append(packages, s.Packages[language]...)
		}
	}
	return packages
}

// Lookup gives the service with a name or alias; nil for none.
func Lookup(name string) *Service {
	return which(func(s *Service) bool {
		return strings.EqualFold(s.Name, name) || slices.ContainsFunc(s.Aliases, func(a string) bool { return strings.EqualFold(a, name) })
	})
}

// OfImage gives the service that an image runs; nil for none.
func OfImage(image string) *Service {
	image, _, _ = strings.Cut(image, "@")
	last := strings.LastIndexByte(image, '/') + 1
	name, _, _ := strings.Cut(image[last:], ":")
	image = image[:last] + name
	return which(func(s *Service) bool {
		return slices.ContainsFunc(s.Images, func(end string) bool { return strings.HasSuffix("/"+image, "/"+end) })
	})
}

// ofScheme gives the service that a URL's scheme means, also with a driver
// ("postgresql+asyncpg") or with "jdbc:" in front; nil for none.
func ofScheme(scheme string) *Service {
	scheme = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(scheme), "jdbc:"), "r2dbc:")
	scheme, _, _ = strings.Cut(scheme, "+")
	return which(func(s *Service) bool { return slices.Contains(s.Schemes, scheme) })
}

// OfDialect gives the service that an ORM's setting names; nil for none.
func OfDialect(dialect string) *Service {
	dialect = strings.ToLower(dialect)
	return which(func(s *Service) bool { return slices.Contains(s.Dialects, dialect) })
}

func which(is func(*Service) bool) *Service {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i]
	}
	return nil
}

// speaksLike says whether a client of one works with the other: MySQL and MariaDB, Redis
// and Valkey.
func (s *Service) speaksLike(other *Service) bool {
	return s.Group == other.Group && s.Port == other.Port
}

// Variant gives the variant of a name; the zero value for none.
func (s *Service) Variant(name string) Variant {
	for _, v := range s.Variants {
		if v.Name == name {
			return v
		}
	}
	return Variant{}
}

// As gives the service as one of its variants.
func (s *Service) As(variant string) Service {
	v, as := s.Variant(variant), *s
	if v.Image != "" {
		as.Image = v.Image
	}
	if v.Command != nil {
		as.Command = v.Command
	}
	if v.Health != nil {
		as.Health = v.Health
	}
	return as
}

// SettingsFor are the service's own environment variables for a login, as templates. Without a
// database where SQL files make it.
func (s *Service) SettingsFor(login Login, makesDatabase bool) []stack.Setting {
	settings := s.Settings
	if s.Root != nil && login.User == s.RootUser {
		settings = s.Root
	}
	var kept []stack.Setting
	for _, setting := range settings {
		if setting.Value == "{password}" && login.Password == "" && s.Empty.Name != "" {
			setting = s.Empty
		}
		switch {
		case setting.Value == "{name}" && makesDatabase && s.RootUser != "":
			continue
		case setting.Value == "{name}" && makesDatabase:
			setting.Value = "postgres" // which the files connect from
		case slices.Contains(kept, setting), setting.Value == "{user}" && login.User == "", setting.Value == "{password}" && login.Password == "", setting.Value == "{name}" && login.Name == "":
			continue
		}
		kept = append(kept, setting)
	}
	return kept
}

// LoginIn is the login that the environment of a container of the service sets, as a Compose
// file has it: its references stay as [Login.References].
func (s *Service) LoginIn(environment map[string]string) Login {
	login := s.Login
	for _, settings := range [][]stack.Setting{s.Root, s.Settings} {
		for _, setting := range settings {
			value := fromCompose(environment[setting.Name])
			switch {
			case value == "":
			case setting.Value == "{user}":
				login.User = value
			case setting.Value == "{password}":
				login.Password = value
			case setting.Value == "{name}":
				login.Name = value
			}
		}
	}
	if s.Root != nil && environment[s.Settings[0].Name] == "" {
		login.User = s.RootUser
	}
	return login
}

// variantClues find what only a variant of a service has.
func variantClues(file tree.File) []Clue {
	var clues []Clue
	lower := strings.ToLower(file.Text)
	if len(lower) != len(file.Text) {
		lower = "" // its offsets are others
	}
	for _, s := range all {
		for _, v := range s.Variants {
			if at := v.in(file.Text, lower); at >= 0 {
				clues = append(clues, Clue{Service: s.Name, Variant: v.Name, Evidence: file.At(at, v.Name)})
			}
		}
	}
	return clues
}

// in is where a text shows the variant; -1 where it does not.
func (v Variant) in(text, lower string) int {
	for _, word := range v.Words {
		if at := strings.Index(lower, word); at >= 0 {
			return at
		}
	}
	if v.Code == nil {
		return -1
	}
	for _, m := range v.Code.FindAllStringSubmatchIndex(text, maxClues) {
		if !forProduction(text, m[0]) {
			return m[0]
		}
	}
	return -1
}

// forProduction says whether what is at an offset is chosen in production alone, by what stands
// close before it.
func forProduction(text string, at int) bool {
	before := strings.ToLower(text[max(0, at-400):at])
	words := production.FindAllStringSubmatchIndex(before, -1)
	return len(words) > 0 && strings.LastIndex(before, "development") < words[len(words)-1][0]
}

// production is the word, in lower case, alone or in a name; a product is none.
var production = lazyregexp.New(`prod(?:uction|[^u]|$)`)

// IsSQL says whether it is a database with tables.
func (s *Service) IsSQL() bool { return s.Group == Database && !s.NoSQL }
