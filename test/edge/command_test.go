package edge_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/test/edge"
)

// TestWrongCalls: what the real commands do not know is refused and remembered.
func TestWrongCalls(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		workspace edge.Workspace
		calls     []string
	}{
		{edge.NewGitpod("a", "ws-eu1.gitpod.io"), []string{
			"gp ports visibility 3000:public 5000:public", "gp ports visibility 3000", "gp ports visibility 3000:org",
			"gp ports list --json", "gp ports open 3000", "gp url x", "gh codespace ports --json label -c a",
		}},
		{edge.NewCodespaces("a"), []string{
			"gh codespace ports visibility 3000:public", "gh codespace ports visibility 3000:public -c b",
			"gh codespace ports visibility 3000:open -c a", "gh codespace ports -c a --json port", "gh codespace ports -c a",
			"gh codespace ports visibility 3000:public -c a --yes", "gh codespace list", "gh", "gp url 3000",
		}},
		{edge.NewOna("a", "eu-central-1-01"), []string{
			"gitpod environment port open 80", "gitpod environment port open 3000 --admission all", "gitpod environment port open",
			"gitpod environment port list", "gitpod environment port close", "gitpod env port open 3000", "gitpod environment port open 3000 --public",
		}},
	} {
		e, _, err := start(t.Context(), c.workspace)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range c.calls {
			a := e.Run(edge.Call{Args: strings.Fields(line), Token: true})
			if a.Code == 0 || a.Err == "" || !a.Wrong {
				t.Errorf("%s: %+v", line, a)
			}
		}
		if got := e.Wrong(); !slices.Equal(got, c.calls) {
			t.Errorf("remembered %q, want %q", got, c.calls)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestCommands: what a shell of the workspace runs talks to the edge, and gh wants a token.
func TestCommands(t *testing.T) {
	t.Parallel()
	e, _, err := start(t.Context(), edge.NewCodespaces("octocat-x7"))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	dir, err := os.MkdirTemp("", "edge") //nolint:usetesting // a socket's path has a limit of about 100 bytes
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := e.Install(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		env, line, out, err string
		code                int
	}{
		{"GITHUB_TOKEN=ghu_x", "gh codespace ports --json label -c octocat-x7", "[", "", 0},
		{"GH_TOKEN=", "gh codespace ports --json label -c octocat-x7", "", "gh auth login", 4},
		{"GITHUB_TOKEN=ghu_x", "gh codespace ports visibility 1:public -c octocat-x7", "", "404 Not Found", 1},
		{"GITHUB_TOKEN=ghu_x", "gp url 3000", "", "gp: command not found", 127},
	} {
		args := strings.Fields(c.line)
		cmd := exec.CommandContext(t.Context(), filepath.Join(dir, args[0]), args[1:]...)
		var stdout, stderr strings.Builder
		cmd.Stdout, cmd.Stderr, cmd.Env = &stdout, &stderr, []string{c.env}
		_ = cmd.Run() // its exit code is looked at
		if cmd.ProcessState.ExitCode() != c.code || !strings.HasPrefix(stdout.String(), c.out) || !strings.Contains(stderr.String(), c.err) {
			t.Errorf("%s %s: exit %d\n%s%s", c.env, c.line, cmd.ProcessState.ExitCode(), &stdout, &stderr)
		}
	}
	if len(e.Calls()) != 4 {
		t.Errorf("calls: %q", e.Calls())
	}
}
