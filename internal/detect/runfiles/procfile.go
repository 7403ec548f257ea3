package runfiles

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// procfiles are read for commands, that for development first.
var procfiles = []string{"Procfile.dev", "Procfile"}

// What a Procfile that people wrote does not have more of.
const (
	maxProcesses   = 100
	maxProcessLine = 4 << 10
)

// Process is a line of a Procfile: "api: cd api && PORT=8080 npm start".
type Process struct {
	Name    string
	Dir     string // where it runs
	Command string
	Sets    []EnvEntry // in front of the command
	File    string
	Line    int
}

var (
	processLine = lazyregexp.New(`^([A-Za-z0-9_-]+):\s*(\S.*)$`)
	changeDir   = lazyregexp.New(`^cd\s+["']?([\w./-]+)["']?\s*(?:;|&&)\s*(.+)$`)
	assignment  = lazyregexp.New(`^([A-Za-z_]\w*)=("[^"]*"|'[^']*'|\S*)\s+(.+)$`)
)

// ProcessesIn are the processes of the Procfile in a directory.
func ProcessesIn(t *tree.Tree, dir string) []Process {
	name := t.Directory(dir).First(procfiles...)
	if name == "" {
		return nil
	}
	file := path.Join(dir, name)
	var all []Process
	for i, line := range strings.Split(t.Text(file), "\n") {
		match := processLine.FindStringSubmatch(strings.TrimSpace(line))
		if match == nil || len(line) > maxProcessLine {
			continue
		}
		if len(all) == maxProcesses {
			break
		}
		p := Process{Name: match[1], Dir: dir, Command: match[2], File: file, Line: i + 1}
		if in := changeDir.FindStringSubmatch(p.Command); in != nil && !strings.HasPrefix(in[1], "/") {
			p.Dir, p.Command = path.Join(dir, in[1]), in[2]
		}
		rest := strings.TrimPrefix(p.Command, "env ")
		for set := assignment.FindStringSubmatch(rest); set != nil; set = assignment.FindStringSubmatch(rest) {
			p.Sets = append(p.Sets, EnvEntry{set[1], unquote(set[2]), p.Line})
			rest = set[3]
		}
		all = append(all, p)
	}
	return all
}
