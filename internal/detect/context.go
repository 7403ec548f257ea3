package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/tree"
)

// builtFrom is the directory that the Dockerfile of a directory copies from, where that is
// another one: the nearest above that holds what the Dockerfile copies and its own directory
// lacks; else, where it copies everything, one from which a command names its own directory.
func (d *dockerfile) builtFrom(t *tree.Tree, dir string) string {
	sources := d.copied()
	within := func(dir string) bool {
		return !slices.ContainsFunc(sources, func(name string) bool { return !t.Exists(path.Join(dir, name)) })
	}
	lacks, named := !within(dir), ""
	for above := dir; above != "."; {
		above = path.Dir(above)
		switch {
		case lacks && within(above):
			return above
		case !lacks && d.copiesAll() && d.names(t, above, dir):
			named = above
		}
	}
	return named
}

// copiesAll says whether the file copies its whole build context.
func (d *dockerfile) copiesAll() bool {
	return slices.ContainsFunc(d.instructions, func(in instruction) bool {
		return in.copies() && path.Clean("/"+in.words[0]) == "/"
	})
}

// names says whether a command of the file names its directory as seen from one above. A
// name without a slash may be anything, so that there a path counts that its own directory lacks.
func (d *dockerfile) names(t *tree.Tree, above, dir string) bool {
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
