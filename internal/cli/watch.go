package cli

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/moby/moby/client"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/logs"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/up"
	"github.com/devup-cli/devup/internal/watch"
)

// watchOptions are the flags of watch.
type watchOptions struct {
	noUp  bool
	prune bool
	quiet bool
}

func (a *app) watchCommand() *cobra.Command {
	o := watchOptions{}
	c := &cobra.Command{
		Use:   "watch [SERVICE...]",
		Short: "Bring changed files into the running services",
		Long: `Start the services as up does, then follow the files that develop.watch of each
service names: sync them into its containers, restart it or build it anew, as each
rule says. Ctrl-C ends that and leaves the services running. up --watch does the same
and shows the logs beside it.`,
		Example: `  devup watch
  devup watch --no-up web
  devup up --watch`,
		ValidArgsFunction: a.completeServices,
	}
	f := c.Flags()
	f.BoolVar(&o.noUp, "no-up", false, "start nothing before, only watch what runs")
	f.BoolVar(&o.prune, "prune", true, "remove the image that a rebuild replaced")
	f.BoolVar(&o.quiet, "quiet", false, "hide the steps of builds")
	c.RunE = a.run(func(ctx context.Context, args []string) error {
		if o.noUp {
			return a.watchOnly(ctx, args, o)
		}
		return a.up(ctx, args, upOptions{watch: true, alone: true, watching: o})
	})
	return c
}

// watchOnly watches a project that runs already.
func (a *app) watchOnly(ctx context.Context, services []string, o watchOptions) error {
	at, err := a.site(ctx, services, asUsual(), false)
	if err != nil {
		return err
	}
	r := &running{engine: at.engine, name: at.project.Name, look: at.survey.Project(at.project.Name)}
	if len(r.look.Containers) == 0 {
		return fail.New(fail.Failed, "leave out --no-up, or start it with `devup up`", "nothing of project %s runs", r.name)
	}
	r.project = a.resolve(ctx, at.project, at.machine.Place, r.look.Containers, 0, 0)
	if at.machine.Distant {
		watch.Replace(r.project)
	}
	if err := watchable(r.project, services); err != nil {
		return err
	}
	w, err := a.watcher(r, services, o)
	if err != nil {
		return err
	}
	return w.run(ctx, func(context.Context) {})
}

// upWatching goes on after up: it follows the files, and the logs beside it. Without
// --watch these are the files of services that cannot have them mounted, which with
// --detach get them once.
func (a *app) upWatching(ctx context.Context, r *running, outcome *up.Outcome, services []string, since time.Time, o upOptions) error {
	shown := o.followed(outcome.Project, services)
	if !o.watch {
		services = outcome.Synced
	}
	w, err := a.watcher(r, services, o.watching)
	if err != nil {
		return err
	}
	if o.detach {
		return w.once(ctx)
	}
	if o.alone {
		a.ui.Say("Ctrl-C ends watching and leaves the services running")
		return w.run(ctx, func(context.Context) {})
	}
	a.ui.Say(a.attachedRemark(outcome))
	if err := w.beside(ctx, shown, a.logsSince(since, o.attachOptions)); err != nil && ctx.Err() == nil {
		return err
	}
	return a.stopStarted(ctx, r, outcome, o.StopTimeout)
}

// watchable refuses to watch a project that has nothing to watch.
func watchable(p *project.Project, services []string) error {
	rules, notes, err := watchRules(p, services)
	if err != nil || len(rules) > 0 {
		return err
	}
	if len(notes) > 0 {
		return fail.New(fail.Config, "use `devup up`: what is mounted shows changes at once", "there is nothing to watch: all paths under develop.watch are mounted into their containers already")
	}
	return fail.New(fail.Config, "write under a service, for example: develop: {watch: [{path: ./web, action: sync, target: /app}]}", "no service says under develop.watch what to watch")
}

// watchRules are the rules of the services. The error says where the rule stands.
func watchRules(p *project.Project, services []string) ([]watch.Rule, []string, error) {
	rules, notes, err := watch.Rules(p.Project, services)
	if e, ok := errors.AsType[*fail.Error](err); ok && e.Service != "" {
		placed := *e
		placed.File, placed.Line = p.Locate("services", e.Service, "develop", "watch")
		err = &placed
	}
	return rules, notes, err
}

// watcher watches one project.
type watcher struct {
	app     *app
	running *running
	rules   []watch.Rule
	options watchOptions
}

func (a *app) watcher(r *running, services []string, o watchOptions) (*watcher, error) {
	rules, notes, err := watchRules(r.project, services)
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		a.note(n)
	}
	return &watcher{app: a, running: r, rules: rules, options: o}, nil
}

// run watches until ctx ends. rebuilt is called after containers were replaced.
func (w *watcher) run(ctx context.Context, rebuilt func(context.Context)) error {
	var names []string
	for _, r := range w.rules {
		names = append(names, r.Service)
	}
	slices.Sort(names)
	return watch.Run(ctx, w.running.engine.Client, w.rules, watch.Options{
		Began:      func() { w.app.ui.Say("watching the files of " + list(slices.Compact(names))) },
		Containers: w.containers, Poll: w.app.settings.WatchPoll, Sink: w.app.ui.Sink(),
		Rebuild: func(ctx context.Context, services []string) error {
			err := w.rebuild(ctx, services)
			if err != nil && ctx.Err() == nil {
				w.app.ui.Error(err)
			}
			rebuilt(ctx)
			return err
		},
	})
}

