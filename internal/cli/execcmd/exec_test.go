package execcmd

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
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

// TestRun starts what the service depends on, runs a command in a container of its own,
// and ends with its exit code.
func TestRun(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args string
		code int
		left string // containers
	}{
		{"run --rm web sh -c x", 5, "shop-db-1 running"},
		{"run --name once web sh", 5, "once exited, shop-db-1 running"},
		{"run --rm --no-deps web", 5, ""},
		{"run -d --name once web", 0, "once exited, shop-db-1 running"},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			w := newShop(t)
			w.Main = func(c fakeengine.Container) (string, int, bool) {
				return "hello\n", 5, !strings.Contains(c.Name, "-db-")
			}
			r := w.Command(NewRun, strings.Fields(test.args)...)
			if got := exitCode(r); got != test.code {
				t.Fatalf("exit code %d: %v\n%s", got, r.Error, r.Err)
			}
			var left []string
			for _, name := range w.Names() {
				if rest, ok := strings.CutPrefix(name, "container "); ok {
					left = append(left, rest)
				}
			}
			if got := strings.Join(left, ", "); got != test.left {
				t.Errorf("left %s, want %s", got, test.left)
			}
			if detached := strings.Contains(test.args, "run -d"); !detached && r.Out != "hello\n" || detached && len(strings.TrimSpace(r.Out)) != 64 {
				t.Errorf("printed %q", r.Out)
			}
		})
	}
}

// TestRunNeverBegan: a command that the engine cannot begin leaves no container.
func TestRunNeverBegan(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"run --no-deps --name once web foo", "run --no-deps -d --name once web foo"} {
		w := newShop(t)
		w.Refuse = func(request string) error {
			if request == "start once" {
				return fail.New(fail.Failed, "", "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: \"foo\": executable file not found in $PATH: unknown")
			}
			return nil
		}
		r := w.Command(NewRun, strings.Fields(args)...)
		if r.Code() != fail.NoProgram {
			t.Errorf("%s: %q, %v", args, r.Code(), r.Error)
		}
		if _, left := w.Container("once"); left {
			t.Errorf("%s: the container is left", args)
		}
	}
}

// TestRunRefuses usage before anything is opened, and a dry run changes nothing.
func TestRunRefuses(t *testing.T) {
	t.Parallel()
	for args, code := range map[string]fail.Code{
		"run": fail.Usage, "run --pull perhaps web": fail.Usage, "run -t -T web": fail.Usage, "run wbe": fail.UnknownService,
		"run --no-deps -l team web": fail.Usage, "run --no-deps --entrypoint 'x web": fail.Usage, "run --no-deps -p x:y:z:w web": fail.Usage,
	} {
		w := newShop(t)
		if r := w.Command(NewRun, strings.Fields(args)...); r.Code() != code {
			t.Errorf("%s: %q, %v", args, r.Code(), r.Error)
		}
		for _, name := range w.Names() {
			if strings.HasPrefix(name, "container") {
				t.Errorf("%s: made %s", args, name)
			}
		}
	}
	w := newShop(t)
	w.Command(NewRun, "--dry-run", "run", "web").Fine(t).Says(t, "shop-db-1", "run shop-web-run")
	if got := w.Requests(); len(got) > 0 || len(w.Names()) > 0 {
		t.Errorf("changed %q", got)
	}
}

