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

// volume is a directory in place of the volume, in which the scripts run.
type volume struct {
	*testing.T
	dir string
}

func newVolume(t *testing.T) volume {
	t.Helper()
	for _, program := range []string{"sh", "cp", "cksum"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("this machine has no " + program)
		}
	}
	return volume{t, t.TempDir()}
}

// run runs a script with arguments, and kills it and what it started after a time.
func (v volume) run(limit time.Duration, script string, arguments ...string) (status int, killed bool) {
	v.Helper()
	ctx, cancel := context.WithTimeout(v.Context(), limit)
	defer cancel()
	c := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", strings.ReplaceAll(script, volumePath, v.dir), "devup"}, arguments...)...)
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

func (v volume) prepare(service, key, commands, mounted string) int {
	v.Helper()
	status, _ := v.run(time.Minute, prepare, service, key, commands, "all", mounted, "app_node_modules", "app_.next")
	return status
}

// write writes a file of an installation; modules is where packages are.
func (v volume) write(name, text string) {
	v.Helper()
	name = filepath.Join(v.dir, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
		v.Fatal(err)
	}
}

func (v volume) read(name string) string {
	content, _ := os.ReadFile(filepath.Join(v.dir, filepath.FromSlash(name))) // none where it does not exist
	return strings.TrimSpace(string(content))
}

func TestInstallationsFollowEachOther(t *testing.T) {
	t.Parallel()
	v := newVolume(t)
	if got := v.prepare("web", "k1", "ci", ""); got != empty {
		t.Fatalf("the first one ends with %d", got)
	}
	v.write("web/new/app_node_modules/ms/index.js", "ms")
	v.write("web/new/app_node_modules/.package-lock.json", "one")
	v.run(time.Minute, finish, "web", "k1")
	if got := v.prepare("web", "k1", "ci", ""); got != complete || !strings.HasPrefix(v.read("web/current"), "k1 ci-") {
		t.Fatalf("the same again ends with %d, current is %q", got, v.read("web/current"))
	}

	if got := v.prepare("web", "k2", "ci", "k1"); got != filled {
		t.Fatalf("another key ends with %d", got)
	}
	v.write("web/new/app_node_modules/.package-lock.json", "two")
	v.write("web/new/app_.next/cache", "two")
	if v.read("web/k1/app_node_modules/.package-lock.json") != "one" || v.read("web/new/app_node_modules/ms/index.js") != "ms" {
		t.Error("the file that a package manager writes is shared, or a package is not there")
	}
	one, _ := os.Stat(filepath.Join(v.dir, "web/k1/app_node_modules/ms/index.js"))
	if two, _ := os.Stat(filepath.Join(v.dir, "web/new/app_node_modules/ms/index.js")); !os.SameFile(one, two) {
		t.Error("a package is copied")
	}
	v.run(time.Minute, finish, "web", "k2")

	if got := v.prepare("worker", "k2", "ci", ""); got != complete || v.read("worker/k2/app_node_modules/ms/index.js") != "ms" {
		t.Errorf("the same of another service ends with %d", got)
	}
	if got := v.prepare("web", "k3", "pnpm", "k2"); got != empty || v.read("web/k1/app_node_modules/ms/index.js") != "" {
		t.Errorf("another package manager ends with %d, and the first installation is %q", got, v.read("web/k1/app_node_modules/ms/index.js"))
	}
	if v.read("web/k2/app_.next/cache") != "two" {
		t.Error("what a container has mounted is gone")
	}
}

// TestInstallationsKilled kills installations at random points: the next one is right, and
// what containers have mounted is never touched.
func TestInstallationsKilled(t *testing.T) {
	t.Parallel()
	v := newVolume(t)
	// An installation by a program that removes and writes files one by one, as package managers do.
	const command = `cd ` + volumePath + `/"$1"/new/app_node_modules
for n in 1 2 3 4 5 6 7 8; do
  rm -f "p$n"
  echo "$2" >"p$n.half" && mv "p$n.half" "p$n"
done
echo "$2" >.package-lock.json
`
	whole := func(key string) bool {
		for _, name := range []string{"p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", ".package-lock.json"} {
			if v.read("web/"+key+"/app_node_modules/"+name) != key {
				return false
			}
		}
		return true
	}
	mounted, kills := "", 0
	for n := range 60 {
		key := "k" + string(rune('a'+n%3))
		limit := time.Duration(rand.N(60)) * time.Millisecond
		if n%3 == 0 {
			limit = time.Minute
		}
		end := time.Now().Add(limit)
		status, killed := v.run(time.Until(end), prepare, "web", key, "ci", "all", mounted, "app_node_modules")
		if !killed && status != complete {
			_, killed = v.run(time.Until(end), command, "web", key)
			if !killed {
				_, killed = v.run(time.Until(end), finish, "web", key)
			}
		}
		if mounted != "" && !whole(mounted) {
			t.Fatalf("run %d, killed: %v: the installation %s, which a container has mounted, is not whole", n, killed, mounted)
		}
		if killed {
			kills++
			continue
		}
		if !whole(key) {
			t.Fatalf("run %d: the installation %s is not whole", n, key)
		}
		mounted = key
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
	v := newVolume(t)
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
