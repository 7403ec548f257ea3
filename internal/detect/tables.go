package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/dataservice"
	"github.com/devup-cli/devup/internal/tree"
)

// usualURL is the variable that tools for migrations read.
const usualURL = "DATABASE_URL"

// decideTables decides how the tables of a database are made, where that needs to know where it
// is. Of the services that use it, one applies the migrations of a directory.
func (s dataServices) decideTables(shared *dataservice.Shared) {
	if !dataservice.Lookup(shared.Service).IsSQL() {
		return
	}
	var applied []string
	for _, use := range shared.Uses {
		c := s.called(use.By)
		decide := c.Stack.Language.Migration
		if decide == nil || c.Migrate != nil || c.compose != nil {
			continue
		}
		m := decide(c.App, shared.Service)
		if m == nil || slices.Contains(applied, m.Dir) || s.isOfOther(c, m.Dir) {
			continue
		}
		applied = append(applied, m.Dir)
		if c.Dockerfile != "" {
			c.Remark(Evidence{File: m.Dir, Text: "holds migrations that nothing applies, because " + c.Dockerfile + " installs no tool for them"},
				"install the tool there, and write its command under x-devup as setup: [{name: migrate, run: COMMAND, before: ready}]")
			continue
		}
		c.Migrate, c.MigrateFiles = m.Command(func() string { return addressOf(c, shared, m) }), []string{m.Dir}
		c.Packages.Tools = append(c.Packages.Tools, m.Tools...)
		shared.Seeds, shared.MakesDatabase = nil, false // they would make the tables twice
	}
}

// decideFileTables applies the migrations of a service whose database is a file of SQLite.
func decideFileTables(c *candidate) {
	decide := c.Stack.Language.Migration
	if decide == nil || c.Migrate != nil || c.compose != nil || c.Dockerfile != "" {
		return
	}
	if m := decide(c.App, dataservice.SQLite); m != nil {
		c.Migrate, c.MigrateFiles = m.Command(func() string { return usualURL }), []string{m.Dir}
		c.Packages.Tools = append(c.Packages.Tools, m.Tools...)
	}
}

var (
	// makesTables is code that makes a program's tables, or reads the files that do.
	makesTables = lazyregexp.New(`\bAutoMigrate\(|\bcreate_all\(|\.sync\(|\.sql["'` + "`" + `]|\bmigrat|(?i)\bcreate table\b`)
	// ofTool is in the name of a step of a tool, or in its text.
	ofTool = lazyregexp.New(`(?i)\.(?:up|down)\.sql$|^V\d+__|-- *(?:\+goose|\+migrate|migrate:)`)
)

// appliedByHand says whether directories of migrations hold SQL alone that people load by hand: no tool's
// steps, and the program neither reads them nor makes tables itself.
func appliedByHand(c *candidate, dirs []string) bool {
	for _, dir := range dirs {
		f := c.Tree.Directory(dir)
		if len(f.Subs) > 0 || slices.ContainsFunc(f.Names, func(name string) bool {
			return path.Ext(name) != ".sql" || ofTool.MatchString(name) || ofTool.MatchString(c.Tree.Text(path.Join(dir, name)))
		}) {
			return false
		}
	}
	return !slices.ContainsFunc(c.Sources, func(source tree.File) bool { return makesTables.MatchString(source.Text) })
}

// fileOfSQLite is the name of an SQLite database in a directory, as sources and env files write it.
var fileOfSQLite = lazyregexp.New(`["'` + "`" + `=](?:sqlite:(?://)?|file:)?(?:\./)?((?:[\w-]+/)+)[\w-]+\.(?:db|db3|sqlite3?)(?:\?[^"'` + "`" + `\s]*)?["'` + "`" + `\n]`)

// makeDirectories has the development server of a service make the directories of its SQLite database,
// which a clone lacks: git keeps no empty ones.
func makeDirectories(c *candidate) {
	if c.compose != nil || c.Dockerfile != "" || len(c.Dev) == 0 {
		return
	}
	var missing []string
	for _, source := range c.Sources {
		for _, m := range fileOfSQLite.FindAllStringSubmatch(source.Text, 8) {
			dir := strings.TrimSuffix(m[1], "/")
			if !c.Tree.Exists(path.Join(c.Dir, dir)) && !slices.Contains(missing, dir) {
				missing = append(missing, dir)
			}
		}
	}
	if len(missing) > 0 {
		c.Dev = stack.Within(c.Dev, missing)
	}
}

