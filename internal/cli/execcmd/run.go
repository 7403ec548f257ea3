package execcmd

import (
	"cmp"
	"context"
	"slices"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/session"
)

// optional is the value of a flag that may be given empty.
type optional struct {
	value string
	given bool
}

// runOptions are the flags of run.
type runOptions struct {
	terminalOptions
	detach       bool
	remove       bool
	servicePorts bool
	useAliases   bool
	noDeps       bool
	noRecreate   bool
	build        bool
	orphans      bool
	quiet        bool
	quietBuild   bool
	quietPull    bool
	name         string
	user         string
	workdir      string
	pull         string
	entrypoint   optional
	publish      []string
	env          []string
	envFiles     []string
	labels       []string
	volumes      []string
	capAdd       []string
	capDrop      []string
}

// NewRun is `devup run`.
func NewRun(p *command.Program) *cobra.Command {
	var o runOptions
	c := &cobra.Command{
		Use:   "run SERVICE [COMMAND] [ARG...]",
		Short: "Run a one-off command in a new container of a service",
		Long: `Run a one-off command in a new container of a service, after starting what the
service depends on. It has a terminal where there is one, and opens no port unless
asked. The exit code is the command's; Ctrl-C reaches it.`,
		Example: `  devup run --rm backend-flask pytest
  devup run --rm -T db psql -U postgres < dump.sql
  devup run --rm --service-ports web`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fail.New(fail.Usage, "for example: devup run --rm SERVICE bash", "%s needs a service", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: p.CompleteServices,
		Annotations:       command.HasDryRun,
	}
	o.bind(p, c)
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		o.entrypoint.given = c.Flags().Changed("entrypoint")
		return runOnce(ctx, env, args[0], args[1:], o)
	})
	return c
}

// bind declares the flags of run.
func (o *runOptions) bind(p *command.Program, c *cobra.Command) {
	f := c.Flags()
	f.SetInterspersed(false)                                                                  // what follows the service belongs to the command
	p.BindName(f)                                                                             // -p is --publish here, as everywhere else
	f.BoolVar(&o.remove, "rm", false, "remove the container when the command has ended")      // also when it was interrupted
	f.BoolVarP(&o.detach, "detach", "d", false, "do not wait; print the ID of the container") // which --rm removes all the same
	f.BoolVarP(&o.servicePorts, "service-ports", "P", false, "open the ports of the service") // which must be free
	f.StringArrayVarP(&o.publish, "publish", "p", nil, "open this port, `HOST:CONTAINER`; may be repeated")
	f.StringArrayVarP(&o.env, "env", "e", nil, "set this `NAME=value`; may be repeated")
	f.StringArrayVar(&o.envFiles, "env-from-file", nil, "set the variables in this `file`; may be repeated")
	f.StringArrayVarP(&o.labels, "label", "l", nil, "give the container this label, `NAME=value`; may be repeated")
	f.StringArrayVarP(&o.volumes, "volume", "v", nil, "mount this volume or path, `SOURCE:TARGET`; may be repeated")
	f.StringVar(&o.entrypoint.value, "entrypoint", "", "run this `command` instead of the image's entrypoint")
	f.StringVar(&o.name, "name", "", "give the container this `name`")
	f.StringVarP(&o.user, "user", "u", "", "run as this `user`")
	f.StringVarP(&o.workdir, "workdir", "w", "", "run in this `directory` of the container")
	f.StringArrayVar(&o.capAdd, "cap-add", nil, "give the command this `capability`; may be repeated")
	f.StringArrayVar(&o.capDrop, "cap-drop", nil, "take this `capability` from the command; may be repeated")
	f.BoolVar(&o.noDeps, "no-deps", false, "start nothing that the service depends on")
	f.BoolVar(&o.noRecreate, "no-recreate", false, "leave containers of what the service depends on as they are")
	f.BoolVar(&o.useAliases, "use-aliases", false, "give the container the network names of the service")
	f.BoolVar(&o.build, "build", false, "build the images before, stale or not")
	f.StringVar(&o.pull, "pull", "", "the `policy` for pulling the image: always, missing or never")
	f.BoolVar(&o.orphans, "remove-orphans", false, "remove containers that belong to no service of the files")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "show nothing but what the command prints")
	f.BoolVar(&o.quietBuild, "quiet-build", false, "show no progress of builds")
	f.BoolVar(&o.quietPull, "quiet-pull", false, "show no progress of pulls")
	o.flags(f)
	f.SetNormalizeFunc(oldNames)
	c.MarkFlagsMutuallyExclusive("service-ports", "publish")
}

