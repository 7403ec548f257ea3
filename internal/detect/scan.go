package detect

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/tree"
)

// Wanted is a service that a person named: detection fills in the rest.
type Wanted struct {
	Name  string
	Dir   string // slash-separated, "." for the root
	Stack Stack
	// Context is the folder that its image is built from, slash-separated, where
	// that is decided: a member of a workspace with its own folder as context is
	// installed by itself. Empty leaves it to detection.
	Context string
}

// Scan finds the services of the repository. The only error is a root folder
// that cannot be read; broken files make less evidence or a rejection.
func Scan(fsys fs.FS) (Repository, error) {
	s, err := begin(fsys)
	if err != nil {
		return Repository{}, err
	}
	s.found = append(s.nodeCandidates(), s.pythonCandidates()...)
	s.oneOfEachFolder()
	s.rejectForeign()
	s.name()
	return s.decide(), nil
}

// ScanFor describes exactly the services that were asked for, in the same way
// as [Scan]: a devup.yaml written by hand decides what is a service. A folder
// that does not exist gives a service with the stack's defaults.
func ScanFor(fsys fs.FS, wanted ...Wanted) (Repository, error) {
	s, err := begin(fsys)
	if err != nil {
		return Repository{}, err
	}
	for _, w := range wanted {
		c := s.candidateAs(w)
		c.Name = w.Name
		s.found = append(s.found, c)
	}
	return s.decide(), nil
}

// ScanService is [ScanFor] for one service among those that [Scan] finds: they
// are the siblings that its variables may name.
func ScanService(fsys fs.FS, dir string, stack Stack, name string) (Service, error) {
	dir = path.Clean(dir)
	found, err := Scan(fsys)
	if err != nil {
		return Service{}, err
	}
	wanted := []Wanted{{Name: name, Dir: dir, Stack: stack}}
	for _, service := range found.Services {
		if service.Dir != dir && service.Name != name {
			wanted = append(wanted, Wanted{Name: service.Name, Dir: service.Dir, Stack: service.Stack})
		}
	}
	repo, err := ScanFor(fsys, wanted...)
	if err != nil {
		return Service{}, err
	}
	for _, service := range repo.Services {
		if service.Name == name {
			return service, nil
		}
	}
	return Service{}, fmt.Errorf("describe service %s: not found", name)
}

// scan is one run over a repository.
type scan struct {
	tree     *tree.Tree
	files    []string // compose files
	compose  []*composeService
	rootEnvs []envFile // of the root, where the root itself is no service
	found    []*candidate
}

// candidate is a service while its decisions are made.
type candidate struct {
	Service
	role        role
	defaultPort int
	commands    []command   // that start it, best first
	configs     []tree.File // of the framework: vite.config.js, next.config.js
	sources     []tree.File // its own source, nearest first
	envs        []envFile   // of its folder
	docker      *dockerfile
	compose     *composeService
	node        *nodePackage
	python      *pythonApp
	context     string // the folder that its image is built from, where somebody said so
	chdir       bool   // the Python entry runs with its own folder as the import path
}

// command is a command line that people start the service with.
type command struct {
	text string
	file string
	line int
}

// role is what a service is to its siblings.
type role int

const (
	backend role = iota
	frontend
)

func (c *candidate) note(e Evidence) {
	if !slices.Contains(c.Evidence, e) {
		c.Evidence = append(c.Evidence, e)
	}
}

func (c *candidate) remark(e Evidence) {
	if !slices.Contains(c.Remarks, e) {
		c.Remarks = append(c.Remarks, e)
	}
}

func begin(fsys fs.FS) (*scan, error) {
	t, err := tree.Walk(fsys, tree.Files{Interesting: interesting, Manifest: isManifest})
	if err != nil {
		return nil, err
	}
	s := &scan{tree: t, files: composeFiles(t)}
	s.compose = readCompose(t, s.files)
	return s, nil
}

// candidateAs is what a folder holds, seen as the stack that is wanted.
func (s *scan) candidateAs(w Wanted) *candidate {
	dir := path.Clean(w.Dir)
	c := &candidate{Service: Service{Dir: dir, Stack: w.Stack}, context: w.Context}
	switch w.Stack {
	case Flask, Python:
		s.describePython(c)
	default:
		s.describeNode(c)
	}
	return c
}

// oneOfEachFolder keeps one service per folder, since a folder has one
// Dockerfile and one devup.yaml entry that builds it. The server stays: a
// frontend beside it is mostly its asset pipeline.
func (s *scan) oneOfEachFolder() {
	byDir := map[string]*candidate{}
	var kept []*candidate
	for _, c := range s.found {
		first := byDir[c.Dir]
		if first == nil {
			byDir[c.Dir] = c
			kept = append(kept, c)
			continue
		}
		if first.role == frontend && c.role == backend {
			*first, *c = *c, *first
		}
		s.tree.Reject(c.Dir, fmt.Sprintf("%s lies in the same folder as %s, and a folder is one service: give it a folder of its own",
			c.Framework, first.Framework), c.Evidence[0])
	}
	s.found = kept
}

