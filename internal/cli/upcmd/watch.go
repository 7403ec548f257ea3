package upcmd

import (
	"context"
	"errors"
	"slices"

	"github.com/moby/moby/client"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/logs"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/watch"
)

// watchOptions are the flags of watch.
type watchOptions struct {
	noUp  bool
	prune bool
	quiet bool
}

// NewWatch is `devup watch`.
func NewWatch(p *command.Program) *cobra.Command {
	o := watchOptions{}
	c := &cobra.Command{
		Use:   "watch [SERVICE...]",
		Short: "Bring changed files into the running services",
		Long: `Start the services as up does, then follow the files that develop.watch of each
service names: sync them into its containers, restart it or rebuild it, as each rule
says. Ctrl-C ends that and leaves the services running. up --watch does the same and
also shows the logs.`,
		Example: `  devup watch
  devup watch --no-up web
  devup up --watch`,
		ValidArgsFunction: p.CompleteServices,
	}
	f := c.Flags()
	f.BoolVar(&o.noUp, "no-up", false, "start nothing before, only watch what runs")
	f.BoolVar(&o.prune, "prune", true, "remove the image that a rebuild replaced")
	f.BoolVar(&o.quiet, "quiet", false, "hide the steps of builds")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		if o.noUp {
			return watchOnly(ctx, env, args, o)
		}
		f := reconcile.Default()
		f.Plan.Services = args
		return runUp(ctx, env, upOptions{Flags: f, watch: true, alone: true, watching: o})
	})
	return c
}

// watchOnly watches a project that runs already.
func watchOnly(ctx context.Context, env *command.Env, services []string, o watchOptions) error {
	f := reconcile.Default()
	f.Plan.Services, f.DryRun = services, true
	s, err := reconcile.Open(ctx, env, f)
	if err != nil {
		return err
	}
	defer s.Close()
	if len(s.Observed.Containers) == 0 {
		return fail.New(fail.Failed, "leave out --no-up, or start it with `devup up`", "nothing of project %s runs", s.Name)
	}
	p := s.Resolved(ctx, 0, 0)
	if s.Distant(ctx) {
		watch.Replace(p)
	}
	if _, err := watchable(p, services); err != nil {
		return err
	}
	w, err := newWatcher(env, s.With(p), services, o)
	if err != nil {
		return err
	}
	return w.run(ctx)
}

// watch follows the files, and the logs at the same time. Without --watch these are the files
// of services that cannot have them mounted, which with --detach get them once.
func (a *after) watch(ctx context.Context) error {
	o, services := a.options, a.outcome.Synced
	if o.watch {
		services = a.services
	}
	w, err := newWatcher(a.env, a.session, services, o.watching)
	if err != nil {
		return err
	}
	w.since = o.snapshot
	if o.detached() {
		return w.once(ctx)
	}
	if o.alone {
		a.env.Say("Ctrl-C ends watching and leaves the services running")
		return w.run(ctx)
	}
	a.sayWhatStops(ctx)
	shown := a.followed()
	if err := w.withLogs(ctx, shown, a.logOptions(ctx)); err != nil && ctx.Err() == nil {
		return err
	}
	return a.stopStarted(ctx)
}

// watchable gives what is watched of a project, and refuses one that has nothing to watch.
func watchable(p *project.Project, services []string) ([]watch.Rule, error) {
	rules, notes, err := watchRules(p, services)
	if err != nil || len(rules) > 0 {
		return rules, err
	}
	if len(notes) > 0 {
		return nil, fail.New(fail.Config, "use `devup up`: what is mounted shows changes at once", "there is nothing to watch: all paths under develop.watch are mounted into their containers already")
	}
	return nil, fail.New(fail.Config, "write under a service, for example: develop: {watch: [{path: ./web, action: sync, target: /app}]}", "no service says under develop.watch what to watch")
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
	env     *command.Env
	session *session.Session // with the project as it runs
	rules   []watch.Rule
	options watchOptions
	since   *watch.Snapshot // the files when up began; nil for where nothing was started before
}

func newWatcher(env *command.Env, s *session.Session, services []string, o watchOptions) (*watcher, error) {
	rules, notes, err := watchRules(s.Project, services)
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		env.Note(n)
	}
	return &watcher{env: env, session: s, rules: rules, options: o}, nil
}

// run watches until ctx ends.
func (w *watcher) run(ctx context.Context) error {
	var names []string
	for _, r := range w.rules {
		names = append(names, r.Service)
	}
	slices.Sort(names)
	return watch.Run(ctx, watch.On(w.session.Engine.Client), w.rules, watch.Options{
		Began:      func() { w.env.Say("watching the files of " + command.List(slices.Compact(names))) },
		Containers: w.containers, Poll: w.env.Settings.WatchPoll, Since: w.since, Sink: w.env.Sink,
		Rebuild: func(ctx context.Context, services []string) error {
			err := w.rebuild(ctx, services)
			if err != nil && ctx.Err() == nil {
				w.env.UI.Error(err)
			}
			return err
		},
	})
}

// once syncs what is synced from the beginning.
func (w *watcher) once(ctx context.Context) error {
	return watch.Once(ctx, watch.On(w.session.Engine.Client), w.rules, watch.Options{Containers: w.containers, Sink: w.env.Sink})
}

// containers lists the project's containers with one call.
func (w *watcher) containers(ctx context.Context) ([]watch.Container, error) {
	found, err := w.session.Engine.Client.ContainerList(ctx, client.ContainerListOptions{
		All: true, Filters: client.Filters{}.Add("label", plan.LabelProject+"="+w.session.Name),
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

// rebuild takes services through the line of up again, with their images built again.
// Their files are read again too, and what they depend on is left alone.
func (w *watcher) rebuild(ctx context.Context, services []string) error {
	f := reconcile.Default()
	f.Build, f.NoDeps, f.Plan.Services = true, true, services
	env := w.env.Quiet() // what is typed is for the keys
	s, err := reconcile.Open(ctx, env, f)
	if err != nil {
		return err
	}
	defer s.Close() // a watch may go on for days, with an engine client for every rebuild
	before := imagesOf(s.Observed, services)
	if w.options.quiet {
		s = s.Reporting(withoutSteps(s.Sink))
	}
	_, err = reconcile.Run(ctx, env, s, f)
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

func imagesOf(p observe.Project, services []string) map[string]bool {
	ids := map[string]bool{}
	for _, c := range p.Containers {
		if slices.Contains(services, c.Service) {
			ids[c.Image] = true
		}
	}
	return ids
}

// prune removes those of the images that have no name any more. One that is in use
// still stays, which is the engine's to say.
func (w *watcher) prune(ctx context.Context, ids map[string]bool) {
	api := w.session.Engine.Client
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

// withLogs follows the logs of the project while its files are watched. It ends when ctx does,
// or when watching cannot begin.
func (w *watcher) withLogs(ctx context.Context, f show.Followed, o logs.Options) error {
	group, ctx := errgroup.WithContext(ctx)
	if len(f.Services) > 0 {
		o.Endless = true
		group.Go(func() error {
			_ = show.Logs(ctx, w.env, w.session, f, o) // its only error is ctx's
			return nil
		})
	}
	group.Go(func() error { return w.run(ctx) })
	return group.Wait()
}
