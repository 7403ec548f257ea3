package projectcmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/scaffold"
	"github.com/devup-cli/devup/internal/untrusted"
)

// The objects of init in JSON that say what `devup up` does apart from building and starting.
// Their names are a promise.
type (
	stepObject struct {
		Do      string   `json:"do"`             // "copy", "generate", "run"; "offer" for a command that only the user runs
		From    string   `json:"from,omitempty"` // of a copy: an example of an env file
		To      string   `json:"to,omitempty"`
		Names   []string `json:"names,omitempty"`   // of the variables that are generated
		Command []string `json:"command,omitempty"` // in the service's container
		Before  string   `json:"before,omitempty"`  // "ready": the service has to answer after it
		Changed []string `json:"changed,omitempty"` // it runs again when a file there changes
	}
	networkObject struct {
		Type     string           `json:"type"` // "network"
		Services []string         `json:"services"`
		Data     []string         `json:"data,omitempty"`
		Calls    []evidenceObject `json:"calls,omitempty"`  // the addresses in the source that it is for
		Hidden   []evidenceObject `json:"hidden,omitempty"` // where a service listens on 127.0.0.1 alone
	}
)

// writesSteps tells whether a devup.yaml would be written: it holds the steps.
func (p proposal) writesSteps() bool {
	return slices.ContainsFunc(p.changes, func(c scaffold.Change) bool { return c.Path == projectFile && c.State == scaffold.New })
}

// saySteps says what `devup up` will do by the devup.yaml that would be written, apart from
// building and starting: one short line each.
func (p proposal) saySteps(env *command.Env) {
	if !p.writesSteps() {
		return
	}
	for _, s := range p.repository.Services {
		for _, step := range steps(s) {
			env.Say(s.Name + ": " + step.sentence(s.Name))
		}
	}
	for _, l := range p.repository.Loopbacks {
		for _, line := range sharedNetwork(l) {
			env.Say(line)
		}
	}
}

// steps are what `devup up` does for a service, and what it leaves to the user.
func steps(s detect.Service) []stepObject {
	if s.Included {
		return nil
	}
	var all []stepObject
	for _, f := range s.EnvFiles {
		if f.Example != "" {
			all = append(all, stepObject{Do: "copy", From: f.Example, To: f.Path})
		}
	}
	var secrets []string
	for _, v := range s.Variables {
		if v.Generate != "" {
			secrets = append(secrets, v.Name)
		}
	}
	if len(secrets) > 0 {
		all = append(all, stepObject{Do: "generate", Names: secrets})
	}
	if s.Compose != "" {
		return all
	}
	if len(s.Migrate) > 0 {
		all = append(all, stepObject{Do: "run", Command: s.Migrate, Before: "ready", Changed: s.MigrateFiles})
	}
	switch {
	case len(s.Seed.Command) == 0:
	case s.Seed.Once:
		all = append(all, stepObject{Do: "run", Command: s.Seed.Command})
	default:
		all = append(all, stepObject{Do: "offer", Command: s.Seed.Command})
	}
	return all
}

// sentence is a step of a service for the plain screen.
func (o stepObject) sentence(service string) string {
	line := untrusted.Name(commandLine(o.Command))
	switch {
	case o.Do == "copy":
		return "`devup up` copies " + untrusted.Name(o.From) + " to " + untrusted.Name(o.To)
	case o.Do == "generate":
		return "`devup up` generates " + strings.Join(o.Names, ", ")
	case o.Do == "offer":
		return "to fill the database, run `devup exec " + service + " " + line + "` after `devup up`"
	case o.Before != "":
		return "`devup up` runs `" + line + "` before it is ready"
	}
	return "`devup up` runs `" + line + "` once, to fill the database"
}

// networkObjects prints in JSON which services share a network.
func networkObjects(env *command.Env, repository detect.Repository) {
	for _, l := range repository.Loopbacks {
		o := networkObject{Type: "network", Services: l.Members, Data: l.Data}
		for _, e := range l.Calls {
			o.Calls = append(o.Calls, evidenceObject{e.File, e.Line, e.Text})
		}
		for _, e := range l.Hidden {
			o.Hidden = append(o.Hidden, evidenceObject{e.File, e.Line, e.Text})
		}
		env.UI.Object(o)
	}
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
