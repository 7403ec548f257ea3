// Package doctorcmd holds the command doctor.
package doctorcmd

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/doctor"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ui"
)

// doctorFlags are the flags of doctor.
type doctorFlags struct {
	fix    bool
	report bool
}

// NewDoctor is `devup doctor`.
func NewDoctor(p *command.Program) *cobra.Command {
	var o doctorFlags
	c := &cobra.Command{
		Use:         "doctor [--fix] [--report [FILE]]",
		Annotations: command.ReadOnly,
		Short:       "Check what devup needs: engine, network, files, settings",
		Long: `Check what devup and the project need, and say what to do where something is wrong.
Nothing is changed unless --fix says so: it does what cannot hurt, such as starting
the engine, and asks before anything else; --yes answers. --report writes one file
to attach to a bug report, without secrets. Exit code 1 when a check finds a
problem, 4 when no engine answers.`,
		Example: `  devup doctor
  devup doctor --fix
  devup doctor --report`,
		DisableFlagsInUseLine: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 || (len(args) == 1 && !o.report) {
				return fail.New(fail.Usage, "a file goes with --report: devup doctor --report FILE", "doctor does not know what to do with %q", args[len(args)-1])
			}
			return nil
		},
	}
	f := c.Flags()
	f.BoolVar(&o.fix, "fix", false, "fix what can be fixed; ask before changing more than devup's own files")
	f.BoolVar(&o.report, "report", false, "write what is found to a new file, devup-report.md unless named")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		file := ""
		if o.report {
			file = append(args, "devup-report.md")[0]
		}
		return runDoctor(ctx, env, o.fix, file)
	})
	return c
}

// patience is how long one check of doctor may take.
const patience = 15 * time.Second

// doctor checks, fixes where fix says so, and writes a report where file names one.
func runDoctor(ctx context.Context, env *command.Env, fix bool, file string) error {
	options, findings, err := examine(ctx, env)
	if err != nil {
		return err
	}
	showFindings(env, findings, !fix)
	if fix {
		if findings, err = applyFixes(ctx, env, findings); err != nil {
			return err
		}
	}
	if file != "" {
		if err := report(ctx, env, options, findings, file); err != nil {
			return err
		}
	}
	if doctor.Worst(findings) != doctor.Problem {
		return nil
	}
	for _, f := range findings {
		if f.Name == "engine" && f.Level == doctor.Problem {
			return command.ExitCode(fail.NoEngine.Exit())
		}
	}
	return command.ExitCode(fail.Failed.Exit())
}

// examine runs all checks.
func examine(ctx context.Context, env *command.Env) (doctor.Options, []doctor.Finding, error) {
	options, err := doctorOptions(ctx, env)
	if err != nil {
		return options, nil, err
	}
	if env.UI.Mode() == ui.TTY {
		slow := time.AfterFunc(time.Second, func() { env.Say("asking the engine, the registries, and these again from inside a build …") })
		defer slow.Stop()
	}
	findings := doctor.Run(ctx, doctor.Checks(options), patience)
	return options, findings, ctx.Err()
}
