package command_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/test/cmdtest"
)

// probe is a command whose function is the test's.
func probe(f func(context.Context, *command.Env, []string) error, change ...func(*command.Program, *cobra.Command)) func(*command.Program) *cobra.Command {
	return func(p *command.Program) *cobra.Command {
		c := &cobra.Command{Use: "probe"}
		for _, more := range change {
			more(p, c)
		}
		c.RunE = p.Run(f)
		return c
	}
}

// TestGlobalFlags: what a command gets of the flags that every command has.
func TestGlobalFlags(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args, env string
		check     func(*command.Env) bool
	}{
		{"-f a.yaml probe -f b.yaml", "", func(e *command.Env) bool { return strings.Join(e.Flags.Files, " ") == "a.yaml b.yaml" }},
		{"-p shop probe", "", func(e *command.Env) bool { return e.Flags.Name == "shop" }},
		{"probe --profile a --profile b", "", func(e *command.Env) bool { return len(e.Flags.Profiles) == 2 }},
		{"probe --env-file x.env", "", func(e *command.Env) bool { return e.Flags.EnvFiles[0] == "x.env" }},
		{"probe --host tcp://box:1", "", func(e *command.Env) bool { return e.Settings.Host == "tcp://box:1" }},
		{"probe --context box", "", func(e *command.Env) bool { return e.Settings.Context == "box" }},
		{"-y probe", "", func(e *command.Env) bool { return e.Settings.Yes }},
		{"probe --json", "", func(e *command.Env) bool { return e.UI.Mode() == ui.JSON }},
		{"probe --progress plain", "", func(e *command.Env) bool { return e.UI.Mode() == ui.Plain }},
		{"probe --progress tty", "", func(e *command.Env) bool { return e.UI.Mode() == ui.TTY }},
		{"probe --progress tty", "TERM=dumb", func(e *command.Env) bool { return e.UI.Mode() == ui.TTY }},
		{"probe --ansi never", "", func(e *command.Env) bool { return e.UI.Mode() == ui.Plain && !e.UI.Streams().OutColor }},
		{"probe --ansi always", "", func(e *command.Env) bool { return e.UI.Streams().OutColor && e.UI.Streams().ErrColor }},
		{"probe --ansi always --no-color", "", func(e *command.Env) bool { return !e.UI.Streams().OutColor }},
		{"probe --ansi always", "NO_COLOR=1", func(e *command.Env) bool { return !e.UI.Streams().ErrColor }},
		{"probe", "COMPOSE_ANSI=always", func(e *command.Env) bool { return e.UI.Streams().OutColor }},
		{"probe --ansi auto", "COMPOSE_ANSI=always", func(e *command.Env) bool { return !e.UI.Streams().OutColor }},
		{"probe", "", func(e *command.Env) bool { return !e.UI.Streams().OutColor && !e.CanAsk() }},
	} {
		w := cmdtest.New(t, shop)
		if name, value, ok := strings.Cut(test.env, "="); ok {
			w.Env[name] = value
		}
		ran := false
		w.Command(probe(func(_ context.Context, env *command.Env, _ []string) error {
			if ran = true; !test.check(env) {
				t.Errorf("%s %s: %+v %+v", test.env, test.args, env.Flags, env.Settings)
			}
			return nil
		}), strings.Fields(test.args)...).Fine(t)
		if !ran {
			t.Errorf("%s: not run", test.args)
		}
	}
}

// TestRefusedFlags: what has no meaning is refused before the command begins.
func TestRefusedFlags(t *testing.T) {
	t.Parallel()
	for args, word := range map[string]string{
		"probe --ansi sometimes":  `"sometimes"`,
		"probe --compatibility":   "--compatibility",
		"--dry-run probe":         "dry run",
		"probe --progress loud":   "loud",
		"probe --credentials yes": "yes",
		"probe --jsno":            "--jsno",
	} {
		r := cmdtest.New(t, shop).Command(probe(func(context.Context, *command.Env, []string) error {
			t.Errorf("%s: begins", args)
			return nil
		}), strings.Fields(args)...)
		if r.Code() != fail.Usage {
			t.Errorf("%s: %v", args, r.Error)
		}
		r.Says(t, word)
	}
}

