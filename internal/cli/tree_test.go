package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
)

// commandPaths are the commands that do something.
func commandPaths(c *cobra.Command) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		if len(c.Commands()) == 0 && !yield(c.CommandPath()) {
			return
		}
		for _, sub := range c.Commands() {
			for path := range commandPaths(sub) {
				if !yield(path) {
					return
				}
			}
		}
	}
}

// each calls f for every command of the tree that does something.
func each(t *testing.T, f func(*testing.T, *cobra.Command)) {
	t.Helper()
	for path := range commandPaths(newRoot(command.New(t.Context(), Process{}))) {
		t.Run(strings.ReplaceAll(path, " ", "-"), func(t *testing.T) {
			t.Parallel()
			root := newRoot(command.New(t.Context(), Process{}))
			c, _, err := root.Find(strings.Fields(path)[1:])
			if err != nil {
				t.Fatal(err)
			}
			f(t, c)
		})
	}
}

// changing are the commands that change something and have no dry run.
var changing = []string{"attach", "build", "cp", "dashboard", "db", "exec", "open", "pull", "push", "serve", "share", "shell", "watch"}

// TestDryRunMarks: every command has a dry run, changes nothing, or refuses --dry-run. A new
// one has to decide.
func TestDryRunMarks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *cobra.Command) {
		t.Helper()
		dir := t.TempDir()
		own := c.LocalNonPersistentFlags().Lookup("dry-run") != nil
		marked := c.Annotations["dry-run"] != ""
		refused := refusesDryRun(t, dir, c.Name())
		switch {
		case own && marked:
			t.Error("has a flag of its own and a mark")
		case (own || marked) && refused:
			t.Error("refuses its own dry run")
		case slices.Contains(changing, c.Name()) && !refused:
			t.Error("takes --dry-run and does its work")
		case refused && !slices.Contains(changing, c.Name()):
			t.Error("has no dry run: give it command.ReadOnly, command.HasDryRun or a flag --dry-run, or add it to those that refuse")
		}
	})
}

// refusesDryRun tells whether a command, run in an empty directory, says that it has no dry
// run.
func refusesDryRun(t *testing.T, dir, name string) bool {
	t.Helper()
	args := []string{"-C", dir, "--dry-run", name}
	args = append(args, map[string][]string{
		"exec": {"web", "true"}, "shell": {"web"}, "run": {"web"}, "attach": {"web"}, "cp": {"a:b", "c"}, "scale": {"web=1"}, "wait": {"web"}, "why": {"web"},
		"port": {"web", "80"}, "completion": {"bash"}, "man": {filepath.Join(dir, "man")}, "serve": {"gateway", filepath.Join(dir, "x"), "shop"},
	}[name]...)
	_, said, _ := devup(t, dir, args...)
	return strings.Contains(said, "no dry run")
}

// devup runs a command line without an engine.
func devup(t *testing.T, dir string, args ...string) (out, said string, code int) {
	t.Helper()
	env := map[string]string{"HOME": dir, "DOCKER_HOST": "unix://" + filepath.Join(dir, "none.sock"), "HTTPS_PROXY": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"}
	var printed, reported bytes.Buffer
	process := Process{In: strings.NewReader(""), Out: &printed, Err: &reported, LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	code = Main(t.Context(), args, process)
	return printed.String(), reported.String(), code
}

// TestHelp: every command says in one line what it does, has examples that begin with devup,
// and its flags a usage.
func TestHelp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *cobra.Command) {
		t.Helper()
		if c.Short == "" || strings.HasSuffix(c.Short, ".") || strings.Contains(c.Short, "\n") || len(c.Short) > 90 {
			t.Errorf("short help %q", c.Short)
		}
		for line := range strings.Lines(c.Example) {
			if line = strings.TrimSpace(line); line != "" && !strings.Contains(line, "devup ") && !strings.HasPrefix(line, "#") {
				t.Errorf("example %q", line)
			}
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("--%s says nothing", f.Name)
			}
		})
		if c.GroupID == "" && !c.Hidden && c.Parent().GroupID == "" {
			t.Error("is in no group of the help")
		}
	})
}

// TestExamplesParse: what the help and the pages for programs show is understood.
func TestExamplesParse(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *cobra.Command) {
		t.Helper()
		for line := range strings.Lines(c.Example) {
			parses(t, line)
		}
	})
	for _, page := range []string{"ci.md", "agents.md"} {
		text, err := os.ReadFile(filepath.Join("../../docs", page))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			before, command, found := strings.Cut(line, "devup ")
			if mark := strings.TrimSpace(before); found && (mark == "$" || mark == "-" || strings.HasSuffix(mark, "run:") || strings.HasSuffix(mark, "`")) {
				command, _, _ = strings.Cut(command, "`")
				parses(t, "devup "+command)
			}
		}
	}
}