// once syncs what is synced from the beginning.
func (w *watcher) once(ctx context.Context) error {
	return watch.Once(ctx, w.running.engine.Client, w.rules, watch.Options{Containers: w.containers, Sink: w.app.ui.Sink()})
}

// containers lists the project's containers with one call.
func (w *watcher) containers(ctx context.Context) ([]watch.Container, error) {
	found, err := w.running.engine.Client.ContainerList(ctx, client.ContainerListOptions{
		All: true, Filters: client.Filters{}.Add("label", plan.LabelProject+"="+w.running.name),
	})
	if err != nil {
		return nil, err
	}
	var all []watch.Container
	for _, c := range found.Items {
		if c.Labels[plan.LabelOneOff] == "True" || c.Labels[plan.LabelService] == "" || c.Labels[plan.LabelReplace] != "" && c.State == "created" {
			continue // the last is a successor that is not yet in its place
		}
		all = append(all, watch.Container{ID: c.ID, Name: observe.NameOf(c), Service: c.Labels[plan.LabelService], Running: c.State == "running"})
	}
	return all, nil
}

// rebuild takes services through the line of up again, with their images built anew.
// Their files are read anew too, and what they depend on is left alone.
func (w *watcher) rebuild(ctx context.Context, services []string) error {
	a := w.app
	o := asUsual()
	o.Build, o.noDeps = true, true
	a.complete(&o, services)
	at, err := a.site(ctx, services, o, true)
	if err != nil {
		return err
	}
	defer at.release()
	defer at.engine.Close() // a watch may go on for days, with an engine client for every rebuild
	if w.options.quiet {
		at.machine.Sink = withoutSteps(at.machine.Sink)
	}
	before := imagesOf(at.survey.Project(at.project.Name), services)
	_, err = at.run(ctx, o.Options)
	if err == nil && w.options.prune {
		w.prune(ctx, before)
	}
	return err
}

// withoutSteps leaves out the steps of builds.
func withoutSteps(sink event.Sink) event.Sink {
	return func(e event.Event) {
		if e.Kind != event.Step {
			sink(e)
		}
	}
}

func imagesOf(look observe.Project, services []string) map[string]bool {
	ids := map[string]bool{}
	for _, c := range look.Containers {
		if slices.Contains(services, c.Service) {
			ids[c.Image] = true
		}
	}
	return ids
}

// prune removes those of the images that have no name any more. One that is in use
// still stays, which is the engine's to say.
func (w *watcher) prune(ctx context.Context, ids map[string]bool) {
	api := w.running.engine.Client
	nameless, err := api.ImageList(ctx, client.ImageListOptions{Filters: client.Filters{}.Add("dangling", "true")})
	if err != nil {
		return // the next rebuild tries again
	}
	for _, image := range nameless.Items {
		if ids[image.ID] {
			_, _ = api.ImageRemove(ctx, image.ID, client.ImageRemoveOptions{PruneChildren: true})
		}
	}
}

// beside follows the logs of the project while its files are watched, also those of
// containers that take the place of others. It ends when ctx does, or when watching
// cannot begin.
func (w *watcher) beside(ctx context.Context, services []string, o logs.Options) error {
	group, ctx := errgroup.WithContext(ctx)
	var mu sync.Mutex
	followed := map[string]bool{}
	follow := func(ctx context.Context, o logs.Options) {
		now, err := look(ctx, w.running.engine, w.running.name)
		if err != nil {
			return // the engine is gone or ctx ended, which others say
		}
		mu.Lock()
		defer mu.Unlock()
		now.Containers = slices.DeleteFunc(now.Containers, func(c plan.Container) bool { return followed[c.ID] })
		fresh := &running{engine: w.running.engine, name: w.running.name, project: w.running.project, look: now}
		for _, c := range now.Containers {
			followed[c.ID] = true
		}
		if len(now.Containers) > 0 {
			group.Go(func() error {
				_ = w.app.follow(ctx, fresh, services, o) // its only error is ctx's
				return nil
			})
		}
	}
	if len(services) > 0 {
		follow(ctx, o)
	}
	group.Go(func() error {
		return w.run(ctx, func(context.Context) {
			if o.Since = ""; len(services) > 0 { // a new container is followed from its first line
				follow(ctx, o)
			}
		})
	})
	return group.Wait()
}

// distant tells whether services get their source by syncing: see [watch.Distant].
// The engine is asked about itself only where its answer counts.
func distant(ctx context.Context, e *engine.Engine) bool {
	desktop := false
	if runtime.GOOS != "linux" && e.Local() {
		if facts, err := e.Facts(ctx); err == nil {
			desktop = facts.Desktop
		}
	}
	return watch.Distant(e.Local(), desktop, runtime.GOOS)
}
