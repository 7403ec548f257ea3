//go:build e2e

package e2e

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/client"
)

// planted are values that must show nowhere but where the files send them.
var planted = map[string]string{
	"environment": "planted-environment", ".env": "planted-dot-env", "env_file": "planted-env-file",
	"secret of a variable": "planted-secret-variable", "secret of a file": "planted-secret-file",
	"secret of a build": "planted-build-secret", "changed": "planted-anew", "key of a package index": "planted-index-key",
	"answer": "planted-answer",
}

const secretive = `
-- .gitignore --
nothing
-- .env --
DOT_ENV=planted-dot-env
-- .devup/.env --
ANSWER=planted-answer
-- api.env --
ENV_FILE=planted-env-file
-- key.txt --
planted-secret-file
-- compose.yaml --
services:
  web:
    build: {context: web, secrets: [built]}
    init: true
    ports: ["8080"]
    environment: {A_VALUE: planted-environment, OF_DOT_ENV: "${DOT_ENV}", OF_ANSWER: "${ANSWER:?}"}
    env_file: [api.env]
    x-devup: {setup: ["test ${ANSWER} = $$OF_ANSWER"]}
    secrets: [variable, file]
  fails:
    image: busybox
    init: true
    command: sh -c 'echo no; exit 3'
    environment: {A_VALUE: planted-environment}
secrets:
  variable: {environment: OF_VARIABLE}
  file: {file: ./key.txt}
  built: {environment: OF_BUILD}
-- web/Dockerfile --
FROM busybox
RUN --mount=type=secret,id=built test "$(wc -c < /run/secrets/built)" = 20
RUN echo built
CMD ["httpd", "-f", "-p", "8080"]
`

// TestSecretsShowNowhere: values of environments, env files and secrets are in no output of
// a command that tells what devup does, in no form, in no file that it keeps, and in no
// image.
func TestSecretsShowNowhere(t *testing.T) {
	t.Parallel()
	c := files(t, secretive)
	c.env = append(c.env, "OF_VARIABLE=planted-secret-variable", "OF_BUILD=planted-build-secret",
		"PIP_INDEX_URL=http://reader:planted-index-key@127.0.0.1:1/simple")
	clean := func(where, text string) {
		t.Helper()
		for what, value := range planted {
			if strings.Contains(text, value) {
				at := strings.Index(text, value)
				t.Errorf("%s shows the value of the %s: %q", where, what, text[max(0, at-200):at+len(value)])
			}
		}
	}
	began := time.Now()
	tell := func(args ...string) {
		t.Helper()
		r := c.run(t.Context(), args...)
		if r.out+r.err == "" {
			t.Errorf("%v says nothing", args)
		}
		clean(strings.Join(args, " "), r.out+r.err)
	}
	tell("plan")
	tell("up", "--dry-run", "--json")
	tell("up", "-d")
	c.replace(t, "compose.yaml", "A_VALUE: planted-environment", "A_VALUE: planted-anew")
	c.write(t, "api.env", "ENV_FILE=planted-anew\n")
	for _, args := range [][]string{
		{"plan"},
		{"plan", "--json"},
		{"up", "-d", "--json", "--build"},
		{"why", "web"},
		{"why", "web", "--json"},
		{"ps", "--json"},
		{"ps", "--format", "json"},
		{"ls", "--json"},
		{"images", "--json"},
		{"urls", "--json"},
		{"logs"},
		{"events", "--since", began.Format(time.RFC3339), "--until", "0s", "--json"},
		{"down", "--dry-run"},
		{"doctor", "--json"},
	} {
		tell(args...)
	}
	state := filepath.Dir(c.dir)
	kept := 0
	for _, dir := range []string{filepath.Join(state, "state"), filepath.Join(state, "cache"), filepath.Join(state, "config"), c.path(".devup")} {
		_ = filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() || path == c.path(".devup/.env") {
				return nil //nolint:nilerr // devup need not have made it, and answers are what the last one is for
			}
			content, err := os.ReadFile(path)
			kept++
			clean(path, string(content))
			return err
		})
	}
	if kept == 0 {
		t.Error("devup kept nothing, so nothing was looked at")
	}
	image := inspect(t, c.name, "web").Image
	for where, text := range imageOf(t, image) {
		clean(where, text)
	}
	c.devup(t, "down", "--timeout", "0")
}

// imageOf is all that the engine has of an image: what it says of it, and its layers.
func imageOf(t *testing.T, id string) map[string]string {
	t.Helper()
	var described, saved bytes.Buffer
	if _, err := docker.ImageInspect(t.Context(), id, client.ImageInspectWithRawResponse(&described)); err != nil {
		t.Fatal(err)
	}
	history, err := docker.ImageHistory(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var steps strings.Builder
	for _, step := range history.Items {
		steps.WriteString(step.CreatedBy + step.Comment + "\n")
	}
	archive, err := docker.ImageSave(t.Context(), []string{id})
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	if _, err := io.Copy(&saved, archive); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"inspect of the image": described.String(), "its history": steps.String(), "its layers": saved.String()}
}
