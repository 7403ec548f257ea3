package cli

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ready"
)

// readyNow is how long a service may take to answer where the question is whether it
// answers now. A program that is compiling is slow, not silent.
const readyNow = 2 * time.Second

// answering fails unless all of the services, or of the project's, answer now or have
// done their work.
func (a *app) answering(ctx context.Context, r *running, services []string) error {
	if r.project == nil {
		return r.broken // what a service answers with is only in its files
	}
	probes, err := a.probes(ctx, r, services)
	if err != nil {
		return err
	}
	if idle := r.idle(services, probes); len(idle) > 0 {
		return fail.New(fail.NotReady, "start it with `devup up`", "%s", list(idle)+one(len(idle), " does", " do")+" not run")
	}
	err = ready.Wait(ctx, r.engine.Client, probes, ready.Options{Timeout: readyNow, Grace: readyNow})
	if silent := slices.Sorted(maps.Keys(fail.Services(err))); len(silent) > 0 {
		return fail.New(fail.NotReady, "`devup up` waits, and says why where nothing comes", "%s", list(silent)+one(len(silent), " is", " are")+" not ready")
	}
	return err
}

// idle are the services, all that are to run without any, of which nothing runs and
// nothing has done its work.
func (r *running) idle(services []string, probes []ready.Probe) []string {
	if len(services) == 0 {
		services = r.project.ServiceNames()
	}
	var idle []string
	for _, name := range services {
		s := r.project.Services[name]
		if s.GetScale() == 0 {
			continue
		}
		oneShot := slices.ContainsFunc(probes, func(p ready.Probe) bool { return p.Service == name && p.OneShot })
		alive := false
		for _, c := range r.look.Of(name) {
			alive = alive || c.Up() || oneShot && c.State == "exited"
		}
		if !alive {
			idle = append(idle, name)
		}
	}
	return idle
}
