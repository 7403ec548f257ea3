package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/lock"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	kernel := func(watches, instances string) fs.FS {
		return fstest.MapFS{
			"proc/sys/fs/inotify/max_user_watches":   {Data: []byte(watches + "\n")},
			"proc/sys/fs/inotify/max_user_instances": {Data: []byte(instances + "\n")},
		}
	}
	tests := []struct {
		name  string
		files fs.FS
		want  string
	}{
		{"enough", kernel("524288", "128"), "ok:  | "},
		{"unknown", fstest.MapFS{}, "ok:  | "},
		{
			"few directories", kernel("8192", "128"),
			"warning: this machine allows watching of 8192 directories, which live reload soon uses up | " +
				"`sudo sysctl fs.inotify.max_user_watches=524288`; to keep it, put that into /etc/sysctl.d/60-inotify.conf",
		},
		{
			"few of both", kernel("8192", "64"),
			"warning: this machine allows watching of 8192 directories, by 64 programs, which live reload soon uses up | " +
				"`sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512`; to keep it, put that into /etc/sysctl.d/60-inotify.conf",
		},
	}
	for _, tt := range tests {
		if got := checkLimits(Machine{GOOS: "linux", Files: tt.files}).line(); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
	if got := checkLimits(Machine{GOOS: "darwin", Files: kernel("1", "1")}); got.Level != needless {
		t.Errorf("macOS: got %s", got.line())
	}
}

func TestDriveOfWindows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		wsl  bool
		dir  string
		want Level
	}{
		{true, "/mnt/c/Users/ada/app", Warning},
		{true, "/home/ada/app", OK},
		{true, "/mnt/data/app", OK},
		{false, "/mnt/d/app", needless},
	}
	for _, tt := range tests {
		if got := checkDrive(Options{Machine: Machine{WSL: tt.wsl}, Project: Project{Dir: tt.dir}}); got.Level != tt.want {
			t.Errorf("%+v: got %s", tt, got.line())
		}
	}
}

// engineOf is a small engine that says info of itself.
func engineOf(t *testing.T, info string) func(context.Context) (*engine.Engine, error) {
	t.Helper()
	connect := smallEngine(t, map[string]string{"Builder-Version": "2"}, info)
	return func(ctx context.Context) (*engine.Engine, error) { return connect(ctx, false) }
}

