package command_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
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

const shop = "-- compose.yaml --\nname: shop\nservices: {web: {image: web}, db: {image: db}}\n"

// TestConfirm: y and yes agree, in any letters, and nothing else does; --yes answers, and
// without a terminal the question is an error that names what answers it.
func TestConfirm(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		typed []string
		yes   bool
		asked string // flags that answer; empty for those of Confirm
		want  bool
		code  fail.Code
	}{
		{"y", []string{"y"}, false, "", true, ""},
		{"Yes", []string{"  YES "}, false, "", true, ""},
		{"n", []string{"n"}, false, "", false, ""},
		{"Enter", []string{""}, false, "", false, ""},
		{"ye", []string{"ye"}, false, "", false, ""},
		{"the end", []string{}, false, "", false, ""},
		{"--yes", nil, true, "", true, ""},
		{"--yes with a terminal", []string{"n"}, true, "", true, ""},
		{"no terminal", nil, false, "", false, fail.NeedsAnswer},
		{"other flags", nil, false, "--force", false, fail.NeedsAnswer},
	} {
		w := cmdtest.New(t, shop)
		w.Typed, w.Settings.Yes = test.typed, test.yes
		var got bool
		r := w.Run(func(ctx context.Context, env *command.Env) (err error) {
			if test.asked != "" {
				got, err = env.ConfirmBy(ctx, "remove it?", test.asked)
			} else {
				got, err = env.Confirm(ctx, "remove it?")
			}
			return err
		})
		if got != test.want || r.Code() != test.code {
			t.Errorf("%s: %v, %v", test.name, got, r.Error)
		}
		if e, ok := errors.AsType[*fail.Error](r.Error); ok {
			want := test.asked
			if want == "" {
				want = "--yes"
			}
			if !strings.Contains(e.Hint, want) || !strings.Contains(e.Error(), "remove it?") {
				t.Errorf("%s: %s; %s", test.name, e.Error(), e.Hint)
			}
		}
		if asks := test.typed != nil && !test.yes; strings.Contains(r.Err, "remove it? [y/N]") != asks {
			t.Errorf("%s: said %q", test.name, r.Err)
		}
	}
}

// TestCanAsk: a user is there where both streams are a terminal, and neither --json nor the
// work itself says otherwise.
func TestCanAsk(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		in, out bool
		mode    ui.Mode
		quiet   bool
		want    bool
	}{
		{"a terminal", true, true, ui.Plain, false, true},
		{"input from a file", false, true, ui.Plain, false, false},
		{"errors to a file", true, false, ui.Plain, false, false},
		{"--json", true, true, ui.JSON, false, false},
		{"quiet work", true, true, ui.Plain, true, false},
	} {
		out := ui.New(ui.Streams{InTTY: test.in, ErrTTY: test.out}, test.mode)
		env := command.NewEnv(session.NewEnv(session.Env{}), out)
		if test.quiet {
			quiet := env.Quiet()
			if !env.CanAsk() || quiet.Env.CanAsk() {
				t.Error("Quiet changes the environment that it is made of, or not the one of sessions")
			}
			env = quiet
		}
		if got := env.CanAsk(); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
		out.Close()
	}
}

// TestAnswer gives a line without the space around it, each one its own question.
func TestAnswer(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Typed = []string{"  one ", "two"}
	w.Run(func(ctx context.Context, env *command.Env) error {
		for question, want := range map[string]string{"first: ": "one"} {
			if got, err := env.Answer(ctx, question, false); got != want || err != nil {
				t.Errorf("%q, %v", got, err)
			}
		}
		if got, err := env.Answer(ctx, "second: ", true); got != "two" || err != nil { // hidden, where it can be
			t.Errorf("%q, %v", got, err)
		}
		if got, err := env.Answer(ctx, "third: ", false); got != "" || err != nil {
			t.Errorf("%q, %v at the end of input", got, err)
		}
		return nil
	}).Fine(t).Says(t, "first: ", "second: ", "third: ")
}

// TestAnswerInterrupted: Ctrl-C ends a question that nobody answers.
func TestAnswerInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	in, typed := io.Pipe()
	t.Cleanup(func() { _ = typed.Close() })
	out := ui.New(ui.Streams{InTTY: true, ErrTTY: true, Err: cancelOn{"sure?", cancel}}, ui.Plain)
	defer out.Close()
	env := command.NewEnv(session.NewEnv(session.Env{Process: session.Process{In: in}}), out)
	if yes, err := env.Confirm(ctx, "sure?"); yes || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", yes, err)
	}
}