// parses fails the test unless a line that is a command of devup is understood.
func parses(t *testing.T, line string) {
	t.Helper()
	line, _, _ = strings.Cut(strings.TrimSpace(line), "  #")
	if !strings.HasPrefix(line, "devup ") || strings.ContainsAny(line, "|><&'\"`") {
		return
	}
	root := newRoot(command.New(t.Context(), Process{}))
	found, rest, err := root.Traverse(strings.Fields(line)[1:])
	if err == nil {
		err = found.ParseFlags(rest)
	}
	if err == nil {
		err = found.ValidateArgs(found.Flags().Args())
	}
	if err != nil {
		t.Errorf("%s: %v", line, err)
	}
}

// TestShortFlags: -f is --file, unless the command has another flag of that letter, as it
// has in Compose.
func TestShortFlags(t *testing.T) {
	t.Parallel()
	other := map[string]string{"logs": "follow", "rm": "force", "version": "format"}
	each(t, func(t *testing.T, c *cobra.Command) {
		t.Helper()
		c.InitDefaultHelpFlag()
		_ = c.ParseFlags(nil) // merges the flags that every command has
		want := "file"
		if name := other[c.Name()]; name != "" {
			want = name
		}
		if f := c.Flags().ShorthandLookup("f"); f == nil || f.Name != want {
			t.Errorf("-f is %v, want --%s", f, want)
		}
	})
}

// TestCompletion writes a script for each shell.
func TestCompletion(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		out, said, code := devup(t, t.TempDir(), "completion", shell)
		if code != 0 || !strings.Contains(out, "devup") || len(out) < 1000 {
			t.Errorf("%s: exit code %d, %d bytes, %s", shell, code, len(out), said)
		}
	}
	if _, _, code := devup(t, t.TempDir(), "completion", "csh"); code != fail.Usage.Exit() {
		t.Errorf("csh: exit code %d", code)
	}
}

// TestVersion prints for people and for programs.
func TestVersion(t *testing.T) {
	t.Parallel()
	out, _, code := devup(t, t.TempDir(), "version")
	if code != 0 || !strings.HasPrefix(out, "devup ") || !strings.Contains(out, "engine API") {
		t.Errorf("exit code %d: %s", code, out)
	}
	for _, args := range [][]string{{"version", "--format", "json"}, {"--json", "version"}, {"version", "-f", "json"}} {
		out, _, _ = devup(t, t.TempDir(), args...)
		var v versionObject
		if err := json.Unmarshal([]byte(out), &v); err != nil || v.Type != "version" || v.APIMin == "" || v.Go == "" {
			t.Errorf("%q: %v: %s", args, err, out)
		}
	}
	short, _, _ := devup(t, t.TempDir(), "version", "--short")
	if strings.Contains(strings.TrimSpace(short), " ") {
		t.Errorf("short: %q", short)
	}
	if _, _, code := devup(t, t.TempDir(), "version", "--format", "yaml"); code != fail.Usage.Exit() {
		t.Errorf("yaml: exit code %d", code)
	}
}

// TestManual writes a page for each command that is shown.
func TestManual(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for flag, page := range map[string]string{"": "devup-up.1", "--markdown": "devup_up.md"} {
		args := append([]string{"man", filepath.Join(dir, "man")}, strings.Fields(flag)...)
		if _, said, code := devup(t, dir, args...); code != 0 {
			t.Errorf("%s: exit code %d, %s", flag, code, said)
		}
		if _, err := os.Stat(filepath.Join(dir, "man", page)); err != nil {
			t.Error(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, code := devup(t, dir, "man", filepath.Join(dir, "file", "man")); code != fail.Denied.Exit() {
		t.Errorf("below a file: exit code %d", code)
	}
}

// TestUnknownCommand names the nearest one.
func TestUnknownCommand(t *testing.T) {
	t.Parallel()
	for name, word := range map[string]string{"dwon": "`down`", "frobnicate": "devup --help"} {
		_, said, code := devup(t, t.TempDir(), name)
		if code != fail.Usage.Exit() || !strings.Contains(said, word) {
			t.Errorf("%s: exit code %d, %s", name, code, said)
		}
	}
}

// TestErrorsAsJSON: where --json was given, the error is an object too, also one of usage.
func TestErrorsAsJSON(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--json", "up"}, {"--json", "port", "web"}, {"ps", "--json", "--nothing"}} {
		_, said, code := devup(t, t.TempDir(), append([]string{"-C", t.TempDir()}, args...)...)
		var o struct {
			Type, Code string
		}
		if err := json.Unmarshal([]byte(said), &o); err != nil || code == 0 || o.Code == "" {
			t.Errorf("%q: exit code %d, %v: %s", args, code, err, said)
		}
	}
}
