package detect

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// notProcesses are the names of lines that do not run with the services.
var notProcesses = setOf("release", "console", "rake", "migrate", "postdeploy", "test")

// takeProcesses gives the services the commands that Procfiles start them by, and names those
// processes that are no service here.
func (s *scan) takeProcesses() {
	for _, dir := range s.tree.Paths {
		taken := map[*candidate]bool{}
		for _, p := range runfiles.ProcessesIn(s.tree, dir) {
			if notProcesses[p.Name] {
				continue
			}
			at := slices.IndexFunc(s.found, func(c *candidate) bool { return c.Dir == p.Dir && c.runsProcess(p) })
			switch {
			case at >= 0 && !taken[s.found[at]]:
				c := s.found[at]
				taken[c] = true
				c.Starts = slices.Insert(c.Starts, 0, stack.Command{Text: p.Command, File: p.File, Line: p.Line})
				c.Note(tree.At(p.File, p.Line, "process "+p.Name))
				if len(p.Sets) > 0 {
					c.processes = append(c.processes, runfiles.EnvFile{Path: p.File, Entries: p.Sets})
				}
			case at >= 0 && p.Name != "web":
				s.tree.LeaveOut(p.Dir, "process "+p.Name+" is not started: add it to devup.yaml as a service with that command", tree.At(p.File, p.Line, "process "+p.Name))
			}
		}
	}
}

// runsProcess tells whether the process may be the service: in a directory of several, by what
// its command calls.
func (c *candidate) runsProcess(p runfiles.Process) bool {
	if !c.shares {
		return true
	}
	program := first(strings.Fields(strings.TrimPrefix(p.Command, "bundle exec ")))
	isNode := slices.Contains([]string{"npm", "npx", "yarn", "pnpm", "bun", "node", "bin/vite", "vite"}, program)
	return isNode == (c.Of.Language.Name == "node")
}
