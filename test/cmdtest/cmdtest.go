// Package cmdtest is for tests of commands: a [World] is a project of the test's own on an
// engine that runs nothing, and runs commands there, with and without a terminal.
package cmdtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/spf13/cobra"
	"golang.org/x/tools/txtar"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/lock"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/test/contract"
)

// World is a directory with a project, a home directory, and an engine. The fields are
// changed before a command runs.
type World struct {
	*fakeengine.Machine
	Images *fakeengine.Images
	Server *fakeengine.Server

	Dir, Home string
	Host      string // of the engine
	Env       map[string]string
	Settings  settings.Settings // for [World.Run]
	Flags     session.Flags     // for [World.Run]
	JSON      bool              // for [World.Run]
	Stdin     string            // where nothing is typed

	Detach  func(args, env []string) error // see [session.Process]
	Insists context.Context                // ends when the user interrupts a second time; nil for never

	// Typed are the lines that a user types at a terminal, which there is where it is not
	// nil. Asked is called before each with what was said so far; nil for nothing.
	Typed []string
	Asked func(said string)

	t *testing.T
}

// New gives a world with the files of an archive in its directory.
func New(t *testing.T, archive string) *World {
	t.Helper()
	base := t.TempDir()
	w := &World{
		Machine: fakeengine.New(), Images: &fakeengine.Images{Registry: map[string]string{}},
		Dir: filepath.Join(base, "shop"), Home: filepath.Join(base, "home"), t: t,
		Settings: settings.Settings{Credentials: "ask"},
	}
	w.Server = &fakeengine.Server{Machine: w.Machine, Images: w.Images}
	w.Host = w.Server.Serve(t)
	w.Env = map[string]string{"HOME": w.Home, "PATH": os.Getenv("PATH"), "DOCKER_HOST": w.Host}
	w.Flags.Dir = w.Dir
	for _, dir := range []string{w.Dir, w.Home} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		w.Write(f.Name, string(f.Data))
	}
	return w
}

// Write writes a file of the project.
func (w *World) Write(name, content string) {
	w.t.Helper()
	file := filepath.Join(w.Dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// Read is a file of the project, empty where there is none.
func (w *World) Read(name string) string {
	text, _ := os.ReadFile(filepath.Join(w.Dir, name))
	return string(text)
}

// Has gives the engine a container of a service of the project shop, with the next number,
// as changes say, and its name.
func (w *World) Has(service, state string, changes ...func(*fakeengine.Container)) (name string) {
	number := 1
	for name = ""; ; number++ {
		name = fmt.Sprintf("shop-%s-%d", service, number)
		if _, taken := w.Container(name); !taken {
			break
		}
	}
	c := fakeengine.Container{Name: name, State: state, Options: client.ContainerCreateOptions{
		Config: &container.Config{Image: service, Labels: map[string]string{
			plan.LabelProject: "shop", plan.LabelService: service, plan.LabelNumber: fmt.Sprint(number), plan.LabelOneOff: "False", plan.LabelWorkingDir: w.Dir,
		}},
		HostConfig: &container.HostConfig{},
	}}
	for _, change := range changes {
		change(&c)
	}
	w.Add(c)
	return name
}

// Result is what came of a command.
type Result struct {
	Out, Err string
	Error    error
}

// Code is that of the error; empty for none.
func (r Result) Code() fail.Code {
	if r.Error == nil {
		return ""
	}
	return fail.CodeOf(r.Error)
}

// Says fails the test unless each of the words is in what the command said, printed or
// failed with.
func (r Result) Says(t *testing.T, words ...string) {
	t.Helper()
	text := fmt.Sprint(r.Out, r.Err, r.Error)
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q is not said in:\n%s", word, text)
		}
	}
}

// Fine fails the test where the command failed.
func (r Result) Fine(t *testing.T) Result {
	t.Helper()
	if r.Error != nil {
		t.Fatalf("%v\n%s%s", r.Error, r.Out, r.Err)
	}
	return r
}

// process is what a command gets of the operating system.
func (w *World) process(in io.Reader, out, err io.Writer) session.Process {
	p := session.Process{In: in, Out: out, Err: err, Detach: w.Detach, LookupEnv: func(name string) (string, bool) { value, ok := w.Env[name]; return value, ok }}
	for _, name := range slices.Sorted(maps.Keys(w.Env)) {
		p.Environ = append(p.Environ, name+"="+w.Env[name])
	}
	if w.Insists != nil {
		p.SecondInterrupt = func(context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(w.Insists) }
	}
	return p
}

