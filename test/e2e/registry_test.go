//go:build e2e

package e2e

import (
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/moby/client"
)

// passwords has one account for the registry: ada with the password lovelace.
const passwords = "ada:$2a$05$0gWrBBkG2LRVn/vEj8M8TOnxN52OZvAeV8A8PQ14naX9z7oyiTBTG\n"

// privateRegistry starts a registry that lets in no one without a password, and gives
// its host. It listens on loopback, where engines take HTTP from it.
func privateRegistry(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("docker-registry")
	if err != nil {
		t.Skip("this test needs docker-registry")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := listener.Addr().String()
	listener.Close()
	dir := t.TempDir()
	config := fmt.Sprintf("version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: %q}\nauth: {htpasswd: {realm: shop, path: %s}}\n",
		filepath.Join(dir, "data"), host, filepath.Join(dir, "htpasswd"))
	for name, text := range map[string]string{"config.yml": config, "htpasswd": passwords} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	serve := exec.CommandContext(t.Context(), program, "serve", filepath.Join(dir, "config.yml"))
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = serve.Process.Kill() // the test's context has killed it already
		_ = serve.Wait()
	})
	eventually(t, func() (bool, string) {
		status, _, err := get(t.Context(), "http://"+host+"/v2/")
		return status == 401, fmt.Sprint(status, err)
	})
	return host
}

// private is a checkout with a service that builds an image of a private registry and
// one that does not need it.
func private(t *testing.T, host string) (c *checkout, image string) {
	t.Helper()
	image = host + "/shop/web:1"
	c = files(t, strings.ReplaceAll(`
-- devup.yaml --
services:
  web:
    build: .
    image: IMAGE
    init: true
  other:
    image: busybox
    command: sleep 1000
    init: true
-- private.yaml --
services:
  web:
    image: IMAGE
    init: true
  other:
    image: busybox
    command: sleep 1000
    init: true
-- Dockerfile --
FROM busybox
RUN echo made here > /made
CMD ["sleep", "1000"]
`, "IMAGE", image))
	t.Cleanup(func() { removeImage(t, image) })
	return c, image
}

func removeImage(t *testing.T, image string) {
	t.Helper()
	_, _ = docker.ImageRemove(t.Context(), image, client.ImageRemoveOptions{Force: true}) // it may be gone
}

// login gives the checkout a Docker configuration of its own.
func (c *checkout) login(t *testing.T, config string) {
	t.Helper()
	c.write(t, ".docker/config.json", config)
	c.env = append(c.env, "DOCKER_CONFIG="+c.path(".docker"))
}

func auth(host, password string) string {
	return fmt.Sprintf(`{"auths":{%q:{"auth":%q}}}`, host, base64.StdEncoding.EncodeToString([]byte("ada:"+password)))
}

// TestPushNeedsTheRightLogin: an image is pushed with the login that Docker's
// configuration has, and without it one sentence names the registry and the command.
func TestPushNeedsTheRightLogin(t *testing.T) {
	t.Parallel()
	host := privateRegistry(t)
	c, image := private(t, host)
	for _, try := range []struct{ name, config, want, hint string }{
		{"before the build", `{}`, image + " of web cannot be pushed: it is not on this engine yet", "devup build web"},
		{"no login", `{}`, image + " of web cannot be pushed: " + host + " requires a login", "docker login " + host},
		{"a wrong password", auth(host, "wrong"), host + " refuses the login that is stored for it", "docker login " + host},
	} {
		c.login(t, try.config)
		r := c.exits(t, 1, "push")
		if !strings.Contains(r.err, try.want) || !strings.Contains(r.err, try.hint) {
			t.Errorf("%s: want %q and %q\n%v", try.name, try.want, try.hint, r)
		}
		c.devup(t, "build")
	}
	c.login(t, auth(host, "lovelace"))
	c.devup(t, "push")
	removeImage(t, image)
	c.devup(t, "pull", "web")
	if !hasImage(t, image) {
		t.Errorf("%s did not come back", image)
	}
}

