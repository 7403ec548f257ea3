package projectcmd

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/scaffold"
	"github.com/devup-cli/devup/internal/untrusted"
)

// saySteps says what `devup up` will do by the devup.yaml that would be written, besides
// building and starting: one short line each.
func (p proposal) saySteps(env *command.Env) {
	if !slices.ContainsFunc(p.changes, func(c scaffold.Change) bool { return c.Path == projectFile && c.State == scaffold.New }) {
		return
	}
	for _, s := range p.repository.Services {
		if s.Included {
			continue
		}
		for _, step := range p.steps(s) {
			env.Say(s.Name + ": `devup up` " + step)
		}
		if seed := s.Seed; len(seed.Command) > 0 && !seed.Once && s.Compose == "" {
			env.Say(s.Name + ": to fill the database, run `devup exec " + s.Name + " " + untrusted.Name(commandLine(seed.Command)) + "` after `devup up`")
		}
	}
	for _, l := range p.repository.Loopbacks {
		for _, line := range sharedNetwork(l) {
			env.Say(line)
		}
	}
}

// steps are what `devup up` does for a service, as clauses.
func (p proposal) steps(s detect.Service) []string {
	var steps, secrets []string
	for _, f := range s.EnvFiles {
		if f.Example != "" {
			steps = append(steps, "copies "+untrusted.Name(f.Example)+" to "+untrusted.Name(f.Path))
		}
	}
	for _, v := range s.Variables {
		if v.Generate != "" {
			secrets = append(secrets, v.Name)
		}
	}
	if len(secrets) > 0 {
		steps = append(steps, "generates "+strings.Join(secrets, ", "))
	}
	if len(s.Migrate) > 0 && s.Compose == "" {
		steps = append(steps, "runs `"+untrusted.Name(commandLine(s.Migrate))+"` before it is ready")
	}
	if s.Seed.Once && s.Compose == "" {
		steps = append(steps, "runs `"+untrusted.Name(commandLine(s.Seed.Command))+"` once, to fill the database")
	}
	return steps
}

// commandLine is a command as people type it.
func commandLine(words []string) string {
	if len(words) == 3 && words[0] == "sh" && words[1] == "-c" {
		return words[2]
	}
	return strings.Join(words, " ")
}

// sharedNetwork says which services share a network, for which address in the source, and
// which of them listen on 127.0.0.1 alone.
func sharedNetwork(l detect.Loopback) []string {
	var lines []string
	if len(l.Calls) > 0 {
		call := l.Calls[0]
		lines = append(lines, fmt.Sprintf("%s share one network, so that %s at %s:%d is reached",
			strings.Join(slices.Concat(l.Members, l.Data), " and "), call.Text, untrusted.Name(call.File), call.Line))
	}
	for _, h := range l.Hidden {
		lines = append(lines, fmt.Sprintf("%s:%d %s: `devup up` passes requests on to it", untrusted.Name(h.File), h.Line, h.Text))
	}
	return lines
}

// newFiles names the files that would be written in one line, those of a directory together.
func newFiles(changes []scaffold.Change) string {
	var dirs []string
	names := map[string][]string{}
	for _, c := range changes {
		if c.State != scaffold.New {
			continue
		}
		dir := path.Dir(c.Path)
		if names[dir] == nil {
			dirs = append(dirs, dir)
		}
		names[dir] = append(names[dir], untrusted.Name(path.Base(c.Path)))
	}
	slices.SortFunc(dirs, cmp.Compare[string])
	var groups []string
	for _, dir := range dirs {
		group := strings.Join(names[dir], ", ")
		switch {
		case dir == ".":
		case len(names[dir]) == 1:
			group = untrusted.Name(dir) + "/" + group
		default:
			group = untrusted.Name(dir) + "/{" + strings.Join(names[dir], ",") + "}"
		}
		groups = append(groups, group)
	}
	return "new files: " + strings.Join(groups, ", ")
}
