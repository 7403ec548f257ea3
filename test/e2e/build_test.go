//go:build e2e

package e2e

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// TestABuildSectionIsCarriedOut: the Dockerfile itself checks what it gets, and the
// engine has the image under its names, with its labels, and with no secret.
func TestABuildSectionIsCarriedOut(t *testing.T) {
	t.Parallel()
	if newer, err := isAtLeast(23); err != nil {
		t.Fatal(err)
	} else if !newer {
		t.Skip("the builder of Docker 20.10 knows no additional contexts")
	}
	c := files(t, `
-- devup.yaml --
services:
  web:
    profiles: [never]
    build:
      context: web
      target: made
      args: [LISTED=1, FROM_ENV]
      additional_contexts: {extra: ./extra, base: service:base, pinned: docker-image://busybox}
      secrets: [kept, {source: told, target: renamed}]
      labels: {shop.kind: web}
      tags: ["devup-e2e-NAME-web:extra"]
      extra_hosts: ["shop.example:10.1.2.3"]
      shm_size: 96m
      ulimits: {nofile: {soft: 1111, hard: 2222}}
      no_cache: true
  base:
    profiles: [never]
    build:
      context: .
      dockerfile_inline: |
        FROM busybox
        RUN echo from-base > /base
  alone:
    profiles: [never]
    build:
      network: none
      args: {MAPPED: yes-it-is}
      dockerfile_inline: |
        FROM busybox
        ARG MAPPED
        RUN test "$$MAPPED" = yes-it-is && ! ip route | grep default
secrets:
  kept: {file: ./secret.txt}
  told: {environment: TOLD}
-- secret.txt --
TOP-SECRET-FILE
-- extra/file --
extra
-- web/Dockerfile --
FROM base AS made
ARG LISTED
ARG FROM_ENV
ARG ASKED
RUN test "$LISTED$FROM_ENV" = 1environment && test "$ASKED" = flag
COPY --from=extra file /file
COPY --from=pinned /bin/busybox /pinned
RUN grep -q from-base /base && grep -q extra /file && grep -q "10.1.2.3.*shop.example" /etc/hosts
RUN df -m /dev/shm | grep -q " 96 " || df -h /dev/shm | grep -q 96
RUN test "$(ulimit -Sn) $(ulimit -Hn)" = "1111 2222"
RUN --mount=type=secret,id=kept --mount=type=secret,id=renamed grep -q TOP.SECRET.FILE /run/secrets/kept && grep -q TOP.SECRET.ENV /run/secrets/renamed
FROM made AS beyond
RUN exit 1
`)
	c.replace(t, "devup.yaml", "devup-e2e-NAME-web", c.name+"-web")
	c.env = append(c.env, "FROM_ENV=environment", "TOLD=TOP-SECRET-ENV")
	c.devup(t, "build", "web", "alone", "--build-arg", "ASKED=flag")
	for _, ref := range []string{c.name + "-web", c.name + "-web:extra", c.name + "-base", c.name + "-alone"} {
		if !hasImage(t, ref) {
			t.Errorf("there is no image %s", ref)
		}
	}
	image, err := docker.ImageInspect(t.Context(), c.name+"-web:extra")
	if err != nil {
		t.Fatal(err)
	}
	if image.Config.Labels["shop.kind"] != "web" || image.Config.Labels["com.docker.compose.service"] != "web" {
		t.Errorf("the labels are %v", image.Config.Labels)
	}
	history, err := docker.ImageHistory(t.Context(), image.ID)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := json.Marshal(history); strings.Contains(string(text), "TOP-SECRET") {
		t.Errorf("the history holds a secret: %s", text)
	}
}

// TestABuildUsesTheSSHAgent: an agent with a key is reached from a RUN, by the file's
// own words and by --ssh.
func TestABuildUsesTheSSHAgent(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("ssh-agent")
	if err != nil {
		t.Skip("this test needs ssh-agent")
	}
	c := files(t, `
-- devup.yaml --
services:
  asks:
    build:
      ssh: [default]
      dockerfile_inline: |
        FROM busybox
        RUN --mount=type=ssh test -S "$$SSH_AUTH_SOCK"
  told:
    build:
      dockerfile_inline: |
        FROM busybox
        RUN --mount=type=ssh,id=other,required=true test -S "$$SSH_AUTH_SOCK"
`)
	socket := c.path("agent")
	agent := exec.CommandContext(t.Context(), program, "-D", "-a", socket)
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = agent.Process.Kill(); _ = agent.Wait() }) // the test's context ends it too
	eventually(t, func() (bool, string) {
		return exec.CommandContext(t.Context(), "test", "-S", socket).Run() == nil, "no socket"
	})
	c.env = append(c.env, "SSH_AUTH_SOCK="+socket)
	c.devup(t, "build", "--no-cache", "asks")
	c.exits(t, 5, "build", "--no-cache", "told")
	c.devup(t, "build", "--no-cache", "told", "--ssh", "other="+socket)
}

// TestWhatChangedNothingIsBuiltOnce: a change that gives the same image is built once
// and then known, as is what a down or a build left behind.
func TestWhatChangedNothingIsBuiltOnce(t *testing.T) {
	t.Parallel()
	c := files(t, "-- devup.yaml --\nservices:\n  web: {build: ., init: true}\n-- Dockerfile --\nFROM busybox\nCMD [\"sleep\", \"1000\"]\n")
	idle := func(after string) {
		t.Helper()
		if r := c.devup(t, "up", "--dry-run"); strings.Contains(r.out, "build web") {
			t.Errorf("after %s up builds again\n%v", after, r)
		}
	}
	c.devup(t, "up", "--detach")
	before := inspect(t, c.name, "web").ID
	c.write(t, "Dockerfile", "# a remark\nFROM busybox\nCMD [\"sleep\", \"1000\"]\n")
	if r := c.devup(t, "up", "--dry-run"); !strings.Contains(r.out, "build web: its files or its build settings changed") {
		t.Errorf("a change is not seen\n%v", r)
	}
	c.devup(t, "up", "--detach")
	if after := inspect(t, c.name, "web").ID; after != before {
		t.Error("the container was replaced although its image is the same")
	}
	idle("a remark in the Dockerfile")
	c.devup(t, "down", "--yes")
	idle("a down")
	c.write(t, "Dockerfile", "FROM busybox\nRUN true\nCMD [\"sleep\", \"1000\"]\n")
	c.devup(t, "build")
	idle("a build")
}
