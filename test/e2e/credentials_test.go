//go:build e2e

package e2e

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tokens is a project whose npm only shows what it could read, on a machine of a user with
// tokens of two registries, a password of an index and one of a proxy.
const tokens = `
-- compose.yaml --
services:
  web:
    build: web
    init: true
    command: sleep 1000
-- web/Dockerfile --
FROM busybox
RUN printf '#!/bin/sh\ncat /run/secrets/* > /seen-by-install; env >> /seen-by-install\n' > /bin/npm && chmod +x /bin/npm && cp /bin/npm /bin/pip
RUN echo NAME; cat /run/secrets/* > /seen-by-cat; env >> /seen-by-cat
RUN echo NAME; npm ci
RUN echo NAME; cat /run/secrets/* > /seen-later; env >> /seen-later
-- ../user/npmrc --
registry=https://npm.example.com/
@scope:registry=https://scope.example.com/
//npm.example.com/:_authToken=planted-npm-token
//registry.npmjs.org/:_authToken=planted-publish-token
-- ../user/docker/config.json --
{"proxies": {"default": {"ftpProxy": "http://me:planted-proxy-password@proxy.example.com:3128"}}}
`

// plantedCredentials are those secrets.
var plantedCredentials = []string{"planted-npm-token", "planted-publish-token", "planted-index-password", "planted-proxy-password"}

// withTokens is that project, and the user's environment.
func withTokens(t *testing.T) *checkout {
	t.Helper()
	c := files(t, tokens)
	text := strings.ReplaceAll(c.read(t, "web/Dockerfile"), "NAME", c.name)
	c.write(t, "web/Dockerfile", text) // so that no step of another run is in the cache
	c.env = append(c.env, "NPM_CONFIG_USERCONFIG="+c.path("../user/npmrc"), "DOCKER_CONFIG="+c.path("../user/docker"),
		"PIP_INDEX_URL=https://me:planted-index-password@pypi.example.com/simple", "PIP_CONFIG_FILE=")
	return c
}

// holding says which of the secrets a text holds.
func holding(text string) string {
	var found []string
	for _, secret := range plantedCredentials {
		if strings.Contains(text, secret) {
			found = append(found, secret)
		}
	}
	return strings.Join(found, " ")
}

// TestCredentialsAreWithheld: without a terminal no step and no container gets a token or a
// password, one sentence says so, and what holds none arrives as ever.
func TestCredentialsAreWithheld(t *testing.T) {
	t.Parallel()
	c := withTokens(t)
	r := c.devup(t, "up", "--detach", "--yes")
	if want := "npmrc holds a token for npm.example.com: the builds run without it; --credentials=always lets them use it"; !strings.Contains(r.err, want) {
		t.Errorf("%q is missing in\n%v", want, r)
	}
	for _, file := range []string{"/seen-by-cat", "/seen-by-install", "/seen-later", "/run/secrets/devup-npmrc", "/run/secrets/devup-pip.conf", "/proc/1/environ"} {
		seen := c.devup(t, "exec", "-T", "web", "cat", file).out
		if found := holding(seen); found != "" {
			t.Errorf("%s holds %s\n%s", file, found, seen)
		}
		if strings.HasPrefix(file, "/seen") {
			for _, want := range []string{"registry=https://npm.example.com/", "https://pypi.example.com/simple", "http://proxy.example.com:3128"} {
				if !strings.Contains(seen, want) {
					t.Errorf("%s lacks %q\n%s", file, want, seen)
				}
			}
		}
	}
	if again := c.devup(t, "up", "--detach"); strings.Contains(again.err, "npm.example.com") {
		t.Errorf("a run without a build speaks of credentials\n%v", again)
	}
}

