//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/client"
)

// swapping is a checkout that a container has mounted, which swaps what lies there for links
// to the host's files while devup runs.
type swapping struct {
	*checkout
	files   *os.Root // the checkout: what the test writes must not follow the links either
	host    string   // the directory that the links lead to
	secret  string   // what all of the host's files hold
	counter string
	before  map[string]string // the host's files as they were
}

// swapped are the paths in the checkout and where in the host's directory their links lead
// to. With a number, the path is swapped in each so many rounds only: most commands fail
// while it is.
var swapped = []string{
	".devup=devup=4", ".devup/state.json=devup/state.json", ".devup/.env=devup/.env", ".devup/.gitignore=devup/none",
	".env=file=40", "compose.yaml=compose.yaml=400", "devup.yaml=devup.yaml=40", "out.yaml=none",
	"web/src=web/src=20", "web/z=file", "web/Dockerfile=file=400",
	"data/deps=deps=40", "conf=conf=8", "conf/made=conf/none=8", "scripts=scripts=2", "scripts/start0.sh=scripts/start0.sh",
	"web.env=none", "out/src=web/src=8", "out/src/d1=web/src/d1", "out/src/d2/f1=none", "api/package.json=file=40",
}

// directories is how many directories of the source are swapped, each at other moments: which
// of them a command sees as what is by chance.
const directories = 16

// newSwapping makes the checkout and the host's files. Nothing is swapped yet.
func newSwapping(t *testing.T) *swapping {
	t.Helper()
	c := files(t, `
-- compose.yaml --
x-devup: {setup: {copy: {made.example: conf/made}}}
services:
  web:
    build: ./web
    init: true
    command: [httpd, -f, -p, "8080", -h, /etc]
    ports: ["8080"]
    env_file: [{path: web.env, required: false}]
    volumes: ["./data:/data", "/data/deps/below"]
    develop: {watch: [{path: ./web/src, action: sync, target: /app/src, initial_sync: true}]}
    x-devup: {setup: [{name: each, run: "true", every: up}]}
-- web/Dockerfile --
FROM busybox
COPY . /app
-- web/z --
harmless
-- data/deps/file --
harmless
-- made.example --
harmless
-- web.env.example --
HARMLESS=1
-- .env --
HARMLESS=1
-- conf/other --
harmless
-- out/src/d1/f1 --
harmless
-- out/src/d2/f1 --
harmless
-- api/package.json --
{"name": "api", "scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}
`)
	s := &swapping{checkout: c, host: filepath.Join(t.TempDir(), "host"), secret: "PRECIOUS_" + rand.Text(), counter: filepath.Join(t.TempDir(), "counter")}
	names := []string{"file", "compose.yaml", "devup.yaml", "deps/file", "conf/other", "conf/kept", "devup/state.json", "devup/.env", "devup/.gitignore"}
	for i := range directories * 8 {
		name := fmt.Sprintf("web/src/d%d/f%d", i%directories, i/directories)
		c.write(t, name, "harmless\n")
		names = append(names, name)
	}
	for i := range directories {
		names = append(names, fmt.Sprintf("scripts/start%d.sh", i))
	}
	for _, name := range names {
		full, long := filepath.Join(s.host, filepath.FromSlash(name)), time.Now().Add(-time.Hour)
		for _, err := range []error{os.MkdirAll(filepath.Dir(full), 0o755), os.WriteFile(full, []byte("#!/bin/"+s.secret+"\r\n"), 0o644), os.Chtimes(full, long, long)} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var err error
	if s.files, err = os.OpenRoot(c.dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.files.Close() })
	s.before = s.hostFiles(t)
	return s
}

