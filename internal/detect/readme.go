package detect

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/envfile"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// portOfReadme believes the service's own README where it names one port, and
// the root's where the line names the service.
func (s containerPorts) portOfReadme(c *candidate) (Port, bool) {
	own := readme(s.tree, c.Dir)
	if own != "" && (c.Dir != "." || len(s.found) == 1) {
		if port, ok := runfiles.OnlyPort(own, s.tree.Text(own), func(string) bool { return true }); ok {
			return port, true
		}
	}
	root := readme(s.tree, ".")
	if root == "" || len(s.found) == 1 {
		return Port{}, false
	}
	taken := s.saidByOthers(c)
	return runfiles.OnlyPort(root, s.tree.Text(root), func(line string) bool {
		if !stack.HasOne(line, c.words()...) || stack.HasOne(line, taken...) {
			return false
		}
		own := strings.ToLower(path.Base(c.Dir))
		return strings.Contains(line, own) || !slices.ContainsFunc(s.found, func(other *candidate) bool {
			return other != c && strings.Contains(line, strings.ToLower(path.Base(other.Dir)))
		})
	})
}

// saidByOthers are the addresses at which the sources of other services say that these listen.
func (s containerPorts) saidByOthers(c *candidate) []string {
	var taken []string
	for _, other := range s.found {
		if other == c {
			continue
		}
		if port, ok := s.portWritten(other); ok {
			taken = append(taken, fmt.Sprintf("localhost:%d", port.Number))
		}
	}
	return taken
}

// words are what a README may call the service.
func (c *candidate) words() []string {
	words := []string{strings.ToLower(path.Base(c.Dir)), strings.ToLower(c.Framework)}
	switch c.role() {
	case frontend:
		words = append(words, "frontend", "front-end", "front end", "client", "react")
	default:
		words = append(words, "backend", "back-end", "back end", "server", "api")
	}
	if c.Dir == "." {
		words = words[1:]
	}
	return words
}

func readme(t *tree.Tree, dir string) string {
	f := t.Directory(dir)
	for _, name := range f.Names {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "readme") && !strings.HasSuffix(lower, ".js") {
			return path.Join(dir, name)
		}
	}
	return ""
}

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
	if !v.Required {
		return ""
	}
	for _, u := range uses {
		if u.Name == v.Name && u.Value != "" && isReadme(c, u.Where.File) && !envfile.IsOpen(u.Value) && (!v.Secret || strings.HasPrefix(u.Value, "sqlite:")) {
			return u.Value
		}
	}
	return ""
}

// isReadme says whether a file is one whose blocks count for the service.
func isReadme(c *candidate, name string) bool {
	return name != "" && (name == readme(c.Tree, c.Dir) || name == readme(c.Tree, "."))
}
