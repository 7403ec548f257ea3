package build

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// contextNeeds is what a Dockerfile's target takes from its contexts.
type contextNeeds struct {
	all    bool            // anything of the context may count
	copies []transfer      // from the context
	named  map[string]bool // additional contexts that it uses
}

// transfer is one COPY or ADD, or a bind mount of a RUN.
type transfer struct {
	sources []string // slash patterns relative to the context's root; "." is all of it
	dest    string   // absolute container path, ending in / for a directory; empty when it is not known
	last    bool     // nothing that runs later in the build can see the files
}

// maxInstructions is how many instructions of a Dockerfile are read: each may refer to
// all before it, and commands that only read parse the file too.
const maxInstructions = 5_000

var errTooLong = errors.New("more instructions than devup reads")

// parseDockerfile gives the stages and what comes before the first FROM.
func parseDockerfile(text []byte) ([]instructions.Stage, []instructions.ArgCommand, error) {
	tree, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, nil, err
	}
	if len(tree.AST.Children) > maxInstructions {
		return nil, nil, errTooLong
	}
	return instructions.Parse(tree.AST, nil)
}

// stageIndex finds a stage by name, or by number as COPY --from may; -1 for none.
func stageIndex(stages []instructions.Stage, name string) int {
	for i, stage := range slices.Backward(stages) {
		if strings.EqualFold(stage.Name, name) && name != "" {
			return i
		}
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(stages) {
		return i
	}
	return -1
}

// stage is what one stage of a Dockerfile does, as far as it matters here.
type stage struct {
	base    int // the stage that it starts from; -1 for an image or a context
	froms   []int
	copies  []transfer // last: no RUN of this stage comes later
	workdir string     // at its end; empty when it is not known
	runs    bool
}

// walker reads stages in the order of the file: each sees those above it only.
type walker struct {
	parsed []instructions.Stage
	stages []stage
	expand func(string) string // the global ARGs
	named  map[string]bool     // the additional contexts that exist
	out    contextNeeds
}

// findContextNeeds says what the target (empty: the last stage) takes. A Dockerfile
// that this parser does not understand takes everything: a newer syntax may.
func findContextNeeds(s Spec, text []byte) contextNeeds {
	w := walker{named: map[string]bool{}}
	for name := range s.Contexts {
		w.named[name] = true
	}
	for name := range s.Bases {
		w.named[name] = true
	}
	everything := contextNeeds{all: true, named: w.named}
	parsed, global, err := parseDockerfile(text)
	if err != nil || len(parsed) == 0 {
		return everything
	}
	target := len(parsed) - 1
	if s.Target != "" {
		if target = stageIndex(parsed, s.Target); target < 0 {
			return everything
		}
	}
	w.parsed, w.expand = parsed[:target+1], globalArgs(global, s.Args)
	w.out.named = map[string]bool{}
	for i := range w.parsed {
		w.read(i)
	}
	w.collect(target)
	return w.out
}

// collect takes the transfers of the stages that the target needs. Those of the
// target's own line of FROMs come last in the build, unless a RUN follows or
// another stage builds on them too.
func (w *walker) collect(target int) {
	elsewhere := map[int]bool{}
	var follow func(int)
	follow = func(i int) {
		if i < 0 || elsewhere[i] {
			return
		}
		elsewhere[i] = true
		follow(w.stages[i].base)
		for _, from := range w.stages[i].froms {
			follow(from)
		}
	}
	line := map[int]bool{}
	for i := target; i >= 0; i = w.stages[i].base {
		line[i] = true
		for _, from := range w.stages[i].froms {
			follow(from)
		}
	}
	ran := false
	for i := target; i >= 0; i-- {
		if !line[i] && !elsewhere[i] {
			continue
		}
		for _, t := range w.stages[i].copies {
			t.last = t.last && line[i] && !elsewhere[i] && !ran
			w.out.copies = append(w.out.copies, t)
		}
		ran = ran || line[i] && w.stages[i].runs
	}
}

func (w *walker) read(i int) {
	s := stage{base: -1}
	if base := w.expand(w.parsed[i].BaseName); w.named[base] {
		w.out.named[base] = true
	} else if s.base = stageIndex(w.parsed[:i], base); s.base >= 0 {
		s.workdir = w.stages[s.base].workdir
	}
	for _, command := range w.parsed[i].Commands {
		w.command(&s, i, command)
	}
	w.stages = append(w.stages, s)
}

func (w *walker) command(s *stage, i int, command instructions.Command) {
	switch c := command.(type) {
	case *instructions.WorkdirCommand:
		s.workdir = changeDir(s.workdir, c.Path)
	case *instructions.CopyCommand:
		if c.From != "" {
			w.from(s, i, c.From)
			return
		}
		w.copy(s, c.SourcePaths, c.DestPath, c.Parents)
	case *instructions.AddCommand:
		w.copy(s, slices.DeleteFunc(slices.Clone(c.SourcePaths), isRemote), c.DestPath, true)
	case *instructions.RunCommand:
		s.runs = true
		for j := range s.copies {
			s.copies[j].last = false
		}
		w.run(s, i, c)
	case *instructions.OnbuildCommand:
		expression := strings.ToUpper(strings.TrimSpace(c.Expression))
		if strings.HasPrefix(expression, "COPY") || strings.HasPrefix(expression, "ADD") {
			w.out.all = true
		}
	}
}

func changeDir(workdir, dir string) string {
	switch {
	case strings.Contains(dir, "$"):
		return ""
	case path.IsAbs(dir):
		return path.Clean(dir)
	case workdir != "":
		return path.Join(workdir, dir)
	}
	return ""
}

func (w *walker) run(s *stage, i int, c *instructions.RunCommand) {
	if err := c.Expand(func(word string) (string, error) { return word, nil }); err != nil {
		return
	}
	for _, mount := range instructions.GetMounts(c) {
		switch {
		case mount.From != "":
			w.from(s, i, mount.From)
		case mount.Type == instructions.MountTypeBind:
			n := len(s.copies)
			w.copy(s, []string{mount.Source}, "", true)
			for ; n < len(s.copies); n++ {
				s.copies[n].last = false
			}
		}
	}
}

// from notes COPY --from and the like. What is neither a stage nor a context is
// an image, whose name the Dockerfile's own text holds.
func (w *walker) from(s *stage, i int, name string) {
	if name = w.expand(name); w.named[name] {
		w.out.named[name] = true
	} else if from := stageIndex(w.parsed[:i], name); from >= 0 {
		s.froms = append(s.froms, from)
	}
}

// copy notes a transfer from the context. inexact says that the files do not
// land as by a plain COPY.
func (w *walker) copy(s *stage, sources []string, dest string, inexact bool) {
	t := transfer{last: true}
	for _, source := range sources {
		if strings.Contains(source, "$") {
			w.out.all = true
			return
		}
		if source = strings.TrimPrefix(path.Clean("/"+source), "/"); source == "" {
			source = "."
		}
		t.sources = append(t.sources, source)
	}
	if len(t.sources) == 0 {
		return
	}
	if !inexact && !strings.Contains(dest, "$") && (path.IsAbs(dest) || s.workdir != "") {
		directory := strings.HasSuffix(dest, "/") || dest == "." || strings.HasSuffix(dest, "/.") || len(sources) > 1
		if t.dest = dest; !path.IsAbs(dest) {
			t.dest = path.Join(s.workdir, dest)
		}
		if t.dest = path.Clean(t.dest); directory && t.dest != "/" {
			t.dest += "/"
		}
	}
	s.copies = append(s.copies, t)
}

// destination is where the file (a slash path in the context) comes to lie in the
// image. ok is false when the transfer does not take the file.
func (t transfer) destination(file string) (containerPath string, ok bool) {
	parts := strings.Split(file, "/")
	for _, source := range t.sources {
		if source == "." {
			return path.Join(t.dest, file), true
		}
		n := strings.Count(source, "/") + 1
		if n > len(parts) {
			continue
		}
		if match, err := path.Match(source, strings.Join(parts[:n], "/")); err != nil || !match {
			continue
		}
		switch {
		case n < len(parts):
			return path.Join(t.dest, strings.Join(parts[n:], "/")), true
		case strings.HasSuffix(t.dest, "/"):
			return path.Join(t.dest, parts[n-1]), true
		default:
			return t.dest, true
		}
	}
	return "", false
}
