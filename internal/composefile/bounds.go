package composefile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// A file of a few hundred bytes can stand for any amount of work: aliases of aliases,
// mappings in mappings, variables that double each other. What follows bounds each of them
// far above what users write, and before anything else looks at the files.
const (
	maxDepth    = 100      // mappings and lists in each other; Compose's own keys need 8
	maxValues   = 500_000  // keys and values of a file, with what aliases repeat, each counted by its depth: so compose-go works
	maxKeys     = 10_000   // keys of a mapping, which the YAML library compares with each other
	maxNested   = 50       // variables in the defaults of variables
	maxScan     = 64 << 20 // bytes that a search for variables passes over, again for each of a line
	maxExpanded = 16 << 20 // bytes that variables of a project stand for
	maxRead     = 64 << 20 // bytes of the files that the files name
	maxServices = 1_000    // services, and containers of all of them: a network of the engine has 1,023 addresses
	maxPorts    = 20_000   // host ports of a project: media servers publish 16,384, and devup takes a second for them
	maxInclude  = 20       // files that include each other
)

// errTooMuch is the cause of a failure about one of these bounds.
var errTooMuch = errors.New("more than devup reads")

// tooMuch is the failure for a file that goes over a bound.
func tooMuch(file string, line int, hint, format string, args ...any) *fail.Error {
	e := fail.Wrap(errTooMuch, fail.Config, hint, format, args...)
	e.File, e.Line, e.CauseShown = file, line, true
	return e
}

// bounded checks the shape of a file: how deep it is, and how much its aliases repeat. What
// passes can be walked with aliases by everything else: it has an end.
func (s *File) bounded() error {
	m := measure{file: s.Path, checked: map[*yaml.Node]bool{}, open: map[*yaml.Node]bool{}}
	total := 0
	for _, root := range append([]*yaml.Node{s.root}, s.more...) {
		if root == nil {
			continue
		}
		m.root = root
		n, err := m.size(root, 0)
		if err != nil {
			return err
		}
		if total += n; total > maxValues {
			return m.tooMany(root)
		}
	}
	return nil
}

// measure counts the values of a file, those of an anchor each time that it is repeated,
// and each as many times as it is deep.
type measure struct {
	file    string
	root    *yaml.Node
	checked map[*yaml.Node]bool // texts that were looked at
	open    map[*yaml.Node]bool // mappings and lists that the walk is in
}

func (m *measure) tooMany(n *yaml.Node) error {
	alias := firstNode(m.root, func(n *yaml.Node) *yaml.Node {
		if n.Kind == yaml.AliasNode {
			return n
		}
		return nil
	})
	if alias != nil {
		return tooMuch(m.file, alias.Line, "write out what the service needs", "the aliases (*name) repeat each other too often")
	}
	return tooMuch(m.file, n.Line, "split the file", "the file has more keys and values than devup reads")
}

func (m *measure) size(n *yaml.Node, depth int) (int, error) {
	if depth > maxDepth {
		return 0, tooMuch(m.file, n.Line, "", "mappings and lists are nested more than %d deep", maxDepth)
	}
	if n.Kind == yaml.AliasNode {
		if m.open[n.Alias] {
			return 0, tooMuch(m.file, n.Line, "", "an alias repeats the part in which it stands")
		}
		return m.size(n.Alias, depth+1)
	}
	if n.Kind == yaml.ScalarNode {
		if m.checked[n] {
			return depth + 1, nil
		}
		m.checked[n] = true
		return depth + 1, m.references(n)
	}
	if n.Kind == yaml.MappingNode && len(n.Content) > 2*maxKeys {
		return 0, tooMuch(m.file, n.Line, "", "a mapping has more than %d keys", maxKeys)
	}
	m.open[n] = true
	defer delete(m.open, n)
	size := depth + 1
	for _, c := range n.Content {
		part, err := m.size(c, depth+1)
		if err != nil {
			return 0, err
		}
		if size += part; size > maxValues {
			return 0, m.tooMany(c)
		}
	}
	return size, nil
}

// references checks the variables in a text.
func (m *measure) references(n *yaml.Node) error {
	if !strings.Contains(n.Value, "${") {
		return nil
	}
	if nesting(n.Value) > maxNested {
		return tooMuch(m.file, n.Line, "", "variables are nested more than %d deep", maxNested)
	}
	scan := 0
	for line := range strings.Lines(n.Value) {
		scan += strings.Count(line, "${") * len(line)
	}
	if scan > maxScan {
		return tooMuch(m.file, n.Line, "break it into lines", "a line has too many variables for its length")
	}
	return nil
}