// isOfOther says whether a directory lies in that of another service, which a workspace has next to
// this one.
func (s dataServices) isOfOther(c *candidate, dir string) bool {
	return slices.ContainsFunc(s.found, func(other *candidate) bool {
		return tree.IsBelow(other.Dir, dir) && !tree.IsBelow(other.Dir, c.Dir) && other.Dir != c.Dir
	})
}

// addressOf is a service's variable that holds the URL of a database, or its address as Go's
// driver of MySQL takes it. Where none does, it is added for the migrations.
func addressOf(c *candidate, shared *dataservice.Shared, m *stack.Migration) string {
	name, value := usualURL, shared.URL()
	if m.OfGo {
		name, value = "DATABASE_DSN", shared.Address().Text("{user}:{password}@tcp({host}:{port})/{name}")
	}
	wanted := location(value)
	for _, v := range c.Variables {
		scheme, _, _ := strings.Cut(v.Value, "://")
		_, query, _ := strings.Cut(v.Value, "?")
		if v.Data == shared.Key && location(v.Value) == wanted && strings.Contains(query, m.Query) && (m.OfGo || !strings.ContainsAny(scheme, "+:")) {
			return v.Name
		}
	}
	if slices.ContainsFunc(c.Variables, func(v Variable) bool { return v.Name == name && v.Value != "" }) {
		name = "MIGRATIONS_URL" // the program reads the other in another form
	}
	if m.Query != "" {
		value, _, _ = strings.Cut(value, "?")
		value += "?" + m.Query
	}
	v := c.variable(name, Evidence{File: m.Dir, Text: name})
	v.Data, v.Value, v.Replaced, v.Required = shared.Key, value, shared.Login.References(), false
	return name
}

// location is an address of a database without its scheme and query.
func location(address string) string {
	address, _, _ = strings.Cut(address, "?")
	if _, rest, isURL := strings.Cut(address, "://"); isURL {
		return rest
	}
	return address
}

// spareOthers only offers what changes or fills the database of a service that has none here. It
// may be one on the internet, with the data of others.
func (s dataServices) spareOthers(all []*dataservice.Shared) {
	for _, c := range s.found {
		isHere := c.sqlite || slices.ContainsFunc(all, func(shared *dataservice.Shared) bool {
			return dataservice.Lookup(shared.Service).Group == dataservice.Database &&
				slices.ContainsFunc(shared.Uses, func(use dataservice.Use) bool { return use.By == c.Name })
		})
		c.Seed.Once = c.Seed.Once && isHere
		e := c.away
		switch {
		case isHere || e.File == "":
		case c.Migrate != nil:
			e.Text = "the database is on the internet, so `devup up` does not migrate it"
			c.Remark(e, "apply the migrations yourself: "+strings.Join(c.Migrate, " "))
			c.Migrate, c.MigrateFiles = nil, nil
		default:
			e.Text = "the database is on the internet, and may not let this machine in"
			c.Remark(e, "name a database of your own there")
		}
	}
}

// decideSeed takes the command of a README that fills the database of a service, where nothing
// else shows one. It is only offered: what it does is not known.
func (s dataServices) decideSeed(shared *dataservice.Shared) {
	of := dataservice.Lookup(shared.Service)
	if of.Group != dataservice.Database || len(shared.Seeds) > 0 {
		return
	}
	for _, use := range shared.Uses {
		c := s.called(use.By)
		if c.Seed.Command != nil || c.compose != nil {
			continue
		}
		c.Seed.Command = stack.SeedIn(s.tree.Text(readme(s.tree, c.Dir)))
		if c.Seed.Command == nil && len(s.found) == 1 {
			c.Seed.Command = stack.SeedIn(s.tree.Text(readme(s.tree, ".")))
		}
	}
}