func TestRootless(t *testing.T) {
	t.Parallel()
	const info = `{"SecurityOptions": ["name=rootless"], "MemoryLimit": true}`
	tests := []struct{ name, info, config, want string }{
		{"one of root", `{"MemoryLimit": true}`, "{image: x, ports: ['80:80']}", "needless:  | "},
		{"nothing it cannot do", info, "{image: x, ports: ['8080:80']}", "ok: ports from 1024 on can be published | "},
		{
			"a low port", info, "{image: x, ports: ['80:80', '8080:80']}",
			"warning: a rootless engine cannot publish ports below 1024, and the project uses 80 | publish others, such as 8080, or run `sudo sysctl net.ipv4.ip_unprivileged_port_start=80`",
		},
		{
			"a service with rights", info, "{image: x, privileged: true}",
			"warning: a rootless engine cannot give services the rights of this machine's root, and these ask for them: web | use the system's engine for them: `docker context use default`",
		},
		{
			"no limits", `{"SecurityOptions": ["name=rootless"]}`, "{image: x}",
			"warning: this rootless engine does not enforce limits of memory | delegate the cgroup controllers: docs.docker.com/engine/security/rootless/tips",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := Options{Project: clone(t, "-- compose.yaml --\nservices: {web: "+tt.config+"}\n")}
			if got := checkRootless(t.Context(), o, engineOf(t, tt.info)).line(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	ask := func(behind time.Duration) askRegistry {
		return func(context.Context) (reach, error) {
			now := time.Now()
			return reach{host: "registry.example.com", asked: now, date: now.Add(behind).Truncate(time.Second)}, nil
		}
	}
	silent := func(context.Context) (reach, error) { return reach{err: errors.New("no network")}, nil }
	at := func(off time.Duration) string {
		return fmt.Sprintf(`{"SystemTime": %q}`, time.Now().Add(off).Format(time.RFC3339Nano))
	}
	tests := []struct {
		name, info string
		asks       []askRegistry
		want       string
	}{
		{"nothing says", `{}`, []askRegistry{silent}, "needless:  | "},
		{"right", at(time.Second), []askRegistry{ask(0), silent}, "ok:  | "},
		{"engine behind", at(-2 * time.Hour), nil, "warning: the engine's clock is 2h0m"},
		{"machine ahead", `{}`, []askRegistry{silent, ask(-5 * time.Minute)}, "warning: this machine's clock is 5m"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := checkClock(t.Context(), engineOf(t, tt.info), tt.asks).line()
			if exact := strings.HasSuffix(tt.want, "| "); exact && got != tt.want || !strings.HasPrefix(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	leave := func(t *testing.T, age time.Duration, killed bool) Machine {
		t.Helper()
		dir := t.TempDir()
		held, err := lock.Acquire(t.Context(), filepath.Join(dir, "locks"), "unix:///x.sock", "shop", func() {})
		if err != nil {
			t.Fatal(err)
		}
		held.Release()
		files, _ := filepath.Glob(filepath.Join(dir, "locks", "*.lock"))
		if killed {
			if err := os.WriteFile(files[0]+".busy", nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(files[0], then, then); err != nil {
			t.Fatal(err)
		}
		return Machine{StateDir: dir}
	}
	if got := checkState(leave(t, time.Hour, false)).line(); got != "ok:  | " {
		t.Errorf("used lately: got %s", got)
	}
	if got, want := checkState(leave(t, time.Hour, true)).full(), "warning: a devup was killed or interrupted while it worked on project shop | the next `devup up` or `devup down` there finishes what it left"; got != want {
		t.Errorf("killed:\ngot  %s\nwant %s", got, want)
	}
	old := leave(t, 2*longAgo, true)
	found := checkState(old)
	if want := "warning: devup keeps locks that were unused for a month, of project shop | \nfix: remove these locks"; found.full() != want {
		t.Errorf("old:\ngot  %s\nwant %s", found.full(), want)
	}
	if err := found.Fix.Do(t.Context()); err != nil || !found.Fix.Safe {
		t.Errorf("removing: %v, safe %v", err, found.Fix.Safe)
	}
	if got := checkState(old).line(); got != "ok:  | " {
		t.Errorf("after that: got %s", got)
	}
}

func TestForwarding(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	open := listener.Addr().(*net.TCPAddr).Port
	observe := func(ports ...Published) func(context.Context) (State, error) {
		return func(context.Context) (State, error) { return State{Published: ports}, nil }
	}
	here := engineOf(t, `{}`)
	far := func(context.Context) (*engine.Engine, error) { return &engine.Engine{Endpoint: "ssh://ada@box"}, nil }
	tests := []struct {
		name    string
		find    func(context.Context) (*engine.Engine, error)
		observe func(context.Context) (State, error)
		want    string
	}{
		{"nothing runs", here, observe(), "needless:  | "},
		{"open", here, observe(Published{"web", "127.0.0.1", open}), fmt.Sprintf("ok: %d takes connections | ", open)},
		{
			"silent", here, observe(Published{"web", "127.0.0.1", open}, Published{"api", "127.0.0.1", 1}),
			"warning: the engine publishes ports that nothing answers at on this machine: 1 (api) | restart the engine; if devup runs in a container, run that with the host's network",
		},
		{
			"far away", far, observe(),
			"warning: the engine is another machine, and the ports of services are published there: ssh://ada@box | open them there, or bring them here, for example with `ssh -L 3000:localhost:3000 HOST`",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := checkForwarding(t.Context(), tt.find, tt.observe).line(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	if !refused(&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}) {
		t.Error("a refused connection is not seen as one")
	}
}

// TestOfProjects: several projects stand below the sentence, a line each.
func TestOfProjects(t *testing.T) {
	t.Parallel()
	if got, want := ofProjects("locks of %s", []string{"a", "b"}, "hint").full(), "warning: locks of 2 projects | hint\n- a\n- b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