// TestOneOffService: the service as the flags change it; that of the project stays.
func TestOneOffService(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Write("more.env", "B=2\nA=from-file\n")
	w.Env["MINE"] = "own"
	service := types.ServiceConfig{Name: "web"}
	service.Command, service.Entrypoint, service.CapAdd, service.CapDrop = []string{"serve"}, []string{"/entry"}, []string{"A", "B"}, []string{"C"}
	service.Labels, service.Ports = types.Labels{"kept": "1"}, []types.ServicePortConfig{{Target: 80}}
	p := &types.Project{Name: "shop", Services: types.Services{"web": service}, Volumes: types.Volumes{"data": {Name: "shop_data"}}}
	w.Run(func(_ context.Context, env *command.Env) error {
		for _, test := range []struct {
			name  string
			argv  []string
			o     runOptions
			check func(*types.Project, types.ServiceConfig) bool
		}{
			{"nothing", nil, runOptions{terminalOptions: terminalOptions{interactive: true}}, func(_ *types.Project, s types.ServiceConfig) bool {
				return s.Command[0] == "serve" && s.Entrypoint[0] == "/entry" && len(s.Ports) == 0 && s.StdinOpen && !s.Tty
			}},
			{"detached", nil, runOptions{detach: true, terminalOptions: terminalOptions{interactive: true}}, func(_ *types.Project, s types.ServiceConfig) bool { return !s.StdinOpen }},
			{"a command", []string{"sh", "-c", "x"}, runOptions{}, func(_ *types.Project, s types.ServiceConfig) bool { return len(s.Command) == 3 }},
			{"an entrypoint", nil, runOptions{entrypoint: optional{"sh -c 'a b'", true}}, func(_ *types.Project, s types.ServiceConfig) bool {
				return slices.Equal(s.Entrypoint, []string{"sh", "-c", "a b"}) && s.Command != nil && len(s.Command) == 0
			}},
			{"no entrypoint", []string{"ls"}, runOptions{entrypoint: optional{"", true}}, func(_ *types.Project, s types.ServiceConfig) bool {
				return slices.Equal(s.Entrypoint, []string{""}) && s.Command[0] == "ls"
			}},
			{"a user", nil, runOptions{user: "ada", workdir: "/w"}, func(_ *types.Project, s types.ServiceConfig) bool { return s.User == "ada" && s.WorkingDir == "/w" }},
			{"capabilities", nil, runOptions{capAdd: []string{"C"}, capDrop: []string{"B"}}, func(_ *types.Project, s types.ServiceConfig) bool {
				return slices.Equal(s.CapAdd, []string{"A", "C"}) && slices.Equal(s.CapDrop, []string{"B"})
			}},
			{"labels", nil, runOptions{labels: []string{"team=a=b"}}, func(_ *types.Project, s types.ServiceConfig) bool {
				return s.Labels["team"] == "a=b" && s.Labels["kept"] == "1"
			}},
			{"variables", nil, runOptions{env: []string{"A=flag", "MINE", "UNSET"}, envFiles: []string{filepath.Join(w.Dir, "more.env")}}, func(_ *types.Project, s types.ServiceConfig) bool {
				_, unset := s.Environment["UNSET"]
				return *s.Environment["A"] == "flag" && *s.Environment["B"] == "2" && *s.Environment["MINE"] == "own" && !unset
			}},
			{"its ports", nil, runOptions{servicePorts: true}, func(_ *types.Project, s types.ServiceConfig) bool {
				return len(s.Ports) == 1 && s.Ports[0].Target == 80
			}},
			{"other ports", nil, runOptions{publish: []string{"8080:81", "10.0.0.1:82:82"}}, func(_ *types.Project, s types.ServiceConfig) bool {
				return len(s.Ports) == 2 && s.Ports[0].HostIP == "127.0.0.1" && s.Ports[0].Published == "8080" && s.Ports[1].HostIP == "10.0.0.1"
			}},
			{"volumes", nil, runOptions{volumes: []string{"data:/d", "elsewhere:/e", "~/x:/x"}}, func(p *types.Project, s types.ServiceConfig) bool {
				return len(s.Volumes) == 3 && bool(p.Volumes["elsewhere"].External) && !bool(p.Volumes["data"].External) && s.Volumes[2].Source == filepath.Join(w.Home, "x")
			}},
		} {
			own, s, err := oneOffService(env, p, "web", test.argv, test.o, false, "127.0.0.1")
			if err != nil || !test.check(own, s) {
				t.Errorf("%s: %v\n%+v", test.name, err, s)
			}
		}
		return nil
	}).Fine(t)
	if diff := cmp.Diff(service.Labels, p.Services["web"].Labels); diff != "" || len(p.Volumes) != 1 || len(p.Services["web"].Environment) != 0 {
		t.Errorf("the project was changed: %s%+v", diff, p)
	}
}