func runOnce(ctx context.Context, env *command.Env, service string, argv []string, o runOptions) error {
	tty, err := wantsTerminal(env, o.terminalOptions, o.detach)
	if err != nil {
		return err
	}
	if o.pull != "" && !slices.Contains([]string{"always", "missing", "never"}, o.pull) {
		return fail.New(fail.Usage, "", "--pull must be always, missing or never, not %q", o.pull)
	}
	request, err := o.request(env, service)
	if err != nil {
		return err
	}
	s, outcome, err := reconcile.Run(ctx, env, request)
	if s != nil {
		defer s.Close()
	}
	if err != nil {
		return err
	}
	if env.Flags.DryRun {
		show.Outcome(env, outcome)
		show.Operation(env, "run", cmp.Or(o.name, s.Name+"-"+service+"-run"))
		return nil
	}
	model, own, err := oneOffService(env, outcome.Project.Project, service, argv, o, tty, s.Workspace.HostIP())
	if err != nil {
		return err
	}
	special := run.OneOff{Name: o.name, Remove: o.remove, Stdin: own.StdinOpen && !o.detach, Aliases: o.useAliases}
	if tty {
		special.Columns, special.Rows = env.UI.Streams().Size()
	}
	single, err := run.MakeOneOff(ctx, run.On(s.Engine.Client), model, own, special, outcome.Applied)
	if err != nil {
		return err
	}
	return attempt{service: service}.reword(attachOnce(ctx, env, s.Engine.Client, single, o, tty))
}

// request is how the line of up is to prepare for the command.
func (o runOptions) request(env *command.Env, service string) (reconcile.Request, error) {
	f := reconcile.Default()
	f.NoDeps, f.Images.Build, f.Images.QuietPull = o.noDeps, o.build, o.quietPull
	f.Plan.OneOff, f.Plan.RemoveOrphans, f.Plan.NoRecreate = service, o.orphans, o.noRecreate
	r, err := f.Request(env, []string{service})
	r.Options.DryRun = env.Flags.DryRun
	r.Check = func(s *session.Session) (*session.Session, error) {
		return s.With(withPull(s.Project, service, o.pull)).Reporting(o.sink(s.Sink)), nil
	}
	return r, err
}

// sink leaves out the progress that the flags hide.
func (o runOptions) sink(to event.Sink) event.Sink {
	return func(e event.Event) {
		if o.quiet || o.quietBuild && (e.Kind == event.Image || e.Kind == event.Step) {
			return
		}
		to(e)
	}
}

// withPull is the project with another pull_policy of a service.
func withPull(p *project.Project, service, policy string) *project.Project {
	if policy == "" {
		return p
	}
	return p.Edit(func(own *project.Project) {
		s := own.Services[service]
		s.PullPolicy = policy
		own.Services[service] = s
	})
}

// attachOnce starts the command and, unless it is to run by itself, waits for its end.
func attachOnce(ctx context.Context, env *command.Env, api *client.Client, single *run.Single, o runOptions, tty bool) error {
	discard := func(err error) error { // a command that never began leaves nothing
		_, gone := api.ContainerRemove(context.WithoutCancel(ctx), single.ID, client.ContainerRemoveOptions{Force: true})
		if gone != nil && !errdefs.IsNotFound(gone) && !errdefs.IsConflict(gone) {
			env.Say("the container " + single.Name + " is left: " + gone.Error())
		}
		return err
	}
	if o.detach {
		if err := single.Start(ctx); err != nil {
			return discard(err)
		}
		env.UI.Text(single.ID)
		return nil
	}
	began := false
	condition := container.WaitConditionNextExit
	if o.remove {
		condition = container.WaitConditionRemoved // so that the next command finds it gone
	}
	code, err := attachTo(ctx, env, attachment{
		client: api, id: single.ID, name: single.Name, tty: tty, raw: tty && env.UI.Streams().InTTY, in: input(env, o.interactive),
		condition: condition, stop: true,
		start: func(ctx context.Context) error {
			err := single.Start(ctx)
			began = err == nil
			return err
		},
	})
	switch {
	case err != nil && !began:
		return discard(err)
	case err != nil:
		return err
	case code != 0:
		return command.ExitCode(code)
	}
	return nil
}
