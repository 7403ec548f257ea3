package up

import (
	"errors"
	"maps"
	"slices"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/run"
)

// without leaves services out of a project, and those that need them. The second
// result names for each of the latter the service that it needs; one that is
// optional (required: false) stops nobody. Containers of services that are left
// out stay as they are.
func without(p *project.Project, failed map[string]bool) (*project.Project, map[string]string) {
	blocked := map[string]string{}
	out := maps.Clone(failed)
	for grown := true; grown; {
		grown = false
		for _, name := range p.ServiceNames() {
			if out[name] {
				continue
			}
			s := p.Services[name]
			for _, needed := range plan.Dependencies(s) {
				if d, ok := s.DependsOn[needed]; out[needed] && (!ok || d.Required) {
					out[name], blocked[name], grown = true, needed, true
					break
				}
			}
		}
	}
	rest := *p
	rest.Project = p.WithServicesDisabled(slices.Sorted(maps.Keys(out))...)
	return &rest, blocked
}

// sayBlocked reports which services are not started, and for which others.
func (m Machine) sayBlocked(blocked map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(blocked)) {
		m.Sink(event.Event{Kind: event.Service, Name: name, State: event.Failed, Text: "not started: it needs " + blocked[name]})
	}
}

// notStarted names the services that wait for one that failed, each with the service
// that it needs. Those that have a container, from this run or from an earlier one,
// are not among them.
func notStarted(p *project.Project, failed error, ids map[string]map[int]string) map[string]string {
	services := map[string]bool{}
	for _, e := range fail.Failures(failed) {
		if e.Service != "" {
			services[e.Service] = true
		}
	}
	_, blocked := without(p, services)
	maps.DeleteFunc(blocked, func(name, _ string) bool { return len(ids[name]) > 0 })
	return blocked
}

// besides drops from what failed the waits for services that did not become ready
// either: that says the same with the lines that the service printed.
func besides(failed, unready error) error {
	known := map[string]bool{}
	for _, e := range fail.Failures(unready) {
		known[e.Service] = true
	}
	var rest []error
	for _, e := range fail.Failures(failed) {
		if !errors.Is(e, run.ErrUnmet) || !known[e.Service] {
			rest = append(rest, e)
		}
	}
	return errors.Join(rest...)
}
