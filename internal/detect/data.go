package detect

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/detect/filenames"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/dataservice"
	"github.com/devup-cli/devup/internal/stack/manifest"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/tree"
)

// dataServices decides which data services the services of a scan need, and what of them is
// wired where.
type dataServices struct{ *scan }

// decideData finds the data services that the services need, and wires the variables that
// hold something of them.
func (s dataServices) decideData() []Data {
	var uses []dataservice.Use
	for _, c := range s.found {
		if (c.Frontend || c.assets) && !c.Stack.ServerSide {
			continue // pages reach no database
		}
		var unused []string
		if c.Stack.UnusedServices != nil {
			unused = c.Stack.UnusedServices(c.App)
		}
		seen := s.seen(c)
		wanted, sqlite, away := dataservice.Find(seen)
		c.away = away
		leaveCloud(c, seen)
		leaveUnserved(c, seen)
		if sqlite.Text != "" {
			sqlite.Text = "SQLite: its file is its data, and stays in the directory"
			c.Note(sqlite)
			c.sqlite = true
			nameSQLite(c, seen)
			decideFileTables(c)
			makeDirectories(c)
		}
		for _, w := range wanted {
			if slices.Contains(unused, w.Service.Name) {
				continue
			}
			uses = append(uses, dataservice.Use{By: c.Name, Wanted: w})
		}
	}
	all := dataservice.Share(s.composeData(), append(uses, s.askedFor(uses)...))
	s.nameData(all)
	var data []Data
	for _, shared := range all {
		s.loadSeeds(shared)
		for _, use := range shared.Uses {
			s.wireData(shared, use)
		}
	}
	for _, shared := range all {
		s.decideTables(shared)
	}
	s.spareOthers(all)
	for _, shared := range all {
		s.decideSeed(shared)
		slices.Sort(shared.Users)
		data = append(data, shared.Need)
	}
	slices.SortFunc(data, func(a, b Data) int { return cmp.Compare(a.Key, b.Key) })
	return data
}

// askedFor are the data services that the user asks for and that nothing else shows, as used
// by the servers that read a variable of one or have a driver.
func (s dataServices) askedFor(found []dataservice.Use) []dataservice.Use {
	var uses []dataservice.Use
	for _, name := range s.asked {
		of := dataservice.Lookup(name)
		if slices.ContainsFunc(found, func(use dataservice.Use) bool { return use.Service == of }) {
			continue
		}
		for _, c := range s.found {
			if c.Frontend && !c.Stack.ServerSide {
				continue
			}
			seen := s.seen(c)
			seen.Asked = of
			wanted, _, _ := dataservice.Find(seen)
			for _, w := range wanted {
				if w.Service == of {
					uses = append(uses, dataservice.Use{By: c.Name, Wanted: w})
				}
			}
		}
	}
	return uses
}

// seen is what a service's files say of data services.
func (s dataServices) seen(c *candidate) dataservice.Seen {
	seen := dataservice.Seen{Language: c.Stack.Language.Name, InCompose: c.compose != nil}
	read, tops := budget{maxSources, maxSourcesBytes}, c.dataDirectories()
	for _, full := range s.filesOf(c) {
		name, dir := path.Base(full), path.Dir(full)
		isManifest := slices.Contains(tops, dir) || path.Base(dir) == "requirements"
		switch {
		case read.isSpent():
		case isManifest && manifest.Language(name) != "" && !strings.Contains(name, "dev") && !strings.Contains(name, "test"):
			seen.Manifests = append(seen.Manifests, read.of(s.tree.Source(full)))
		case s.isOtherSchema(full):
		case dataservice.IsSettings(name):
			file := read.of(c.Stack.Language.Source(s.tree, full))
			seen.Variables = append(seen.Variables, dataservice.Overrides(file)...)
			seen.Clues = append(seen.Clues, dataservice.Clues(file, nil)...)
		}
	}
	s.seenAbove(c, &seen)
	constants := dataservice.ConstantsIn(c.Sources)
	for _, source := range c.Sources {
		seen.Clues = append(seen.Clues, dataservice.Clues(source, constants)...)
		if imports := c.Stack.Language.Imports; imports != nil {
			seen.Imports = append(seen.Imports, imports(source)...)
		}
	}
	seen.Variables = append(seen.Variables, s.valuesOf(c)...)
	for i, v := range seen.Variables {
		seen.Variables[i].Given = c.compose != nil && c.compose.Env[v.Name].Set
	}
	return seen
}

// seenAbove adds what the top of a workspace of cargo says: its programs run there.
func (s dataServices) seenAbove(c *candidate, seen *dataservice.Seen) {
	top := c.Packages.Workspace
	if top == "" || c.Packages.Manager != "cargo" {
		return
	}
	for _, name := range s.tree.Directory(top).Names {
		file := c.Stack.Language.Source(s.tree, path.Join(top, name))
		switch {
		case name == c.Packages.Manifest:
			seen.Shared = append(seen.Shared, file)
		case dataservice.IsSettings(name):
			seen.Clues = append(seen.Clues, dataservice.Clues(file, nil)...)
		}
	}
}

