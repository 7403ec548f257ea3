//go:build windows && e2e

// Package windows tries the Windows program against a Linux engine that shares no file with
// it, from a bare clone to its removal. It runs on Windows, or under Wine.
package windows

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"golang.org/x/sys/windows"
)

// limit is how long a state may take on a slow machine.
const limit = 3 * time.Minute

// TestFromABareCloneToItsRemoval: init, up, an edit that shows, exec, cp, Ctrl-C and down.
func TestFromABareCloneToItsRemoval(t *testing.T) {
	dir := clone(t)
	engine, err := client.New(client.FromEnv)
	if err != nil {
		t.Fatal(err)
	}
	devup(t, dir, "init", "--yes")
	t.Cleanup(func() { devup(t, dir, "down", "--volumes") })
	replace(t, filepath.Join(dir, "devup.yaml"), "    volumes:\n", "    volumes:\n      - ./note.txt:/etc/note.txt:ro\n")

	up := start(t, dir, "up")
	up.says(t, "service api: answers")
	url := "http://" + strings.TrimSpace(devup(t, dir, "port", "api", "4567")) + "/" // another one where that is taken
	answers(t, url, "hello from a line with CRLF")
	up.says(t, "files are copied into the container instead of mounted")

	devup(t, dir, "cp", "note.txt", "api:/tmp/note.txt")
	for _, name := range []string{"/tmp/note.txt", "/etc/note.txt"} { // copied, and mounted
		if got := devup(t, dir, "exec", "-T", "api", "cat", name); strings.TrimSpace(got) != "a note" {
			t.Errorf("%s holds %q", name, got)
		}
	}
	devup(t, dir, "cp", "api:/tmp/note.txt", "back.txt")
	if got, err := os.ReadFile(filepath.Join(dir, "back.txt")); err != nil || strings.TrimSpace(string(got)) != "a note" {
		t.Errorf("what came back: %q, %v", got, err)
	}

	replace(t, filepath.Join(dir, "api", "app.py"), "hello", "edited")
	answers(t, url, "edited from a line with CRLF")

	interrupt(t, up.command.Process.Pid)
	up.ends(t)
	if got := containers(t, engine, filepath.Base(dir)); !strings.HasSuffix(got, "-api-1 exited") {
		t.Errorf("after an interrupt: %s", got)
	}
	devup(t, dir, "down", "--volumes")
	if got := containers(t, engine, filepath.Base(dir)); got != "" {
		t.Errorf("down left %s", got)
	}
}

// clone writes a repository with Windows line ends, and with a file whose path is longer
// than what Windows takes without a prefix.
func clone(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), fmt.Sprintf("windows-%d", os.Getpid()))
	deep := filepath.Join(append([]string{"api"}, strings.Split(strings.TrimSuffix(strings.Repeat("a_directory_with_a_long_name/", 10), "/"), "/")...)...)
	for name, text := range map[string]string{
		"note.txt":                               "a note\n",
		filepath.Join("api", "app.py"):           "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get(\"/\")\ndef home():\n    return \"hello from a line with CRLF\"\n\n\nif __name__ == \"__main__\":\n    app.run(port=4567)\n",
		filepath.Join("api", "requirements.txt"): "flask>=2.2\n",
		filepath.Join(deep, "far.txt"):           "far\n",
	} {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(strings.ReplaceAll(text, "\n", "\r\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// program is the devup under test.
func program(t *testing.T) string {
	t.Helper()
	name := os.Getenv("DEVUP_UNDER_TEST")
	if name == "" {
		t.Fatal("DEVUP_UNDER_TEST names no devup.exe")
	}
	return name
}

// devup runs a command to its end and gives what it printed.
func devup(t *testing.T, dir string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	c := exec.CommandContext(ctx, program(t), args...)
	c.Dir = dir
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Fatalf("devup %s: %v\n%s%s", strings.Join(args, " "), err, &out, &errs)
	}
	return out.String()
}

// running is a devup that goes on, and what it printed.
type running struct {
	command *exec.Cmd
	ended   chan error
	mu      sync.Mutex
	text    bytes.Buffer
}

func (r *running) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *running) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// start begins a command, in a process group of its own where Ctrl-Break is sent to it.
func start(t *testing.T, dir string, args ...string) *running {
	t.Helper()
	r := &running{ended: make(chan error, 1)}
	r.command = exec.Command(program(t), args...)
	r.command.Dir, r.command.Stdout, r.command.Stderr = dir, r, r
	if os.Getenv("INTERRUPT_FILE") == "" { // a new group has no Ctrl-C
		r.command.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
	}
	if err := r.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.ended <- r.command.Wait() }()
	t.Cleanup(func() {
		_ = r.command.Process.Kill()
		if t.Failed() {
			t.Logf("devup %s printed\n%s", strings.Join(args, " "), r)
		}
	})
	return r
}

// interrupt presses Ctrl-Break. Wine passes none on without a console: there a file asks the
// script that started this test for a signal, which is Ctrl-C to the program.
func interrupt(t *testing.T, pid int) {
	t.Helper()
	err := windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(pid))
	if name := os.Getenv("INTERRUPT_FILE"); name != "" {
		err = os.WriteFile(name, nil, 0o600)
	}
	if err != nil {
		t.Fatalf("interrupt devup: %v", err)
	}
}

func (r *running) says(t *testing.T, text string) {
	t.Helper()
	until(t, fmt.Sprintf("%q is said", text), func() bool { return strings.Contains(r.String(), text) })
}

func (r *running) ends(t *testing.T) {
	t.Helper()
	select {
	case <-r.ended:
	case <-time.After(limit):
		t.Fatal("an interrupt does not end it")
	}
}

// answers waits until a URL answers with a text.
func answers(t *testing.T, url, text string) {
	t.Helper()
	until(t, fmt.Sprintf("%s answers with %q", url, text), func() bool {
		response, err := http.Get(url)
		if err != nil {
			return false
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return strings.Contains(string(body), text)
	})
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("within %v not: %s", limit, what)
}

func replace(t *testing.T, name, old, by string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, bytes.ReplaceAll(text, []byte(old), []byte(by)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// containers names the containers of a project, each with its state.
func containers(t *testing.T, engine *client.Client, project string) string {
	t.Helper()
	filter := client.Filters{}.Add("label", "com.docker.compose.project="+project)
	listed, err := engine.ContainerList(t.Context(), client.ContainerListOptions{All: true, Filters: filter})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range listed.Items {
		names = append(names, strings.Join(c.Names, ",")+" "+string(c.State))
	}
	return strings.Join(names, " ")
}
