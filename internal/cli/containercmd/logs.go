package containercmd

import (
	"context"
	"regexp"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
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
	grep     string
	maxBytes int
}

// NewLogs is `devup logs`.
func NewLogs(p *command.Program) *cobra.Command {
	var o logsOptions
	c := &cobra.Command{
		Use:         "logs [SERVICE...]",
		Annotations: command.ReadOnly,
		Short:       "Print what the services print",
		Long: `Print what the containers of the services printed, in the order of time. Times are
RFC 3339 or durations back from now. With --grep, --tail counts the lines that match.`,
		Example: `  devup logs
  devup logs -f --tail 20 backend-flask
  devup logs --since 10m
  devup logs --grep '(?i)error' --tail 50 --max-bytes 20000`,
		ValidArgsFunction: p.CompleteServices,
	}
	f := c.Flags()
	p.BindFile(f) // -f is --follow here, as everywhere else
	f.BoolVarP(&o.Follow, "follow", "f", false, "go on with new lines until Ctrl-C, also of new containers")
	f.StringVar(&o.Since, "since", "", "only lines from this `time` on")
	f.StringVar(&o.Until, "until", "", "only lines up to this `time`")
	f.StringVarP(&o.Tail, "tail", "n", "", "only this `many` of the last lines of each container")
	f.StringVar(&o.grep, "grep", "", "only lines that match this regular `expression`")
	f.IntVar(&o.maxBytes, "max-bytes", 0, "only the newest lines, of so many `bytes` in all")
	c.MarkFlagsMutuallyExclusive("follow", "max-bytes")
	f.BoolVarP(&o.Timestamps, "timestamps", "t", false, "print the time of each line")
	f.IntVar(&o.index, "index", 0, "only the container with this `number`, where a service has several")
	f.BoolVar(&o.noPrefix, "no-log-prefix", false, "print the lines without the names of their services, as they were written")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runLogs(ctx, env, args, o) })
	return c
}

func runLogs(ctx context.Context, env *command.Env, services []string, o logsOptions) error {
	tail, err := strconv.Atoi(o.Tail)
	if o.Tail != "" && o.Tail != "all" && (err != nil || tail < 0) {
		return fail.New(fail.Usage, "for example --tail 20", "--tail needs a number or the word all, not %q", o.Tail)
	}
	pattern, err := regexp.Compile(o.grep)
	if err != nil {
		return fail.Wrap(err, fail.Usage, "it is in the syntax of RE2, for example --grep '(?i)error|warn'", "--grep is not a valid expression")
	}
	if o.Since, o.Until, err = command.EngineTimes(o.Since, o.Until); err != nil {
		return err
	}
	s, err := env.Observe(ctx, services...)
	if err != nil {
		return err
	}
	defer s.Close()
	s.Observed.Observed = s.Meant(services)
	if !slices.ContainsFunc(s.Containers(services), func(c plan.Container) bool { return o.index == 0 || c.Number == o.index }) {
		env.Say("project " + s.Name + " has no containers; `devup up` creates them")
		return nil
	}
	if env.UI.Mode() != ui.JSON {
		o.Sink = onOneStream(env, o.noPrefix)
	}
	flush := func() {}
	if o.grep != "" || o.maxBytes > 0 {
		o.Sink, flush = filtered(env, o, pattern, tail)
		if o.grep != "" && !o.Follow && tail > 0 { // it counts what matches
			o.Tail = ""
		}
	}
	err = show.Logs(ctx, env, s, show.Followed{Services: services, Number: o.index}, o.Options)
	flush()
	if o.Follow && ctx.Err() != nil {
		return command.ExitCode(fail.Interrupted.Exit()) // Ctrl-C is how following ends
	}
	return err
}

// onOneStream prints the lines of both streams as the result, as Docker Compose's logs does and
// its up does not.
func onOneStream(env *command.Env, bare bool) event.Sink {
	sink := env.Sink
	if bare {
		sink = show.BareLines(env)
	}
	return func(e event.Event) {
		if e.Kind == event.Log {
			e.Stream = ""
		}
		sink(e)
	}
}
