package execcmd

import (
	"context"
	"io"

	"github.com/moby/moby/client"
	"github.com/spf13/pflag"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/containerexec"
	"github.com/devup-cli/devup/internal/fail"
)

// terminalOptions say whether a command in a container gets a terminal and what it can
// read.
type terminalOptions struct {
	noTTY       bool
	tty         bool // asked for, not only because there is one
	interactive bool
}

// flags declares the flags by which people and scripts say it.
func (o *terminalOptions) flags(f *pflag.FlagSet) {
	f.BoolVarP(&o.noTTY, "no-tty", "T", false, "give the command no terminal")
	f.BoolVarP(&o.interactive, "interactive", "i", true, "connect the command to devup's standard input")
	f.BoolVarP(&o.tty, "tty", "t", false, "give the command a terminal, which it gets anyway where there is one")
	_ = f.MarkHidden("tty") // it exists
}

// oldNames knows the names that flags had in Compose once and that scripts still use.
func oldNames(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	switch name {
	case "no-TTY":
		name = "no-tty"
	case "volumes":
		name = "volume"
	case "labels":
		name = "label"
	}
	return pflag.NormalizedName(name)
}

// wantsTerminal decides whether a command gets a terminal: where devup has one on both
// sides. Detached it has none to lend.
func wantsTerminal(env *command.Env, o terminalOptions, detached bool) (bool, error) {
	s := env.UI.Streams()
	switch {
	case o.tty && o.noTTY:
		return false, fail.New(fail.Usage, "", "--tty and --no-tty exclude each other")
	case o.tty && o.interactive && !detached && !s.InTTY:
		return false, fail.New(fail.Usage, "leave out -t, or write -T", "-t needs a terminal, and devup's standard input is not one")
	case o.tty:
		return true, nil
	}
	return s.InTTY && s.OutTTY && !o.noTTY && !detached, nil
}

// input is what a command may read: nothing, where it is not asked to.
func input(env *command.Env, interactive bool) io.Reader {
	if !interactive {
		return nil
	}
	return env.In
}

// pipe connects the streams to a command until its output ends. A nil input leaves the
// command's alone; out takes what it prints, but for its stderr where it has one.
func pipe(ctx context.Context, env *command.Env, conn client.HijackedResponse, in io.Reader, out io.Writer, tty bool) error {
	return containerexec.Streams{In: in, Out: out, Err: env.Err, TTY: tty}.Copy(ctx, conn)
}
