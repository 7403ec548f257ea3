package session

import (
	"context"
	"io"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/consent"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/owner"
	"github.com/devup-cli/devup/internal/prepare"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/settings"
)

// Process is what the operating system gave to this run of devup.
type Process struct {
	In        io.Reader
	Out, Err  io.Writer
	LookupEnv func(string) (string, bool)
	Environ   []string // "NAME=value"

	// Detach starts devup with other arguments, and does not wait for it; nil where nothing can
	// outlive this run.
	Detach func(args, env []string) error

	// SecondInterrupt gives a context that ends at the second interruption, which otherwise
	// ends devup, and what takes that back; nil where there is none.
	SecondInterrupt func(context.Context) (second context.Context, stop context.CancelFunc)
}

// UntilSecondInterrupt gives a context that ends when the user interrupts a second time: what is under
// way is to end at once, and devup ends it. Until stop is called, the process goes on then.
func (p Process) UntilSecondInterrupt(ctx context.Context) (second context.Context, stop context.CancelFunc) {
	if p.SecondInterrupt == nil {
		return context.WithCancel(context.WithoutCancel(ctx))
	}
	return p.SecondInterrupt(ctx)
}

// Getenv is the value of an environment variable, empty where it is not set.
func (p Process) Getenv(name string) string {
	value, _ := p.LookupEnv(name)
	return value
}

// Home is the user's home directory: the one that the environment names, else, as under a
// service manager that sets none, the account's. It is empty where there is none.
func (p Process) Home() string {
	name := "HOME"
	if runtime.GOOS == "windows" {
		name = "USERPROFILE"
	}
	if dir := p.Getenv(name); dir != "" {
		return dir
	}
	if account, err := user.Current(); err == nil {
		return account.HomeDir
	}
	return ""
}

// Flags say which project is meant. Every command has them.
type Flags struct {
	Dir      string   // -C: where everything is looked for
	Root     string   // --project-directory: what relative paths in the files are relative to; it is also Dir, where that is not given
	Files    []string // -f
	Name     string   // -p
	Profiles []string
	EnvFiles []string
	DryRun   bool
}

// Env is what every command has before it opens a session. Make it with [NewEnv]. It does
// not change, and is safe for concurrent use.
type Env struct {
	Process
	Flags    Flags
	Settings settings.Settings
	Version  Version
	Sink     event.Sink
	Asker    prepare.Asker          // nil: nothing is asked
	Stdin    func() ([]byte, error) // all of standard input, read once; for a config from there
	Tunnels  map[int]string         // URLs of the ports that this run shares; nil for those of other runs

	memo *memo
}

// Version is what devup was built from.
type Version struct{ Version, Commit string }

// String is both, for comparing one devup with another.
func (v Version) String() string { return v.Version + " " + v.Commit }

// memo is what is found out once for a run of devup.
type memo struct {
	checkouts sync.Map // a *checkout.Checkout by its directory
	noted     sync.Map // notes that are made once
	egress    func() egress.Settings
	engine    atomic.Pointer[engine.Engine] // the last that was connected to
}

// NewEnv completes an environment.
func NewEnv(e Env) *Env {
	if e.Sink == nil {
		e.Sink = func(event.Event) {}
	}
	e.memo = &memo{}
	e.memo.egress = sync.OnceValue(e.readEgress)
	return &e
}

// CanAsk tells whether a user is there to answer.
func (e *Env) CanAsk() bool { return e.Asker != nil && e.Asker.CanAsk() }

// Note reports something that is worth knowing besides the result.
func (e *Env) Note(text string) { e.Sink(event.Event{Kind: event.Note, Text: text}) }

// noteOnce is Note for what is found more than once in a run.
func (e *Env) noteOnce(text string) {
	if _, said := e.memo.noted.LoadOrStore(text, true); !said {
		e.Note(text)
	}
}

// LastEngine is the engine that this run connected to last; nil for none.
func (e *Env) LastEngine() *engine.Engine { return e.memo.engine.Load() }

// StateDir is the directory for what devup keeps between runs. It is empty where there is
// no home directory, and, with a note, where it belongs to another user.
func (e *Env) StateDir() string {
	dir := stateDir(runtime.GOOS, e.Getenv, e.Home())
	if dir == "" || !owner.Foreign(dir) {
		return dir
	}
	e.noteOnce(dir + " belongs to another user or others may write to it, so devup stores nothing there: chown it to yourself with mode 0700, or set XDG_STATE_HOME")
	return ""
}

func stateDir(goos string, getenv func(string) string, home string) string {
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "devup")
	}
	switch {
	case goos == "windows" && getenv("LocalAppData") != "":
		return filepath.Join(getenv("LocalAppData"), "devup")
	case home == "":
		return ""
	case goos == "darwin":
		return filepath.Join(home, "Library", "Application Support", "devup", "state")
	default:
		return filepath.Join(home, ".local", "state", "devup")
	}
}

// stateSubdir is a directory in that of the state; empty where there is none.
func (e *Env) stateSubdir(names ...string) string {
	if dir := e.StateDir(); dir != "" {
		return filepath.Join(append([]string{dir}, names...)...)
	}
	return ""
}

// Consents is what the user has agreed to.
func (e *Env) Consents() consent.Memory { return consent.Memory{Dir: e.stateSubdir("consent")} }

// Preparer gets what a fresh clone lacks.
func (e *Env) Preparer() *prepare.Preparer {
	asker := e.Asker
	if asker == nil {
		asker = silent{}
	}
	return &prepare.Preparer{Asker: asker, Yes: e.Settings.Yes, Note: e.Note, Checkout: e.Checkout, Consents: e.Consents()}
}

// silent is an asker without a user.
type silent struct{ prepare.Asker }

func (silent) CanAsk() bool { return false }

// ProjectOptions say which project the flags mean. -C changes where everything is looked
// for, as in git and make; with -f it also is what relative paths in the files are
// relative to, as in Compose.
func (e *Env) ProjectOptions(ctx context.Context, w Want) project.Options {
	o := project.Options{
		Dir: e.Flags.Dir, Files: absolute(e.Flags.Files, e.Home()), Name: e.Flags.Name,
		EnvFiles: absolute(e.Flags.EnvFiles, e.Home()), Profiles: e.Flags.Profiles,
		Env: e.Variables(), Services: w.Services, ModelURL: e.Settings.ModelURL, NoDeps: w.NoDeps && len(w.Services) > 0, Stdin: e.Stdin,
		Answers: func(root string) []byte { return e.Checkout(root).ReadAnswers(ctx) },
	}
	o.ReadOnly, o.Unset = !w.Prepare, w.Unset
	switch {
	case e.Flags.Root != "":
		o.Root = e.Flags.Root
	case len(e.Flags.Files) > 0:
		o.Root = e.Flags.Dir
	}
	return o
}

// absolute makes the paths of flags independent of -C: they are relative to the current
// directory.
func absolute(paths []string, home string) []string {
	made := slices.Clone(paths)
	for i, p := range made {
		if full, err := filepath.Abs(composefile.InHome(p, home)); err == nil && p != "-" {
			made[i] = full
		}
	}
	return made
}

// Variables are those of the environment by name.
func (p Process) Variables() map[string]string {
	byName := map[string]string{}
	for _, pair := range p.Environ {
		if name, value, ok := strings.Cut(pair, "="); ok && name != "" {
			byName[name] = value
		}
	}
	return byName
}