// cancelOn calls off once a text is written.
type cancelOn struct {
	text   string
	cancel context.CancelFunc
}

func (c cancelOn) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(c.text)) {
		c.cancel()
	}
	return len(p), nil
}

// TestWithTunnels leaves the environment that it is made of as it is.
func TestWithTunnels(t *testing.T) {
	t.Parallel()
	out := ui.New(ui.Streams{}, ui.Plain)
	defer out.Close()
	env := command.NewEnv(session.NewEnv(session.Env{}), out)
	with := env.WithTunnels(map[int]string{80: "https://x"})
	if with.Tunnels[80] != "https://x" || env.Tunnels != nil || with.Asker == env.Asker {
		t.Errorf("%v, %v", with.Tunnels, env.Tunnels)
	}
}

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

// row is a result with fields that templates name.
type row struct {
	Name, State string
	Count       int
	Labels      []string
}

// Upper is a method that templates may call.
func (r row) Upper() string { return strings.ToUpper(r.Name) }

// TestFormatted prints each row as the format says.
func TestFormatted(t *testing.T) {
	t.Parallel()
	rows := []any{row{"web", "up", 2, []string{"a", "b"}}, row{"d\x1b[31mb\nx", "exited", 0, nil}}
	for format, want := range map[string]string{
		"{{.Name}}":                               "web\ndbx\n",
		"{{.Name}}={{.Count}}":                    "web=2\ndbx=0\n",
		"{{.Upper}}":                              "WEB\nDBX\n",
		`{{join .Labels "+"}}{{lower "X"}}`:       "a+bx\nx\n",
		`{{.Name}}\t{{.State}}`:                   "web\tup\ndbx\texited\n",
		`{{json .Labels}}`:                        "[\"a\",\"b\"]\nnull\n",
		`{{range split .State "i"}}{{.}} {{end}}`: "up \nex ted \n",
	} {
		r := cmdtest.New(t, shop).Run(func(_ context.Context, env *command.Env) error { return env.Formatted(format, rows) }).Fine(t)
		if r.Out != want {
			t.Errorf("%s: %q, want %q", format, r.Out, want)
		}
	}
	table := cmdtest.New(t, shop).Run(func(_ context.Context, env *command.Env) error {
		return env.Formatted(`table {{.Name}}\t{{upper .State}}\tnumber {{.Count}}`, rows)
	}).Fine(t)
	if fields := strings.Join(strings.Fields(table.Out), " "); fields != "NAME STATE COUNT web UP number 2 dbx EXITED number 0" {
		t.Errorf("table: %q", table.Out)
	}
	asJSON := cmdtest.New(t, shop).Run(func(_ context.Context, env *command.Env) error { return env.Formatted("json", rows) }).Fine(t)
	if strings.Count(asJSON.Out, "\n") != 2 || !strings.Contains(asJSON.Out, `"Name":"web"`) || strings.Contains(asJSON.Out, "\x1b") {
		t.Errorf("json: %q", asJSON.Out)
	}
	for _, format := range []string{"{{", "{{.Nothing}}", "{{nothing .Name}}"} {
		r := cmdtest.New(t, shop).Run(func(_ context.Context, env *command.Env) error { return env.Formatted(format, rows) })
		if r.Code() != fail.Usage || r.Out != "" {
			t.Errorf("%s: %q, %v", format, r.Out, r.Error)
		}
	}
}

// TestCheckFormat knows two forms, and the words for the first of them.
func TestCheckFormat(t *testing.T) {
	t.Parallel()
	for format, ok := range map[string]bool{"": true, "table": true, "pretty": true, "json": true, "yaml": false, "{{.Name}}": false} {
		if err := command.CheckFormat(format); (err == nil) != ok {
			t.Errorf("%q: %v", format, err)
		}
	}
}

// full is a stream that takes no more.
type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

// TestLostOutput: results that could not be written are a failure, unless their reader
// closed the stream.
func TestLostOutput(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		code fail.Code
	}{
		{nil, ""},
		{syscall.EPIPE, ""},
		{syscall.EBADF, ""},
		{syscall.ENOSPC, fail.DiskFull},
		{syscall.EIO, fail.Failed},
	} {
		p := command.New(t.Context(), session.Process{Out: full{test.err}})
		for range 2 {
			_, _ = p.Out().Write([]byte("x"))
		}
		err := p.LostOutput()
		if (err == nil) != (test.code == "") || err != nil && fail.CodeOf(err) != test.code {
			t.Errorf("%v: %v", test.err, err)
		}
	}
}

