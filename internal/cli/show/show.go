// Package show prints what commands of several groups print: URLs, plans, notes of a run,
// logs, and states of containers.
package show

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/up"
)

// Notes says what the user should know of a run: resolved URLs, moved ports, volumes that
// stay as they were, containers that belong to no service.
func Notes(env *command.Env, o *up.Outcome) {
	if o.Project != nil {
		for _, n := range o.Project.Notes {
			env.Note(n)
		}
	}
	for _, m := range o.Moves {
		env.Note(m.String())
	}
	for _, v := range o.Kept {
		env.Note("the volume " + v.Name + " is not as the files say (" + strings.Join(v.Causes, "; ") + ") and stays, with the data in it" + heldBy(v))
	}
	if o.Plan != nil && len(o.Plan.Orphans) > 0 && !session.IsOn(env.Env, o.Project, "COMPOSE_IGNORE_ORPHANS") {
		env.Note(command.List(o.Plan.Orphans) + command.Plural(len(o.Plan.Orphans), " belongs", " belong") + " to no service in the files any more; `devup up --remove-orphans` removes " + command.Plural(len(o.Plan.Orphans), "it", "them"))
	}
}

// heldBy says how a volume is replaced, or why it could not be.
func heldBy(v plan.Change) string {
	if len(v.InUseBy) == 0 {
		return "; `devup up` asks on a terminal, and replaces it with --yes"
	}
	return ": " + command.List(v.InUseBy) + " uses it and is not part of this run"
}

// BareLines is a sink that prints log lines as their services wrote them.
func BareLines(env *command.Env) event.Sink {
	return func(e event.Event) {
		if e.Kind != event.Log {
			env.Sink(e)
			return
		}
		env.UI.BareLog(e)
	}
}

// State is a container's state in a word.
func State(c plan.Container) string {
	switch {
	case c.State == "running" && c.Health == "starting":
		return expose.Starting
	case c.State == "running" && c.Health == "unhealthy":
		return "unhealthy"
	case c.State == "exited":
		return "stopped"
	}
	return c.State
}

// States gives the state of each service that has containers: the best of theirs.
func States(containers []plan.Container) map[string]string {
	rank := map[string]int{expose.Running: 3, expose.Starting: 2, "unhealthy": 1}
	best := map[string]string{}
	for _, c := range containers {
		if c.OneOff {
			continue
		}
		if s := State(c); best[c.Service] == "" || rank[s] > rank[best[c.Service]] {
			best[c.Service] = s
		}
	}
	return best
}

// Wrong says of services that run and do not answer as they should what they do at this moment:
// "answers 500".
func Wrong(ctx context.Context, s *session.Session) map[string]string {
	wrong := map[string]string{}
	if s.Project == nil || s.Engine == nil || !s.Engine.Local() {
		return wrong // what a service answers with is only in its files, and its ports are another machine's
	}
	for _, f := range Answers(ctx, s, func(c plan.Container) bool { return State(c) == expose.Running }) {
		if !f.Answers {
			wrong[f.Service] = f.Wrong
		}
	}
	return wrong
}

// Answers is what the services answer now in the containers that are asked for.
func Answers(ctx context.Context, s *session.Session, asked func(plan.Container) bool) []ready.Finding {
	return ready.Check(ctx, slices.DeleteFunc(session.Probes(ctx, s, nil), func(p ready.Probe) bool {
		return !slices.ContainsFunc(s.Observed.Containers, func(c plan.Container) bool { return c.ID == p.Container && asked(c) })
	}))
}

// Origin is when a container was made, by which program, and why.
func Origin(c plan.Container) (at, by string, causes []string) {
	at, by, causes = time.Unix(c.Created, 0).UTC().Format(time.RFC3339), "devup", []string{}
	if c.Cause != "" {
		causes = strings.Split(c.Cause, "; ")
		if causes[0] == plan.NotCreated { // it was so before, and is not now
			causes[0] = "it did not exist"
		}
	}
	if c.Fields == "" {
		by = "docker compose"
	}
	return at, by, causes
}

// asJSON tells whether results are printed as JSON.
func asJSON(env *command.Env) bool { return env.UI.Mode() == ui.JSON }

// RunsWithout tells whether anything of the project runs besides these services.
func RunsWithout(p observe.Project, services []string) bool {
	return slices.ContainsFunc(p.Containers, func(c plan.Container) bool {
		return c.Up() && !c.OneOff && !slices.Contains(services, c.Service)
	})
}
