package containercmd

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
)

// killOptions are the flags of kill.
type killOptions struct {
	signal  string
	orphans bool
}

// NewKill is `devup kill`.
func NewKill(p *command.Program) *cobra.Command {
	var o killOptions
	c := changing(p, &cobra.Command{
		Use:   "kill [SERVICE...]",
		Short: "Send a signal to the services: by default the one that nothing survives",
		Example: `  devup kill
  devup kill --signal SIGHUP proxy`,
	})
	f := c.Flags()
	f.StringVarP(&o.signal, "signal", "s", "SIGKILL", "the `signal` to send, by name or number")
	f.BoolVar(&o.orphans, "remove-orphans", false, "kill containers of services that the files do not name, too")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		if !isSignal(o.signal) {
			return fail.New(fail.Usage, "give a name or a number, such as SIGHUP or 1", "--signal: there is no signal %q", o.signal)
		}
		return change{decide: func(s *session.Session) (*plan.Plan, string) {
			meant := s.Meant(args)
			if o.orphans || session.RemovesOrphans(s) {
				meant = s.Observed.Observed
			}
			return plan.KillAll(meant, args, o.signal), "nothing to kill: nothing runs"
		}}.apply(ctx, env, args)
	})
	return c
}

// signals are the names of Linux, whatever system devup runs on, without SIG.
const signals = "HUP INT QUIT ILL TRAP ABRT IOT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO POLL PWR SYS"

// isSignal tells whether an engine knows a signal: by number, by name with SIG or without, or
// as a distance from RTMIN or RTMAX.
func isSignal(text string) bool {
	if n, err := strconv.Atoi(text); err == nil {
		return n > 0 && n <= 64
	}
	name := strings.TrimPrefix(strings.ToUpper(text), "SIG")
	return slices.Contains(strings.Fields(signals), name) || strings.HasPrefix(name, "RTMIN") || strings.HasPrefix(name, "RTMAX")
}
