package runfiles

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/tree"
)

// ComposeNames are the files that `docker compose` looks for, in its order: one
// of the first four, then an override of it.
var ComposeNames = []string{
	"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml",
	"compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml",
}

// ComposeService is what detection takes from a service of a compose file.
type ComposeService struct {
	Name         string
	Dir          string // of its build context or mounted source, in the repository; empty for neither
	Dockerfile   string // in dir, or in a directory below it, where the file names one
	Target       int    // the port in the container
	Published    int    // the port on the host, 0 for none
	PortEvidence tree.Evidence
	Env          map[string]composeValue // by name
	Command      string
	Line         int
	File         string
	Healthy      bool // it says how to tell that it is ready
	Image        string
	Builds       bool // it has a build section
	Included     bool // the file lies in a sub-directory, and devup.yaml includes it

	below string // the way from the build context to Dir; empty where they are one
}

// composeValue is what a compose file sets a variable to.
type composeValue struct {
	Text string
	Set  bool // it has a value
	Line int
}

// ComposeFiles are the names of the root's compose files that would be loaded.
func ComposeFiles(t *tree.Tree) []string {
	var files []string
	root := t.Directory(".")
	if name := root.First(ComposeNames[:4]...); name != "" {
		files = append(files, name)
		if name := root.First(ComposeNames[4:]...); name != "" {
			files = append(files, name)
		}
	}
	return files
}

// ReadCompose reads the services that build something. Project.Load is what
// loads the files for real; this is evidence only, so a file that YAML cannot
// read is reported as a rejection and the scan goes on without it.
func ReadCompose(t *tree.Tree, files []string) []*ComposeService {
	var all []*ComposeService
	env := LoadedEnv(t, ".")
	for _, name := range files {
		services, err := ParseCompose(name, t.Text(name), env)
		if err != nil {
			t.LeaveOut(".", name+" is not valid YAML", tree.Evidence{File: name})
			continue
		}
		for _, service := range services {
			service.Settle(t)
		}
		all = append(all, services...)
	}
	return all
}

// Settle takes the build context for the directory of a service whose Dockerfile lies in one
// that only holds Docker's files: docker/dev. Dir is relative to the repository by then.
func (s *ComposeService) Settle(t *tree.Tree) {
	if s.below == "" || !hasManifest(t, strings.TrimSuffix(s.Dir, s.below)) || hasManifest(t, s.Dir) {
		return
	}
	s.Dir, s.Dockerfile = path.Clean("./"+strings.TrimSuffix(s.Dir, s.below)), path.Join(s.below, s.Dockerfile)
}

func hasManifest(t *tree.Tree, dir string) bool {
	return slices.ContainsFunc(stacks.Languages(), func(l *stack.Language) bool { return t.Directory(path.Clean("./"+dir)).First(l.Manifests...) != "" })
}

// ParseCompose reads the services of a Compose file, with the values of variables in their ports.
func ParseCompose(name, text string, env map[string]string) (services []*ComposeService, err error) {
	// The YAML library answers some malformed documents with a panic.
	defer func() {
		if r := recover(); r != nil {
			services, err = nil, fmt.Errorf("parse %s: %v", name, r)
		}
	}()
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return nil, fmt.Errorf("parse %s: %w", name, err)
	}
	if len(document.Content) == 0 {
		return nil, nil
	}
	each(child(document.Content[0], "services"), func(key, value *yaml.Node) {
		service := &ComposeService{Name: key.Value, Line: key.Line, File: name, Env: map[string]composeValue{}, Image: scalar(child(value, "image"))}
		service.Healthy = child(value, "healthcheck") != nil
		service.readBuild(child(value, "build"))
		service.readMount(value)
		service.readPorts(value, env)
		service.Command = strings.Join(texts(child(value, "command")), " ")
		environment := child(value, "environment")
		each(environment, func(key, value *yaml.Node) {
			service.Env[key.Value] = composeValue{scalar(value), value.Tag != "!!null", key.Line}
		})
		for _, text := range texts(environment) {
			variable, text, set := strings.Cut(text, "=")
			service.Env[variable] = composeValue{text, set, environment.Line}
		}
		services = append(services, service)
	})
	return services, nil
}