// start starts the container that swaps, until the test's end.
func (s *swapping) start(t *testing.T) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "swapper")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./testdata/swapper")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the swapper: %v\n%s", err, out)
	}
	bind := func(from, to string) mount.Mount { return mount.Mount{Type: mount.TypeBind, Source: from, Target: to} }
	command := []string{"/swapper", "/checkout", "/counter/" + filepath.Base(s.counter)}
	for _, text := range swapped {
		name, target, _ := strings.Cut(text, "=")
		command = append(command, name+"="+s.host+"/"+target)
	}
	for i := range directories {
		command = append(command, fmt.Sprintf("web/src/d%d=%s/web/src/d%d", i, s.host, i))
	}
	made, err := docker.ContainerCreate(t.Context(), client.ContainerCreateOptions{
		Name:       s.name + "-swapper",
		Config:     &container.Config{Image: "busybox", Cmd: command, Labels: map[string]string{projectLabel: s.name + "-swapper"}},
		HostConfig: &container.HostConfig{Mounts: []mount.Mount{bind(program, "/swapper"), bind(s.dir, "/checkout"), bind(filepath.Dir(s.counter), "/counter")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, err := docker.ContainerRemove(context.WithoutCancel(t.Context()), made.ID, client.ContainerRemoveOptions{Force: true})
		if err != nil {
			t.Error(err)
		}
	})
	if _, err := docker.ContainerStart(t.Context(), made.ID, client.ContainerStartOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() (bool, string) { n := s.count(); return n > 0, strconv.Itoa(n) })
}

// count is how many swaps there were.
func (s *swapping) count() int {
	text, _ := os.ReadFile(s.counter)  // none at first
	n, _ := strconv.Atoi(string(text)) // as above
	return n
}

// rounds runs a command so many times while files are swapped, and more often where nothing
// was. It may fail each time, and
// its output shows nothing of the host's files, which stay as they are.
func (s *swapping) rounds(t *testing.T, n int, args ...string) {
	t.Helper()
	before, failed := s.count(), 0
	for ran := 0; ran < n || s.count() == before; ran++ {
		s.renew()
		r := s.run(t.Context(), args...)
		if testing.Verbose() {
			t.Logf("%s", r)
		}
		if r.code != 0 {
			failed++
		}
		if strings.Contains(r.out+r.err, s.secret) {
			t.Errorf("what only the host has is shown by\n%s", r)
		}
		if strings.Contains(r.err, "went away") {
			t.Errorf("the engine is blamed for what was swapped:\n%s", r)
		}
	}
	s.unchanged(t, strings.Join(args, " "))
	t.Logf("%d rounds of devup %q, %d of which failed: %d swaps", n, args, failed, s.count()-before)
}

// renew makes work for the next command: a script that Windows wrote, another source, and
// no file where one is copied to.
func (s *swapping) renew() {
	for _, name := range []string{"web.env", "conf/made", "out.yaml"} {
		_ = s.files.Remove(name) // a link may be in the way, here and below
	}
	_ = s.files.WriteFile("web/z", []byte(rand.Text()), 0o644)
	_ = s.files.Mkdir("scripts", 0o755)
	for i := range directories {
		_ = s.files.WriteFile(fmt.Sprintf("scripts/start%d.sh", i), []byte("#!/bin/sh\r\ntrue\r\n"), 0o755)
		_ = s.files.WriteFile(fmt.Sprintf("web/src/d%d/f0", i), []byte(rand.Text()), 0o644)
	}
}

// hostFiles gives the content of each of the host's files and all that a write changes; for
// a directory what it holds.
func (s *swapping) hostFiles(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	out, err := exec.CommandContext(t.Context(), "find", s.host, "-printf", "%P %y %m %U:%G %s %i %n %T@ %C@\n").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		name, facts, _ := strings.Cut(line, " ")
		content, _ := os.ReadFile(filepath.Join(s.host, name)) // none of a directory
		all[name] = facts + string(content)
	}
	return all
}

func (s *swapping) unchanged(t *testing.T, doing string) {
	t.Helper()
	if diff := cmp.Diff(s.before, s.hostFiles(t)); diff != "" {
		t.Errorf("the host's files were changed by %s:\n%s", doing, diff)
		s.before = s.hostFiles(t)
	}
}

// kept checks that no file of the checkout holds what only the host has.
func (s *swapping) kept(t *testing.T) {
	t.Helper()
	err := fs.WalkDir(s.files.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil //nolint:nilerr // it was swapped
		}
		if content, err := s.files.ReadFile(name); err == nil && bytes.Contains(content, []byte(s.secret)) {
			t.Errorf("%s of the checkout holds what only the host has", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// inEngine checks that neither the image of the service nor its container holds what only
// the host has.
func (s *swapping) inEngine(t *testing.T) {
	t.Helper()
	holds := func(from io.ReadCloser, err error, what string) {
		t.Helper()
		if err != nil {
			t.Logf("%s: %v", what, err) // there is none
			return
		}
		defer from.Close()
		content, err := io.ReadAll(from)
		if err != nil || bytes.Contains(content, []byte(s.secret)) {
			t.Errorf("%s holds what only the host has (%v)", what, err)
		}
	}
	image, err := docker.ImageSave(t.Context(), []string{s.name + "-web"})
	holds(image, err, "the image")
	for _, c := range containers(t, s.name) {
		files, err := docker.ContainerExport(t.Context(), c.ID, client.ContainerExportOptions{})
		holds(files, err, "the container")
	}
}

// TestSwapsWhileRunning: while a container swaps all that devup reads and writes in a
// checkout for links out of it, no command changes a file of the host, or shows what is in
// it or brings that into an image, a container or the checkout.
func TestSwapsWhileRunning(t *testing.T) {
	t.Parallel()
	s := newSwapping(t)
	s.devup(t, "up", "-d", "--yes", "--wait-timeout", "60")
	s.start(t)
	s.rounds(t, 5, "plan")
	s.rounds(t, 5, "config", "-o", "out.yaml")
	s.rounds(t, 2, "doctor", "--fix", "--yes")
	s.rounds(t, 5, "cp", "web:/app/.", "out")
	for range 5 {
		s.rounds(t, 1, "cp", "web", "web:/copied")
		s.rounds(t, 1, "up", "-d", "--build", "--yes", "--wait-timeout", "60")
		s.inEngine(t)
	}
	s.rounds(t, 5, "init", "--yes")
	s.rounds(t, 2, "down", "--yes")
	s.kept(t)
}

// TestSwapsWhileWatching: the same holds while changed files are brought into a container.
func TestSwapsWhileWatching(t *testing.T) {
	t.Parallel()
	s := newSwapping(t)
	s.devup(t, "up", "-d", "--yes", "--wait-timeout", "60")
	w := s.follow(t, "watch", "--no-up")
	s.start(t)
	for range 20 {
		before := s.count()
		s.renew()
		eventually(t, func() (bool, string) { n := s.count(); return n > before+1000, strconv.Itoa(n) })
	}
	s.inEngine(t)
	s.unchanged(t, "watch")
	if said := w.String(); strings.Contains(said, s.secret) {
		t.Errorf("watch shows what only the host has:\n%s", said)
	}
	s.kept(t)
}
