package up

import (
	"errors"
	"maps"
	"slices"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/run"
)

// dependents are the services that need one of those that failed, directly or through
// others, each with a service that it needs. A dependency that is optional
// (required: false) stops no service.
func dependents(p *project.Project, failed map[string]bool) map[string]string {
	needs := plan.Needs(p.Services)
	order, _ := needs.Order(needs.Nodes()...)
	blocked := map[string]string{}
	for _, name := range order {
		if failed[name] {
			continue
		}
		s := p.Services[name]
		for _, needed := range plan.Dependencies(s) {
			d, ok := s.DependsOn[needed]
			if (failed[needed] || blocked[needed] != "") && (!ok || d.Required) {
				blocked[name] = needed
				break
			}
		}
	}
	return blocked
}

// withoutServices leaves services out of a project. Their containers stay as they are.
func withoutServices(p *project.Project, failed map[string]bool, blocked map[string]string) *project.Project {
	names := slices.Collect(maps.Keys(failed))
	names = slices.AppendSeq(names, maps.Keys(blocked))
	return p.Without(names...)
}

// notStarted names the services that wait for one that failed, each with the service
// that it needs. Those that have a container, from this run or from an earlier one,
// are not among them.
func notStarted(p *project.Project, failed error, ids map[string]map[int]string) map[string]string {
	blocked := dependents(p, fail.Services(failed))
	maps.DeleteFunc(blocked, func(name, _ string) bool { return len(ids[name]) > 0 })
	return blocked
}

// withoutRepeats drops from what failed the waits for services that did not become ready
// either: that says the same with the lines that the service printed.
func withoutRepeats(failed, unready error) error {
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
