//go:build e2e

package e2e

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
)

// composed gives a checkout whose compose.yaml is the text. What was made of it is taken
// down at the end.
func composed(t *testing.T, text string) *checkout {
	t.Helper()
	c := newCheckout(t)
	c.write(t, "compose.yaml", text)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), waitLimit)
		defer cancel()
		if r := c.run(ctx, "down", "--volumes", "--yes", "--timeout", "0"); r.code != 0 {
			t.Errorf("%v", r)
		}
	})
	return c
}

// inside runs a command in the container of a service and gives what it prints.
func inside(t *testing.T, c *checkout, service string, command ...string) string {
	t.Helper()
	id := inspect(t, c.name, service).ID
	made, err := docker.ExecCreate(t.Context(), id, client.ExecCreateOptions{Cmd: command, AttachStdout: true, AttachStderr: true})
	if err != nil {
		t.Fatal(err)
	}
	attached, err := docker.ExecAttach(t.Context(), made.ID, client.ExecAttachOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer attached.Close()
	var text strings.Builder
	if _, err := stdcopy.StdCopy(&text, &text, attached.Reader); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return strings.TrimSpace(text.String())
}

// TestCopiedFiles: a secret from the environment and an inline config are files in the
// container with the owner and mode that the project gives them, and their values are
// nowhere else.
func TestCopiedFiles(t *testing.T) {
	t.Parallel()
	c := composed(t, `
services:
  box:
    image: busybox:latest
    command: sleep 600
    stop_grace_period: 0s
    user: "1000"
    secrets:
      - {source: token, uid: "103", gid: "104", mode: 0o440}
    configs:
      - {source: page, target: /srv/deep/page.txt}
secrets:
  token: {environment: E2E_TOKEN}
configs:
  page: {content: "hello ${E2E_NAME}"}
`)
	c.env = append(c.env, "E2E_TOKEN=open-sesame", "E2E_NAME=box")
	r := c.devup(t, "up", "--detach")
	container := inspect(t, c.name, "box")
	got := inside(t, c, "box", "stat", "-c", "%u:%g %a %n", "/run/secrets/token", "/srv/deep/page.txt")
	if want := "103:104 440 /run/secrets/token\n0:0 444 /srv/deep/page.txt"; got != want {
		t.Errorf("files are\n%s\nwant\n%s", got, want)
	}
	if got := inside(t, c, "box", "cat", "/srv/deep/page.txt"); got != "hello box" {
		t.Errorf("the config holds %q", got)
	}
	var seen []string
	for name, value := range container.Config.Labels {
		seen = append(seen, name+"="+value)
	}
	for _, text := range append(seen, strings.Join(container.Config.Env, " "), r.out, r.err) {
		if strings.Contains(text, "open-sesame") {
			t.Errorf("the secret shows in %q", text)
		}
	}
	c.env = append(c.env, "E2E_TOKEN=another")
	c.devup(t, "up", "--detach")
	if now := inspect(t, c.name, "box"); now.ID == container.ID {
		t.Error("a new value of the secret did not lead to a new container")
	}
}

// TestHooks: post_start runs in the started container, pre_stop before it is stopped, each
// as the user and with the environment that it names.
func TestHooks(t *testing.T) {
	t.Parallel()
	c := composed(t, `
services:
  box:
    image: busybox:latest
    command: sleep 600
    stop_grace_period: 0s
    volumes: ["./out:/out"]
    post_start:
      - {command: [sh, -c, 'echo "$$WORD $$(id -u) $$(pwd)" > /out/started'], user: "0", working_dir: /out, environment: {WORD: started}}
    pre_stop:
      - {command: [sh, -c, "echo stopping > /out/stopped"]}
`)
	c.write(t, "out/keep", "")
	c.devup(t, "up", "--detach")
	if got := c.read(t, "out/started"); got != "started 0 /out\n" {
		t.Errorf("post_start wrote %q", got)
	}
	c.devup(t, "stop")
	if got := c.read(t, "out/stopped"); got != "stopping\n" {
		t.Errorf("pre_stop wrote %q", got)
	}
}

// TestFailingHook: a post_start hook that fails fails the start with what it printed.
func TestFailingHook(t *testing.T) {
	t.Parallel()
	c := composed(t, `
services:
  box:
    image: busybox:latest
    command: sleep 600
    stop_grace_period: 0s
    post_start:
      - {command: [sh, -c, "echo no table; exit 7"]}
`)
	r := c.exits(t, 1, "up", "--detach")
	if !strings.Contains(r.err, "post_start hook 1 of box ended with status 7") || !strings.Contains(r.err, "no table") {
		t.Errorf("the failure is not told\n%v", r)
	}
	r = c.devup(t, "down", "--yes")
	if rest := left(t, c.name); len(rest) > 0 {
		t.Errorf("left: %q\n%v", rest, r)
	}
}

// TestEveryCopyHasAPort: the containers of a scaled service get a port each, from its range
// or any.
func TestEveryCopyHasAPort(t *testing.T) {
	t.Parallel()
	c := composed(t, `
services:
  box:
    image: busybox:latest
    command: sh -c 'mkdir /www && echo ok > /www/index.html && httpd -f -p 80 -h /www'
    init: true
    scale: 3
    ports: ["28201-28209:80", "81"]
`)
	c.devup(t, "up", "--detach")
	var ranged, random []int
	for _, found := range containers(t, c.name) {
		for _, p := range found.Ports {
			switch {
			case p.PrivatePort == 80 && p.PublicPort >= 28201 && p.PublicPort <= 28209:
				ranged = append(ranged, int(p.PublicPort))
			case p.PrivatePort == 81 && p.PublicPort != 0:
				random = append(random, int(p.PublicPort))
			}
		}
	}
	for _, ports := range []*[]int{&ranged, &random} {
		slices.Sort(*ports)
		*ports = slices.Compact(*ports)
	}
	if len(ranged) != 3 || len(random) != 3 {
		t.Errorf("ports of the range %v, any ports %v; want three each", ranged, random)
	}
	before := starts(t, c.name)
	c.devup(t, "up", "--detach")
	if after := starts(t, c.name); !slices.Equal(before, after) {
		t.Errorf("a second up changed something:\n%q\n%q", before, after)
	}
}

// TestMissingExternal: a network or volume that is taken for granted and is not there is
// told before anything is made.
func TestMissingExternal(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"network", "volume"} {
		use := map[string]string{"network": "networks: [theirs]", "volume": "volumes: [\"theirs:/theirs\"]"}[kind]
		c := composed(t, "services:\n  box: {image: \"busybox:latest\", command: sleep 600, "+use+"}\n"+kind+"s:\n  theirs: {external: true, name: devup-e2e-nowhere}\n")
		r := c.exits(t, 2, "up", "--detach")
		if rest := left(t, c.name); len(rest) > 0 {
			t.Errorf("made: %q", rest)
		}
		if !strings.Contains(r.err, "docker "+kind+" create devup-e2e-nowhere") {
			t.Errorf("no way out is told\n%v", r)
		}
	}
}
