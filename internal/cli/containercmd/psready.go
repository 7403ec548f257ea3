package containercmd

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/session"
)

// readyNow is how long a service may take to answer where the question is whether it
// answers now. A program that is compiling is slow, not silent.
const readyNow = 2 * time.Second

// answering fails unless all of the services, or of the project's, answer now or have
// done their work.
func answering(ctx context.Context, s *session.Session, services []string) error {
	if s.Project == nil {
		return s.Unreadable // what a service answers with is only in its files
	}
	probes := session.Probes(ctx, s, services)
	if idle := idle(s, services, probes); len(idle) > 0 {
		return fail.New(fail.NotReady, "start it with `devup up`", "%s", command.List(idle)+command.Plural(len(idle), " does", " do")+" not run")
	}
	err := ready.Wait(ctx, s.Engine.Client, probes, ready.Options{Timeout: readyNow, Grace: readyNow})
	if silent := slices.Sorted(maps.Keys(fail.Services(err))); len(silent) > 0 {
		return fail.New(fail.NotReady, "`devup up` waits, and says why where nothing comes", "%s", command.List(silent)+command.Plural(len(silent), " is", " are")+" not ready")
	}
	return err
}

// idle are the services, all that are to run without any, of which nothing runs and
// nothing has done its work.
func idle(s *session.Session, services []string, probes []ready.Probe) []string {
	if len(services) == 0 {
		services = s.Project.ServiceNames()
	}
	var idle []string
	for _, name := range services {
		service := s.Project.Services[name]
		if service.GetScale() == 0 {
			continue
		}
		oneShot := slices.ContainsFunc(probes, func(p ready.Probe) bool { return p.Service == name && p.OneShot })
		alive := false
		for _, c := range s.Observed.Of(name) {
			alive = alive || c.Up() || oneShot && c.State == "exited"
		}
		if !alive {
			idle = append(idle, name)
		}
	}
	return idle
}
