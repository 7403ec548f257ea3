package detect

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect/filenames"
	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/tree"
)

// Wanted is a service that a user named: detection fills in the rest.
type Wanted struct {
	Name  string
	Dir   string // slash-separated, "." for the root
	Stack string // the name of one, as under x-devup
	// Context is the directory that its image is built from, slash-separated, where
	// that is decided: a member of a workspace with its own directory as context is
	// installed by itself. Empty leaves it to detection.
	Context string
}

// Scan finds the services of the repository. The only error is a root directory
// that cannot be read; broken files make less evidence or a rejection.
func Scan(fsys fs.FS) (Repository, error) {
	s, err := begin(fsys)
	if err != nil {
		return Repository{}, err
	}
	s.findAll()
	return s.decide(), nil
}

// findAll finds the services of the repository.
func (s *scan) findAll() {
	for _, language := range stacks.Languages() {
		s.add(language)
	}
	s.dropFallbacks()
	sharing{s}.dropCopies()
	sharing{s}.shareDirectories()
	s.include()
	adoption{s}.adopt()
	s.leaveOut()
	s.takeProcesses()
	s.name()
}

// ScanData is [ScanFor], or [Scan] where no service is asked for, for a user who asks for data
// services by the names of package dataservice: where nothing shows that a service uses one,
// every server gets its URL.
func ScanData(fsys fs.FS, data []string, wanted ...Wanted) (Repository, error) {
	s, err := begin(fsys)
	if err != nil {
		return Repository{}, err
	}
	s.asked = data
	for _, w := range wanted {
		s.found = append(s.found, s.as(w))
	}
	if len(wanted) == 0 {
		s.findAll()
	}
	return s.decide(), nil
}

// ScanFor describes exactly the services that were asked for, in the same way
// as [Scan]: a devup.yaml written by hand decides what is a service. A directory
// that does not exist gives a service with the stack's defaults.
func ScanFor(fsys fs.FS, wanted ...Wanted) (Repository, error) {
	s, err := begin(fsys)
	if err != nil {
		return Repository{}, err
	}
	for _, w := range wanted {
		s.found = append(s.found, s.as(w))
	}
	return s.decide(), nil
}

// scan is one run over a repository.
type scan struct {
	asked    []string // data services, by name
	tree     *tree.Tree
	files    []string // compose files
	includes []string // compose files in sub-directories
	compose  []*runfiles.ComposeService
	rootEnvs []runfiles.EnvFile // of the root, where the root itself is no service
	found    services
}

// candidate is a service while its decisions are made.
type candidate struct {
	*stack.App
	envs      []runfiles.EnvFile // of its directory
	outer     []runfiles.EnvFile // of a directory above it, where it loads one
	read      []stack.Use        // the variables that its sources read
	docker    *runfiles.Dockerfile
	compose   *runfiles.ComposeService
	shares    bool                // its directory holds another service, too
	processes []runfiles.EnvFile  // what Procfiles set for it
	workers   []runfiles.Process  // what Procfiles run of its code in addition
	assets    bool                // it is the development server of the files that another service's pages load
	loopback  *loopback           // the network that it shares; nil for its own
	sqlite    bool                // its database is a file of its own
	away      Evidence            // of its database on the internet
	spared    map[string]Evidence // variables with a data service on the internet, where one here stands in for it
}

// role is what a service is to its siblings.
type role int

const (
	backend role = iota
	frontend
)

func (c *candidate) role() role {
	if c.Frontend || c.assets {
		return frontend
	}
	return backend
}

func begin(fsys fs.FS) (*scan, error) {
	t, err := tree.Walk(fsys, tree.Files{Interesting: filenames.IsInteresting, Manifest: filenames.IsManifest})
	if err != nil {
		return nil, err
	}
	s := &scan{tree: t, files: runfiles.ComposeFiles(t)}
	s.compose = runfiles.ReadCompose(t, s.files)
	return s, nil
}

// add finds the services of a language.
func (s *scan) add(language *stack.Language) {
	all := stacks.ByLanguage(language)
	for _, app := range language.Services(s.tree, all) {
		if app.Stack == nil {
			app.Stack = all[len(all)-1]
		}
		app.DescribeAs(app.Stack)
		s.found = append(s.found, &candidate{App: app})
	}
}

