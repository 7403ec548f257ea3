//go:build unix

package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/test/contract"
	"github.com/devup-cli/devup/test/hostile"
)

// walker runs devup without an engine in a directory, in three ways: with streams that are
// no terminal, for programs, and on a terminal.
type walker struct{ dir, home string }

func newWalker(t *testing.T, write func(dir string) error) *walker {
	t.Helper()
	base := t.TempDir()
	w := &walker{dir: filepath.Join(base, "app"), home: filepath.Join(base, "home")}
	for _, dir := range []string{w.dir, w.home} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := write(w.dir); err != nil {
		t.Fatal(err)
	}
	return w
}

// walk runs a command line in each way and checks what is printed.
func (w *walker) walk(t *testing.T, args ...string) {
	t.Helper()
	w.plain(t, args...)
	w.plain(t, append([]string{"--json"}, args...)...)
	w.terminal(t, args...)
}

func (w *walker) plain(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	code := w.main(t, args, Process{In: strings.NewReader(""), Out: &out, Err: &out})
	w.check(t, args, code, out.String(), false)
	if err := contract.Check(out.String()); err != nil {
		t.Errorf("devup %q: %v", args, err)
	}
	return out.String()
}

func (w *walker) terminal(t *testing.T, args ...string) string {
	t.Helper()
	master, slave, err := openTerminal()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	shown := make(chan []byte)
	go func() { shown <- converse(master, slices.Repeat([]string{"y\n"}, 20)) }()
	code := w.main(t, args, Process{In: slave, Out: slave, Err: slave})
	if err := slave.Close(); err != nil {
		t.Fatal(err)
	}
	text := string(<-shown)
	w.check(t, args, code, text, true)
	return text
}

func (w *walker) main(t *testing.T, args []string, stdio Process) int {
	t.Helper()
	env := map[string]string{
		"HOME": w.home, "PATH": os.Getenv("PATH"), "DOCKER_HOST": "unix://" + filepath.Join(w.home, "no-engine.sock"), "TERM": "xterm",
		"HTTP_PROXY": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1", // doctor asks nobody
	}
	stdio.LookupEnv = func(name string) (string, bool) { value, ok := env[name]; return value, ok }
	for name, value := range env {
		stdio.Environ = append(stdio.Environ, name+"="+value)
	}
	return Main(t.Context(), append([]string{"-C", w.dir}, args...), stdio)
}

func (w *walker) check(t *testing.T, args []string, code int, printed string, terminal bool) {
	t.Helper()
	if testing.Verbose() {
		t.Logf("devup %q: exit code %d\n%q", args, code, printed)
	}
	if err := hostile.Check(printed, terminal); err != nil {
		t.Errorf("devup %q prints what a terminal acts on:\n%v", args, err)
	}
}

// TestHostileProject walks all commands over a project whose every text tries to reach the
// terminal. A new command has to be put into the list of them.
func TestHostileProject(t *testing.T) {
	t.Parallel()
	w := newWalker(t, hostile.WriteProject)
	walked, out := map[string]bool{}, t.TempDir()
	for _, call := range hostile.Calls(out) {
		tree := newRoot(command.New(t.Context(), Process{}))
		if found, _, err := tree.Find(call.Args); err == nil {
			walked[found.CommandPath()] = true
		}
		if call.Piped {
			w.plain(t, call.Args...)
		} else {
			w.walk(t, call.Args...)
		}
	}
	for path := range commandPaths(newRoot(command.New(t.Context(), Process{}))) {
		if !walked[path] {
			t.Errorf("%s is not walked: add it to the calls of test/hostile", path)
		}
	}
	report, err := os.ReadFile(filepath.Join(out, "report.md"))
	if err == nil {
		err = hostile.Check(string(report), false)
	}
	if err != nil {
		t.Errorf("the file of doctor --report: %v", err)
	}
}

// TestHostileConfigs: what is wrong with a config is said without its escape sequences.
func TestHostileConfigs(t *testing.T) {
	t.Parallel()
	for i, content := range hostile.Broken() {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			w := newWalker(t, func(dir string) error {
				return os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(content), 0o600)
			})
			w.walk(t, "config")
			w.plain(t, "config", "--no-interpolate")
		})
	}
}

// TestHostileClone: init says what it finds, asks, writes, and what it wrote can be read.
func TestHostileClone(t *testing.T) {
	t.Parallel()
	w := newWalker(t, hostile.WriteClone)
	for _, args := range [][]string{{"init", "--dry-run", "--explain"}, {"init"}, {"init", "--explain"}, {"config"}, {"doctor"}} {
		w.walk(t, args...)
	}
	w = newWalker(t, hostile.WriteClone)
	if text := w.terminal(t, "init"); !strings.Contains(text, `wrote "api`) {
		t.Errorf("init does not name what it wrote:\n%s", text)
	}
}

// TestHostileQuestions: a repository chooses the words of what devup asks for.
func TestHostileQuestions(t *testing.T) {
	t.Parallel()
	w := newWalker(t, hostile.WriteAsking)
	text := w.terminal(t, "up") + w.terminal(t, "up", "-f", filepath.Join(w.dir, "app.yaml"))
	for _, asked := range []string{"use it?", "REGION (", "API_KEY (", "TOKEN ("} {
		if !strings.Contains(text, asked) {
			t.Errorf("%s is not asked for:\n%q", asked, text)
		}
	}
}
