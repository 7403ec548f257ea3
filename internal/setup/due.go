// Package setup runs the steps of x-devup.setup: what has to happen in the containers of
// services before they can be used, such as migrating and seeding a database.
//
// [Due] decides from the files, from what was done before and from one snapshot of the engine
// which steps run; [Run] runs them. What was done before is kept by a [Memory], whose loss
// means that steps run again.
package setup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/graph"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

// Step is a step that is to run.
type Step struct {
	Service string
	Name    string
	Index   int // among the service's steps in the files
	Command []string
	Timeout time.Duration // how long it may run; 0 for no limit
	Cause   string        // why it runs, for display
	Once    bool          // it is not to run again, once it has ended well
	Early   bool          // it runs before the service has to answer
	Mark    Mark          // what to keep of it then
}

// Title is the step with its service, for display.
func (s Step) Title() string { return s.Service + ": " + s.Name }

// Mark is what is kept of a step that ended well. It holds no value of a variable.
type Mark struct {
	Command string // differs where the command does
	// Volumes are those that the service and its dependencies had, each as a hash; nil
	// where there were none, and in a mark that an older devup kept.
	Volumes []string
	// Data is the hash of all volumes together, which is all that older marks have.
	Data string
	// Files is the hash of the files of which a change lets the step run again; empty for none.
	Files string
}

// isZero says that nothing was kept: the step is to run again, whatever is as it was.
func (m Mark) isZero() bool { return m.Command == "" }

// Done are the steps that ended well before, by service and the name of the step.
type Done map[string]map[string]Mark

// Due gives the steps that are to run, those of a service after those of its
// dependencies. The marks are of volumes as they were seen, and of files as they are.
func Due(p *project.Project, seen plan.Observed, done Done, files Files) []Step {
	var due []Step
	needs := plan.Needs(p.AllServices())
	services, _ := plan.Needs(p.Services).Order(p.ServiceNames()...) // a circle is refused long before
	for _, service := range services {
		steps := p.Extensions[service].Setup
		if len(steps) == 0 {
			continue
		}
		volumes := dataOf(p, needs, seen, service)
		for i, s := range steps {
			mark := Mark{Command: s.Digest, Volumes: hashes(volumes), Data: hash(strings.Join(volumes, "\n"))}
			if len(s.Changed) > 0 && files != nil {
				mark.Files = files(s.Changed)
			}
			before, known := done[service][s.Name]
			if cause := cause(s, mark, before, known); cause != "" {
				due = append(due, Step{service, s.Name, i, s.Command, s.Timeout, cause, !s.EveryUp, s.Early, mark})
			}
		}
	}
	return due
}

// Again is a memory in which some steps are to run again: each is the name of a service, for all of
// its steps, or SERVICE:STEP.
func Again(m Memory, steps []string) Memory { return again{m, steps} }

type again struct {
	Memory
	steps []string
}

// Done implements [Memory].
func (a again) Done(ctx context.Context) Done {
	done := a.Memory.Done(ctx)
	for service, marks := range done {
		for step := range marks {
			if slices.Contains(a.steps, service) || slices.Contains(a.steps, service+":"+step) {
				marks[step] = Mark{}
			}
		}
	}
	return done
}

// cause says why a step runs; it is empty for one that does not.
func cause(s project.SetupStep, now, before Mark, known bool) string {
	switch {
	case s.EveryUp:
		return "it runs at every up"
	case known && before.isZero():
		return "it was asked for again"
	case !known:
		return "it has not completed in this checkout yet"
	case now.Command != before.Command:
		return "its command changed"
	case now.Files != "" && now.Files != before.Files:
		return "files in " + strings.Join(s.Changed, ", ") + " are new"
	case now.Data != before.Data && before.lacks(now.Volumes):
		return "its volumes are new"
	default:
		return ""
	}
}

// lacks reports whether one of the volumes did not exist when the step ran. A volume that
// went away since is no reason to run again.
func (m Mark) lacks(volumes []string) bool {
	return m.Volumes == nil || slices.ContainsFunc(volumes, func(v string) bool { return !slices.Contains(m.Volumes, v) })
}

// dataOf are the volumes of a service and of all that it needs, sorted: a step fills the
// database of another service, too. One that was removed and created again is another one.
func dataOf(p *project.Project, needs graph.Graph, seen plan.Observed, service string) []string {
	all := p.AllServices()
	var volumes []string
	order, _ := needs.Order(service)
	for _, name := range order {
		volumes = append(volumes, volumesOf(p.Project, all[name], seen)...)
	}
	slices.Sort(volumes)
	return slices.Compact(volumes)
}

func hashes(texts []string) []string {
	var all []string
	for _, text := range texts {
		all = append(all, hash(text))
	}
	return all
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
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