// decide makes the decisions that need all services to be known.
func (s *scan) decide() Repository {
	slices.SortFunc(s.found, func(a, b *candidate) int { return cmp.Compare(a.Name, b.Name) })
	for _, c := range s.found {
		s.gather(c)
	}
	if !slices.ContainsFunc(s.found, func(c *candidate) bool { return c.Dir == "." }) {
		s.rootEnvs = envsOf(s.tree, ".")
	}
	repo := Repository{Compose: s.files, Rejected: s.tree.Rejected}
	for _, c := range s.found {
		c.Runtime = s.decideRuntime(c)
		c.Port = s.decidePort(c)
		c.note(c.Port.Evidence)
	}
	s.settleHostPorts()
	for _, c := range s.found {
		s.decideCommands(c)
		if c.python != nil {
			s.decideMissing(c)
		}
		c.Variables = s.decideVariables(c)
		c.Ready, c.Routes, c.Page = s.decideReady(c), decideRoutes(c), c.role == frontend
		s.decideRemarks(c)
	}
	for _, c := range s.found { // what other services call is known by now
		c.Public = s.decidePublic(c)
		repo.Services = append(repo.Services, c.Service)
	}
	slices.SortFunc(repo.Rejected, func(a, b Rejection) int {
		return cmp.Or(cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.Why, b.Why))
	})
	repo.Rejected = slices.Compact(repo.Rejected)
	return repo
}

// gather reads what lies in and about a service's folder.
func (s *scan) gather(c *candidate) {
	for _, service := range s.compose {
		// A service without ports that builds the folder is a worker beside it.
		if service.dir == c.Dir && (c.compose == nil || c.compose.target == 0 && service.target != 0) {
			c.compose = service
		}
	}
	folder := s.tree.Folder(c.Dir)
	if c.compose != nil {
		c.Compose = c.compose.name
		if c.compose.dockerfile != "" && folder.Has(c.compose.dockerfile) {
			c.Dockerfile = c.compose.dockerfile
		}
		c.commands = append(c.commands, command{c.compose.command, c.compose.file, c.compose.line})
	}
	if c.Dockerfile == "" {
		c.Dockerfile = folder.First(dockerNames...)
	}
	if c.Dockerfile != "" {
		name := path.Join(c.Dir, c.Dockerfile)
		c.docker = parseDockerfile(name, s.tree.Text(name))
		c.note(Evidence{File: name, Text: "builds it already"})
	}
	if c.compose != nil {
		c.note(tree.At(c.compose.file, c.compose.line, "service "+c.compose.name))
	}
	c.envs = envsOf(s.tree, c.Dir)
	c.sources = s.sourcesOf(c)
}

// maxSources bounds how many source files of one service are opened. Ports and
// variables stand in the entry and the files near it, which come first.
const (
	maxSources      = 400
	maxSourcesBytes = 4 << 20
)

// sourcesOf are the service's own source files, nearest to its folder first,
// without those of services below it.
func (s *scan) sourcesOf(c *candidate) []tree.File {
	ends := codeEndings
	if c.Runtime.Language == "python" {
		ends = map[string]bool{".py": true}
	}
	var sources []tree.File
	size := 0
	for _, f := range s.tree.Below(c.Dir, func(f *tree.Folder) bool { return !s.isService(f.Path) && !asideFolders[path.Base(f.Path)] }) {
		for _, name := range f.Names {
			if len(sources) == maxSources || size > maxSourcesBytes {
				return sources
			}
			if !ends[path.Ext(name)] || isTest(name) || c.Runtime.Language == "node" && path.Ext(name) == ".py" {
				continue
			}
			source := s.tree.Source(path.Join(f.Path, name))
			size += len(source.Text)
			if len(source.Text) < tree.MaxFile { // what is longer was not written by hand
				sources = append(sources, source)
			}
		}
	}
	if c.python != nil {
		entry := path.Join(c.Dir, c.python.entry)
		slices.SortStableFunc(sources, func(a, b tree.File) int { return first(a.Path == entry, b.Path == entry) })
	}
	return sources
}

func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// asideFolders hold code that does not run with the service.
var asideFolders = map[string]bool{
	"test": true, "tests": true, "__tests__": true, "e2e": true, "cypress": true, "spec": true, "__mocks__": true,
	"docs": true, "examples": true, "example": true, "migrations": true, "alembic": true, "public": true, "static": true,
	"fixtures": true, "terraform": true, "lambda": true, "lambdas": true, "scripts": true, "notebooks": true,
}

func isTest(name string) bool {
	return strings.HasPrefix(name, "test_") || strings.HasPrefix(name, "conftest") || strings.HasSuffix(name, ".d.ts") ||
		strings.Contains(name, ".test.") || strings.Contains(name, ".spec.") || strings.Contains(name, ".min.") ||
		strings.HasSuffix(name, "_test.py") || strings.Contains(name, ".stories.")
}

func (s *scan) isService(dir string) bool {
	return slices.ContainsFunc(s.found, func(c *candidate) bool { return c.Dir == dir })
}