// budget is what of a service's files is still read.
type budget struct{ files, bytes int }

func (b *budget) isSpent() bool { return b.files <= 0 || b.bytes <= 0 }

// of takes a file that is read from the budget.
func (b *budget) of(file tree.File) tree.File {
	b.files, b.bytes = b.files-1, b.bytes-len(file.Text)
	return file
}

// dataDirectories are the service's own, and those of the packages of its workspace that it
// imports.
func (c *candidate) dataDirectories() []string {
	dirs := append([]string{c.Dir}, c.Packages.Shared...)
	for _, linked := range c.Packages.Linked {
		if dir := path.Join(c.Packages.Workspace, linked); !tree.IsBelow(c.Dir, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// valuesOf are the variables that the service reads or that its env files name, with all
// their values, sorted by name.
func (s dataServices) valuesOf(c *candidate) []dataservice.Named {
	byName := map[string]*dataservice.Named{}
	for _, u := range slices.Concat(c.read, (environment{c}).fromEnvs()) {
		v := byName[u.Name]
		if v == nil {
			v = &dataservice.Named{Name: u.Name}
			byName[u.Name] = v
		}
		v.Required = v.Required || u.Required
		from := dataservice.Example
		switch {
		case filenames.IsCode(u.Where.File):
			from = dataservice.Code
		case stacks.IsEnvFile(path.Base(u.Where.File)):
			from = dataservice.Loaded
		}
		v.Values = append(v.Values, standingIn(c, u.Name, dataservice.Value{Text: u.Value, From: from, At: u.Where}))
	}
	for _, env := range s.rootEnvs {
		for _, entry := range env.Entries {
			if v := byName[entry.Name]; v != nil {
				from := dataservice.Example
				if env.Loaded {
					from = dataservice.Loaded
				}
				v.Values = append(v.Values, standingIn(c, entry.Name, dataservice.Value{Text: entry.Value, From: from, At: tree.At(env.Path, entry.Line, entry.Name)}))
			}
		}
	}
	var all []dataservice.Named
	for _, v := range byName {
		all = append(all, *v)
	}
	slices.SortFunc(all, func(a, b dataservice.Named) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// composeData are the data services that the compose files have.
func (s dataServices) composeData() []Data {
	var all []Data
	for _, service := range s.compose {
		values := map[string]string{}
		for name, value := range service.Env {
			values[name] = value.Text
			if !value.Set {
				values[name] = "${" + name + "}" // Compose takes its own
			}
		}
		if of := dataservice.OfImage(service.Image); of != nil && service.Dir == "" {
			all = append(all, Data{
				Service: of.Name, Key: service.Name, Compose: true, Healthy: service.Healthy, Login: of.LoginIn(values),
				Evidence: []Evidence{tree.At(service.File, service.Line, "service "+service.Name)},
			})
		}
	}
	return all
}

// nameData gives each data service a name in Compose and ports on the host.
func (s dataServices) nameData(all []*dataservice.Shared) {
	names, ports := map[string]bool{}, map[int]bool{}
	for _, c := range s.found {
		names[c.Name], ports[c.HostPort] = true, true
	}
	for _, service := range s.compose {
		names[service.Name], ports[service.Published] = true, true
	}
	free := func(port int) int {
		for ports[port] {
			port = port%65535 + 1
		}
		ports[port] = true
		return port
	}
	for _, named := range []bool{true, false} { // what settings name has no other choice
		for _, shared := range all {
			if shared.Key != "" || named != (shared.Named != "" && !names[shared.Named]) {
				continue
			}
			of := dataservice.Lookup(shared.Service)
			shared.Key = firstFree(names, shared.Named, of.Key, of.Name)
			names[shared.Key] = true
			shared.HostPort = free(of.Port)
			for _, extra := range of.Extra {
				shared.Extra = append(shared.Extra, free(extra.Port))
			}
		}
	}
}

// firstFree is the first of the names that is not taken, or the last with a number.
func firstFree(taken map[string]bool, names ...string) string {
	for _, name := range names {
		if name != "" && !taken[name] {
			return name
		}
	}
	last := names[len(names)-1]
	for i := 2; ; i++ {
		if name := last + "-" + strconv.Itoa(i); !taken[name] {
			return name
		}
	}
}

// wireData gives the variables that hold something of a data service their values.
func (s dataServices) wireData(shared *dataservice.Shared, use dataservice.Use) {
	c := s.called(use.By)
	for _, hold := range use.Holds {
		v := c.variable(hold.Variable, hold.At)
		switch {
		case hold.Given, v.Data != "":
			continue
		case v.Default && (hold.Part == dataservice.PartDriver && !hold.Override || shared.Compose && c.compose != nil):
			continue // what works stays
		}
		value := use.Value(hold, shared.Address())
		if value == "" && !v.Default {
			continue
		}
		v.Data, v.Value, v.Replaced = shared.Key, value, shared.Login.References()
		v.Sibling, v.Path, v.Inside, v.Required, v.Generate = "", "", false, false, ""
		if e, spared := c.spared[hold.Variable]; spared {
			e.Text = fmt.Sprintf("%s has a %s on the internet, and %s stands in for it", hold.Variable, dataservice.Lookup(shared.Service).Title, shared.Key)
			c.Remark(e, "remove "+hold.Variable+" from devup.yaml to use that one")
		}
	}
}

// settingsField is a field of a class with its default, as Pydantic's settings have it. A variable
// of the same name goes before the default.
var settingsField = lazyregexp.New(`^\s*(\w+)\s*:\s*[\w.\[\]| ]+=`)

// isDefaultOf says whether a line of source is a field whose variable has the data service's
// address.
func isDefaultOf(c *candidate, data, line string) bool {
	field := settingsField.FindStringSubmatch(line)
	return field != nil && slices.ContainsFunc(c.Variables, func(v Variable) bool { return v.Data == data && strings.EqualFold(v.Name, field[1]) })
}

// remarkFixed says that the service's source has this machine's own name for a data service.
func (c *candidate) remarkFixed(key string, fixed dataservice.Fixed) {
	e := fixed.Evidence
	e.Text += fmt.Sprintf(" is hard-coded to %s, which inside a container is %s itself", fixed.Host, c.Name)
	c.Remark(e, fmt.Sprintf("write %q there, the name of the service in Compose; or read the host from a variable that devup.yaml sets", key))
}

// variable is the service's variable of a name, which is added where there is none.
func (c *candidate) variable(name string, at Evidence) *stack.Variable {
	i, found := slices.BinarySearchFunc(c.Variables, name, func(v Variable, name string) int { return strings.Compare(v.Name, name) })
	if !found {
		c.Variables = slices.Insert(c.Variables, i, Variable{Name: name, Default: true, Secret: looksSecret(name), Evidence: at})
	}
	return &c.Variables[i]
}

// loadSeeds has a data service load SQL files at its first start. Where migrations make the
// tables there are none.
func (s dataServices) loadSeeds(shared *dataservice.Shared) {
	if shared.Compose {
		return
	}
	dirs := []string{"."}
	for _, use := range shared.Uses {
		c := s.called(use.By)
		migrations := s.migrationsOf(c)
		if len(c.Migrate) > 0 || len(migrations) > 0 && !appliedByHand(c, migrations) {
			return
		}
		dirs = append(dirs, migrations...)
		if c.Dir != "." {
			dirs = append(dirs, c.Dir)
		}
	}
	shared.Load(dataservice.Lookup(shared.Service).SeedsIn(s.tree, dirs, shared.KnownName()))
}

// migrationDirectories are the names of directories that hold what makes tables.
var migrationDirectories = []string{"migrations", "migration", "migrate", "alembic", "versions", "changelog", "prisma", "drizzle"}

// migrationsOf are the directories of the service that hold steps that make its tables, the
// outer ones, sorted.
func (s *scan) migrationsOf(c *candidate) []string {
	var found []string
	for _, dir := range c.dataDirectories() {
		for _, f := range s.tree.Below(dir, func(f *tree.Directory) bool { return !s.found.has(f.Path) }) {
			isWithin := slices.ContainsFunc(found, func(outer string) bool { return strings.HasPrefix(f.Path, outer+"/") })
			if slices.Contains(migrationDirectories, path.Base(f.Path)) && len(f.Names)+len(f.Subs) > 0 && !isWithin {
				found = append(found, f.Path)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// migrationFiles are patterns of the files of which a change means that tables have to be
// migrated again. Directories next to each other are one pattern, as those of Django's
// applications, so that it holds for one that is added.
func (s *scan) migrationFiles(c *candidate) []string {
	var patterns []string
	together := map[string]int{}
	pattern := func(dir string) string { return path.Join(path.Dir(path.Dir(dir)), "*", path.Base(dir)) }
	found := slices.DeleteFunc(s.migrationsOf(c), func(dir string) bool { return strings.ContainsAny(dir, `*?[\`) })
	for _, dir := range found {
		together[pattern(dir)]++
	}
	for _, dir := range found {
		if p := pattern(dir); together[p] > 1 {
			dir = p
		}
		patterns = append(patterns, dir)
	}
	return slices.Compact(patterns)
}

// called is the service of a name.
func (s *scan) called(name string) *candidate {
	return s.found[slices.IndexFunc(s.found, func(c *candidate) bool { return c.Name == name })]
}