// TestRunSink hides the progress that the flags hide.
func TestRunSink(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		o    runOptions
		want []event.Kind
	}{
		{runOptions{}, []event.Kind{event.Step, event.Image, event.Container}},
		{runOptions{quietBuild: true}, []event.Kind{event.Container}},
		{runOptions{quietPull: true}, []event.Kind{event.Container}},
		{runOptions{quiet: true}, nil},
	} {
		var heard []event.Kind
		sink := test.o.sink(func(e event.Event) { heard = append(heard, e.Kind) })
		for _, kind := range []event.Kind{event.Step, event.Image, event.Container} {
			sink(event.Event{Kind: kind})
		}
		if !slices.Equal(heard, test.want) {
			t.Errorf("%+v: %v", test.o, heard)
		}
	}
}

// archive is a tar archive of one file.
func archive(t *testing.T, name, content string) string {
	t.Helper()
	var b bytes.Buffer
	files := tar.NewWriter(&b)
	if err := files.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content))}); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(files, content)
	_ = files.Close()
	return b.String()
}

// unpacked are the entries of an archive: "name=content".
func unpacked(t *testing.T, packed []byte) string {
	t.Helper()
	var all []string
	reader := tar.NewReader(bytes.NewReader(packed))
	for {
		h, err := reader.Next()
		if err != nil {
			return strings.Join(all, " ")
		}
		content, _ := io.ReadAll(reader)
		all = append(all, h.Name+"="+string(content))
	}
}

// newFiles gives a project of which web has files in two containers.
func newFiles(t *testing.T) *cmdtest.World {
	t.Helper()
	w := cmdtest.New(t, shop+"-- note.txt --\nhello\n")
	for _, state := range []string{"running", "exited"} {
		w.Has("web", state, func(c *fakeengine.Container) {
			c.Files = map[string]container.PathStat{
				"/": {Name: "/", Mode: fs.ModeDir}, "/app": {Name: "app", Mode: fs.ModeDir}, "/app/log": {Name: "log", Size: 8},
				"/link": {Name: "link", LinkTarget: "app"}, "/circle": {Name: "circle", LinkTarget: "/circle"},
			}
		})
	}
	w.Has("web", "exited", func(c *fakeengine.Container) {
		c.Name, c.Options.Config.Labels[plan.LabelOneOff] = "shop-web-run-1", "True"
	})
	return w
}

// TestCopyIn copies into all containers of a service, running or not.
func TestCopyIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ to, args, want, where string }{
		{"web:/app", "", "note.txt=hello\n", "shop-web-1 shop-web-2"},
		{"web:/app/new", "", "new=hello\n", "shop-web-1 shop-web-2"},
		{"web:/link", "", "note.txt=hello\n", "shop-web-1 shop-web-2"},
		{"web:/app", "--index=2", "note.txt=hello\n", "shop-web-2"},
		{"web:/app/log", "", "log=hello\n", "shop-web-1 shop-web-2"},
	} {
		w := newFiles(t)
		args := append([]string{"cp"}, strings.Fields(test.args)...)
		r := w.Command(NewCp, append(args, filepath.Join(w.Dir, "note.txt"), test.to)...).Fine(t)
		var where []string
		for _, name := range []string{"shop-web-1", "shop-web-2", "shop-web-run-1"} {
			c, _ := w.Container(name)
			if len(c.Copied) == 0 {
				continue
			}
			where = append(where, name)
			if got := unpacked(t, c.Copied); got != test.want {
				t.Errorf("%s: %q, want %q", test.to, got, test.want)
			}
		}
		if got := strings.Join(where, " "); got != test.where {
			t.Errorf("%s: into %s, want %s", test.to, got, test.where)
		}
		r.Says(t, "copied")
	}
}

