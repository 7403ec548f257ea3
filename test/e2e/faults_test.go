//go:build e2e

package e2e

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/client"
)

// TestRemovedByHand: what a user removes behind devup's back, an image of what runs or a
// container, is there again after the next up, and what was not touched stays.
func TestRemovedByHand(t *testing.T) {
	t.Parallel()
	c := files(t, `
-- web/Dockerfile --
FROM busybox
CMD ["sleep", "1000"]
-- compose.yaml --
services:
  web: {build: ./web, init: true}
  side: {image: busybox, init: true, command: [sleep, "1000"]}
`)
	c.devup(t, "up", "-d")
	side := inspect(t, c.name, "side").ID
	if _, err := docker.ImageRemove(t.Context(), c.name+"-web", client.ImageRemoveOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	c.devup(t, "up", "-d")
	if _, err := docker.ImageInspect(t.Context(), c.name+"-web"); err != nil {
		t.Errorf("the image was not built again: %v", err)
	}
	if _, err := docker.ContainerRemove(t.Context(), inspect(t, c.name, "web").ID, client.ContainerRemoveOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	c.devup(t, "ps")
	c.devup(t, "up", "-d")
	if !inspect(t, c.name, "web").State.Running {
		t.Error("web does not run")
	}
	if now := inspect(t, c.name, "side").ID; now != side {
		t.Error("side was replaced, which was not touched")
	}
	c.devup(t, "down", "--timeout", "0")
}

// TestNowhereToWrite: with no home, in a checkout that is read-only and whose path has a
// space, a colon, letters of every kind and a link, up, a port that has to move, and down
// work.
func TestNowhereToWrite(t *testing.T) {
	t.Parallel()
	c := files(t, `
-- a directory: größe 名/web/Dockerfile --
FROM busybox
COPY built.txt /built.txt
CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]
-- a directory: größe 名/web/built.txt --
built
-- a directory: größe 名/www/index.html --
mounted
-- a directory: größe 名/compose.yaml --
services:
  web:
    build: ./web
    init: true
    ports: ["127.0.0.1:${E2E_PORT}:8080"]
    volumes: ["./www:/www:ro"]
    env_file: [{path: a.env, required: false}]
    configs: [{source: page, target: /page}]
configs: {page: {file: ./www/index.html}}
`)
	real := c.path("a directory: größe 名")
	if err := os.Symlink(real, c.path("link")); err != nil {
		t.Fatal(err)
	}
	port := freePort()
	held := listen(t, port)
	defer held.Close()
	c.env = append(c.env, "HOME=", "XDG_CACHE_HOME=/proc/nowhere", "XDG_CONFIG_HOME=/proc/nowhere",
		"E2E_PORT="+strconv.Itoa(port), "COMPOSE_PROJECT_NAME="+c.name)
	c.within = []string{"unshare", "--mount", "sh", "-c", `mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && cd link && exec "$@"`, c.dir}
	if r := c.devup(t, "up", "-d"); !strings.Contains(r.err, "port "+strconv.Itoa(port)+" is held by") {
		t.Errorf("%v", r)
	}
	eventually(t, answers(t, c.url(t, "web"), "mounted"))
	if got := inside(t, c, "web", "cat", "/built.txt", "/page"); got != "built\nmounted" {
		t.Errorf("the container has %q", got)
	}
	before := inspect(t, c.name, "web").ID
	c.devup(t, "up", "-d")
	if inspect(t, c.name, "web").ID != before {
		t.Error("the second up replaced web")
	}
	c.devup(t, "down", "--timeout", "0")
}

// TestLargeContextIsSaid: before gigabytes are sent for a build, up says how much it is,
// where it lies, and how to leave it out.
func TestLargeContextIsSaid(t *testing.T) {
	t.Parallel()
	c := files(t, `
-- web/Dockerfile --
FROM busybox
COPY . /all
-- compose.yaml --
services:
  web: {build: ./web, init: true, command: [sleep, "1000"]}
`)
	c.write(t, "web/data/dump.sql", "")
	if err := os.Truncate(c.path("web/data/dump.sql"), 5<<30); err != nil { // takes no room
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), waitLimit)
	defer stop()
	cmd := c.command(ctx, "build")
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	const want = "web is built from 5.4 GB of files, most of it in data: name in web/.dockerignore what the image does not need"
	var seen strings.Builder
	for lines := bufio.NewScanner(said); lines.Scan(); {
		fmt.Fprintln(&seen, lines.Text())
		if strings.Contains(lines.Text(), want) {
			break
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // it was killed
	if !strings.Contains(seen.String(), want) || strings.Contains(seen.String(), "transferring") {
		t.Errorf("no %q before anything is sent:\n%s", want, seen.String())
	}
}

// TestManyLines: of a service that prints faster than 10,000 lines a second, next to one
// that prints slowly, every line comes whole and in order, and devup stays small.
func TestManyLines(t *testing.T) {
	t.Parallel()
	const many = 200_000
	c := files(t, fmt.Sprintf(`
-- compose.yaml --
services:
  fast: {image: busybox, init: true, command: [awk, 'BEGIN { for (i = 1; i <= %d; i++) print "line " i " of the fast one" }']}
  slow: {image: busybox, init: true, command: sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do echo "slow $$i"; sleep 0.2; done'}
`, many))
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := c.command(t.Context(), "up")
	cmd.Stdout, cmd.Stderr = out, out
	used := runWatched(t, cmd)
	content, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`^(fast|slow)\S* +\| (?:line (\d+) of the fast one|slow (\d+))$`)
	next := map[string]int{"fast": 1, "slow": 1}
	for text := range strings.Lines(string(content)) {
		if !strings.Contains(text, "|") {
			continue
		}
		m := line.FindStringSubmatch(strings.TrimSuffix(text, "\n"))
		if m == nil {
			t.Fatalf("a line is not whole: %q", text)
		}
		if got := m[2] + m[3]; got != strconv.Itoa(next[m[1]]) {
			t.Fatalf("%s: got %s, want %d", m[1], got, next[m[1]])
		}
		next[m[1]]++
	}
	if next["fast"] != many+1 || next["slow"] != 11 {
		t.Errorf("the last lines were %d and %d", next["fast"]-1, next["slow"]-1)
	}
	if used > 200<<20 {
		t.Errorf("devup took %d MiB", used>>20)
	}
}

// runWatched runs a command and gives the most memory that it was seen to have, in bytes.
// The system's own account of an ended process counts the memory of this one too, from
// which it was split off.
func runWatched(t *testing.T, cmd *exec.Cmd) int64 {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	var used int64
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
			if used == 0 {
				t.Fatal("its memory was never seen")
			}
			return used
		case <-look.C:
			used = max(used, highest(cmd.Process.Pid))
		}
	}
}

// highest is the most memory that a process has had since it runs its program, in bytes;
// 0 when it has just ended.
func highest(pid int) int64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // it may be gone
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		return 0
	}
	kib, _ := strconv.ParseInt(string(m[1]), 10, 64) // digits
	return kib << 10
}

// listen holds a port of this machine.
func listen(t *testing.T, port int) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Fatal(err)
	}
	return l
}
