package stack

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Migration brings a SQL database up to date with a tool that the service's image gets.
type Migration struct {
	Dir   string     // in the repository, of what it applies
	Tools [][]string // the commands that install the tool into the image, in exec form; nil where it is there
	OfGo  bool       // the variable holds the address as Go's driver of MySQL takes it, and no URL
	Query string     // what the address has behind its question mark, such as "sslmode=disable"; empty for anything
	// Command gives the command. address is the name of the variable that holds the URL of the
	// database, which is added where there is none.
	Command func(address func() string) []string
}

// maxNames bounds how many files of a directory are looked at for one that shows migrations.
const maxNames = 50

// plainPath is a path that a shell takes as it stands.
var plainPath = lazyregexp.New(`^[\w./@-]+$`)

// MigrationsWith is the nearest directory of migrations to a service: one below its own, or
// else below its build context, that holds a file which matches. It is relative to the
// service's directory; empty for none.
func (a *App) MigrationsWith(matches func(dir *tree.Directory, name string) bool) string {
	within := []string{a.Dir}
	if context := a.Context(); context != a.Dir {
		within = append(within, context)
	}
	for _, root := range within {
		for _, f := range a.Tree.Below(root, func(f *tree.Directory) bool { return !tree.HoldsTests(f.Path) }) {
			way := tree.From(a.Dir, f.Path)
			if plainPath.MatchString(way) && slices.ContainsFunc(f.Names[:min(len(f.Names), maxNames)], func(name string) bool { return matches(f, name) }) {
				return way
			}
		}
	}
	return ""
}

// maxSQL bounds how many SQL files are opened to find migrations.
const maxSQL = 200

// SQLWith finds SQL files whose text holds a mark.
func (a *App) SQLWith(mark string) func(dir *tree.Directory, name string) bool {
	left := maxSQL
	return func(dir *tree.Directory, name string) bool {
		if path.Ext(name) == ".sql" {
			left--
		}
		return path.Ext(name) == ".sql" && left >= 0 && strings.Contains(a.Tree.Text(path.Join(dir.Path, name)), mark)
	}
}

// NamedLike finds files by their names.
func NamedLike(pattern *lazyregexp.Regexp) func(dir *tree.Directory, name string) bool {
	return func(_ *tree.Directory, name string) bool { return pattern.MatchString(name) }
}

// Applies says whether one of the sources brings the database up to date by itself.
func Applies(sources []tree.File, pattern *lazyregexp.Regexp) (at tree.Evidence, applies bool) {
	for _, source := range sources {
		if found := pattern.FindStringIndex(source.Text); found != nil {
			return source.At(found[0], "applies its migrations"), true
		}
	}
	return tree.Evidence{}, false
}

// Tools are the commands that install the programs of a service's setup steps, for sh.
func Tools(q *untrusted.Quoter, s Service) []untrusted.Inert {
	var all []untrusted.Inert
	for _, words := range s.Packages.Tools {
		all = append(all, q.Shell(words...))
	}
	return all
}