// TestCopyInArchive: an archive on stdin is unpacked in each container.
func TestCopyInArchive(t *testing.T) {
	t.Parallel()
	w := newFiles(t)
	w.Stdin = archive(t, "a", "x")
	w.Command(NewCp, "cp", "-", "web:/app").Fine(t)
	for _, name := range []string{"shop-web-1", "shop-web-2"} {
		if c, _ := w.Container(name); unpacked(t, c.Copied) != "a=x" {
			t.Errorf("%s: %q", name, c.Copied)
		}
	}
}

// TestCopyOut copies a file or a directory of the first container.
func TestCopyOut(t *testing.T) {
	t.Parallel()
	w := newFiles(t)
	w.Command(NewCp, "cp", "web:/app/log", filepath.Join(w.Dir, "got")).Fine(t)
	if got := w.Read("got"); got != "/app/log" {
		t.Errorf("got %q", got)
	}
	w.Command(NewCp, "cp", "web:/app/log", w.Dir).Fine(t)
	if got := w.Read("log"); got != "/app/log" {
		t.Errorf("log %q", got)
	}
	w.Command(NewCp, "cp", "web:/app", filepath.Join(w.Dir, "dir")).Fine(t)
	if info, err := os.Stat(filepath.Join(w.Dir, "dir")); err != nil || !info.IsDir() {
		t.Errorf("%v", err)
	}
	if r := w.Command(NewCp, "cp", "web:/app/log", "-").Fine(t); unpacked(t, []byte(r.Out)) != "log=/app/log" {
		t.Errorf("printed %q", r.Out)
	}
}

// TestCopyRefuses what is no copy, and names what is missing on either side.
func TestCopyRefuses(t *testing.T) {
	t.Parallel()
	w := newFiles(t)
	note := filepath.Join(w.Dir, "note.txt")
	for _, test := range []struct {
		from, to string
		code     fail.Code
		word     string
	}{
		{"web:/a", "db:/b", fail.Usage, "from one service to another"},
		{note, "there", fail.Usage, "SERVICE:PATH"},
		{"web:", "there", fail.Usage, "path is missing"},
		{note, "wbe:/app", fail.UnknownService, "wbe"},
		{note, "db:/app", fail.Failed, "db has no container"},
		{note, "web:/none/", fail.Failed, "/none/"},
		{note, "web:/none/file", fail.Failed, "/none/"},
		{w.Dir, "web:/app/log", fail.Failed, "/app/log"},
		{filepath.Join(w.Dir, "none"), "web:/app", fail.Failed, "none"},
		{note, "web:/circle", fail.Failed, "circle"},
		{"-", "web:/app/log", fail.Failed, "/app/log"},
		{"web:/none", w.Dir, fail.Failed, "/none"},
		{"web:/app", note, fail.Failed, "note.txt"},
	} {
		r := w.Command(NewCp, "cp", test.from, test.to)
		if r.Code() != test.code {
			t.Errorf("%s to %s: %q, %v", test.from, test.to, r.Code(), r.Error)
		}
		r.Says(t, test.word)
	}
	if r := w.Command(NewCp, "cp", note); r.Code() != fail.Usage {
		t.Errorf("one path: %v", r.Error)
	}
}

// TestAbsoluteIn: a link of a container leads on from where it is.
func TestAbsoluteIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ link, target, want string }{{"/a/b", "c", "/a/c"}, {"/a/b", "/c", "/c"}, {"/a/b", "../c", "/c"}, {"link", "c", "c"}} {
		if got := absoluteIn(test.link, test.target); got != test.want {
			t.Errorf("%s to %s: %s", test.link, test.target, got)
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
