// Package command is what all of devup's commands are made of: the flags that each has,
// the environment that its run function gets, questions, flag types, and usage errors.
//
// A command is a file with three parts: an options struct that its flags are bound to, a
// constructor that takes the [Program], and a function that does the work:
//
//	func NewStop(p *command.Program) *cobra.Command {
//		var o stopOptions
//		c := &cobra.Command{Use: "stop [SERVICE...]", …}
//		c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
//			return runStop(ctx, env, args, o)
//		})
//		return c
//	}
//
// The function opens a [session.Session] with what it needs.
package command

import (
	"cmp"
	"context"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/version"
)

// Program is one run of devup. Commands are built for it, of which one runs.
type Program struct {
	process session.Process
	flags   flags
	out     *output
	env     *Env // nil until a command begins
	started bool
	stdin   func() ([]byte, error)

	interrupted func() bool

	// Main runs another command of devup; nil where there are no others.
	Main func(ctx context.Context, args []string, process session.Process) int
}

// New is a program with the streams and the environment of a process. It is interrupted when
// ctx is canceled.
func New(ctx context.Context, process session.Process) *Program {
	p := &Program{process: process, out: &output{to: process.Out}, interrupted: func() bool { return ctx.Err() != nil }}
	p.stdin = sync.OnceValues(func() ([]byte, error) { return io.ReadAll(process.In) })
	return p
}

// Env is what a command runs with. It does not change.
type Env struct {
	*session.Env
	UI *ui.UI

	quiet  bool // no question is asked
	result *Result
	main   func(ctx context.Context, args []string, process session.Process) int
}

// Command runs another command of devup, with the flags that this one has in common with it, and
// gives its exit code. No user answers its questions.
func (e *Env) Command(ctx context.Context, out, err io.Writer, args ...string) int {
	process := e.Process
	process.In, process.Out, process.Err, process.SecondInterrupt = strings.NewReader(""), out, err, nil
	return e.main(ctx, args, process)
}

// Result is what a command has printed when it has ended, with what it failed with, or nil, and its
// exit code.
type Result interface{ Print(failed error, code int) }

// SetResult has the command end with a result.
func (e *Env) SetResult(r Result) { *e.result = r }

// Quiet is the environment for work that asks no questions.
func (e *Env) Quiet() *Env {
	return e.with(func(c *Env) { c.quiet = true })
}

// WithTunnels is the environment for work that shares ports under these URLs.
func (e *Env) WithTunnels(urls map[int]string) *Env {
	return e.with(func(c *Env) { c.Tunnels = urls })
}

// WithSink is the environment for work whose events sink takes besides.
func (e *Env) WithSink(sink event.Sink) *Env {
	return e.with(func(c *Env) {
		before := c.Sink
		c.Sink = func(happened event.Event) { before(happened); sink(happened) }
	})
}

// with is a changed copy.
func (e *Env) with(change func(*Env)) *Env {
	changed, inner := *e, *e.Env
	changed.Env, inner.Asker = &inner, &changed
	change(&changed)
	return &changed
}

// ExitCode is an error that only stands for an exit code: what there is to say has been
// said.
type ExitCode int

// Error is for a bug alone: the code is all there is.
func (ExitCode) Error() string { return "ended" }

// Out is where results go.
func (p *Program) Out() io.Writer { return p.out }

// LostOutput is the failure for results that could not be written; nil for none.
func (p *Program) LostOutput() error { return p.out.lost() }

// Started tells whether a command began: its errors are not about usage.
func (p *Program) Started() bool { return p.started }

// Env is the environment of the command that began. Where none did, it is one that follows
// the flags as far as they are known; json says that one of them was --json.
func (p *Program) Env(json bool) *Env {
	if p.env == nil {
		p.open(settings.Settings{JSON: json})
	}
	return p.env
}

// Result is the result of the command; nil where it has none.
func (p *Program) Result() Result {
	if p.env == nil {
		return nil
	}
	return *p.env.result
}

// Close ends the output of the command.
func (p *Program) Close() {
	if p.env != nil {
		p.env.UI.Close()
		p.env = nil
	}
}

// Run makes a command's run function of one that gets the context and the environment. It
// merges the settings and opens the output before.
func (p *Program) Run(f func(ctx context.Context, env *Env, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		merged, err := settings.Load(c.Flags(), p.process.LookupEnv, settings.Dir(runtime.GOOS, p.process.Getenv, p.process.Home()))
		if err != nil {
			return err
		}
		if err := errors.Join(p.applyDryRun(c), p.applyProgress(&merged), p.applyANSI(&merged), p.applyCompatibility()); err != nil {
			return err
		}
		p.started = true
		p.open(merged)
		common := append(inherited(c), "--yes=false")
		p.env.main = func(ctx context.Context, args []string, process session.Process) int {
			return p.Main(ctx, append(slices.Clone(common), args...), process)
		}
		return f(c.Context(), p.env, args)
	}
}

// inherited are the flags that every command has, as they were given.
func inherited(c *cobra.Command) []string {
	var args []string
	c.InheritedFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Changed {
			return
		}
		values := []string{f.Value.String()}
		if several, ok := f.Value.(pflag.SliceValue); ok {
			values = several.GetSlice()
		}
		for _, value := range values {
			args = append(args, "--"+f.Name+"="+value)
		}
	})
	return args
}

// open opens the output, and makes the environment.
func (p *Program) open(merged settings.Settings) {
	out := p.newUI(merged)
	sink := out.Sink()
	if merged.Progress == progressQuiet && !merged.JSON {
		sink = quiet(sink)
	}
	p.env = NewEnv(p.session(merged, sink), out)
}

// NewEnv is the environment of a command that prints and asks through out.
func NewEnv(s *session.Env, out *ui.UI) *Env {
	e := &Env{Env: s, UI: out, result: new(Result)}
	e.Asker = e
	return e
}

// session is the environment for sessions.
func (p *Program) session(merged settings.Settings, sink event.Sink) *session.Env {
	built, process, given := version.Of(), p.process, p.flags.Flags
	given.Dir = cmp.Or(given.Dir, given.Root)
	process.Out = p.out
	return session.NewEnv(session.Env{
		Process: process, Flags: given, Settings: merged, Sink: sink, Stdin: p.stdin,
		Version: session.Version{Version: built.Version, Commit: built.Commit},
	})
}
