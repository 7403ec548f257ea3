//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// devcontainer runs the real program that opens dev containers, and gives what it prints.
func (c *checkout) devcontainer(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(root, "test", "world", "devcontainer"), args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "TMPDIR="+filepath.Dir(c.dir)) // it leaves files there
	cmd.WaitDelay = 10 * time.Second
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("devcontainer %s: %w\n%s%s", strings.Join(args, " "), err, &out, &said)
	}
	return out.String(), nil
}

// configuration is the checkout's devcontainer.json as the program reads it.
func (c *checkout) configuration(t *testing.T) map[string]any {
	t.Helper()
	out, err := c.devcontainer(t.Context(), "read-configuration", "--workspace-folder", c.dir)
	if err != nil {
		t.Fatal(err)
	}
	var read struct{ Configuration map[string]any }
	if err := json.Unmarshal([]byte(out), &read); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	delete(read.Configuration, "configFilePath")
	return read.Configuration
}

// sameConfiguration compares what the program reads with what is expected, both as JSON.
func sameConfiguration(t *testing.T, want string, got map[string]any) {
	t.Helper()
	var expected map[string]any
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(expected, got); d != "" {
		t.Errorf("configuration (-want +got):\n%s", d)
	}
}

// TestDevcontainerIsRead: the program reads of what init writes for the example all that
// init means.
func TestDevcontainerIsRead(t *testing.T) {
	t.Parallel()
	c := example(t, "cruddur")
	c.env = append(c.env, "DEVUP_INSTALL=curl https://example.com/install | sh")
	c.devup(t, "init", "--yes", "--for", "codespaces")
	sameConfiguration(t, `{
		"name": "`+c.name+`",
		"image": "mcr.microsoft.com/devcontainers/base:ubuntu-24.04",
		"features": {"ghcr.io/devcontainers/features/docker-in-docker:2.17.0": {}, "ghcr.io/devcontainers/features/github-cli:1.1.0": {}},
		"forwardPorts": [4567, 3000],
		"portsAttributes": {
			"4567": {"label": "backend-flask", "onAutoForward": "silent", "protocol": "http"},
			"3000": {"label": "frontend-react-js", "onAutoForward": "openPreview", "protocol": "http"}
		},
		"onCreateCommand": "curl https://example.com/install | sh",
		"postStartCommand": "devup up --detach"
	}`, c.configuration(t))
}

// TestDevcontainerAdditionsAreRead: what init would add to a devcontainer.json that is
// there can be applied, leaves all that was there, and is then complete.
func TestDevcontainerAdditionsAreRead(t *testing.T) {
	t.Parallel()
	c := files(t, flaskApp+`
-- .devcontainer/devcontainer.json --
// For format details, see https://aka.ms/devcontainer.json.
{
	"name": "Ours", /* and "yours" */
	"build": { "dockerfile": "Dockerfile" },
	// "features": {},
	"forwardPorts": [5432, "db:6379"],
	"customizations": {
		"vscode": { "extensions": ["ms-python.python"] },
	},
	"runArgs": ["--init"],
	"postStartCommand": "git config --global --add safe.directory *", // ,
}
`)
	r := c.devup(t, "init", "--yes", "--json", "--for", "codespaces,ona")
	c.git(t, "init", "--quiet")
	c.write(t, "../additions.diff", diffOf(t, r, ".devcontainer/devcontainer.json"))
	c.git(t, "apply", "../additions.diff")
	sameConfiguration(t, `{
		"name": "Ours",
		"build": {"dockerfile": "Dockerfile"},
		"features": {"ghcr.io/devcontainers/features/docker-in-docker:2.17.0": {}, "ghcr.io/devcontainers/features/github-cli:1.1.0": {}},
		"forwardPorts": [5000, 5432, "db:6379"],
		"portsAttributes": {"5000": {"label": "api", "onAutoForward": "silent", "protocol": "http"}},
		"customizations": {"vscode": {"extensions": ["ms-python.python"]}},
		"runArgs": ["--network=host", "--init"],
		"postStartCommand": {
			"first": "git config --global --add safe.directory *",
			"devup": "test -n \"$GITPOD_ENVIRONMENT_ID\" || devup up --detach"
		}
	}`, c.configuration(t))
	if r := c.devup(t, "init", "--yes"); strings.Contains(r.out, "init would add") {
		t.Errorf("something is left to add\n%v", r)
	}
}

// diffOf is the diff of a file that a run of init with --json shows.
func diffOf(t *testing.T, r result, path string) string {
	t.Helper()
	for line := range strings.Lines(r.out) {
		var file struct{ Type, Path, Diff string }
		if json.Unmarshal([]byte(line), &file) == nil && file.Type == "file" && file.Path == path && file.Diff != "" {
			return file.Diff
		}
	}
	t.Fatalf("no diff of %s in\n%v", path, r)
	return ""
}
