//go:build e2e

package e2e

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/moby/moby/client"
)

// runInside runs a command in the container of a service, past devup.
func runInside(t *testing.T, project, service string, command ...string) string {
	t.Helper()
	id := inspect(t, project, service).ID
	made, err := docker.ExecCreate(t.Context(), id, client.ExecCreateOptions{Cmd: command, AttachStdout: true, TTY: true})
	if err != nil {
		t.Fatal(err)
	}
	stream, err := docker.ExecAttach(t.Context(), made.ID, client.ExecAttachOptions{TTY: true})
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	out, err := io.ReadAll(stream.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(out), "\r", "")
}

// TestCp: files go in and out as with cp, also of a container that is stopped; - is a tar
// archive.
func TestCp(t *testing.T) {
	t.Parallel()
	c := files(t, pair+"-- src/a.txt --\na\n-- src/sub/b.txt --\nb\n")
	c.devup(t, "up", "-d")
	c.devup(t, "cp", "src", "web:/new")
	c.devup(t, "cp", "src", "web:/tmp")
	c.devup(t, "cp", "src/a.txt", "web:/tmp/renamed")
	if got := runInside(t, c.name, "web", "find", "/new", "/tmp", "-type", "f"); got != "/new/a.txt\n/new/sub/b.txt\n/tmp/renamed\n/tmp/src/a.txt\n/tmp/src/sub/b.txt\n" {
		words := strings.Fields(got)
		if len(words) != 5 {
			t.Errorf("in the container: %q", got)
		}
	}
	c.devup(t, "stop", "-t", "1", "web")
	c.devup(t, "cp", "web:/new/.", "out")
	if got := c.read(t, "out/sub/b.txt"); got != "b\n" {
		t.Errorf("copied out: %q", got)
	}
	piped := c.command(t.Context(), "cp", "web:/new/a.txt", "-")
	archive, err := piped.Output()
	if err != nil {
		t.Fatal(err)
	}
	list := exec.CommandContext(t.Context(), "tar", "-t")
	list.Stdin = strings.NewReader(string(archive))
	if out, err := list.Output(); err != nil || string(out) != "a.txt\n" {
		t.Errorf("the archive holds %q, %v", out, err)
	}
	c.devup(t, "start", "web")
	in := c.command(t.Context(), "cp", "-", "web:/tmp")
	in.Stdin = strings.NewReader(string(archive))
	if out, err := in.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := runInside(t, c.name, "web", "cat", "/tmp/a.txt"); got != "a\n" {
		t.Errorf("from the archive: %q", got)
	}
	c.exits(t, 1, "cp", "web:/nowhere", ".")
}

func TestPortIsThatOfTheEngine(t *testing.T) {
	t.Parallel()
	c := small(t)
	c.devup(t, "up", "-d")
	want := ""
	for port, bindings := range inspect(t, c.name, "web").NetworkSettings.Ports {
		if port.String() == "8081/tcp" {
			want = bindings[0].HostIP.String() + ":" + bindings[0].HostPort + "\n"
		}
	}
	if r := c.devup(t, "port", "web", "8081"); r.out != want {
		t.Errorf("want %q, got\n%v", want, r)
	}
	c.exits(t, 1, "port", "web", "99")
}

// TestLookingCommands: what they print is what the engine has.
func TestLookingCommands(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	c.devup(t, "up", "-d")
	db := inspect(t, c.name, "db")
	if r := c.devup(t, "images", "-q"); r.out != strings.TrimPrefix(db.Image, "sha256:")+"\n" {
		t.Errorf("%v", r)
	}
	var rows []struct{ ContainerName, ID string }
	if r := c.devup(t, "images", "--format", "json"); json.Unmarshal([]byte(r.out), &rows) != nil || len(rows) != 2 || rows[0].ID != db.Image {
		t.Errorf("%v", r)
	}
	if r := c.devup(t, "volumes", "-q"); r.out != c.name+"_data\n" {
		t.Errorf("%v", r)
	}
	if r := c.devup(t, "volumes", "-q", "web"); r.out != "" {
		t.Errorf("web has no volume\n%v", r)
	}
	r := c.devup(t, "events", "--json", "--since", "5m", "--until", "0s", "web")
	var first struct{ Action, Service, Type, ID string }
	if err := json.NewDecoder(strings.NewReader(r.out)).Decode(&first); err != nil || first.Action != "create" || first.Service != "web" || first.Type != "container" {
		t.Errorf("%v, %v", err, r)
	}
	if r := c.run(t.Context(), "top", "web"); r.code == 0 && !strings.Contains(r.out, "sleep 1000") {
		t.Errorf("%v", r)
	} else if r.code != 0 && !strings.Contains(r.err, "has no ps") { // the engine asks its machine
		t.Errorf("%v", r)
	}
}

