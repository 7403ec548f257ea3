//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"
)

// oneService is a repository whose one service is quick to build.
const oneService = `
-- web/requirements.txt --
flask
-- web/app.py --
from flask import Flask
app = Flask(__name__)
app.run(port=PORT)
-- web/Dockerfile --
FROM busybox
RUN mkdir /www && echo hello from the dev container >/www/index.html
CMD ["httpd", "-f", "-p", "PORT", "-h", "/www"]
`

// devContainer is a checkout that is open in a dev container.
type devContainer struct {
	*checkout
	config string // the path of its devcontainer.json, with stand-ins
	id     string
	env    []string // of what runs inside
}

// open opens the checkout as an editor or a codespace does, from the configuration that
// init wrote. Images and features of other registries are out of reach, so there are
// stand-ins: for the image one of Docker Hub, and for Docker in it the engine of the
// tests, whose network the dev container then shares.
func (c *checkout) open(t *testing.T, config map[string]any, env ...string) *devContainer {
	t.Helper()
	config["image"] = "python:3"
	delete(config, "features")
	config["runArgs"] = []string{"--network=host"}
	config["workspaceFolder"] = c.dir // bind mounts are the engine's
	config["workspaceMount"] = fmt.Sprintf("type=bind,source=%[1]s,target=%[1]s", c.dir)
	config["mounts"] = []string{
		"type=bind,target=/var/run/docker.sock,source=" + strings.TrimPrefix(docker.DaemonHost(), "unix://"),
		"type=bind,target=/opt/devup,source=" + filepath.Dir(binary),
	}
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	c.write(t, "../stand-in/devcontainer.json", string(text))
	d := &devContainer{checkout: c, config: c.path("../stand-in/devcontainer.json"), env: env}
	label := c.name + "-dev" // so that reap finds it
	t.Cleanup(func() { removeContainers(t, label) })
	out, err := d.devcontainer(t.Context(), d.args("up", "--id-label", projectLabel+"="+label)...)
	if err != nil {
		t.Fatal(err)
	}
	var up struct{ Outcome, ContainerID string }
	if err := json.Unmarshal([]byte(out), &up); err != nil || up.Outcome != "success" {
		t.Fatalf("the dev container did not come up: %v\n%s", err, out)
	}
	d.id = up.ContainerID
	return d
}

// removeContainers removes the containers of a project, also after the test.
func removeContainers(t *testing.T, project string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), waitLimit)
	defer cancel()
	if err := reap(ctx, ofProject(project)); err != nil {
		t.Error(err)
	}
}

// shell runs a command line in the dev container, in the checkout.
func (d *devContainer) shell(ctx context.Context, line string) (string, error) {
	return d.devcontainer(ctx, append(d.args("exec", "--container-id", d.id), "/bin/sh", "-c", line)...)
}

// args are a command of the program for this dev container. What a login shell would set
// in it is not asked for, which takes seconds.
func (d *devContainer) args(command, flag, value string) []string {
	all := []string{command, flag, value, "--workspace-folder", d.dir, "--override-config", d.config, "--default-user-env-probe", "none"}
	for _, e := range d.env {
		all = append(all, "--remote-env", e)
	}
	return all
}

// served is a checkout of oneService, for the platforms, and the URL of its service.
func served(t *testing.T, platforms string) (c *checkout, url string) {
	t.Helper()
	port := fmt.Sprint(freePort())
	c = files(t, strings.ReplaceAll(oneService, "PORT", port))
	c.env = append(c.env, "DEVUP_INSTALL=install /opt/devup/devup /usr/local/bin/")
	c.devup(t, "init", "--yes", "--for", platforms)
	return c, "http://localhost:" + port
}

// TestDevcontainerComesUp: a dev container that is made from what init wrote installs
// devup, and devup brings the services up in it.
func TestDevcontainerComesUp(t *testing.T) {
	t.Parallel()
	c, url := served(t, "codespaces")
	d := c.open(t, c.configuration(t))
	if out, err := d.shell(t.Context(), "devup ps --ready"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	eventually(t, answers(t, url, "hello from the dev container"))
}

// TestOnaService: in Ona the dev container starts nothing; the service of automations.yaml
// does, is ready when the services answer, and stops them.
func TestOnaService(t *testing.T) {
	t.Parallel()
	c, url := served(t, "ona")
	var automations struct {
		Services map[string]struct {
			Commands struct{ Start, Ready, Stop string }
		}
	}
	if err := yaml.Unmarshal([]byte(c.read(t, ".ona/automations.yaml")), &automations); err != nil {
		t.Fatal(err)
	}
	if names := slices.Collect(maps.Keys(automations.Services)); !slices.Equal(names, []string{"devup"}) {
		t.Fatalf("services %q", names)
	}
	commands := automations.Services["devup"].Commands
	config := c.configuration(t)
	if args := fmt.Sprint(config["runArgs"]); args != "[--network=host]" {
		t.Errorf("runArgs %s: Ona would not reach the ports", args)
	}
	d := c.open(t, config, "GITPOD_ENVIRONMENT_ID=019cd868-853b-7ed2-9862-a56d5c6d1c78")
	if n := len(containers(t, c.name)); n != 0 {
		t.Errorf("the dev container has started %d services by itself", n)
	}
	if _, err := d.shell(t.Context(), commands.Ready); err == nil {
		t.Error("it is ready before it is started")
	}
	ended := make(chan error, 1)
	go func() {
		_, err := d.shell(t.Context(), commands.Start)
		ended <- err
	}()
	eventually(t, func() (bool, string) { // it builds first
		_, err := d.shell(t.Context(), commands.Ready)
		return err == nil, fmt.Sprint(err)
	})
	eventually(t, answers(t, url, "hello from the dev container"))
	select {
	case err := <-ended:
		t.Fatalf("the service has ended by itself: %v", err)
	default:
	}
	if out, err := d.shell(t.Context(), commands.Stop); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if inspect(t, c.name, "web").State.Running {
		t.Error("web still runs")
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("stopped as asked for, and yet: %v", err)
		}
	case <-time.After(waitLimit):
		t.Error("start does not end after stop")
	}
}
