package detect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// notProcesses are the names of lines that do not run with the services.
var notProcesses = setOf("release", "console", "rake", "migrate", "postdeploy", "test")

// takeProcesses gives the services the commands that Procfiles start them by, and the other
// processes of their code as workers. It names those that are neither.
func (s *scan) takeProcesses() {
	for _, dir := range s.tree.Paths {
		all := slices.DeleteFunc(runfiles.ProcessesIn(s.tree, dir), func(p runfiles.Process) bool { return notProcesses[p.Name] })
		// What serves comes first, wherever it stands.
		slices.SortStableFunc(all, func(a, b runfiles.Process) int { return cmp.Compare(rankOf(a), rankOf(b)) })
		taken := map[*candidate]bool{}
		for _, p := range all {
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
			case at < 0 || p.Name == "web":
			case s.found[at].canRun(p):
				s.found[at].workers = append(s.found[at].workers, p)
			default:
				s.tree.LeaveOut(p.Dir, "process "+p.Name+" is not started: add it to devup.yaml as a service with that command", tree.At(p.File, p.Line, "process "+p.Name))
			}
		}
	}
}

// rankOf is 0 for a process that serves by its name.
func rankOf(p runfiles.Process) int {
	if p.Name == "web" {
		return 0
	}
	return 1
}

// addWorkers adds the workers that a Procfile names to those that the source shows.
func (c *candidate) addWorkers() {
	for _, p := range c.workers {
		at := tree.At(p.File, p.Line, "process "+p.Name)
		known := slices.ContainsFunc(c.Workers, func(w stack.Worker) bool {
			return w.Name == strings.ToLower(p.Name) || w.Evidence.File == p.File && w.Evidence.Line == p.Line
		})
		if !known {
			c.Workers = append(c.Workers, stack.Worker{Name: strings.ToLower(p.Name), Command: c.execOf(p), Evidence: at})
		}
	}
}

// execOf is the command of a process in exec form, through a shell where it needs one.
func (c *candidate) execOf(p runfiles.Process) []string {
	words := strings.Fields(p.Command)
	switch {
	case strings.ContainsAny(p.Command, "$&|;<>()*?'\"`\\") || len(p.Sets) > 0:
		text := p.Command
		if c.Stack.Language.Name == "node" {
			text = "PATH=node_modules/.bin:$PATH; " + text
		}
		return []string{"sh", "-c", text}
	case c.Stack.Language.Name == "node" && !nodePrograms[words[0]]:
		return append([]string{"npx"}, words...)
	}
	return words
}

// nodePrograms are those of Node that are on the path of every image of it.
var nodePrograms = setOf("npm", "npx", "yarn", "pnpm", "bun", "bunx", "node")

// canRun tells whether the service's image has what a process calls, as far as its first word
// tells: tools of Node are in images of Node alone.
func (c *candidate) canRun(p runfiles.Process) bool {
	program := programOf(p)
	return nodePrograms[program] == (c.Stack.Language.Name == "node") || c.Stack.Language.Name == "node" && nodeTools[program]
}

// programOf is what a process calls, behind variables and Bundler; empty for nothing.
func programOf(p runfiles.Process) string {
	words := strings.Fields(strings.TrimPrefix(p.Command, "bundle exec "))
	return first(slices.DeleteFunc(words, func(word string) bool { return word == "env" || strings.Contains(word, "=") }))
}

// nodeTools are programs of packages that run a source of Node.
var nodeTools = setOf("tsx", "ts-node", "ts-node-dev", "nodemon", "pm2-runtime", "vite-node", "nest", "bullmq")

// runsProcess tells whether the process may be the service: in a directory of several, by what
// its command calls.
func (c *candidate) runsProcess(p runfiles.Process) bool {
	if !c.shares {
		return true
	}
	program := programOf(p)
	isNode := slices.Contains([]string{"npm", "npx", "yarn", "pnpm", "bun", "node", "bin/vite", "vite"}, program)
	return isNode == (c.Stack.Language.Name == "node")
}
