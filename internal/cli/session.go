package cli

import (
	"cmp"
	"context"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/owner"
	"github.com/devup-cli/devup/internal/project"
)

// home is the person's home directory: the one that the environment names, else, as
// under a service manager that sets none, the account's. It is empty where there is none.
func (a *app) home() string {
	name := "HOME"
	if runtime.GOOS == "windows" {
		name = "USERPROFILE"
	}
	if dir := a.stdio.env(name); dir != "" {
		return dir
	}
	if account, err := user.Current(); err == nil {
		return account.HomeDir
	}
	return ""
}

// stateDir is [stateDir] of the user who runs devup; empty for one that is another user's.
func (a *app) stateDir() string {
	dir := stateDir(runtime.GOOS, a.stdio.env, a.home())
	if dir == "" || !owner.Foreign(dir) {
		return dir
	}
	text := dir + " belongs to another user or lets others write to it, so devup keeps nothing there: give it to yourself with mode 0700, or set XDG_STATE_HOME"
	if _, said := a.noted.LoadOrStore(text, true); !said {
		a.note(text)
	}
	return ""
}

// stateDir is the folder for what devup keeps between runs, empty where there is no
// home to have it in.
func stateDir(goos string, env func(string) string, home string) string {
	if dir := env("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "devup")
	}
	switch {
	case goos == "windows" && env("LocalAppData") != "":
		return filepath.Join(env("LocalAppData"), "devup")
	case home == "":
		return ""
	case goos == "darwin":
		return filepath.Join(home, "Library", "Application Support", "devup", "state")
	default:
		return filepath.Join(home, ".local", "state", "devup")
	}
}

// projectOptions say which project the flags mean. -C changes where everything is
// looked for, as in git and make; with -f it also is what relative paths in the
// files are relative to, as in Compose.
func (a *app) projectOptions(services ...string) project.Options {
	o := project.Options{
		Dir: a.flags.dir, Files: a.absolute(a.flags.files), Name: a.flags.name,
		EnvFiles: a.absolute(a.flags.envFiles), Profiles: a.flags.profiles,
		Env: environment(a.stdio.Environ), Services: services, Stdin: a.stdin,
	}
	if len(a.flags.files) > 0 {
		o.Root = a.flags.dir
	}
	return o
}

// absolute makes the paths of flags independent of -C: they are relative to where
// the person stands.
func (a *app) absolute(paths []string) []string {
	made := slices.Clone(paths)
	for i, p := range made {
		if full, err := filepath.Abs(p); err == nil && p != "-" {
			made[i] = full
		}
	}
	return made
}

// environment is the process's environment by name.
func environment(environ []string) map[string]string {
	byName := map[string]string{}
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok && name != "" {
			byName[name] = value
		}
	}
	return byName
}

// load reads the project and tells what is worth knowing of it.
func (a *app) load(ctx context.Context, services ...string) (*project.Project, error) {
	o := a.projectOptions(services...)
	return a.read(ctx, &o)
}

// connect finds the engine. start says that one which is installed may be started.
func (a *app) connect(ctx context.Context, start bool) (*engine.Engine, error) {
	e, err := engine.Connect(ctx, engine.Options{
		Host: a.settings.Host, Context: a.settings.Context,
		LookupEnv: a.stdio.LookupEnv, Home: a.home(), Start: start, Sink: a.ui.Sink(),
	})
	a.engine = e
	return e, err
}

// person is the user and group whose files a checkout's are to be: this process's own, and
// for root, with sudo or in a container, the owner of the folder.
func (a *app) person() (uid, gid int) {
	uid, gid = os.Getuid(), os.Getgid()
	if uid != 0 {
		return uid, gid
	}
	info, err := os.Stat(cmp.Or(a.flags.dir, "."))
	if err != nil {
		return uid, gid
	}
	uid, gid, _ = owner.Of(info) // root's, where the system knows none
	return uid, gid
}

// owner is the user and group that files on bind mounts should belong to.
func (a *app) owner(e *engine.Engine) func(context.Context) (uid, gid int, err error) {
	return func(ctx context.Context) (int, int, error) {
		facts, err := e.Facts(ctx)
		if err != nil {
			return 0, 0, err
		}
		uid, gid := a.person()
		uid, gid = facts.FileOwner(uid, gid, runtime.GOOS, e.Local())
		return uid, gid, nil
	}
}
