package dataservice

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/tree"
)

// driver is the database of the only kind that the packages have a driver of; empty for none.
func (f *finder) driver() string {
	driver := ""
	for _, p := range f.seen.packages() {
		switch of := p.service(); {
		case of == nil || !of.IsSQL() || of.Name == driver:
		case driver != "":
			return ""
		default:
			driver = of.Name
		}
	}
	return driver
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
// another one.
func (f *finder) dropDrivers() {
	imports := slices.ContainsFunc(f.wanted, func(w *Wanted) bool { return w.Service.IsSQL() && w.loaded })
	f.wanted = slices.DeleteFunc(f.wanted, func(w *Wanted) bool {
		return imports && w.Service.IsSQL() && !w.loaded && !w.byCode && w.Service != f.seen.Asked
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

// isOther says whether an example has the address of another kind of database than SQLite, as one
// for production has.
func isOther(value Value) bool {
	return value.From == Example && strings.Contains(value.Text, "://") && !isSQLite(value)
}

// ofSchema says whether a schema of Prisma names SQLite, which decides for its variable.
func ofSchema(f *finder) bool {
	return slices.ContainsFunc(f.seen.Clues, func(c Clue) bool { return c.Service == SQLite && strings.HasSuffix(c.File, ".prisma") })
}