// nesting is how deep variables stand in the defaults of others.
func nesting(text string) int {
	deepest, depth := 0, 0
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '}' && depth > 0:
			depth--
		case text[i] == '$' && i+1 < len(text) && text[i+1] == '{':
			depth++
			deepest = max(deepest, depth)
		}
	}
	return deepest
}

// refused tells whether an error says that devup does not read a file, for what it is or
// how large it is, or that it goes over a bound.
func refused(err error) bool {
	_, large := errors.AsType[untrusted.LimitError](err)
	return large || errors.Is(err, untrusted.ErrNotRegular) || errors.Is(err, errTooMuch)
}

// notRead is the failure for a file that devup does not read, or nil where the error says
// something else. The file is the place: what names it may be given later.
func notRead(path string, err error) *fail.Error {
	large, isLarge := errors.AsType[untrusted.LimitError](err)
	var e *fail.Error
	switch {
	case errors.Is(err, untrusted.ErrNotRegular) && IsDirectory(path):
		e = fail.Wrap(err, fail.Config, "name a file in it", "the file is a directory")
	case errors.Is(err, untrusted.ErrNotRegular):
		e = fail.Wrap(err, fail.Config, "replace it with a regular file", "the file is not a regular file")
	case isLarge:
		e = fail.Wrap(err, fail.Config, "", "the file is %v", large)
	default:
		return nil
	}
	e.File, e.CauseShown = path, true
	return e
}

// namedAt is the failure for a file that another one names in a line and that devup does
// not read, or nil where the error says something else.
func namedAt(file string, line int, name string, err error) *fail.Error {
	e := notRead(file, err)
	if e == nil {
		return nil
	}
	e.Line, e.Message = line, strings.Replace(e.Message, "the file", fmt.Sprintf("the file %q", name), 1)
	return e
}

// placed names the first place in the files that has the text in the failure about it.
func placed(err error, files []File, text string) error {
	e, ok := errors.AsType[*fail.Error](err)
	if !ok || e.File != "" {
		return err
	}
	named := *e
	for _, f := range WithIncluded(files) {
		for _, root := range append([]*yaml.Node{f.root}, f.more...) {
			n := firstNode(root, func(n *yaml.Node) *yaml.Node {
				if n.Kind == yaml.ScalarNode && n.Value == text {
					return n
				}
				return nil
			})
			if n != nil {
				named.File, named.Line = f.Path, n.Line
				return &named
			}
		}
	}
	return &named
}

// portCount counts the host ports that the short forms of a project write out.
type portCount struct{ ports int }

// add counts the ports of a mapping, which may be two ranges of the same length.
func (c *portCount) add(mapping string) *misvalue {
	span := 1
	for part := range strings.SplitSeq(strings.TrimRight(mapping, "/abcdefghijklmnopqrstuvwxyz"), ":") {
		first, last, ranged := strings.Cut(part, "-")
		from, err := strconv.Atoi(first)
		to, bad := strconv.Atoi(last)
		if ranged && err == nil && bad == nil {
			span = max(span, to-from+1)
		}
	}
	if c.ports += span; c.ports > maxPorts {
		return &misvalue{
			value: mapping, hint: "publish fewer ports",
			text: fmt.Sprintf("%q is one port too many: a project can publish %d", mapping, maxPorts),
		}
	}
	return nil
}

// counts refuses a project with more containers or host ports than an engine takes.
func (s *Set) counts(p *types.Project) error {
	e := excessOf(p)
	if e == nil {
		return nil
	}
	keys := []string{"services", e.service, e.key}
	if e.key == "scale" && p.Services[e.service].Scale == nil {
		keys = []string{"services", e.service, "deploy", "replicas"}
	}
	return WithHint(Failure(errTooMuch, s.Files, keys, "service %s: %s", e.service, e.text), e.hint)
}

// excess is what a project has too much of.
type excess struct{ service, key, text, hint string }

func excessOf(p *types.Project) *excess {
	containers, ports := 0, 0
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		n := s.GetScale()
		if containers += min(n, maxServices+1); containers > maxServices {
			return &excess{name, "scale", fmt.Sprintf("%d containers are too many: a project can have %d", n, maxServices), "run fewer"}
		}
		if ports += n * len(s.Ports); ports > maxPorts {
			return &excess{
				name, "ports", fmt.Sprintf("%d host ports are too many: a project can publish %d", n*len(s.Ports), maxPorts),
				"publish fewer ports, or run fewer containers",
			}
		}
	}
	return nil
}

// CheckScale is nil for a project that an engine takes: numbers of containers that the user
// gives are bounded as those of the files. The error is a [fail.Error].
func CheckScale(p *types.Project) error {
	if e := excessOf(p); e != nil {
		return fail.New(fail.Usage, e.hint, "service %s: %s", e.service, e.text)
	}
	return nil
}
