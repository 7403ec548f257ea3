// Package setup runs the steps of x-devup.setup: what has to happen in the containers of
// services before a person can work with them, such as migrating and seeding a database.
//
// [Due] decides from the files, from what was done before and from one look at the engine
// which steps run; [Run] runs them. What was done before is kept by a [Memory], whose loss
// means that steps run again.
package setup

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

// Step is a step that is to run.
type Step struct {
	Service string
	Name    string
	Index   int // among the service's steps in the files
	Command []string
	Cause   string // why it runs, for people
	Once    bool   // it is not to run again, once it has ended well
	Mark    Mark   // what to keep of it then
}

// Title is the step with its service, as people read it.
func (s Step) Title() string { return s.Service + ": " + s.Name }

// Mark is what is kept of a step that ended well. It holds no value of a variable.
type Mark struct {
	Command string // differs where the command does
	Data    string // differs where a volume does that the service or one of its dependencies has
}

// Done are the steps that ended well before, by service and the name of the step.
type Done map[string]map[string]Mark

// Due gives the steps that are to run, those of a service after those of its
// dependencies. The marks are of volumes as they were seen.
func Due(p *project.Project, seen plan.Observed, done Done) []Step {
	var due []Step
	for _, service := range order(p) {
		steps := p.Extensions[service].Setup
		if len(steps) == 0 {
			continue
		}
		data := dataOf(p, seen, service)
		for i, s := range steps {
			mark := Mark{Command: s.Digest, Data: data}
			before, known := done[service][s.Name]
			if cause := cause(s, mark, before, known); cause != "" {
				due = append(due, Step{service, s.Name, i, s.Command, cause, !s.EveryUp, mark})
			}
		}
	}
	return due
}

// cause says why a step runs; it is empty for one that does not.
func cause(s project.SetupStep, now, before Mark, known bool) string {
	switch {
	case s.EveryUp:
		return "it runs at every up"
	case !known:
		return "it has not ended well in this checkout yet"
	case now.Command != before.Command:
		return "its command changed"
	case now.Data != before.Data:
		return "its volumes are new"
	default:
		return ""
	}
}

// order is the project's services, each after those that it needs.
func order(p *project.Project) []string {
	var sorted []string
	seen := map[string]bool{}
	for _, name := range p.ServiceNames() {
		sorted = walk(p.Services, name, seen, sorted)
	}
	return sorted
}

// walk appends a service to those that it needs, without those that were seen. A circle
// is refused long before.
func walk(services types.Services, name string, seen map[string]bool, sorted []string) []string {
	s, there := services[name]
	if !there || seen[name] {
		return sorted
	}
	seen[name] = true
	for _, needed := range plan.Dependencies(s) {
		sorted = walk(services, needed, seen, sorted)
	}
	return append(sorted, name)
}

// dataOf stands for the volumes of a service and of all that it needs: a step fills the
// database of another service, too. It is another one when a volume was removed and made
// anew, by whoever.
func dataOf(p *project.Project, seen plan.Observed, service string) string {
	all := p.AllServices()
	var volumes []string
	for _, name := range walk(all, service, map[string]bool{}, nil) {
		volumes = append(volumes, volumesOf(p.Project, all[name], seen)...)
	}
	slices.Sort(volumes)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(volumes), "\n")))
	return hex.EncodeToString(sum[:8])
}

// volumesOf are the volumes of a service that may hold data: those that the files name,
// each with when it was made, and the anonymous ones of its containers, whose names are
// never given twice.
func volumesOf(p *types.Project, s types.ServiceConfig, seen plan.Observed) []string {
	var names []string
	for _, mount := range s.Volumes {
		if volume, ok := p.Volumes[mount.Source]; ok && mount.Type == types.VolumeTypeVolume {
			found, _ := seen.Volume(volume.Name)
			names = append(names, volume.Name+" "+found.Created)
		}
	}
	for _, c := range seen.Of(s.Name) {
		for _, name := range c.Data() {
			names = append(names, name)
		}
	}
	return names
}
