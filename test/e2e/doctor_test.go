//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/moby/moby/client"
)

// diagnosis is what doctor finds, by the names of its checks.
type diagnosis map[string]struct{ Level, Text, Hint string }

func diagnose(t *testing.T, c *checkout) diagnosis {
	t.Helper()
	r := c.run(t.Context(), "doctor", "--json")
	found := diagnosis{}
	for line := range strings.Lines(r.out) {
		var f struct{ Type, Check, Level, Text, Hint string }
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("%v\n%v", err, r)
		}
		if f.Type == "finding" {
			found[f.Check] = struct{ Level, Text, Hint string }{f.Level, f.Text, f.Hint}
		}
	}
	return found
}

// TestDoctorAsksFromInsideABuild: a company's index is asked from where a build would ask,
// with the CA that a build would have, and nothing is left of that.
func TestDoctorAsksFromInsideABuild(t *testing.T) {
	t.Parallel()
	index, certificate := companyIndex(t, "e2e-hunter2-token")
	c := files(t, "-- compose.yaml --\nservices: {web: {image: busybox}}\n")
	c.write(t, "../ca.pem", string(certificate))
	trusted := "SSL_CERT_FILE=" + c.path("../ca.pem")
	c.env = append(c.env, "PIP_INDEX_URL="+index, "PIP_TRUSTED_HOST=", "PIP_CERT=", "REQUESTS_CA_BUNDLE=",
		"NODE_EXTRA_CA_CERTS=", "CURL_CA_BUNDLE=", "GIT_SSL_CAINFO=", "NPM_CONFIG_REGISTRY=", trusted)

	host := index[strings.LastIndex(index, "@")+1 : strings.LastIndex(index, "/")]
	if got, want := diagnose(t, c)["build"], "a build reaches "+host; got.Level != "ok" || !strings.HasPrefix(got.Text, want) {
		t.Errorf("got %+v, want %s", got, want)
	}
	c.env = append(c.env, "SSL_CERT_FILE=", "NPM_CONFIG_REGISTRY=http://nowhere.invalid/")
	got := diagnose(t, c)["build"]
	if want := "from inside a build, the name nowhere.invalid cannot be resolved"; got.Level != "warning" || got.Text != want {
		t.Errorf("got %+v, want %s", got, want)
	}
	images, err := docker.ImageList(t.Context(), client.ImageListOptions{Filters: make(client.Filters).Add("reference", "*"+c.name+"*")})
	if err != nil || len(images.Items) > 0 {
		t.Errorf("images are left: %v, %v", images.Items, err)
	}
	if all := left(t, c.name); len(all) > 0 {
		t.Errorf("left on the engine: %v", all)
	}
}

// TestDoctorReportsWithoutSecrets: a report holds the last words of what fails, and none
// of the project's secrets, wherever these are.
func TestDoctorReportsWithoutSecrets(t *testing.T) {
	t.Parallel()
	c := files(t, `-- compose.yaml --
services:
  web:
    image: busybox
    init: true
    env_file: web.env
    environment:
      DB_PASSWORD: planted-in-config
      REFERRED: ${DOTENV}
    command:
      - sh
      - -c
      - |
        echo here are "$$DB_PASSWORD" "$$REFERRED" "$$INFILE"; env
        echo "Authorization: Bearer planted0token"; exit 3
  old: {image: busybox, init: true, command: sleep 1000}
-- web.env --
INFILE=planted in a file
-- .env --
DOTENV=planted-in-dotenv
`)
	c.env = append(c.env, "GITHUB_TOKEN=planted-of-the-process", "HTTPS_PROXY=", "HTTP_PROXY=http://ada:planted-proxy@172.31.255.1:9")
	c.exits(t, 3, "up", "--detach")
	c.replace(t, "compose.yaml", "  old: {image: busybox, init: true, command: sleep 1000}\n", "")

	r := c.run(t.Context(), "doctor", "--fix", "--yes", "--report")
	text, err := os.ReadFile(c.path("devup-report.md"))
	if err != nil {
		t.Fatalf("%v\n%v", err, r)
	}
	for _, want := range []string{"## Engine", "### web", "Exited (3)", "here are [masked] [masked] [masked]", "Authorization: [masked]"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	for place, said := range map[string]string{"the report": string(text), "the output": r.out + r.err} {
		if strings.Contains(said, "planted") {
			t.Errorf("%s holds a secret:\n%s", place, said)
		}
	}
	for _, one := range containers(t, c.name) {
		if one.Labels["com.docker.compose.service"] == "old" {
			t.Errorf("--fix --yes left the orphan\n%v", r)
		}
	}
}
