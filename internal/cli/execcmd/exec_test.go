package execcmd

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/test/cmdtest"
)

const shop = `
-- compose.yaml --
name: shop
services:
  web: {image: "web:1", depends_on: [db], ports: ["18477:80"], environment: {A: "1"}}
  db: {image: "db:1", healthcheck: {test: "true"}}
`

func newShop(t *testing.T) *cmdtest.World {
	t.Helper()
	w := cmdtest.New(t, shop)
	for _, image := range []string{"web:1", "db:1"} {
		w.Images.Add(image, fakeengine.ID(image))
	}
	return w
}

// exitCode is that of a command; -1 for an error that is another.
func exitCode(r cmdtest.Result) int {
	if r.Error == nil {
		return 0
	}
	if code, ok := r.Error.(command.ExitCode); ok { //nolint:errorlint // it is the value itself
		return int(code)
	}
	return -1
}

// TestExec runs a command in the container that is meant, and ends with its exit code.
func TestExec(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args string
		in   string
		code int
	}{
		{"exec web ls -l /", "exec ls -l / in shop-web-1", 0},
		{"exec --index 2 web ls", "exec ls in shop-web-2", 0},
		{"exec web fail", "exec fail in shop-web-1", 7},
		{"exec -T web fail --user x", "exec fail --user x in shop-web-1", 7},
		{"exec -d web fail", "exec fail in shop-web-1", 0},
	} {
		w := newShop(t)
		w.Has("web", "running")
		w.Has("web", "running")
		w.Exec = func(_ string, words []string) (string, int) {
			if words[0] == "fail" {
				return "it failed\n", 7
			}
			return "listed\n", 0
		}
		r := w.Command(NewExec, strings.Fields(test.args)...)
		if got := exitCode(r); got != test.code {
			t.Errorf("%s: exit code %d, %v", test.args, got, r.Error)
		}
		if got := w.Requests(); !slices.Equal(got, []string{test.in}) {
			t.Errorf("%s: %q, want %q", test.args, got, test.in)
		}
		if printed := r.Out != ""; printed == strings.Contains(test.args, "-d") {
			t.Errorf("%s: printed %q", test.args, r.Out)
		}
	}
}

// TestExecOptions: what the engine is told of the command.
func TestExecOptions(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Env["MINE"], w.Env["TERM"] = "own", "xterm"
	w.Has("web", "running")
	w.Command(NewExec, "exec", "-u", "ada", "-w", "/app", "--privileged", "-e", "A=1", "-e", "MINE", "-e", "UNSET", "-e", "EMPTY=", "web", "env").Fine(t)
	w.Command(NewExec, "exec", "-i=false", "web", "cat").Fine(t)
	all := w.Commands()
	o := all[0]
	if o.User != "ada" || o.WorkingDir != "/app" || !o.Privileged || o.TTY || !o.AttachStdin || !o.AttachStdout || !o.AttachStderr {
		t.Errorf("%+v", o)
	}
	if diff := cmp.Diff([]string{"A=1", "MINE=own", "EMPTY="}, o.Env); diff != "" {
		t.Error(diff)
	}
	if all[1].AttachStdin {
		t.Error("reads what it is not to")
	}
}

// TestExecRefuses: usage, services, containers, and what the engine cannot begin.
func TestExecRefuses(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Has("web", "running")
	w.Has("db", "exited")
	w.Exec = func(string, []string) (string, int) {
		return `OCI runtime exec failed: exec failed: unable to start container process: exec: "foo": executable file not found in $PATH`, 127
	}
	for args, code := range map[string]fail.Code{
		"exec web": fail.Usage, "exec": fail.Usage, "exec wbe ls": fail.UnknownService, "exec db ls": fail.Failed, "exec --index 4 web ls": fail.Failed,
		"exec -t -T web ls": fail.Usage, "exec -t web ls": fail.Usage, "exec web foo": fail.NoProgram,
	} {
		r := w.Command(NewExec, strings.Fields(args)...)
		if r.Code() != code || r.Out != "" {
			t.Errorf("%s: %q, %v, printed %q", args, r.Code(), r.Error, r.Out)
		}
	}
}

