//go:build unix

package packages

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// volumes is a directory with one for each installation, SERVICE/KEY, in which the scripts run.
type volumes struct {
	*testing.T
	dir string
}

func newVolumes(t *testing.T) volumes {
	t.Helper()
	for _, program := range []string{"sh", "cp", "cksum"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("this machine has no " + program)
		}
	}
	return volumes{t, t.TempDir()}
}

// run runs a script with arguments, and kills it and what it started after a time.
func (v volumes) run(limit time.Duration, script string, arguments ...string) (status int, killed bool) {
	v.Helper()
	ctx, cancel := context.WithTimeout(v.Context(), limit)
	defer cancel()
	c := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", script, "devup"}, arguments...)...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	printed, err := c.CombinedOutput()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok && ctx.Err() == nil {
		status = ended.ExitCode()
	} else if err != nil && ctx.Err() == nil {
		v.Fatalf("%v: %s", err, printed)
	}
	if ctx.Err() == nil && status != complete && status != empty && status != filled {
		v.Fatalf("exit code %d: %s", status, printed)
	}
	return status, ctx.Err() != nil
}

// prepare prepares an installation with these others mounted.
func (v volumes) prepare(limit time.Duration, installation, commands string, others ...string) (status int, killed bool) {
	v.Helper()
	root := v.TempDir()
	for at, mounted := range map[string][]string{"new": {installation}, "old": others} {
		for _, name := range mounted {
			link := filepath.Join(root, at, name)
			if err := errors.Join(os.MkdirAll(filepath.Join(v.dir, name, "app_node_modules"), 0o755), os.MkdirAll(filepath.Dir(link), 0o755), os.Symlink(filepath.Join(v.dir, name), link)); err != nil {
				v.Fatal(err)
			}
		}
	}
	return v.run(limit, strings.ReplaceAll(prepare, volumesPath, root), commands, "true")
}

// finish marks an installation as complete.
func (v volumes) finish(limit time.Duration, installation, commands string) (killed bool) {
	v.Helper()
	_, killed = v.run(limit, "cd '"+filepath.Join(v.dir, installation, "app_node_modules")+"'\n"+marked(installation, commands))
	return killed
}

func (v volumes) write(name, text string) {
	v.Helper()
	name = filepath.Join(v.dir, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
		v.Fatal(err)
	}
}

func (v volumes) read(name string) string {
	content, _ := os.ReadFile(filepath.Join(v.dir, filepath.FromSlash(name))) // none where it does not exist
	return strings.TrimSpace(string(content))
}

func TestInstallationsFollowEachOther(t *testing.T) {
	t.Parallel()
	v := newVolumes(t)
	prepare := func(installation, commands string, want int, others ...string) {
		t.Helper()
		if got, _ := v.prepare(time.Minute, installation, commands, others...); got != want {
			t.Fatalf("%s after %v ends with %d, want %d", installation, others, got, want)
		}
	}
	prepare("web/k1", "ci", empty)
	v.write("web/k1/app_node_modules/ms/index.js", "ms")
	v.write("web/k1/app_.next/.cache", "one")
	prepare("web/k1", "ci", empty) // what is not complete begins again
	if v.read("web/k1/app_node_modules/ms/index.js")+v.read("web/k1/app_.next/.cache") != "" {
		t.Error("the rest of an installation is there")
	}
	v.write("web/k1/app_node_modules/ms/index.js", "ms")
	v.finish(time.Minute, "web/k1", "ci")
	prepare("web/k1", "ci", complete)

	prepare("web/k2", "ci", filled, "web/k1")
	if v.read("web/k2/app_node_modules/ms/index.js") != "ms" {
		t.Error("the packages are not copied")
	}
	prepare("web/k3", "ci", empty, "web/k2") // it is not complete
	v.finish(time.Minute, "web/k2", "ci")
	prepare("worker/k2", "ci", complete, "web/k1", "web/k2")
	prepare("worker/k2", "ci", complete)
	prepare("web/k3", "pnpm", empty, "web/k2")
}

// TestInstallationsKilled kills installations at random points: the next one is right, and
// what containers have mounted is never touched.
func TestInstallationsKilled(t *testing.T) {
	t.Parallel()
	v := newVolumes(t)
	// An installation by a program that removes and writes files one by one, as package managers do.
	const command = `cd "$1"/app_node_modules
for n in 1 2 3 4 5 6 7 8; do
  rm -f "p$n"
  echo "$2" >"p$n.half" && mv "p$n.half" "p$n"
done
`
	whole := func(installation string) bool {
		for _, name := range []string{"p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"} {
			if v.read(installation+"/app_node_modules/"+name) != installation {
				return false
			}
		}
		return true
	}
	mounted, kills := "web/none", 0
	for n := range 60 {
		installation := "web/k" + string(rune('a'+n%3))
		limit := time.Duration(rand.N(60)) * time.Millisecond
		if n%3 == 0 {
			limit = time.Minute
		}
		end := time.Now().Add(limit)
		status, killed := v.prepare(time.Until(end), installation, "ci", mounted)
		if !killed && status != complete {
			_, killed = v.run(time.Until(end), command, filepath.Join(v.dir, installation), installation)
			killed = killed || v.finish(time.Until(end), installation, "ci")
		}
		if mounted != "web/none" && !whole(mounted) {
			t.Fatalf("run %d, killed: %v: the installation %s, which a container has mounted, is not whole", n, killed, mounted)
		}
		if killed {
			kills++
			continue
		}
		if !whole(installation) {
			t.Fatalf("run %d: the installation %s is not whole", n, installation)
		}
		mounted = installation
	}
	if kills == 0 {
		t.Error("none was killed")
	}
}

func TestAsLocked(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("this machine has no node")
	}
	v := newVolumes(t)
	v.write("before", `{"packages": {"": {"name": "web"}, "node_modules/ms": {"version": "2.1.3"}, "node_modules/yaml": {"version": "2.0.0"}}}`)
	for text, want := range map[string]bool{
		`{"packages": {"": {"license": "MIT"}, "node_modules/ms": {"version": "2.1.3", "peer": true}}}`: true,
		`{"packages": {"": {}, "node_modules/ms": {"version": "2.1.4"}}}`:                               false,
		`{"packages": {"": {}, "node_modules/left-pad": {"version": "1.3.0"}}}`:                         false,
		`{"dependencies": {}}`: false,
	} {
		v.write("now", text)
		c := exec.CommandContext(t.Context(), "node", "-e", asLocked, filepath.Join(v.dir, "now"), filepath.Join(v.dir, "before"))
		if got := c.Run() == nil; got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
