package dataservice

import (
	"cmp"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
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

// listed is a package with the manifest that lists it.
type listed struct {
	Package
	manifest tree.File
}

func (p listed) language() string { return ManifestLanguage(manifestName(p.manifest)) }

func (p listed) service() *Service { return ofPackage(p.language(), p.Name) }

// packages are those of the manifests, with the features that a workspace gives them.
func (seen *Seen) packages() []listed {
	var all []listed
	named := map[string]bool{}
	for _, manifest := range seen.Manifests {
		for _, p := range Packages(manifest) {
			all = append(all, listed{p, manifest})
			named[p.Name] = true
		}
	}
	for _, manifest := range seen.Shared {
		for _, p := range Packages(manifest) {
			if base, _, feature := strings.Cut(p.Name, "["); feature && named[base] {
				all = append(all, listed{p, manifest})
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

// isOther says whether an example has the address of another kind of database than SQLite, as one
// for production has.
func isOther(value Value) bool {
	return value.From == Example && strings.Contains(value.Text, "://") && !isSQLite(value)
}

// ofSchema says whether a schema of Prisma names SQLite, which decides for its variable.
func ofSchema(f *finder) bool {
	return slices.ContainsFunc(f.seen.Clues, func(c Clue) bool { return c.Service == SQLite && strings.HasSuffix(c.File, ".prisma") })
}