// TestUsageErrors: what cobra finds wrong is said in devup's words, with the nearest flag.
func TestUsageErrors(t *testing.T) {
	t.Parallel()
	c := &cobra.Command{Use: "up"}
	c.Flags().Bool("detach", false, "")
	c.Flags().Int("count", 0, "")
	c.Flags().Var(command.NewDuration(time.Second), "wait-timeout", "")
	c.Flags().Bool("hidden", false, "")
	_ = c.Flags().MarkHidden("hidden")
	for args, words := range map[string][]string{
		"--detahc":              {"no flag --detahc", "`--detach`"},
		"--det":                 {"no flag --det", "`--detach`"},
		"--hidde":               {"no flag --hidde", "--help"},
		"--nothing-like-it":     {"no flag --nothing-like-it", "--help"},
		"--count=many":          {"--count", "a number", `"many"`},
		"--detach=perhaps":      {"--detach", "true or false", `"perhaps"`},
		"--wait-timeout=always": {"--wait-timeout", `"always"`, "90s"},
	} {
		err := command.FlagError(c, c.Flags().Parse([]string{args}))
		e, ok := errors.AsType[*fail.Error](err)
		if !ok || e.Code != fail.Usage {
			t.Fatalf("%s: %v", args, err)
		}
		for _, word := range words {
			if !strings.Contains(e.Error()+e.Hint, word) {
				t.Errorf("%s: %q is not in %s; %s", args, word, e.Error(), e.Hint)
			}
		}
	}
	for text, want := range map[string]string{
		"if any flags in the group [a b] are set none of the others can be; [a b] were all set": "--a and --b exclude each other",
		`unknown command "x" for "devup up"`:                                                    `"x" is one`,
		"anything else\nand more":                                                               "anything else",
	} {
		if got := command.UsageError(c, errors.New(text)); !strings.Contains(got.Error(), want) || strings.Contains(got.Error(), "and more") {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// TestEngineTimes gives times of one clock reading, and the errors of both flags.
func TestEngineTimes(t *testing.T) {
	t.Parallel()
	since, until, err := command.EngineTimes("1m", "1m")
	if err != nil || since != until || since == "1m" {
		t.Errorf("%s to %s, %v", since, until, err)
	}
	if _, _, err = command.EngineTimes("then", "now"); err == nil || !strings.Contains(err.Error(), `--since`) || !strings.Contains(err.Error(), "--until") {
		t.Errorf("error %v", err)
	}
}

// TestCompleteServices completes the names that are not there yet, and nothing where the
// files say none.
func TestCompleteServices(t *testing.T) {
	complete := func(w *cmdtest.World, args ...string) string {
		return w.Command(func(p *command.Program) *cobra.Command {
			return &cobra.Command{Use: "probe", ValidArgsFunction: p.CompleteServices, RunE: func(*cobra.Command, []string) error { return nil }}
		}, append([]string{cobra.ShellCompNoDescRequestCmd, "probe"}, args...)...).Err
	}
	w := cmdtest.New(t, shop)
	t.Chdir(w.Dir) // cobra asks before flags are read
	if got := complete(w, "web", ""); !strings.Contains(got, "db") || strings.Contains(got, "web") {
		t.Errorf("completes %q", got)
	}
	w.Write("compose.yaml", "services: [")
	if got := complete(w, ""); strings.Contains(got, "db") {
		t.Errorf("completes %q", got)
	}
}

// TestWords are those of sentences and tables.
func TestWords(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		command.List(nil):                                  "none",
		command.List([]string{"a", "b"}):                   "a, b",
		command.Plural(1, "it", "them"):                    "it",
		command.Plural(0, "it", "them"):                    "them",
		command.FirstLine("one\ntwo"):                      "one",
		command.FirstLine(""):                              "",
		command.Ellipsis("äöü", 3):                         "äöü",
		command.Ellipsis("äöüß", 3):                        "äö…",
		command.Ago(3 * time.Minute):                       "3 minutes ago",
		command.Size(1_530_000):                            "1.53MB",
		command.Nearest("x", nil, "--", "see the help"):    "see the help",
		command.Nearest("c", []string{"a", "b"}, "--", ""): "did you mean `--a` or `--b`?",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
