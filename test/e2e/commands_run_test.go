//go:build e2e

package e2e

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/containerd/console"
	"github.com/moby/moby/api/types/container"
)

// oneOffs are the containers of one-off commands of a project.
func oneOffs(t *testing.T, project string) []container.Summary {
	t.Helper()
	return slices.DeleteFunc(containers(t, project), func(c container.Summary) bool {
		return c.Labels["com.docker.compose.oneoff"] != "True"
	})
}

// noOneOff waits until the engine has forgotten the containers that --rm removes: for a
// moment it still lists them as dead.
func noOneOff(t *testing.T, project string) {
	t.Helper()
	eventually(t, func() (bool, string) { return len(oneOffs(t, project)) == 0, "the container is there" })
}

// TestRunOnce: what the service depends on runs before, the service itself is not
// started, the exit code is the command's, and --rm leaves no container.
func TestRunOnce(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	r := c.exits(t, 5, "run", "--rm", "web", "sh", "-c", "echo $COLOR; echo bad >&2; exit 5")
	noOneOff(t, c.name)
	got := containers(t, c.name)
	if len(got) != 1 || got[0].Labels["com.docker.compose.service"] != "db" || got[0].State != "running" {
		t.Errorf("containers: %v", got)
	}
	if r.out != "blue\n" || !strings.Contains(r.err, "bad") {
		t.Errorf("%v", r)
	}
}

// TestRunOnceFlags: the container is named and labelled as Compose's, and is as the flags
// say.
func TestRunOnceFlags(t *testing.T) {
	t.Parallel()
	c := files(t, pair+"-- vars --\nSIZE=big\nCOLOR=red\n")
	r := c.devup(t, "run", "-d", "-e", "COLOR=green", "--env-from-file", "vars", "-l", "team=shop", "-v", ".:/here", "-v", "data:/data",
		"-u", "1000", "-w", "/here", "--cap-add", "NET_ADMIN", "-p", "127.0.0.1::80", "--entrypoint", "sleep 1000", "web")
	defer c.devup(t, "down", "--remove-orphans")
	found := oneOffs(t, c.name)
	if len(found) != 1 || len(containers(t, c.name)) != 2 {
		t.Fatalf("%v\n%v", containers(t, c.name), r)
	}
	made := inspect(t, c.name, "web")
	if strings.TrimSpace(r.out) != made.ID || !strings.HasPrefix(made.Name, "/"+c.name+"-web-run-") || made.Config.Labels["team"] != "shop" {
		t.Errorf("ID %s, name %s, labels %v", made.ID, made.Name, made.Config.Labels)
	}
	if env := strings.Join(made.Config.Env, " "); !strings.Contains(env, "COLOR=green") || !strings.Contains(env, "SIZE=big") {
		t.Errorf("environment %s", env)
	}
	if made.Config.User != "1000" || made.Config.WorkingDir != "/here" || !slices.Equal(made.Config.Entrypoint, []string{"sleep", "1000"}) || len(made.Config.Cmd) > 0 {
		t.Errorf("%s in %s runs %q %q", made.Config.User, made.Config.WorkingDir, made.Config.Entrypoint, made.Config.Cmd)
	}
	var mounted []string
	for _, m := range made.Mounts {
		mounted = append(mounted, m.Name+":"+m.Destination)
	}
	slices.Sort(mounted)
	if !slices.Equal(mounted, []string{":/here", c.name + "_data:/data"}) {
		t.Errorf("mounts %q", mounted)
	}
	for port, bindings := range made.NetworkSettings.Ports {
		if port.String() == "80/tcp" && len(bindings) == 1 {
			return
		}
	}
	t.Errorf("ports %v", made.NetworkSettings.Ports)
}

func TestRunOnceReadsStdin(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	cmd := c.command(t.Context(), "run", "--rm", "-T", "--no-deps", "web", "cat")
	cmd.Stdin = strings.NewReader("piped in")
	if out, err := cmd.Output(); err != nil || string(out) != "piped in" {
		t.Errorf("cat gave %q, %v", out, err)
	}
}

// TestRunOnceInterrupted: SIGINT reaches the command, devup gives its exit code, and --rm
// holds.
func TestRunOnceInterrupted(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	cmd := c.command(t.Context(), "run", "--rm", "--no-deps", "web", "sh", "-c", "trap 'exit 9' INT; echo up; while :; do sleep 0.1; done")
	var out output
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, out.says("up\n", 1)) // the shell has set its trap
	_ = cmd.Process.Signal(syscall.SIGINT)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 9 {
		t.Errorf("exit %d, want the command's 9\n%s", code, &out)
	}
	noOneOff(t, c.name)
}

// TestRunOnceOnATerminal: the command has the terminal's size, and keys reach it.
func TestRunOnceOnATerminal(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	master, name, err := console.NewPty()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	if err := master.Resize(console.WinSize{Width: 91, Height: 33}); err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	cmd := c.command(t.Context(), "run", "--rm", "--no-deps", "web", "sh", "-c", "until stty size | grep '33 91'; do sleep 0.1; done; read line; echo got $line; sleep 1000")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = slave.Close()
	shown := make(chan string, 1)
	go func() {
		var all []byte
		buffer := make([]byte, 4096)
		sent := 0
		for {
			n, err := master.Read(buffer)
			all = append(all, buffer[:n]...)
			if sent == 0 && bytes.Contains(all, []byte("33 91")) {
				sent++
				_, _ = master.Write([]byte("key\r"))
			}
			if sent == 1 && bytes.Contains(all, []byte("got key")) {
				sent++
				_, _ = master.Write([]byte{3}) // Ctrl-C
			}
			if err != nil {
				shown <- string(all)
				return
			}
		}
	}()
	limit := time.AfterFunc(waitLimit, func() { _ = cmd.Process.Kill() })
	defer limit.Stop()
	_ = cmd.Wait()
	text := <-shown
	if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(text, "33 91") || !strings.Contains(text, "got key") {
		t.Errorf("exit %d after\n%q", code, text)
	}
	noOneOff(t, c.name)
}

// TestRunOnceFailsWithItsDependency: a command whose service cannot have what it needs
// does not run.
func TestRunOnceFailsWithItsDependency(t *testing.T) {
	t.Parallel()
	c := files(t, strings.NewReplacer("command: sleep 1000", "command: \"false\"", "service_started", "service_completed_successfully").Replace(pair))
	c.exits(t, 3, "run", "--rm", "web", "true")
	if got := oneOffs(t, c.name); len(got) > 0 {
		t.Errorf("%v", got)
	}
}

// TestRunOnceLeavesTheServiceAlone: a service that runs goes on as it was, changed files
// or not.
func TestRunOnceLeavesTheServiceAlone(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	c.devup(t, "up", "-d")
	before := starts(t, c.name)
	c.replace(t, "devup.yaml", "blue", "yellow")
	if r := c.devup(t, "run", "--rm", "web", "sh", "-c", "echo $COLOR"); r.out != "yellow\n" {
		t.Errorf("%v", r)
	}
	noOneOff(t, c.name)
	if after := starts(t, c.name); !slices.Equal(before, after) {
		t.Errorf("changed:\n%q\n%q", before, after)
	}
}
