//go:build e2e

package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// door is a way to the engine that can be shut and opened again. Shut, it looks to devup as
// an engine does that is restarting: connections break, and new ones are refused.
type door struct {
	path string

	mu       sync.Mutex
	listener net.Listener
	through  []net.Conn
}

// newDoor opens a door to the engine of the tests, and has the checkout go through it.
func newDoor(t *testing.T, c *checkout) *door {
	t.Helper()
	dir, err := os.MkdirTemp("", "door") //nolint:usetesting // a socket's path has a limit of about 100 bytes
	if err != nil {
		t.Fatal(err)
	}
	d := &door{path: filepath.Join(dir, "engine.sock")}
	d.open(t)
	t.Cleanup(func() { d.shut(); _ = os.RemoveAll(dir) })
	c.env = append(c.env, "DOCKER_HOST=unix://"+d.path)
	return d
}

func (d *door) open(t *testing.T) {
	t.Helper()
	network, address, ok := strings.Cut(docker.DaemonHost(), "://")
	if !ok {
		t.Fatalf("no address: %s", docker.DaemonHost())
	}
	l, err := net.Listen("unix", d.path)
	if err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	d.listener = l
	d.mu.Unlock()
	go func() {
		for {
			here, err := l.Accept()
			if err != nil {
				return // it was shut
			}
			there, err := net.Dial(network, address)
			if err != nil {
				_ = here.Close()
				continue
			}
			d.mu.Lock()
			d.through = append(d.through, here, there)
			d.mu.Unlock()
			go pass(here, there)
			go pass(there, here)
		}
	}()
}

// pass copies one direction. Where one side says no more, the other may still answer.
func pass(to, from net.Conn) {
	_, _ = io.Copy(to, from) // that it breaks is what the tests are about
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

func (d *door) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	_ = d.listener.Close()
	for _, c := range d.through {
		_ = c.Close()
	}
	d.through = nil
}

// reading starts devup and gives its lines as they come; the channel ends with devup. code
// waits for that and gives the exit code.
func reading(t *testing.T, c *checkout, args ...string) (lines <-chan string, interrupt func(), code func() int) {
	t.Helper()
	cmd := c.command(t.Context(), args...)
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 10_000)
	go func() {
		defer close(said)
		for s := bufio.NewScanner(r); s.Scan(); {
			said <- s.Text()
		}
	}()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // the code tells
		_ = w.Close()
	}()
	return said, func() { _ = cmd.Process.Signal(os.Interrupt) }, func() int { <-ended; return cmd.ProcessState.ExitCode() }
}

// heard reads lines up to the first that matches, and gives them all.
func heard(t *testing.T, lines <-chan string, pattern string) (all []string) {
	t.Helper()
	wanted := regexp.MustCompile(pattern)
	late := time.After(waitLimit)
	for {
		select {
		case line, more := <-lines:
			if all = append(all, line); !more || wanted.MatchString(line) {
				if !more {
					t.Fatalf("no %q in\n%s", pattern, strings.Join(all, "\n"))
				}
				return all
			}
		case <-late:
			t.Fatalf("no %q within %v in\n%s", pattern, waitLimit, strings.Join(all, "\n"))
		}
	}
}

// goneOnce checks that the end of the engine is what devup says last, and says once.
func goneOnce(t *testing.T, lines <-chan string, code int) {
	t.Helper()
	var all []string
	for line := range lines {
		all = append(all, line)
	}
	text := strings.Join(all, "\n")
	if code != 4 || strings.Count(text, "error: ") != 1 || !strings.Contains(text, "went away during the work") || !strings.Contains(text, "run `devup up` again") {
		t.Errorf("exit %d, and it says\n%s", code, text)
	}
}

// TestEngineGoesAway: an engine that goes away under up is one sentence and exit code 4, in
// a build as well as while services are waited for, and the next up does the rest.
func TestEngineGoesAway(t *testing.T) {
	t.Parallel()
	c := files(t, `
-- web/Dockerfile --
FROM busybox
RUN echo begun; sleep 3
-- compose.yaml --
services:
  web:
    build: ./web
    init: true
    command: sh -c 'sleep 20; exec httpd -f -p 8080 -h /etc'
    ports: ["127.0.0.1::8080"]
`)
	c.replace(t, "web/Dockerfile", "begun", c.name) // not from a cache
	d := newDoor(t, c)
	lines, _, code := reading(t, c, "up", "-d")
	heard(t, lines, `web \| `+c.name)
	d.shut()
	goneOnce(t, lines, code())
	d.open(t)

	lines, _, code = reading(t, c, "up", "-d")
	heard(t, lines, "web: waiting for port")
	d.shut()
	goneOnce(t, lines, code())
	d.open(t)
	before := inspect(t, c.name, "web").ID
	c.devup(t, "up", "-d")
	if inspect(t, c.name, "web").ID != before {
		t.Error("web was replaced, which the engine's absence did not touch")
	}
	c.devup(t, "down", "--timeout", "0")
}

// TestLogsOutliveARestart: where the containers outlive an engine's restart, up goes on with
// their logs, and none of the lines is lost or comes twice.
func TestLogsOutliveARestart(t *testing.T) {
	t.Parallel()
	c := files(t, `
-- compose.yaml --
services:
  web: {image: busybox, init: true, command: sh -c 'i=0; while sleep 0.05; do i=$$((i+1)); echo line $$i; done'}
`)
	d := newDoor(t, c)
	lines, interrupt, code := reading(t, c, "up")
	all := heard(t, lines, "line 20$")
	d.shut()
	pause := time.NewTimer(2 * time.Second) // as a restart may take
	<-pause.C
	d.open(t)
	all = append(all, heard(t, lines, "line 100$")...)
	interrupt()
	if got := code(); got != 130 {
		t.Errorf("exit %d after Ctrl-C", got)
	}
	next := 1
	for _, line := range all {
		_, number, ok := strings.Cut(line, "| line ")
		if n, _ := strconv.Atoi(number); ok && n != next {
			t.Fatalf("line %d, want %d", n, next)
		} else if ok {
			next++
		}
	}
	if next != 101 {
		t.Error(fmt.Sprint("the last line is ", next-1))
	}
	c.devup(t, "down", "--timeout", "0")
}