// Command runs a command with arguments, and without a terminal.
func (w *World) Command(construct func(*command.Program) *cobra.Command, args ...string) Result {
	w.t.Helper()
	return w.CommandUntil(w.t.Context(), construct, args...)
}

// CommandUntil is [World.Command], interrupted when ctx ends.
func (w *World) CommandUntil(ctx context.Context, construct func(*command.Program) *cobra.Command, args ...string) Result {
	var out, said Text
	p := command.New(ctx, w.process(strings.NewReader(w.Stdin), &out, &said))
	root := &cobra.Command{Use: "devup", SilenceErrors: true, SilenceUsage: true, TraverseChildren: true}
	p.BindGlobal(root.PersistentFlags())
	root.SetFlagErrorFunc(command.FlagError)
	root.AddCommand(construct(p))
	root.SetArgs(append([]string{"-C", w.Dir}, args...))
	root.SetOut(&said)
	root.SetErr(&said)
	err := root.ExecuteContext(ctx)
	code := 0
	if err != nil {
		code = fail.CodeOf(err).Exit()
	}
	if result := p.Result(); result != nil {
		result.Print(err, code)
	}
	p.Close()
	return w.result(&out, &said, err)
}

// result is what came of a command, whose objects in JSON are those that are documented.
func (w *World) result(out, said *Text, err error) Result {
	w.t.Helper()
	if undocumented := contract.Check(out.String() + said.String()); undocumented != nil {
		w.t.Error(undocumented)
	}
	return Result{Out: out.String(), Err: said.String(), Error: err}
}

// Run calls the function of a command with an environment of the world, with a terminal
// where something is typed.
func (w *World) Run(f func(ctx context.Context, env *command.Env) error) Result {
	w.t.Helper()
	return w.RunUntil(w.t.Context(), f)
}

// RunUntil is [World.Run], interrupted when ctx ends.
func (w *World) RunUntil(ctx context.Context, f func(ctx context.Context, env *command.Env) error) Result {
	var out, said Text
	env := w.NewEnv(&out, &said)
	err := f(ctx, env)
	env.UI.Close()
	return w.result(&out, &said, err)
}

// NewEnv is an environment of the world that prints to out and says to said.
func (w *World) NewEnv(out io.Writer, said *Text) *command.Env {
	terminal := w.Typed != nil
	var in io.Reader = strings.NewReader(w.Stdin)
	if terminal {
		in = &typist{lines: w.Typed, asked: func() {
			if w.Asked != nil {
				w.Asked(said.String())
			}
		}}
	}
	mode := ui.Plain
	if w.JSON {
		mode = ui.JSON
	}
	shown := ui.New(ui.Streams{In: in, Out: out, Err: said, InTTY: terminal, ErrTTY: terminal}, mode)
	return command.NewEnv(session.NewEnv(session.Env{
		Process: w.process(in, out, said), Flags: w.Flags, Settings: w.Settings, Sink: shown.Sink(),
	}), shown)
}

// Locked tells whether a devup holds the lock of a project on the engine.
func (w *World) Locked(project string) bool {
	held, err := os.Stat(filepath.Join(w.state(), "locks", lock.Name(w.Host, project)+".lock.busy"))
	return err == nil && held != nil
}

// Lock holds the lock of a project on the engine, as another devup does, until it is
// released.
func (w *World) Lock(project string) (release func()) {
	w.t.Helper()
	held, err := lock.Acquire(w.t.Context(), filepath.Join(w.state(), "locks"), w.Host, project, func() {})
	if err != nil {
		w.t.Fatal(err)
	}
	return held.Release
}

// state is devup's own directory.
func (w *World) state() string { return filepath.Join(w.Home, ".local", "state", "devup") }

// typist types a line whenever one is read.
type typist struct {
	lines []string
	asked func()
}

// Read gives the next line.
func (t *typist) Read(p []byte) (int, error) {
	if len(t.lines) == 0 {
		return 0, io.EOF
	}
	t.asked()
	n := copy(p, t.lines[0]+"\n")
	t.lines = t.lines[1:]
	return n, nil
}

// Text is a buffer that may be written and read at the same time.
type Text struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

// Write adds to the text.
func (b *Text) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

// String is the text so far.
func (b *Text) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