// TestWantsTerminal: a command gets a terminal where devup has one on both sides.
func TestWantsTerminal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		o        terminalOptions
		detached bool
		want     bool
		code     fail.Code
	}{
		{"no terminal", terminalOptions{interactive: true}, false, false, ""},
		{"asked for", terminalOptions{tty: true}, false, true, ""},
		{"asked for, to read from", terminalOptions{tty: true, interactive: true}, false, false, fail.Usage},
		{"asked for, detached", terminalOptions{tty: true, interactive: true}, true, true, ""},
		{"both", terminalOptions{tty: true, noTTY: true}, false, false, fail.Usage},
	} {
		var got bool
		r := newShop(t).Run(func(_ context.Context, env *command.Env) (err error) {
			got, err = wantsTerminal(env, test.o, test.detached)
			return err
		})
		if got != test.want || r.Code() != test.code {
			t.Errorf("%s: %v, %v", test.name, got, r.Error)
		}
	}
}

// TestOldNames: flags that Compose has renamed are taken by both names.
func TestOldNames(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Has("web", "running")
	w.Command(NewExec, "exec", "--no-TTY", "web", "ls").Fine(t)
	for old, now := range map[string]string{"no-TTY": "no-tty", "volumes": "volume", "labels": "label", "env": "env"} {
		if got := string(oldNames(nil, old)); got != now {
			t.Errorf("%s: %s", old, got)
		}
	}
}

// TestAttach shows what the process prints from now on, sends it what is read, and ends
// with its exit code.
func TestAttach(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Has("web", "running", func(c *fakeengine.Container) {
		c.Options.Config.OpenStdin = true
		c.Log = []fakeengine.Line{{Text: "before"}}
	})
	w.Stdin = "typed\n"
	w.Server.Before = func(call string) {
		if !strings.HasSuffix(call, "/wait") {
			return
		}
		w.Set("shop-web-1", func(c *fakeengine.Container) { c.Log = append(c.Log, fakeengine.Line{Text: "after"}) })
		w.End("shop-web-1", 3)
	}
	r := w.Command(NewAttach, "attach", "web")
	if exitCode(r) != 3 || strings.Contains(r.Out, "before") {
		t.Errorf("printed %q, %v", r.Out, r.Error)
	}
	r.Says(t, "after")
}

// TestAttachInterrupted: Ctrl-C reaches the process, or ends the connection alone.
func TestAttachInterrupted(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{"attach web": "kill SIGINT shop-web-1", "attach --sig-proxy=false web": ""} {
		w := newShop(t)
		w.Has("web", "running")
		ctx, cancel := context.WithCancel(t.Context())
		w.Server.Before = func(call string) {
			switch {
			case strings.HasSuffix(call, "/wait"):
				cancel()
			case strings.HasSuffix(call, "/kill"):
				w.End("shop-web-1", 130)
			}
		}
		w.Refuse = func(request string) error {
			if strings.HasPrefix(request, "kill") && want == "" {
				t.Errorf("%s: %s", args, request)
			}
			return nil
		}
		r := w.CommandUntil(ctx, NewAttach, strings.Fields(args)...)
		cancel()
		if want != "" && exitCode(r) != 130 || want == "" && r.Error == nil {
			t.Errorf("%s: %v", args, r.Error)
		}
		if got := strings.Join(w.Requests(), ", "); got != want {
			t.Errorf("%s: %q, want %q", args, got, want)
		}
	}
}

// TestAttachRefuses what does not run, and what is no service.
func TestAttachRefuses(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Has("db", "paused")
	for args, code := range map[string]fail.Code{"attach": fail.Usage, "attach web": fail.Failed, "attach db": fail.Failed, "attach wbe": fail.UnknownService} {
		if r := w.Command(NewAttach, strings.Fields(args)...); r.Code() != code {
			t.Errorf("%s: %v", args, r.Error)
		}
	}
}

// TestConstructors: what follows the service belongs to the command, with its flags.
func TestConstructors(t *testing.T) {
	t.Parallel()
	for name, construct := range map[string]func(*command.Program) *cobra.Command{"exec": NewExec, "run": NewRun} {
		w := newShop(t)
		w.Has("web", "running")
		w.Main = func(fakeengine.Container) (string, int, bool) { return "", 0, true }
		args := map[string][]string{"exec": {"exec", "web", "ls", "-u", "x", "--help"}, "run": {"run", "--no-deps", "--name", "once", "web", "ls", "-u", "x", "--help"}}[name]
		w.Command(construct, args...).Fine(t)
		words := ""
		if name == "exec" {
			words = strings.Join(w.Commands()[0].Cmd, " ")
		} else if c, ok := w.Container("once"); ok {
			words = strings.Join(c.Options.Config.Cmd, " ")
		}
		if words != "ls -u x --help" {
			t.Errorf("%s runs %q", name, words)
		}
	}
}
