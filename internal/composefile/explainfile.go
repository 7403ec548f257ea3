package composefile

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/untrusted"
)

// fileRules are about files that other files name.
var fileRules = []rule{
	{lazyregexp.New(`(?s)^cannot extend service "(.+?)" in (.+?): (?:service "(.+?)" not found(?: in .+)?|(.+))$`), cannotExtend},
	{lazyregexp.New(`^extends\.(.+?)\.service is required$`), func(cause error, files []File, m []string) *fail.Error {
		keys := []string{"services", m[1], "extends"}
		return WithHint(Failure(cause, files, keys, "%s does not say which service of the file it extends", place(keys)), "for example service: "+m[1])
	}},
	{lazyregexp.New(`(?s)^Circular reference:\s+(\S+) in (.+?)\n(.+)$`), func(cause error, files []File, m []string) *fail.Error {
		chain := []string{m[1]}
		for link := range strings.SplitSeq(m[3], "\n") {
			name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(link), "extends "), " in ")
			chain = append(chain, name)
		}
		if chain[0] == chain[len(chain)-1] {
			chain = fromSmallest(chain)
		}
		return Failure(cause, files, []string{"services", chain[0], "extends"}, "these services extend each other in a circle: %s", strings.Join(chain, " -> "))
	}},
	{lazyregexp.New(`(?s)^include cycle detected:\s+(.+)$`), includeCircle},
	{lazyregexp.New(`^unsupported env_file format "(.+)"$`), func(cause error, files []File, m []string) *fail.Error {
		return WithHint(named(cause, files, m[1], "format", "the format of an env_file is %q, and can only be raw"), "take format away for the usual one")
	}},
	{lazyregexp.New(`^(.+) is not a file$`), func(cause error, files []File, m []string) *fail.Error {
		return named(cause, files, m[1], "env_file", "%s is a directory, and an env_file must be a file")
	}},
	{lazyregexp.New(`^failed to read (.+?): .*line (\d+): `), func(cause error, _ []File, m []string) *fail.Error {
		content, _ := untrusted.ReadFile(m[1], maxEnvFile) // without it the line is less exact
		return envFileError(envText{path: m[1], content: content}, cause)
	}},
	{lazyregexp.New(`^(?:open|stat|read) (.+?): `), func(cause error, files []File, m []string) *fail.Error {
		return unreadable(cause, files, m[1])
	}},
}

// readSource reads and parses one file. The error is a fail.Error.
func readSource(path string) (File, error) { return readSourceWith(untrusted.ReadFile, path) }

func readSourceWith(read func(string, int64) ([]byte, error), path string) (File, error) {
	content, err := read(path, untrusted.MaxText)
	if e := notRead(path, err); e != nil {
		return File{Path: path}, e
	}
	if err != nil {
		return File{Path: path}, fail.Wrap(err, fail.Denied, "", "%s cannot be read", path)
	}
	return parsed(path, content)
}

// parsed makes a source of the content of a file.
func parsed(path string, content []byte) (File, error) {
	s := File{Path: path, content: content}
	text, ok := untrusted.UTF8(content)
	if !ok {
		e := fail.New(fail.Config, "save it as UTF-8 text", "the file breaks off in the middle of a character")
		e.File = path
		return s, e
	}
	s.content = text
	if e := notText(path, text); e != nil {
		return s, e
	}
	if err := s.parse(); err != nil {
		return s, syntaxError(s, err)
	}
	return s, s.bounded()
}

// WithIncluded adds the files that the files include or extend, for errors that are
// about one of them. What cannot be read is left out.
func WithIncluded(files []File) []File {
	all := slices.Clone(files)
	known := map[string]bool{}
	for _, f := range files {
		known[f.Path] = true
	}
	for i := 0; i < len(all) && len(all) < 100; i++ {
		for _, path := range filesNamedIn(all[i]) {
			if known[path] {
				continue
			}
			known[path] = true
			if s, err := readSource(path); err == nil && s.root != nil {
				all = append(all, s)
			}
		}
	}
	// What the main files say comes last, so that it wins where both say something.
	return append(all[len(files):], all[:len(files)]...)
}

// filesNamedIn lists the files that a file includes or extends.
func filesNamedIn(s File) []string {
	var paths []string
	add := func(n *yaml.Node) {
		if n = Target(n); n == nil || n.Value == "" {
			return
		}
		path := n.Value
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(s.Path), path)
		}
		paths = append(paths, path)
	}
	for _, n := range namedFiles(s) {
		add(n)
	}
	return paths
}