// as is what a directory holds, seen as the stack that is wanted.
func (s *scan) as(w Wanted) *candidate {
	app := &stack.App{Tree: s.tree, Service: stack.Service{Name: w.Name, Dir: path.Clean(w.Dir)}, BuiltIn: w.Context}
	possible := stacks.ByName(w.Stack)
	if len(possible) == 0 {
		possible = stacks.ByName("node") // package scaffold says that there is no such stack
	}
	plain := possible[len(possible)-1]
	if plain.Language.Prepare != nil {
		plain.Language.Prepare(app)
	}
	if !app.Recognise(possible) {
		app.Stack = plain
	}
	app.DescribeAs(app.Stack)
	app.StackName = w.Stack
	return &candidate{App: app}
}

// decide makes the decisions that need all services to be known.
func (s *scan) decide() Repository {
	slices.SortFunc(s.found, func(a, b *candidate) int { return cmp.Compare(a.Name, b.Name) })
	for _, c := range s.found {
		s.gather(c)
	}
	if !slices.ContainsFunc(s.found, func(c *candidate) bool { return c.Dir == "." }) {
		s.rootEnvs = runfiles.EnvFilesIn(s.tree, ".")
	}
	repo := Repository{Compose: s.files, Includes: s.includes, Rejected: s.tree.Rejected}
	ports := containerPorts{s, map[*candidate]writtenPort{}}
	for _, c := range s.found {
		decideRuntime(c)
		c.Port = ports.decidePort(c)
		c.Note(c.Port.Evidence)
	}
	s.settleHostPorts()
	for _, c := range s.found {
		c.Variables = decideVariables(s.found, c)
	}
	decideLoopbacks(s.found)
	decideNeeds(s.found)
	for _, c := range s.found {
		c.SetCommands()
		if finish := c.Stack.Language.Finish; finish != nil {
			finish(c.App)
		}
		c.addWorkers()
		c.Command = decideCommand(c)
		c.Mounted, c.Installed = decideMount(c)
		c.Ready, c.Routes = decideReady(c), decideRoutes(c)
		decideRemarks(s.found, c)
	}
	for _, c := range s.found { // what siblings answer is known by now
		decideBase(s.found, c)
	}
	repo.Data = dataServices{s}.decideData()
	s.decideFixed(repo.Data)
	decideAliases(s.found, repo.Data)
	repo.Loopbacks = s.loopbacks()
	for _, c := range s.found { // what other services call is known by now
		decideAddress(c)
		// Drizzle's push with --force accepts the loss of data: it runs on a new database alone.
		losesData := slices.ContainsFunc(c.Migrate, func(word string) bool { return strings.HasSuffix(word, "push") }) && slices.Contains(c.Migrate, "--force")
		if c.Migrate != nil && c.MigrateFiles == nil && !losesData {
			c.MigrateFiles = s.migrationFiles(c)
		}
		c.Public = decidePublic(s.found, c)
		repo.Services = append(repo.Services, c.Service)
	}
	slices.SortFunc(repo.Rejected, func(a, b Rejection) int {
		return cmp.Or(cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.Why, b.Why))
	})
	repo.Rejected = slices.Compact(repo.Rejected)
	return repo
}

