package cli

import (
	"context"
	"slices"

	"github.com/devup-cli/devup/internal/doctor"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ports"
	"github.com/devup-cli/devup/internal/project"
)

// standing is what doctor wants to know of the engine, in one call.
func (a *app) standing(ctx context.Context, e *engine.Engine, p *project.Project) (doctor.Standing, error) {
	survey, err := containersOnly(ctx, e, "")
	if err != nil {
		return doctor.Standing{}, err
	}
	s := doctor.Standing{}
	if e.Local() {
		for _, name := range survey.Names() {
			if folderGone(survey.Owners[name]) {
				s.Gone = append(s.Gone, name)
			}
		}
	}
	if p == nil {
		return s, nil
	}
	if p, err = a.checkout(ctx, p, survey, a.projectOptions()); err != nil {
		return doctor.Standing{}, err
	}
	r := &running{engine: e, name: p.Name, look: survey.Project(p.Name), survey: survey, project: p}
	s.Published, s.Held = r.published(), r.held()
	for _, c := range r.strangers() {
		s.Orphans = append(s.Orphans, c.Name)
	}
	s.Remove = func(ctx context.Context, names []string) error { return a.removeStrangers(ctx, r, names) }
	return s, nil
}

// published are the TCP ports of this machine that lead into the project's containers,
// each once.
func (r *running) published() []doctor.Published {
	var all []doctor.Published
	for _, c := range r.look.Containers {
		for _, p := range c.Ports {
			known := slices.ContainsFunc(all, func(other doctor.Published) bool { return other.Port == p.Public })
			if p.Protocol == "tcp" && c.State == "running" && !known {
				all = append(all, doctor.Published{Service: c.Service, HostIP: p.HostIP, Port: p.Public})
			}
		}
	}
	return all
}

// held are the TCP ports that containers of others publish, with who these are.
func (r *running) held() map[int]string {
	held := map[int]string{}
	for _, h := range r.look.Holders {
		if h.Protocol == "tcp" && h.Project != r.name {
			holder := ports.Holder{Container: h.Container, Project: h.Project, Dir: h.Dir}
			held[h.Public] = holder.String()
		}
	}
	return held
}

// strangers are the project's containers whose service its files do not name.
func (r *running) strangers() []plan.Container {
	_, left := plan.Part(r.look.Observed, plan.PartOptions{Known: r.known()})
	return slices.DeleteFunc(left, func(c plan.Container) bool { return c.OneOff })
}

// removeStrangers removes those of the strangers that have been named, when it is the
// project's turn.
func (a *app) removeStrangers(ctx context.Context, r *running, names []string) error {
	held, err := a.turn(ctx, r.engine, r.name)
	if err != nil {
		return err
	}
	defer held.Release()
	survey, err := containersOnly(ctx, r.engine, r.name)
	if err != nil {
		return err
	}
	r.look = survey.Project(r.name)
	var meant plan.Observed
	for _, c := range r.strangers() {
		if slices.Contains(names, c.Name) {
			meant.Containers = append(meant.Containers, c)
		}
	}
	return a.apply(ctx, r, plan.Down(meant, plan.DownOptions{}), nil)
}