func (s *ComposeService) readBuild(build *yaml.Node) {
	build = follow(build)
	if build == nil {
		return
	}
	dir := build.Value
	if build.Kind == yaml.MappingNode {
		dir = scalar(child(build, "context"))
		if dir == "" {
			dir = "."
		}
		s.Dockerfile = scalar(child(build, "dockerfile"))
	}
	if dir == "" || strings.Contains(dir, "://") || path.IsAbs(dir) {
		return
	}
	s.Dir, s.Builds = path.Clean(dir), true
	// A context above the service with the Dockerfile inside of it: the directory
	// of the Dockerfile is the service's.
	if below, file := path.Split(path.Clean(s.Dockerfile)); below != "" && s.Dockerfile != "" {
		s.Dir, s.Dockerfile, s.below = path.Join(s.Dir, below), file, path.Clean(below)
	}
}

// readMount takes the directory that a service without a build runs from: an
// image with the sources mounted into it, be it the plain language's or one
// that works in the mount.
func (s *ComposeService) readMount(value *yaml.Node) {
	image, _, _ := strings.Cut(path.Base(scalar(child(value, "image"))), ":")
	if s.Dir != "" {
		return
	}
	plain := slices.ContainsFunc(stacks.Languages(), func(l *stack.Language) bool { return l.Name == image })
	workdir := scalar(child(value, "working_dir"))
	for _, volume := range texts(child(value, "volumes")) {
		source, target, _ := strings.Cut(volume, ":")
		target, _, _ = strings.Cut(target, ":")
		if (source == "." || strings.HasPrefix(source, "./")) && target != "" && (plain || workdir != "" && path.Clean(target) == path.Clean(workdir)) {
			s.Dir = path.Clean(source)
			return
		}
	}
}

// readPorts takes the first TCP port.
func (s *ComposeService) readPorts(value *yaml.Node, env map[string]string) {
	ports := follow(child(value, "ports"))
	if ports == nil || ports.Kind != yaml.SequenceNode {
		return
	}
	for _, item := range ports.Content {
		item = follow(item)
		if item == nil || s.Target != 0 {
			continue
		}
		text := Expand(item.Value, env)
		if item.Kind == yaml.MappingNode {
			text = Expand(scalar(child(item, "published")), env) + ":" + Expand(scalar(child(item, "target")), env) + "/" + scalar(child(item, "protocol"))
		}
		s.Published, s.Target = parsePortMapping(text)
		if s.Target != 0 {
			s.PortEvidence = tree.At(s.File, item.Line, "ports "+strconv.Itoa(s.Target))
		}
	}
}

var portMapping = lazyregexp.New(`^(?:.*?:)??(?:(\d+)(?:-\d+)?:|:)?(\d+)(?:-\d+)?(?:/(tcp)?)?$`)

// parsePortMapping reads Compose's short form: [[ip:]host:]container[/protocol].
func parsePortMapping(text string) (published, target int) {
	match := portMapping.FindStringSubmatch(strings.TrimSpace(text))
	if match == nil {
		return 0, 0
	}
	published, _ = stack.PortNumber(match[1])
	target, ok := stack.PortNumber(match[2])
	if !ok {
		return 0, 0
	}
	return published, target
}

// follow resolves an alias; a cycle cannot be built of one step.
func follow(node *yaml.Node) *yaml.Node {
	if node != nil && node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// child is the value of a mapping's key, also where it comes in by "<<".
func child(node *yaml.Node, key string) *yaml.Node {
	return childWithin(node, key, 8)
}

func childWithin(node *yaml.Node, key string, depth int) *yaml.Node {
	node = follow(node)
	if node == nil || node.Kind != yaml.MappingNode || depth == 0 {
		return nil
	}
	var merged *yaml.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		switch node.Content[i].Value {
		case key:
			return follow(node.Content[i+1])
		case "<<":
			merged = node.Content[i+1]
		}
	}
	return childWithin(merged, key, depth-1)
}

// each calls do for the pairs of a mapping.
func each(node *yaml.Node, do func(key, value *yaml.Node)) {
	node = follow(node)
	if node == nil || node.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if value := follow(node.Content[i+1]); value != nil && node.Content[i].Kind == yaml.ScalarNode {
			do(node.Content[i], value)
		}
	}
}

func scalar(node *yaml.Node) string {
	if node == nil || node.Kind != yaml.ScalarNode {
		return ""
	}
	return node.Value
}

// texts are the scalars of a sequence, or the one of a scalar.
func texts(node *yaml.Node) []string {
	node = follow(node)
	if node == nil {
		return nil
	}
	if node.Kind == yaml.ScalarNode {
		return []string{node.Value}
	}
	var all []string
	if node.Kind == yaml.SequenceNode {
		for _, item := range node.Content {
			if item = follow(item); item != nil && item.Kind == yaml.ScalarNode {
				all = append(all, item.Value)
			}
		}
	}
	return all
}
