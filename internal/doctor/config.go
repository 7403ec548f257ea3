package doctor

import (
	"path/filepath"
	"slices"
	"strings"
)

// checkConfig says whether the project's files can be read, and what devup makes of them
// that the person may not expect.
func checkConfig(p Project) Finding {
	switch {
	case p.Broken != nil:
		return problem(p.Broken.Error(), hintOf(p.Broken))
	case p.Model == nil:
		return nothing()
	}
	notes := slices.Clone(p.Notes)
	for _, m := range p.Model.MissingEnvFiles {
		notes = slices.DeleteFunc(notes, func(note string) bool { return note == m.String() }) // the check of variables has it
	}
	notes = slices.DeleteFunc(notes, func(note string) bool { return note == p.Model.UnsetNote })
	var files []string
	for _, file := range p.Model.ComposeFiles {
		files = append(files, filepath.Base(file))
	}
	return good("project " + p.Model.Name + " from " + strings.Join(files, ", ")).with(notes)
}
