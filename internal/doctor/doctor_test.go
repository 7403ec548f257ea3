package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/workspace"
)

func TestRunKeepsTheOrderAndTheTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		after := func(d time.Duration, found Finding) func(context.Context) Finding {
			return func(ctx context.Context) Finding {
				select {
				case <-time.After(d):
					return found
				case <-ctx.Done():
					return problem("gave up", "")
				}
			}
		}
		began := time.Now()
		findings := Run(t.Context(), []Check{
			{"slow", after(3*time.Second, good("a"))},
			{"fast", after(time.Second, Finding{Text: "b"})},
			{"endless", after(time.Hour, good("c"))},
		}, 5*time.Second)
		var got []string
		for _, f := range findings {
			got = append(got, fmt.Sprintf("%s %s %s %s", f.Name, f.Level, f.Text, f.Took))
		}
		want := []string{"slow ok a 3s", "fast ok b 1s", "endless problem gave up 5s"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("took %s: the checks did not run side by side", took)
		}
		if Worst(findings) != Problem || Worst(findings[:2]) != OK {
			t.Errorf("worst is %s and %s", Worst(findings), Worst(findings[:2]))
		}
	})
}

// find gives the finding of one check among all.
func find(t *testing.T, o Options, name string) Finding {
	t.Helper()
	for _, f := range Run(t.Context(), Checks(o), time.Minute) {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("there is no check %s", name)
	return Finding{}
}

func (f Finding) line() string { return fmt.Sprintf("%s: %s | %s", f.Level, f.Text, f.Hint) }

// podmanEngine connects to a small server that answers as an engine does.
func smallEngine(t *testing.T, headers map[string]string, info string) func(context.Context, bool) (*engine.Engine, error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.51")
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		if strings.HasSuffix(r.URL.Path, "/info") {
			_, _ = w.Write([]byte(info))
		}
	}))
	t.Cleanup(server.Close)
	return func(ctx context.Context, start bool) (*engine.Engine, error) {
		return engine.Connect(ctx, engine.Options{
			Host: "tcp://" + server.Listener.Addr().String(), Start: start,
			LookupEnv: func(string) (string, bool) { return "", false },
		})
	}
}

