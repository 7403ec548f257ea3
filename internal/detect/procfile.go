package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// procfiles are read for commands, that for development first.
var procfiles = []string{"Procfile.dev", "Procfile"}

// process is a line of a Procfile: "api: cd api && PORT=8080 npm start".
type process struct {
	name    string
	dir     string // where it runs
	command string
	sets    []envEntry // in front of the command
	file    string
	line    int
}

var (
	processLine = lazyregexp.New(`^([A-Za-z0-9_-]+):\s*(\S.*)$`)
	changeDir   = lazyregexp.New(`^cd\s+["']?([\w./-]+)["']?\s*(?:;|&&)\s*(.+)$`)
	assignment  = lazyregexp.New(`^([A-Za-z_]\w*)=("[^"]*"|'[^']*'|\S*)\s+(.+)$`)
)

// processesIn are the processes of the Procfile in a directory.
func processesIn(t *tree.Tree, dir string) []process {
	name := t.Directory(dir).First(procfiles...)
	if name == "" {
		return nil
	}
	file := path.Join(dir, name)
	var all []process
	for i, line := range strings.Split(t.Text(file), "\n") {
		match := processLine.FindStringSubmatch(strings.TrimSpace(line))
		if match == nil {
			continue
		}
		p := process{name: match[1], dir: dir, command: match[2], file: file, line: i + 1}
		if in := changeDir.FindStringSubmatch(p.command); in != nil && !strings.HasPrefix(in[1], "/") {
			p.dir, p.command = path.Join(dir, in[1]), in[2]
		}
		rest := strings.TrimPrefix(p.command, "env ")
		for set := assignment.FindStringSubmatch(rest); set != nil; set = assignment.FindStringSubmatch(rest) {
			p.sets = append(p.sets, envEntry{set[1], unquote(set[2]), p.line})
			rest = set[3]
		}
		all = append(all, p)
	}
	return all
}

// notProcesses are the names of lines that do not run with the services.
var notProcesses = setOf("release", "console", "rake", "migrate", "postdeploy", "test")

// takeProcesses gives the services the commands that Procfiles start them by, and names those
// processes that are no service here.
func (s *scan) takeProcesses() {
	for _, dir := range s.tree.Paths {
		taken := map[*candidate]bool{}
		for _, p := range processesIn(s.tree, dir) {
			if notProcesses[p.name] {
				continue
			}
			at := slices.IndexFunc(s.found, func(c *candidate) bool { return c.Dir == p.dir && c.runsProcess(p) })
			switch {
			case at >= 0 && !taken[s.found[at]]:
				c := s.found[at]
				taken[c] = true
				c.Starts = slices.Insert(c.Starts, 0, stack.Command{Text: p.command, File: p.file, Line: p.line})
				c.Note(tree.At(p.file, p.line, "process "+p.name))
				if len(p.sets) > 0 {
					c.processes = append(c.processes, envFile{path: p.file, entries: p.sets})
				}
			case at >= 0 && p.name != "web":
				s.tree.LeaveOut(p.dir, "process "+p.name+" is not started: add it to devup.yaml as a service with that command", tree.At(p.file, p.line, "process "+p.name))
			}
		}
	}
}

// runsProcess tells whether the process may be the service: in a directory of several, by what
// its command calls.
func (c *candidate) runsProcess(p process) bool {
	if !c.shares {
		return true
	}
	program := first(strings.Fields(strings.TrimPrefix(p.command, "bundle exec ")))
	isNode := slices.Contains([]string{"npm", "npx", "yarn", "pnpm", "bun", "node", "bin/vite", "vite"}, program)
	return isNode == (c.Of.Language.Name == "node")
}
