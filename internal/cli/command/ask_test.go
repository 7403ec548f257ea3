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

// TestAnswerInterrupted: Ctrl-C ends a question that no one answers.
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