// gather reads what lies in and about a service's directory.
func (s *scan) gather(c *candidate) {
	c.compose = s.composeFor(c)
	if c.compose != nil {
		c.Compose, c.Included = c.compose.Name, c.compose.Included
		if c.compose.Dockerfile != "" && s.tree.Exists(path.Join(c.Dir, c.compose.Dockerfile)) {
			c.Dockerfile = c.compose.Dockerfile
		}
		c.Starts = slices.Insert(c.Starts, 0, stack.Command{Text: c.compose.Command, File: c.compose.File, Line: c.compose.Line})
	}
	if c.Dockerfile == "" {
		c.Dockerfile = s.dockerfileFor(c)
	}
	if c.Dockerfile != "" {
		name := path.Join(c.Dir, c.Dockerfile)
		c.docker = runfiles.ParseDockerfile(name, s.tree.Text(name))
		c.Note(Evidence{File: name, Text: "builds it already"})
		if c.compose == nil {
			c.BuiltFrom = c.docker.BuiltFrom(s.tree, c.Dir)
		}
	}
	if c.compose != nil {
		c.Note(tree.At(c.compose.File, c.compose.Line, "service "+c.compose.Name))
	}
	c.envs = append(c.processes, runfiles.EnvFilesIn(s.tree, c.Dir)...)
	c.Sources = s.sourcesOf(c)
	c.read = readsOf(c)
	if c.Stack.Uses != nil {
		c.read = append(c.read, c.Stack.Uses(c.App)...)
	}
	c.outer = environment{c}.envFileAbove()
	c.envs = append(c.envs, envsInReadme(s, c)...)
	if c.Compose == "" {
		c.EnvFiles = copiesFor(c, s.filesOf(c))
	}
}

// maxSources bounds how many source files of one service are opened. Ports and
// variables stand in the entry and the files near it, which come first.
const (
	maxSources      = 400
	maxSourcesBytes = 4 << 20
)

// filesOf are the files of the service and of what it links, without those of services below,
// nearest to its directory first. A directory that PHP serves is code, also public.
func (s *scan) filesOf(c *candidate) []string {
	var files []string
	bundled := c.Stack.Language.Bundled
	runs := func(f *tree.Directory) bool {
		return (!tree.IsAside(f.Path) || f.Path == path.Join(c.Dir, c.Module)) && (bundled == "" || !s.tree.Has(path.Join(f.Path, bundled)))
	}
	for _, dir := range c.dataDirectories() {
		for _, f := range s.tree.Below(dir, func(f *tree.Directory) bool { return !s.found.has(f.Path) && runs(f) }) {
			for _, name := range f.Names {
				files = append(files, path.Join(f.Path, name))
			}
		}
	}
	return files
}

// sourcesOf are the service's own source files, nearest to its directory first,
// without those of services below it.
func (s *scan) sourcesOf(c *candidate) []tree.File {
	language := c.Stack.Language
	var sources []tree.File
	size := 0
	for _, name := range s.filesOf(c) {
		if len(sources) == maxSources || size > maxSourcesBytes {
			return sources
		}
		if !slices.Contains(language.Extensions, path.Ext(name)) || tree.IsTest(path.Base(name)) {
			continue
		}
		source := language.Source(s.tree, name)
		size += len(source.Text)
		if len(source.Text) < tree.MaxFile { // what is longer was not written by hand
			sources = append(sources, source)
		}
	}
	return entryFirst(s.tree, c, sources)
}

// entryFirst moves the file that runs to the front of the sources. It may have no ending, as
// bin/www has none.
func entryFirst(t *tree.Tree, c *candidate, sources []tree.File) []tree.File {
	if c.Entry == "" {
		return sources
	}
	entry := t.Source(path.Join(c.Dir, c.Entry))
	sources = slices.DeleteFunc(sources, func(f tree.File) bool { return f.Path == entry.Path })
	if entry.Text == "" {
		return sources
	}
	return slices.Insert(sources, 0, entry)
}

// services are those that were found.
type services []*candidate

// has says whether a directory is a service's.
func (all services) has(dir string) bool {
	return slices.ContainsFunc(all, func(c *candidate) bool { return c.Dir == dir })
}

// decideRuntime is the language version: what the Dockerfile says, else what else in the
// repository says, else the newest that the dependencies bear.
func decideRuntime(c *candidate) {
	language, r, found := c.Stack.Language, &c.Runtime, false
	if c.docker != nil && language.Name != "" {
		r.Version, r.Evidence, found = c.docker.Runtime(language.Name)
	}
	if !found && language.Version != nil {
		r.Version, r.Evidence = language.Version(c.App)
	}
	if language.Flags == nil {
		return
	}
	if flags, why := language.Flags(c.App, r.Version); flags != "" {
		r.Flags = flags
		r.Evidence.Text += "; " + why
	}
}