// TestCredentialsReachInstallStepsOnly: with --credentials=always the steps that install
// packages have what they need of it, and no other step and no container has any.
func TestCredentialsReachInstallStepsOnly(t *testing.T) {
	t.Parallel()
	c := withTokens(t)
	r := c.devup(t, "up", "--detach", "--credentials=always")
	given := "planted-npm-token" // not the password of the index: npm reads none
	if newer, err := isAtLeast(28); err != nil {
		t.Fatal(err)
	} else if newer {
		given += " planted-proxy-password" // older builders have no secrets in variables
	}
	for file, want := range map[string]string{
		"/seen-by-install":            given,
		"/seen-by-cat":                "",
		"/seen-later":                 "",
		"/run/secrets/devup-npmrc":    "",
		"/run/secrets/devup-pip.conf": "",
		"/proc/1/environ":             "",
	} {
		seen := c.devup(t, "exec", "-T", "web", "cat", file).out
		if found := holding(seen); found != want {
			t.Errorf("%s holds %q, want %q\n%s", file, found, want, seen)
		}
	}
	if found := holding(r.out + r.err); found != "" {
		t.Errorf("the output holds %s", found)
	}
	described := imageOf(t, inspect(t, c.name, "web").Image)
	for _, where := range []string{"inspect of the image", "its history"} {
		if found := holding(described[where]); found != "" {
			t.Errorf("%s holds %s", where, found)
		}
	}
	for name, info := range kept(t, c) {
		if content, err := os.ReadFile(name); err != nil || holding(string(content)) != "" {
			t.Errorf("%s (%v) holds %s, %v", name, info.Mode(), holding(string(content)), err)
		}
	}
}

// kept are the files in devup's state directory, by their paths.
func kept(t *testing.T, c *checkout) map[string]fs.FileInfo {
	t.Helper()
	found := map[string]fs.FileInfo{}
	err := filepath.WalkDir(c.path("../state"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		found[path], err = entry.Info()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestCredentialsOfContainers: a service with x-devup.egress has the tokens, from files that
// only its user can read, and that go when no container has them mounted.
func TestCredentialsOfContainers(t *testing.T) {
	t.Parallel()
	c := withTokens(t)
	c.replace(t, "compose.yaml", "command: sleep 1000", "command: sleep 1000\n    x-devup: {egress: credentials}\n  other: {build: web, init: true, command: sleep 1000}")
	if err := os.MkdirAll(c.path("../state/devup/mounts"), 0o755); err != nil { // the user's, and open to all
		t.Fatal(err)
	}
	c.devup(t, "up", "--detach", "--credentials=always")
	for service, want := range map[string]string{"web": "planted-npm-token planted-index-password planted-proxy-password", "other": ""} {
		seen := c.devup(t, "exec", "-T", service, "sh", "-c", "cat /run/secrets/*; env").out
		if found := holding(seen); found != want {
			t.Errorf("%s has %q, want %q\n%s", service, found, want, seen)
		}
	}
	secret := 0
	for name, info := range kept(t, c) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if holding(string(content)) == "" {
			continue
		}
		if secret++; info.Mode() != 0o600 {
			t.Errorf("%s has the mode %v", name, info.Mode())
		}
		if os.Geteuid() == 0 {
			if out, err := exec.CommandContext(t.Context(), "setpriv", "--reuid=65533", "--clear-groups", "cat", name).CombinedOutput(); err == nil || holding(string(out)) != "" {
				t.Errorf("another user reads %s: %s", name, out)
			}
		}
	}
	if secret != 2 {
		t.Errorf("%d files hold secrets, want those of npm and of pip", secret)
	}
	if info, err := os.Stat(c.path("../state/devup/mounts")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory of the files is %v, %v", info.Mode(), err)
	}

	c.write(t, "../user/npmrc", strings.ReplaceAll(tokens, "planted-npm-token", "rotated"))
	c.devup(t, "up", "--detach", "--credentials=always", "--no-build")
	for name := range kept(t, c) {
		if content, err := os.ReadFile(name); err != nil || strings.Contains(string(content), "planted-npm-token") {
			t.Errorf("after the rotation the old token is in %s, %v", name, err)
		}
	}
	c.devup(t, "down", "--timeout", "0")
	for name := range kept(t, c) {
		if strings.Contains(name, "mounts") && !strings.Contains(name, "mounts/public/") {
			t.Errorf("after down there is %s", name)
		}
	}
}
