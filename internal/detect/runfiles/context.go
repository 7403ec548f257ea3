package runfiles

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/tree"
)

// BuiltFrom is the directory above that a Dockerfile is built from: the nearest one that has
// what COPY and ADD name and its own directory lacks; else, where the file copies everything,
// one from which a command names the file's directory. Empty where it is its own directory.
func (d *Dockerfile) BuiltFrom(t *tree.Tree, dir string) string {
	sources, all := d.sources()
	lacks := !hasAll(t, dir, sources)
	for above := dir; above != "." && lacks; {
		if above = path.Dir(above); hasAll(t, above, sources) {
			return above
		}
	}
	named := ""
	for above := dir; above != "." && all && !lacks; {
		if above = path.Dir(above); d.names(t, above, dir) {
			named = above
		}
	}
	return named
}

func hasAll(t *tree.Tree, dir string, sources []string) bool {
	for _, source := range sources {
		if !t.Exists(path.Join(dir, source)) {
			return false
		}
	}
	return true
}

// sources are the paths that the file copies from its context, without patterns and
// variables, and whether it copies all of it.
func (d *Dockerfile) sources() (paths []string, all bool) {
	for _, in := range d.instructions {
		if in.name != "COPY" && in.name != "ADD" || in.fromStage || len(in.words) < 2 {
			continue
		}
		for _, word := range in.words[:len(in.words)-1] {
			word = path.Clean(strings.TrimLeft(word, "/"))
			switch {
			case word == ".":
				all = true
			case !strings.ContainsAny(word, "*?[$<:"):
				paths = append(paths, word)
			}
		}
	}
	return paths, all
}

// names says whether a command of the file names its directory as seen from one above. A
// name without a slash may be anything, so that there a path counts that its own directory lacks.
func (d *Dockerfile) names(t *tree.Tree, above, dir string) bool {
	name := tree.Relative(above, dir)
	for _, in := range d.instructions {
		if !slices.Contains([]string{"RUN", "CMD", "ENTRYPOINT", "WORKDIR"}, in.name) {
			continue
		}
		for word := range strings.FieldsSeq(strings.Join(in.words, " ")) {
			word = strings.TrimPrefix(word, "./")
			if strings.Contains(name, "/") && strings.Contains(word, name) || strings.HasPrefix(word, name+"/") && t.Exists(path.Join(above, word)) && !t.Exists(path.Join(dir, word)) {
				return true
			}
		}
	}
	return false
}