func TestEngine(t *testing.T) {
	t.Parallel()
	buildKit := map[string]string{"Builder-Version": "2"}
	tests := []struct {
		name    string
		headers map[string]string
		info    string
		want    string // HOST stands for the engine's address
	}{
		{
			"well", buildKit, `{"ServerVersion": "28.5.2", "OSType": "linux", "MemTotal": 8589934592}`,
			"ok: Docker 28.5.2 at HOST (the setting host), API 1.51 | ",
		},
		{
			"rootless", buildKit, `{"ServerVersion": "28.5.2", "SecurityOptions": ["name=rootless"]}`,
			"ok: rootless Docker 28.5.2 at HOST (the setting host), API 1.51 | ",
		},
		{
			"Docker Desktop", buildKit, `{"ServerVersion": "28.5.2", "OperatingSystem": "Docker Desktop"}`,
			"ok: Docker in a virtual machine 28.5.2 at HOST (the setting host), API 1.51 | ",
		},
		{
			"Podman",
			map[string]string{"Libpod-Api-Version": "4.3.1"},
			`{"ServerVersion": "4.3.1"}`,
			"warning: Podman 4.3.1 at HOST (the setting host), API 1.51, without BuildKit | images are built one step after the other, without build caches; Docker 20.10 or newer does better",
		},
		{
			"little memory", buildKit, `{"ServerVersion": "28.5.2", "MemTotal": 1073741824}`,
			"warning: Docker 28.5.2 at HOST (the setting host), API 1.51, with 1.0 GiB of memory only | give the engine 4 GiB; building a frontend takes two",
		},
		{
			"Windows containers", buildKit, `{"ServerVersion": "28.5.2", "OSType": "windows"}`,
			"problem: Docker 28.5.2 at HOST (the setting host), API 1.51, set to Windows containers | switch Docker Desktop to Linux containers",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			connect := smallEngine(t, tt.headers, tt.info)
			e, err := connect(t.Context(), false)
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			got := find(t, Options{Connect: connect}, "engine").line()
			if want := strings.ReplaceAll(tt.want, "HOST", e.Endpoint); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestNoEngineCanBeStarted(t *testing.T) {
	t.Parallel()
	started := false
	connect := func(_ context.Context, start bool) (*engine.Engine, error) {
		started = started || start
		return nil, fail.New(fail.NoEngine, "start it", "Docker is installed, but not running")
	}
	found := find(t, Options{Connect: connect}, "engine")
	if got, want := found.line(), "problem: Docker is installed, but not running | start it"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if started {
		t.Error("the check started an engine")
	}
	if found.Fix != nil {
		t.Error("devup cannot start it, and offers to")
	}
}

func TestAnEngineThatMayBeStartedIsStarted(t *testing.T) {
	t.Parallel()
	started := false
	stopped := fail.Wrap(&engine.Stopped{Product: "Colima", Startable: true}, fail.NoEngine, "start it", "Colima is installed, but not running")
	connect := func(_ context.Context, start bool) (*engine.Engine, error) {
		started = started || start
		return nil, stopped
	}
	fix := find(t, Options{Connect: connect}, "engine").Fix
	if fix == nil || !fix.Safe || fix.Does != "start Colima" || started {
		t.Fatalf("got %+v, started %v", fix, started)
	}
	if err := fix.Do(t.Context()); !errors.Is(err, stopped) || !started {
		t.Errorf("got %v, started %v", err, started)
	}
}

func TestDisk(t *testing.T) {
	t.Parallel()
	const gib = int64(gibibyte)
	room := map[string]int64{"/src/app": 20 * gib, "/var/lib/docker": 20 * gib, "/src/tight": 2 * gib, "/src/full": 300 << 20}
	free := func(dir string) (Space, error) {
		if free, ok := room[dir]; ok {
			return Space{Free: free, Total: 100 * gib}, nil
		}
		if dir == "/broken" {
			return Space{}, errors.New("input/output error")
		}
		if dir == "/" {
			return Space{Free: 30 * gib}, nil
		}
		return Space{}, &os.PathError{Op: "statfs", Path: dir, Err: fs.ErrPermission}
	}
	const prune = "remove images and build caches that nothing uses: `docker system prune`"
	tests := []struct{ name, project, root, want string }{
		{"room", "/src/app", "/var/lib/docker", "ok: 20.0 GiB free for /src/app; 20.0 GiB free for /var/lib/docker | "},
		{"tight", "/src/tight", "/var/lib/docker", "warning: 2.0 GiB free for /src/tight; 20.0 GiB free for /var/lib/docker | " + prune},
		{"full", "/src/app", "/src/full", "problem: 20.0 GiB free for /src/app; 300 MiB free for /src/full | " + prune},
		{"closed to this user", "/src/app", "/closed/docker", "ok: 20.0 GiB free for /src/app; 30.0 GiB free for /closed/docker | "},
		{"broken", "/broken", "", "warning: /broken cannot be read: input/output error | " + prune},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			connect := smallEngine(t, nil, fmt.Sprintf(`{"DockerRootDir": %q}`, tt.root))
			got := find(t, Options{Connect: connect, Machine: Machine{Free: free, GOOS: "linux"}, Project: Project{Dir: tt.project}}, "disk").line()
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestFreeSpaceOfThisMachine(t *testing.T) {
	t.Parallel()
	space, err := FreeSpace(t.TempDir())
	if err != nil || space.Free <= 0 || space.Total < space.Free {
		t.Errorf("got %+v, %v", space, err)
	}
	if _, err := FreeSpace(t.TempDir() + "/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a directory that is not there: got %v", err)
	}
}

func TestWorkspaceAndSettings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		options Options
		check   string
		want    string
	}{
		{Options{}, "workspace", "ok: this machine; port 3000 would be at http://localhost:3000 | "},
		{
			Options{Workspace: workspace.Info{Title: "Gitpod", Template: "https://{port}-x.gitpod.io"}},
			"workspace",
			"ok: Gitpod; port 3000 would be at https://3000-x.gitpod.io | ",
		},
		{
			Options{Workspace: workspace.Info{Title: "Gitpod", Note: "the URLs are not known: X is not set; set Y"}},
			"workspace",
			"warning: Gitpod: the URLs are not known: X is not set | set Y",
		},
		{Options{}, "settings", "ok: no file; the defaults hold | "},
		{Options{Settings: settings.Settings{File: "/cfg/config.yaml"}}, "settings", "ok: from /cfg/config.yaml | "},
	}
	for _, tt := range tests {
		if got := find(t, tt.options, tt.check).line(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	file := func(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }
	scripts := file("#!/bin/sh\r\nexit 0\r\n")
	clean := fstest.MapFS{
		"bin/start.sh": file("#!/bin/sh\nexit 0\n"), "README.md": scripts, "empty.sh": file(""), "short": file("#!"),
		"node_modules/x/run.sh": scripts, ".git/hooks/pre-commit": scripts, "notes": file("no script\r\n"),
	}
	dirty := fstest.MapFS{"bin/start.sh": scripts, "entrypoint": scripts, "manage.py": file("#!/usr/bin/env python\r\n"), "my job.sh": scripts}
	const hint = "`sed -i 's/\\r$//' bin/start.sh entrypoint manage.py 'my job.sh'`; so that it stays, put " +
		"`*.sh text eol=lf`, `entrypoint text eol=lf`, `*.py text eol=lf` into .gitattributes and run `git add --renormalize .`"
	tests := []struct {
		name  string
		files fs.FS
		want  string
	}{
		{"clean", clean, "ok:  | "},
		{
			"scripts",
			dirty,
			"warning: Windows line endings, with which no script starts in a container: bin/start.sh, entrypoint, manage.py and 1 more | " + hint,
		},
		{"a directory that is gone", os.DirFS("/no/such/directory"), "warning: the project's files cannot be read: stat .: no such file or directory | "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := find(t, Options{Project: Project{Files: tt.files}}, "files").line(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestLineEndingsAreMended: each file is rewritten whole, and may be executed as before.
func TestLineEndingsAreMended(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "start.sh")
	if err := os.WriteFile(file, []byte("#!/bin/sh\r\nprintf 'a\rb'\r\n"), 0o755); err != nil { //nolint:gosec // a script
		t.Fatal(err)
	}
	o := Options{Project: Project{Dir: dir, Files: os.DirFS(dir)}}
	found := find(t, o, "files")
	if found.Fix == nil || found.Fix.Safe || found.Fix.Does != "give start.sh the line endings of Linux" {
		t.Fatalf("it offers %+v", found.Fix)
	}
	if err := found.Fix.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if want := "#!/bin/sh\nprintf 'a\rb'\n"; err != nil || string(text) != want {
		t.Errorf("got %q, %v; want %q", text, err, want)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
	if got := find(t, o, "files").line(); got != "ok:  | " {
		t.Errorf("then %s", got)
	}
}
