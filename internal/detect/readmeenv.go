package detect

import (
	"slices"

	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/envfile"
	"github.com/devup-cli/devup/internal/stack"
)

// envsInReadme are the blocks of a README that show what belongs in the service's env file, with the
// variables that it reads: those of its own README, or of the root's. They count where the repository
// has no example of the file.
func envsInReadme(s *scan, c *candidate) []runfiles.EnvFile {
	if len(c.envs) > len(c.processes) || len(c.outer) > 0 {
		return nil
	}
	for _, dir := range slices.Compact([]string{c.Dir, "."}) {
		name := readme(s.tree, dir)
		if name == "" {
			continue
		}
		var shown []runfiles.EnvFile
		for _, env := range runfiles.EnvBlocksIn(s.tree, name) {
			env.Entries = slices.DeleteFunc(env.Entries, func(e runfiles.EnvEntry) bool { return !c.reads(e.Name) })
			if slices.ContainsFunc(env.Entries, func(e runfiles.EnvEntry) bool { return !everyones[e.Name] }) {
				shown = append(shown, env)
			}
		}
		if len(shown) > 0 {
			return shown
		}
	}
	return nil
}

// everyones are variables that services of all kinds read, which show not whose a block is.
var everyones = setOf("PORT", "HOST", "NODE_ENV", "ENV", "DEBUG")

// shownValue is what an example shows for a variable without which the service does not start, where
// it is no placeholder. Examples that are files are copied as they are.
func shownValue(c *candidate, v *Variable, uses []stack.Use) string {
	if !v.Required || v.Secret {
		return ""
	}
	for _, u := range uses {
		if u.Name == v.Name && u.Value != "" && isReadme(c, u.Where.File) && !envfile.IsOpen(u.Value) {
			return u.Value
		}
	}
	return ""
}

// isReadme says whether a file is one whose blocks count for the service.
func isReadme(c *candidate, name string) bool {
	return name != "" && (name == readme(c.Tree, c.Dir) || name == readme(c.Tree, "."))
}