// TestFileFlag: where -f is a flag of the command's own, it is --file before the command.
func TestFileFlag(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"-f a.yaml probe -f":         "a.yaml true",
		"probe --file b.yaml":        "b.yaml false",
		"--file a.yaml probe --file": "",
	} {
		var follow bool
		got := ""
		r := cmdtest.New(t, shop).Command(probe(func(_ context.Context, env *command.Env, _ []string) error {
			got = strings.Join(env.Flags.Files, " ") + map[bool]string{true: " true", false: " false"}[follow]
			return nil
		}, func(p *command.Program, c *cobra.Command) {
			p.BindFile(c.Flags())
			c.Flags().BoolVarP(&follow, "follow", "f", false, "")
		}), strings.Fields(args)...)
		if got != want || (r.Error != nil) != (want == "") {
			t.Errorf("%s: %q, %v", args, got, r.Error)
		}
	}
}

// TestNameFlag: the same for -p.
func TestNameFlag(t *testing.T) {
	t.Parallel()
	var publish []string
	cmdtest.New(t, shop).Command(probe(func(_ context.Context, env *command.Env, _ []string) error {
		if env.Flags.Name != "store" || len(publish) != 1 {
			t.Errorf("name %q, published %q", env.Flags.Name, publish)
		}
		return nil
	}, func(p *command.Program, c *cobra.Command) {
		p.BindName(c.Flags())
		c.Flags().StringArrayVarP(&publish, "publish", "p", nil, "")
	}), "-p", "shop", "probe", "-p", "80:80", "--project-name", "store").Fine(t)
}

// TestDryRunFlag goes to a command with a flag of its own, and to one that is marked.
func TestDryRunFlag(t *testing.T) {
	t.Parallel()
	var own bool
	cmdtest.New(t, shop).Command(probe(func(context.Context, *command.Env, []string) error { return nil }, func(_ *command.Program, c *cobra.Command) {
		c.Flags().BoolVar(&own, "dry-run", false, "")
	}), "--dry-run", "probe").Fine(t)
	if !own {
		t.Error("the command's own flag is not set")
	}
	cmdtest.New(t, shop).Command(probe(func(_ context.Context, env *command.Env, _ []string) error {
		if !env.Flags.DryRun {
			t.Error("is no dry run")
		}
		return nil
	}, func(_ *command.Program, c *cobra.Command) { c.Annotations = command.HasDryRun }), "--dry-run", "probe").Fine(t)
}

// TestDuration reads what Compose and Go write.
func TestDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"90": 90 * time.Second, "90s": 90 * time.Second, "5m": 5 * time.Minute, "1.5h": 90 * time.Minute} {
		d := command.NewDuration(0)
		if err := d.Set(text); err != nil || time.Duration(*d) != want {
			t.Errorf("%s: %v, %v", text, d, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "0s", "-5m", "soon"} {
		d := command.NewDuration(time.Hour)
		if err := d.Set(text); err == nil || time.Duration(*d) != time.Hour {
			t.Errorf("%q is %v", text, d)
		}
	}
	if d := command.NewDuration(time.Minute); d.String() != "1m0s" || d.Type() != "duration" {
		t.Errorf("%s, %s", d.String(), d.Type())
	}
}

// TestStopTimeout: nothing is the containers' own time, 0 is none.
func TestStopTimeout(t *testing.T) {
	t.Parallel()
	if got := command.StopTimeout(-1); got != nil {
		t.Errorf("%v", *got)
	}
	for seconds, want := range map[int]time.Duration{0: 0, 3: 3 * time.Second} {
		if got := command.StopTimeout(seconds); got == nil || *got != want {
			t.Errorf("%d: %v", seconds, got)
		}
	}
}

// TestGatewayFlag: with a value or without.
func TestGatewayFlag(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]session.Gateway{
		"": session.GatewayAsConfigured, "--gateway": session.GatewayOn, "--gateway=true": session.GatewayOn,
		"--gateway=1": session.GatewayOn, "--gateway=false": session.GatewayOff,
	} {
		set := pflag.NewFlagSet("x", pflag.ContinueOnError)
		var g session.Gateway
		command.GatewayFlag(set, &g)
		if err := set.Parse(strings.Fields(args)); err != nil || g != want {
			t.Errorf("%q: %v, %v", args, g, err)
		}
		shown := map[session.Gateway]string{session.GatewayOn: "true", session.GatewayOff: "false"}[want]
		if got := set.Lookup("gateway").Value.String(); got != shown {
			t.Errorf("%q shows %q", args, got)
		}
	}
	set := pflag.NewFlagSet("x", pflag.ContinueOnError)
	var g session.Gateway
	command.GatewayFlag(set, &g)
	if err := set.Parse([]string{"--gateway=perhaps"}); err == nil {
		t.Error("perhaps is a value")
	}
}
