package up

import (
	"embed"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/framework"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/untrusted"
	"github.com/devup-cli/devup/internal/workspace"
)

// RemoveDebuggers lets the services of a resolved project that the internet reaches in this
// place run without what shows source code or runs code for their visitors. The project is a
// copy of the caller's own. Reloading stays as it is. What no variable turns off becomes a
// note. Where nothing is public, nothing is read.
func RemoveDebuggers(p *project.Project, ws workspace.Info) {
	for _, name := range expose.Opened(p, ws) {
		needs, variables := debuggersOf(p, name), map[string]string{}
		for _, v := range needs.Variables {
			variables[v.Name] = v.Value
			p.Notes = append(p.Notes, fmt.Sprintf("%s: %s=%s is set, because the service is public: %s runs without its debugger", name, v.Name, v.Value, v.Framework))
		}
		for _, l := range needs.Lines {
			p.Notes = append(p.Notes, l.PublicNote(name))
		}
		if len(variables) > 0 {
			p.AddEnvironment(name, variables)
		}
	}
}

// DebuggersLeft says of services that are to be public what their frameworks show to any
// visitor and no variable turns off, a sentence each with the line that does.
func DebuggersLeft(p *project.Project, services []string) []string {
	var notes []string
	for _, name := range services {
		for _, l := range debuggersOf(p, name).Lines {
			notes = append(notes, l.PublicNote(name))
		}
	}
	return notes
}

// debuggersOf is what the service's frameworks need before it may be public. A variable that
// the service sets to another value itself stays, and becomes a line.
func debuggersOf(p *project.Project, service string) framework.Needs {
	var needs framework.Needs
	s, known := p.Services[service]
	if !known || p.ServesFiles(service) {
		return needs
	}
	start := startOf(s, p.Dockerfile(service))
	for _, directory := range append(p.Directories(service), "") {
		here := debuggersIn(directory, start)
		for _, l := range here.Lines {
			if rel, err := filepath.Rel(p.WorkingDir, directory); err == nil && l.File != "" {
				l.File = path.Join(filepath.ToSlash(rel), l.File)
			}
			if !slices.Contains(needs.Lines, l) { // one of the command is found in each directory
				needs.Lines = append(needs.Lines, l)
			}
		}
		for _, v := range here.Variables {
			line := framework.Line{Framework: v.Framework, Why: "shows its debugger", Code: v.Name + `: "` + v.Value + `"`, File: "its environment"}
			own := s.Environment[v.Name]
			switch {
			case slices.Contains(needs.Variables, v) || slices.Contains(needs.Lines, line):
			case own == nil:
				needs.Variables = append(needs.Variables, v)
			case *own != v.Value:
				needs.Lines = append(needs.Lines, line)
			}
		}
	}
	return needs
}

// startOf is how a service is started, as text: its environment, command and Dockerfile.
func startOf(s types.ServiceConfig, dockerfile string) string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(s.Environment)) {
		if value := s.Environment[name]; value != nil {
			lines = append(lines, name+"="+*value)
		}
	}
	lines = append(lines, strings.Join(append(slices.Clip(s.Entrypoint), s.Command...), " "), dockerfile)
	return strings.Join(lines, "\n")
}

// debuggersIn reads a directory; an empty name is for a service without source here, of which only
// the command is known.
func debuggersIn(directory, start string) framework.Needs {
	if directory == "" {
		return framework.Debuggers(embed.FS{}, start)
	}
	root, err := os.OpenRoot(directory)
	if err != nil {
		return framework.Needs{} // it no longer exists
	}
	defer root.Close()
	return framework.Debuggers(untrusted.FS(root), start)
}
