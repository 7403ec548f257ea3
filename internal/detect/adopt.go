package detect

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect/filenames"
	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// adopted is the stack of a service that is known by its own Dockerfile alone.
var adopted = stack.Stack{Title: "Dockerfile", Language: &stack.Language{}}

// dataImages are the base images of data services. A directory that builds on one only
// holds its settings.
var dataImages = setOf("postgres", "postgis", "pgvector", "mysql", "mariadb", "mongo", "redis", "valkey", "rabbitmq", "elasticsearch", "memcached")

// proxyImages are the base images of servers that mostly stand in front of others.
var proxyImages = setOf("nginx", "httpd", "caddy", "traefik", "haproxy", "envoy")

// adoption takes directories with a Dockerfile of their own as services.
type adoption struct{ *scan }

// adopt takes each directory with a Dockerfile of its own, whatever its language, that no
// stack was found in. Directories below come first: a Dockerfile above them may build them all.
func (s adoption) adopt() {
	for _, dir := range slices.Backward(s.tree.Paths) {
		if s.found.has(dir) || tree.IsBelowAside(dir) {
			continue
		}
		name := first(s.dockerfilesIn(dir))
		if name == "" {
			continue
		}
		file := path.Join(dir, name)
		d := runfiles.ParseDockerfile(file, s.tree.Text(file))
		if why, expected := s.whyNotAdopted(dir, d); why != "" {
			s.tree.RejectAs(expected, dir, why, Evidence{File: file})
			continue
		}
		s.tree.Take(dir)
		app := &stack.App{Tree: s.tree, Stack: &adopted, Service: stack.Service{Dir: dir}}
		app.DescribeAs(&adopted)
		app.Dockerfile = name
		language, _ := filenames.LanguageIn(s.tree.Directory(dir))
		app.Framework = cmp.Or(language, d.BaseImage()) + " (Dockerfile)"
		app.Frontend = proxyImages[d.BaseImage()]
		s.found = append(s.found, &candidate{App: app})
	}
}

// whyNotAdopted says why a Dockerfile makes no service, and whether a reader expects one.
func (s adoption) whyNotAdopted(dir string, d *runfiles.Dockerfile) (why string, expected bool) {
	name, base := path.Base(d.Name), d.BaseImage()
	ofCompose := slices.ContainsFunc(s.compose, func(c *runfiles.ComposeService) bool { return c.Dir == dir })
	switch {
	case base == "":
		return name + " has no FROM that devup can read", true
	case ofCompose:
		return "", false
	case len(s.compose) > 0:
		return name + " is not built by " + s.compose[0].File + ": add a service there if it is one", true
	case dataImages[base]:
		return "it builds on " + base + ", a data service: add a service with build to devup.yaml if you need it", true
	case proxyImages[base] && !d.HasStages() && !s.tree.Directory(dir).Has("index.html"):
		return "it is a proxy (" + base + "), which devup leaves out: each service has a URL of its own", true
	case s.holdsServices(dir) && !filenames.HasManifest(s.tree.Directory(dir)):
		return name + " builds directories that are services by themselves", false
	}
	if port, _ := d.Port(); port.Number == 0 {
		if !d.Starts() {
			return name + " starts nothing: it has no CMD and no EXPOSE", filenames.HasManifest(s.tree.Directory(dir))
		}
		return name + " names no port: add EXPOSE, or a service with build to devup.yaml", true
	}
	return "", false
}

// holdsServices tells whether a service was found below the directory.
func (s adoption) holdsServices(dir string) bool {
	return slices.ContainsFunc(s.found, func(c *candidate) bool { return c.Dir != dir && tree.IsBelow(dir, c.Dir) })
}

// notForDevelopment are the words in names of Dockerfiles that say nothing about development.
var notForDevelopment = setOf("prod", "production", "test", "tests", "testing", "ci", "build", "builder", "release", "staging", "stage", "lint", "base", "dockerignore",
	"gitpod", "devcontainer", "tmpl", "template", "example", "sample", "bak", "old", "md", "debug", "deploy")

// dockerNames are the files that a service's image is built from, likeliest first.
var dockerNames = []string{"Dockerfile", "dockerfile", "Dockerfile.dev", "Dockerfile.development", "Dockerfile.local", "dev.Dockerfile"}

// dockerfilesIn are the names of the Dockerfiles in a directory that may be for development,
// likeliest first: those of other names than usual ("Dockerfile.app", "app.Dockerfile") come last.
// Those that init made are none of the repository's own.
func (s adoption) dockerfilesIn(dir string) []string {
	var names, others []string
	directory := s.tree.Directory(dir)
	for _, name := range dockerNames {
		if directory.Has(name) && !s.tree.Made(path.Join(dir, name)) {
			names = append(names, name)
		}
	}
	for _, name := range directory.Names {
		rest, prefixed := strings.CutPrefix(strings.ToLower(name), "dockerfile.")
		if !prefixed {
			var suffixed bool
			if rest, suffixed = strings.CutSuffix(strings.ToLower(name), ".dockerfile"); !suffixed {
				continue
			}
		}
		words := strings.FieldsFunc(rest, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
		if !slices.Contains(names, name) && !s.tree.Made(path.Join(dir, name)) && !slices.ContainsFunc(words, func(word string) bool { return notForDevelopment[word] }) {
			others = append(others, name)
		}
	}
	return append(names, others...)
}

// dockerfileFor is the Dockerfile that builds the service; empty for none. In a directory of
// several services it is the one that has the service's name, or one whose image has its language.
func (s *scan) dockerfileFor(c *candidate) string {
	if own := "Dockerfile." + c.Name; c.shares && c.Directory().Has(own) && !s.tree.Made(path.Join(c.Dir, own)) {
		return own
	}
	for _, name := range (adoption{s}).dockerfilesIn(c.Dir) {
		if p := c.Stack.Language.ForProduction; p != nil && p.MatchString(s.tree.Text(path.Join(c.Dir, name))) {
			c.ProdDockerfile = c.ProdDockerfile || name == "Dockerfile"
			continue
		}
		if !c.shares || runfiles.ParseDockerfile("", s.tree.Text(path.Join(c.Dir, name))).Runs(c.Stack.Language.Name) {
			return name
		}
	}
	return ""
}

// listensLocally are commands that listen on the container's own address alone, unless they
// are told another.
var (
	listensLocally = lazyregexp.New(`\b(?:uvicorn|hypercorn|flask[", ]+run|fastapi[", ]+dev|runserver|ng[", ]+serve|vite|astro[", ]+dev)\b`)
	namesAddress   = lazyregexp.New(`0\.0\.0\.0|\[?::\]?|--host|--bind|\$`)
)

// decideCommand is the command of a service whose own Dockerfile starts nothing, or a server
// that only its own container could reach.
func decideCommand(c *candidate) []string {
	if c.docker == nil || c.Compose != "" || c.docker.IsEmpty() {
		return nil
	}
	command := c.docker.Command()
	if command != "" && (!listensLocally.MatchString(command) || namesAddress.MatchString(command)) {
		return nil
	}
	return c.Dev
}

func first[T any](all []T) (one T) {
	if len(all) > 0 {
		one = all[0]
	}
	return one
}