// namedFiles are the nodes that name the files which a file includes or extends.
func namedFiles(s File) []*yaml.Node {
	var nodes []*yaml.Node
	texts := func(n *yaml.Node) {
		firstNode(Target(n), func(n *yaml.Node) *yaml.Node {
			if n.Kind == yaml.ScalarNode {
				nodes = append(nodes, n)
			}
			return nil
		})
	}
	if _, depth, list := s.Find([]string{"include"}); depth == 1 {
		for _, item := range Target(list).Content {
			if item = Target(item); item.Kind == yaml.MappingNode {
				_, item = Child(item, "path")
			}
			if item != nil {
				texts(item)
			}
		}
	}
	for _, service := range s.keys("services") {
		if _, depth, file := s.Find([]string{"services", service, "extends", "file"}); depth == 4 {
			texts(file)
		}
	}
	return nodes
}

func cannotExtend(cause error, files []File, m []string) *fail.Error {
	service, base := m[1], m[3]
	keys := []string{"services", service, "extends"}
	if base == "" {
		return Failure(cause, files, keys, "service %s extends a file without services", service)
	}
	known := slices.DeleteFunc(allKeys(files, "services"), func(name string) bool { return name == service })
	where := "the config"
	if file := NodeAt(files, append(slices.Clone(keys), "file")); file != nil {
		where = file.Value
	}
	return WithHint(Failure(cause, files, keys, "service %s extends the service %s, which is not in %s", service, base, where), didYouMean(base, known, ""))
}

func includeCircle(cause error, files []File, m []string) *fail.Error {
	chain := strings.Split(m[1], "\n include ")
	for i := range chain {
		chain[i] = strings.TrimSpace(chain[i])
	}
	e := Failure(cause, files, []string{"include"}, "these files include each other in a circle: %s", shorten(strings.Join(chain, " -> "), files))
	i := slices.IndexFunc(files, func(s File) bool { return s.Path == chain[max(0, len(chain)-2)] })
	if i >= 0 {
		e.File, e.Line = Locate(files[i:i+1], "include")
	}
	return e
}

// named is about a text that stands at a key somewhere in the files.
func named(cause error, files []File, text, key, format string) *fail.Error {
	e := Failure(cause, files, nil, format, shorten(text, files))
	for _, f := range files {
		n := firstNode(f.root, func(n *yaml.Node) *yaml.Node {
			if n.Kind != yaml.MappingNode {
				return nil
			}
			_, v := Child(n, key)
			if v == nil {
				return nil
			}
			return firstNode(Target(v), func(n *yaml.Node) *yaml.Node {
				value := n.Value
				if value != "" && !filepath.IsAbs(value) {
					value = filepath.Join(filepath.Dir(f.Path), value)
				}
				if n.Kind == yaml.ScalarNode && (n.Value == text || value == text) {
					return n
				}
				return nil
			})
		})
		if n != nil {
			e.File, e.Line = f.Path, n.Line
			return e
		}
	}
	return e
}

// unreadable is about a file that the config names and that cannot be read.
func unreadable(cause error, files []File, path string) *fail.Error {
	what, hint := "does not exist", "the path is relative to the directory of the file that names it"
	refusal := notRead(path, cause)
	if e := refusal; e != nil {
		what, hint = strings.TrimPrefix(e.Message, "the file "), e.Hint
	} else if !errors.Is(cause, fs.ErrNotExist) {
		what = "cannot be read"
	}
	for _, key := range []string{"include", "path", "file", "env_file", "label_file"} {
		e := named(cause, files, path, key, "%s "+what)
		if e.Line > 1 || e.Line == 1 && strings.Contains(lineOf(files, e), filepath.Base(path)) {
			e.Message = fmt.Sprintf("the file %s %s", shorten(path, files), what)
			return WithHint(e, hint)
		}
	}
	if refusal != nil {
		return refusal
	}
	return Failure(cause, files, []string{"include"}, "the file %s %s", shorten(path, files), what)
}

// lineOf is the line of the file that an error names.
func lineOf(files []File, e *fail.Error) string {
	for _, f := range files {
		if lines := strings.Split(string(f.content), "\n"); f.Path == e.File && e.Line > 0 && e.Line <= len(lines) {
			return lines[e.Line-1]
		}
	}
	return ""
}
