package cli

import (
	"context"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/logs"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ui"
)

// logsOptions are the flags of logs.
type logsOptions struct {
	logs.Options
	index    int
	noPrefix bool
}

func (a *app) logsCommand() *cobra.Command {
	var o logsOptions
	c := &cobra.Command{
		Use:   "logs [SERVICE...]",
		Short: "Print what the services print",
		Long: `Print what the containers of the services printed, in the order of time. Times are
RFC 3339 or durations back from now.`,
		Example: `  devup logs
  devup logs -f --tail 20 backend-flask
  devup logs --since 10m`,
		ValidArgsFunction: a.completeServices,
	}
	f := c.Flags()
	f.StringArrayVar(&a.flags.files, "file", nil, fileUsage) // -f is --follow here, as everywhere else
	f.BoolVarP(&o.Follow, "follow", "f", false, "go on with new lines until Ctrl-C")
	f.StringVar(&o.Since, "since", "", "only lines from this `time` on")
	f.StringVar(&o.Until, "until", "", "only lines up to this `time`")
	f.StringVarP(&o.Tail, "tail", "n", "", "only this `many` of the last lines of each container")
	f.BoolVarP(&o.Timestamps, "timestamps", "t", false, "print the time of each line")
	f.IntVar(&o.index, "index", 0, "only the container with this `number`, where a service has several")
	f.BoolVar(&o.noPrefix, "no-log-prefix", false, "print the lines without the names of their services, as they were written")
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.logs(ctx, args, o) })
	return c
}

func (a *app) logs(ctx context.Context, services []string, o logsOptions) error {
	if n, err := strconv.Atoi(o.Tail); o.Tail != "" && o.Tail != "all" && (err != nil || n < 0) {
		return fail.New(fail.Usage, "for example --tail 20", "--tail wants a number or the word all, not %q", o.Tail)
	}
	var err error
	if o.Since, o.Until, err = engineTimes(o.Since, o.Until); err != nil {
		return err
	}
	r, err := a.observe(ctx)
	if err != nil {
		return err
	}
	if err := r.check(services); err != nil {
		return err
	}
	if o.index > 0 {
		r.look.Containers = slices.DeleteFunc(r.look.Containers, func(c plan.Container) bool { return c.Number != o.index })
	}
	if len(r.containers(services)) == 0 {
		a.ui.Say("project " + r.name + " has no containers; `devup up` makes them")
		return nil
	}
	if o.noPrefix && a.ui.Mode() != ui.JSON {
		o.Sink = a.bareLines
	}
	err = a.follow(ctx, r, services, o.Options)
	if o.Follow && ctx.Err() != nil {
		return exitStatus(fail.Interrupted.Exit()) // Ctrl-C is how following ends
	}
	return err
}

// bareLines prints log lines as their services wrote them.
func (a *app) bareLines(e event.Event) {
	if e.Kind != event.Log {
		a.ui.Sink()(e)
		return
	}
	a.ui.Raw([]byte(e.Text + "\n"))
}

// follow prints the logs of the services.
func (a *app) follow(ctx context.Context, r *running, services []string, o logs.Options) error {
	var sources []logs.Source
	for _, c := range r.containers(services) {
		sources = append(sources, logs.Source{Service: c.Service, Container: c.Name, ID: c.ID, Number: c.Number})
	}
	if o.Sink == nil {
		o.Sink = a.ui.Sink()
	}
	return logs.Follow(ctx, r.engine.Client, sources, o)
}