// TestLs: projects with what runs of them; stopped ones only with --all; a directory that is
// gone is said to be.
func TestLs(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	c.devup(t, "up", "-d")
	name := []string{"--filter", "name=^" + c.name + "$"}
	var rows []struct{ Name, Status, ConfigFiles string }
	r := c.devup(t, append([]string{"ls", "--format", "json"}, name...)...)
	if json.Unmarshal([]byte(r.out), &rows) != nil || len(rows) != 1 || rows[0].Status != "running(2)" || rows[0].ConfigFiles != c.path("devup.yaml") {
		t.Errorf("%v", r)
	}
	c.devup(t, "stop", "-t", "1")
	if r := c.devup(t, append([]string{"ls", "-q"}, name...)...); r.out != "" {
		t.Errorf("nothing of it runs\n%v", r)
	}
	if err := os.Rename(c.dir, c.dir+"-away"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Rename(c.dir+"-away", c.dir) }()
	elsewhere := *c
	elsewhere.dir = t.TempDir()
	r = elsewhere.devup(t, append([]string{"ls", "-a"}, name...)...)
	if !strings.Contains(r.out, "exited(2)") || !strings.Contains(r.out, "was deleted") {
		t.Errorf("%v", r)
	}
}

// TestWait: it ends when the service does, with its exit code; --down-project then takes
// the project down.
func TestWait(t *testing.T) {
	t.Parallel()
	c := files(t, strings.Replace(pair, "exec sleep 1000", "while [ ! -e /go ]; do sleep 0.1; done; exit 4", 1))
	c.devup(t, "up", "-d")
	cmd := c.command(t.Context(), "wait", "--down-project", "web")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	runInside(t, c.name, "web", "touch", "/go")
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 4 {
		t.Errorf("exit %d, want 4", code)
	}
	if got := containers(t, c.name); len(got) > 0 {
		t.Errorf("left: %v", got)
	}
}

// TestAttach: the process's output comes, what is typed reaches it, and its exit code is
// devup's.
func TestAttach(t *testing.T) {
	t.Parallel()
	c := files(t, strings.Replace(pair, "init: true\n    command: sh -c 'echo hello from web; exec sleep 1000'",
		"init: true\n    stdin_open: true\n    command: sh -c 'read a; echo got $$a; read b; exit 6'", 1))
	c.devup(t, "up", "-d")
	cmd := c.command(t.Context(), "attach", "web")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(in, "typed\n")
	buffer := make([]byte, 100)
	n, _ := out.Read(buffer)
	if got := string(buffer[:n]); got != "got typed\n" {
		t.Errorf("it printed %q", got)
	}
	_, _ = io.WriteString(in, "end\n")
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 6 {
		t.Errorf("exit %d, want 6", code)
	}
}

// TestAttachWithoutSignals: Ctrl-C ends devup alone.
func TestAttachWithoutSignals(t *testing.T) {
	t.Parallel()
	c := files(t, strings.Replace(pair, "exec sleep 1000", "while sleep 0.1; do echo tick; done", 1))
	c.devup(t, "up", "-d")
	cmd := c.command(t.Context(), "attach", "--no-stdin", "--sig-proxy=false", "web")
	var out output
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, out.says("tick", 1)) // it is connected
	_ = cmd.Process.Signal(syscall.SIGINT)
	_ = cmd.Wait()
	if web := stateOf(t, c.name, "web"); cmd.ProcessState.ExitCode() != 130 || web != "running" {
		t.Errorf("exit %d, web is %s", cmd.ProcessState.ExitCode(), web)
	}
}
