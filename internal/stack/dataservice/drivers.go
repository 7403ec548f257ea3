package dataservice

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack/manifest"
	"github.com/devup-cli/devup/internal/tree"
)

// driver is the SQL database of the only kind whose driver the code calls, or else of the only
// kind that the packages have a driver of; empty for none.
func (f *finder) driver() string {
	var called, listed []*Service
	for _, c := range f.seen.Clues {
		if c.Calls {
			called = append(called, Lookup(c.Service))
		}
	}
	for _, p := range f.seen.packages() {
		listed = append(listed, p.service())
	}
	return cmp.Or(onlySQL(called), onlySQL(listed))
}

// onlySQL is the name of the only SQL database among services; empty where there is none or another.
func onlySQL(all []*Service) string {
	name := ""
	for _, of := range all {
		switch {
		case of == nil || !of.IsSQL() || of.Name == name:
		case name != "":
			return ""
		default:
			name = of.Name
		}
	}
	return name
}

// ofSQLite are crates of Rust, with their features, that work with a file of SQLite. They say it at
// compile time, so that a variable with the URL can hold nothing else.
var ofSQLite = strings.Fields(`diesel[sqlite] sqlx[sqlite] sqlx[sqlite-unbundled] sea-orm[sqlx-sqlite] rusqlite
	rocket_db_pools[sqlx_sqlite] rocket_sync_db_pools[diesel_sqlite_pool] rocket_sync_db_pools[sqlite_pool]`)

// onlySQLite notes that the crates of a program have a driver of SQLite and none of a service.
func onlySQLite(f *finder) {
	if slices.ContainsFunc(f.wanted, func(w *Wanted) bool { return w.Service.IsSQL() }) {
		return
	}
	for _, p := range f.seen.packages() {
		if p.language() == "rust" && slices.Contains(ofSQLite, p.Name) {
			f.noteSQLite(p.At(p.in))
			return
		}
	}
}

// listed is a package with the manifest that lists it.
type listed struct {
	manifest.Package
	in tree.File
}

func (p listed) language() string { return manifest.Language(path.Base(p.in.Path)) }

func (p listed) service() *Service { return ofPackage(p.language(), p.Name) }

// packages are those of the manifests, with the features that a workspace gives them.
func (seen *Seen) packages() []listed {
	var all []listed
	named := map[string]bool{}
	for _, file := range seen.Manifests {
		for _, p := range manifest.Packages(file) {
			all = append(all, listed{p, file})
			named[p.Name] = true
		}
	}
	for _, file := range seen.Shared {
		for _, p := range manifest.Packages(file) {
			if base, _, feature := strings.Cut(p.Name, "["); feature && named[base] {
				all = append(all, listed{p, file})
			}
		}
	}
	return all
}

// dropDrivers drops databases of which there is a driver alone, where the source imports that of
// another one, or an address or a setting names another one.
func (f *finder) dropDrivers() {
	shown := slices.ContainsFunc(f.wanted, func(w *Wanted) bool { return w.Service.IsSQL() && (w.loaded || w.byCode) })
	f.wanted = slices.DeleteFunc(f.wanted, func(w *Wanted) bool {
		return shown && w.Service.IsSQL() && !w.loaded && !w.byCode && w.Service != f.seen.Asked
	})
}

// SQLiteURLs are the variables with the URL of an SQLite database that have no value.
func SQLiteURLs(seen Seen) []Named {
	hasValue := map[string]bool{}
	for _, v := range seen.Variables {
		hasValue[v.Name] = hasValue[v.Name] || v.Given || slices.ContainsFunc(v.Values, func(value Value) bool { return value.Text != "" && !isOther(value) })
	}
	return slices.DeleteFunc(slices.Clone(seen.Variables), func(v Named) bool {
		m, known := classify(v.Name)
		return !known || !m.General || m.Part != PartURL || hasValue[v.Name] || len(v.Values) == 0
	})
}

var (
	// overHTTP imports a driver that only a provider's own servers answer: https://neon.com/docs/serverless/serverless-driver
	overHTTP = lazyregexp.New(`["'](?:@neondatabase/serverless|@vercel/postgres|drizzle-orm/neon-(?:http|serverless)|drizzle-orm/vercel-postgres)["']`)
	// direct are the drivers that speak to any PostgreSQL.
	direct = []string{"pg", "postgres", "pg-promise", "slonik", "pg-native"}
)

// cloudClues are the imports of such a driver.
func cloudClues(file tree.File) []Clue {
	if at := overHTTP.FindStringIndex(file.Text); at != nil {
		return []Clue{{Service: "postgres", Cloud: true, Evidence: file.At(at[0], strings.Trim(file.Text[at[0]:at[1]], `"'`))}}
	}
	return nil
}

// CloudOnly says where a service imports a driver that no PostgreSQL of its own answers; the zero
// value where it has another driver, too.
func CloudOnly(seen Seen) tree.Evidence {
	for _, p := range seen.packages() {
		if slices.Contains(direct, p.Name) {
			return tree.Evidence{}
		}
	}
	for _, c := range seen.Clues {
		if c.Cloud {
			return c.Evidence
		}
	}
	return tree.Evidence{}
}

// unserved are the beginnings of URLs of databases of which there is no service here.
var unserved = lazyregexp.New(`(?i)^(?:jdbc:)?(oracle|db2|informix|sap|teradata|snowflake|firebirdsql|vertica)(?:\+\w+)?:(?://|thin:|@)`)

// Unserved says which database a service uses that there is no service for, and where it says so; empty
// for none.
func Unserved(seen Seen) (title string, at tree.Evidence) {
	for _, v := range seen.Variables {
		for _, value := range v.Values {
			if m := unserved.FindStringSubmatch(value.Text); m != nil && value.From != Example {
				name := strings.ToLower(m[1])
				return strings.ToUpper(name[:1]) + name[1:], value.At
			}
		}
	}
	return "", tree.Evidence{}
}

// isOther says whether an example has the address of another kind of database than SQLite, as one
// for production has.
func isOther(value Value) bool {
	return value.From == Example && strings.Contains(value.Text, "://") && !isSQLite(value)
}

// ofSchema says whether a schema of Prisma names SQLite, which decides for its variable.
func ofSchema(f *finder) bool {
	return slices.ContainsFunc(f.seen.Clues, func(c Clue) bool { return c.Service == SQLite && strings.HasSuffix(c.File, ".prisma") })
}

// shows says whether a package of a language shows one of the names.
func shows(languageName, pkg string, names []string) bool {
	if slices.Contains(names, pkg) {
		return true
	}
	if languageName != "golang" {
		return false
	}
	return slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(pkg, name+"/") })
}

// ofPackage gives the service that a package of a language shows; nil for none.
func ofPackage(languageName, pkg string) *Service {
	return which(func(s *Service) bool {
		return shows(languageName, pkg, s.Packages[languageName]) || languageName == manifest.Deno && shows("node", pkg, s.Packages["node"])
	})
}

// variantOf gives the name of the variant that a package shows; empty for the plain one.
func (s *Service) variantOf(languageName, pkg string) string {
	for _, v := range s.Variants {
		if shows(languageName, pkg, v.Packages[languageName]) {
			return v.Name
		}
	}
	return ""
}
