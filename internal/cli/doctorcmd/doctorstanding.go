package doctorcmd

import (
	"context"
	"slices"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/doctor"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ports"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/session"
)

// standing is what doctor wants to know of the engine, in one call.
func standing(ctx context.Context, env *command.Env, e *engine.Engine, p *project.Project) (doctor.State, error) {
	w := session.Want{Project: session.Required, Engine: session.Required, On: e, State: session.Containers, Workspace: true}
	if p == nil {
		w.Project = session.No
	}
	own, err := session.Open(ctx, env.Quiet().Env, w)
	if err != nil {
		return doctor.State{}, err
	}
	s := doctor.State{}
	if e.Local() {
		for _, name := range own.State.Names() {
			if checkout.Removed(own.State.Owners[name]) {
				s.Gone = append(s.Gone, name)
			}
		}
	}
	if p == nil {
		return s, nil
	}
	s.Published, s.InUse = published(own), held(own)
	s.Wrong = show.Wrong(ctx, own)
	for _, c := range orphans(own) {
		s.Orphans = append(s.Orphans, c.Name)
	}
	s.Remove = func(ctx context.Context, names []string) error { return removeOrphans(ctx, env, own, names) }
	return s, nil
}

// published are the TCP ports of this machine that lead into the project's containers,
// each once.
func published(s *session.Session) []doctor.Published {
	var all []doctor.Published
	for _, c := range s.Observed.Containers {
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
func held(s *session.Session) map[int]string {
	held := map[int]string{}
	for _, h := range s.Observed.Holders {
		if h.Protocol == "tcp" && h.Project != s.Name {
			holder := ports.Holder{Container: h.Container, Project: h.Project, Dir: h.Dir}
			held[h.Public] = holder.String()
		}
	}
	return held
}

// orphans are the project's containers whose service its files do not name.
func orphans(s *session.Session) []plan.Container {
	_, left := plan.Part(s.Observed.Observed, plan.PartOptions{Known: s.Declared()})
	return slices.DeleteFunc(left, func(c plan.Container) bool { return c.OneOff })
}

// removeOrphans removes those of the orphans that are named, while no other devup changes
// the project.
func removeOrphans(ctx context.Context, env *command.Env, s *session.Session, names []string) error {
	held, err := env.Acquire(ctx, s.Engine, s.Name)
	if err != nil {
		return err
	}
	defer held.Release()
	now, err := s.Refresh(ctx)
	if err != nil {
		return err
	}
	var meant plan.Observed
	for _, c := range orphans(now) {
		if slices.Contains(names, c.Name) {
			meant.Containers = append(meant.Containers, c)
		}
	}
	return reconcile.Apply(ctx, env, now, plan.Down(meant, plan.DownOptions{}), nil)
}