// TestAPrivateImageStopsOnlyWhoNeedsIt: without a login the other services start; with a
// credential helper, which is run only when an image is really pulled, all do.
func TestAPrivateImageStopsOnlyWhoNeedsIt(t *testing.T) {
	t.Parallel()
	host := privateRegistry(t)
	c, image := private(t, host)
	c.login(t, auth(host, "lovelace"))
	c.devup(t, "build", "--push")
	removeImage(t, image)

	c.login(t, `{}`)
	c.exits(t, 1, "-f", "private.yaml", "up", "--detach", "--keep-going=false")
	if rest := left(t, c.name); len(rest) > 0 {
		t.Errorf("--keep-going=false made %q", rest)
	}
	r := c.exits(t, 1, "-f", "private.yaml", "up", "--detach")
	if n := len(containers(t, c.name)); n != 1 || !inspect(t, c.name, "other").State.Running {
		t.Errorf("%d containers, want the other service's\n%v", n, r)
	}
	if !strings.Contains(r.err, host+" requires a login") || !strings.Contains(r.err, "docker login "+host) {
		t.Errorf("the sentence does not name registry and command\n%v", r)
	}

	c.write(t, "bin/docker-credential-e2e", "#!/bin/sh\nread server\necho \"$1 $server\" >>"+c.path("asked")+"\necho '{\"Username\":\"ada\",\"Secret\":\"lovelace\"}'\n")
	if err := os.Chmod(c.path("bin/docker-credential-e2e"), 0o755); err != nil {
		t.Fatal(err)
	}
	c.env = append(c.env, "PATH="+c.path("bin")+":"+os.Getenv("PATH"))
	c.login(t, fmt.Sprintf(`{"credHelpers":{%q:"e2e"}}`, host))
	for range 2 {
		c.devup(t, "-f", "private.yaml", "up", "--detach")
	}
	if !inspect(t, c.name, "web").State.Running {
		t.Error("web does not run")
	}
	if asked := c.read(t, "asked"); asked != "get "+host+"\n" {
		t.Errorf("the helper was asked:\n%s", asked)
	}
}

// TestALostHelperIsSaidOnceAndPublicImagesCome: a configuration that names a helper which
// is not installed is no obstacle.
func TestALostHelperIsSaidOnceAndPublicImagesCome(t *testing.T) {
	t.Parallel()
	c := files(t, "-- devup.yaml --\nservices:\n  a: {image: busybox, pull_policy: always, command: sleep 1000, init: true}\n  b: {image: 'busybox:1', pull_policy: always, command: sleep 1000, init: true}\n")
	c.login(t, `{"credsStore":"nowhere"}`)
	r := c.devup(t, "up", "--detach")
	if n := strings.Count(r.err, "docker-credential-nowhere is not installed here"); n != 1 {
		t.Errorf("said %d times, want once\n%v", n, r)
	}
}

// TestAnImageIsBuiltWhereItCannotBePulled: with build, image and a pull_policy the
// registry is asked first, and an image that it does not have is built.
func TestAnImageIsBuiltWhereItCannotBePulled(t *testing.T) {
	t.Parallel()
	host := privateRegistry(t)
	c, image := private(t, host)
	c.replace(t, "devup.yaml", "    build: .\n", "    build: .\n    pull_policy: missing\n")
	c.login(t, auth(host, "lovelace"))
	r := c.devup(t, "up", "--detach") // it was not pushed
	if !strings.Contains(r.err, "it is built instead") {
		t.Errorf("the build is not explained\n%v", r)
	}
	c.devup(t, "push")
	built := inspect(t, c.name, "web").Image
	c.devup(t, "down", "--yes")
	removeImage(t, image)
	c.write(t, "Dockerfile", "FROM busybox\nRUN exit 1\n")
	c.devup(t, "up", "--detach") // now it is there, and nothing is built
	if got := inspect(t, c.name, "web").Image; got != built {
		t.Errorf("web runs %s, want the pushed %s", got, built)
	}
}
