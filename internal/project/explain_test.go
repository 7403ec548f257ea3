package project

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

func TestWrongConfigs(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want, hint string }{
		{
			"half a file", "services:\n  web:\n    image: [a, b",
			"devup.yaml:4: the YAML breaks off or is malformed here: did not find expected ',' or ']'", "unclosed",
		},
		{
			"wrong indentation", "services:\n  web:\n    image: x\n   ports: []",
			"devup.yaml:4: the YAML breaks off or is malformed here: did not find expected key", "indentation",
		},
		{"tabs", "services:\n\tweb:\n\t\timage: x", "devup.yaml:2: a tab or another character that cannot stand here", "spaces"},
		{"unknown anchor", "services:\n  web:\n    image: *nope", "devup.yaml:3: unknown anchor 'nope' referenced", ""},
		{
			"key twice", "services:\n  web:\n    image: x\n    image: y",
			"devup.yaml:4: the key image stands here for the second time; the first is in line 3", "",
		},
		{"empty", "\n", "devup.yaml: the file is empty", "devup init"},
		{"a list", "- a", "devup.yaml: this is no Compose file: a list or a text stands where keys should", "services:"},
		{"service is a list", "services:\n  web:\n    - image: x", "devup.yaml:2: services.web must be a mapping", ""},
		{"service is nothing", "services:\n  web:", "devup.yaml:2: services.web must be a mapping", ""},
		{"services is a list", "services: [a]", "devup.yaml:1: services must be a mapping", ""},
		{"nothing to run", "services:\n  web: {init: true}", "devup.yaml:2: service web says neither image nor build, so there is nothing to run", "build: ./web"},
		{"top key", "servces:\n  web:\n    image: x", "devup.yaml:1: servces is no key that Compose knows at the top level", `"services"`},
		{
			"service key", "services:\n  web:\n    image: x\n    prots: ['1:1']",
			"devup.yaml:4: prots is no key that Compose knows in services.web", `"ports"`,
		},
		{
			"build key", "services:\n  web:\n    build:\n      context: .\n      dockerfil: x",
			"devup.yaml:5: dockerfil is no key that Compose knows in services.web.build", `"dockerfile"`,
		},
		{"ports is a number", "services:\n  web:\n    image: x\n    ports: 3000", "devup.yaml:4: services.web.ports must be a list", ""},
		{"port too high", "services:\n  web:\n    image: x\n    ports:\n      - '1:1'\n      - '70000:80'", "devup.yaml:6: this is no port mapping: invalid hostPort: 70000", "3000:3000"},
		{"port in a flow list", "services:\n  web:\n    image: x\n    ports: ['99999:80']", "devup.yaml:4: this is no port mapping: invalid hostPort: 99999", "3000:3000"},
		{"port is a word", "services:\n  web:\n    image: x\n    ports:\n      - '80:http'", "devup.yaml:5: this is no port mapping: invalid containerPort: http", "3000:3000"},
		{
			"port without target", "services:\n  web:\n    image: x\n    ports:\n      - published: 3000",
			"devup.yaml:5: services.web.ports.[0] does not say the target, the port in the container", "",
		},
		{
			"unknown dependency", "services:\n  web:\n    image: x\n    depends_on: [backnd]\n  backend: {image: x}",
			"devup.yaml:4: service web names the service backnd, which is not in the config", `"backend"`,
		},
		{
			"unknown volume", "services:\n  db:\n    image: x\n    volumes: ['data:/x']",
			"devup.yaml:4: service db names the volume data, which is not in the config", "under volumes",
		},
		{
			"unknown network", "services:\n  db:\n    image: x\n    networks: [back]",
			"devup.yaml:4: service db names the network back, which is not in the config", "under networks",
		},
		{"circle", "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}", "these services depend on each other in a circle", ""},
		{"environment value", "services:\n  web:\n    image: x\n    environment:\n      A: [1]", "devup.yaml:5: services.web.environment.A must be a boolean, null, number or string", ""},
		{"broken variable", "services:\n  web:\n    image: ${A", "devup.yaml:3: services.web.image refers to a variable in a way that is not understood", "$$"},
		{
			"required variable", "services:\n  web:\n    image: x\n    environment:\n      A: ${B:?ask Ann}",
			"devup.yaml:5: services.web.environment.A needs the variable B, which is not set: ask Ann", ".env",
		},
		{"size", "services:\n  web:\n    image: x\n    mem_limit: lots", "devup.yaml:4: mem_limit of service web: invalid size: 'lots'", ""},
		{"name with a space", "services:\n  we b: {image: x}", `devup.yaml:2: "we b" cannot be a name under services`, ""},
		{"image", "services:\n  web:\n    image: ${NOBODY}/web", `devup.yaml:3: service web has the image "/web", which is no name of an image`, "variables"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t, "-- devup.yaml --\n"+test.text)
			_, err := Load(t.Context(), Options{Dir: dir})
			e := failure(t, err)
			got := strings.ReplaceAll(e.Error(), dir+string(filepath.Separator), "")
			if e.Code != fail.Config || !strings.Contains(got, test.want) {
				t.Errorf("got  %s: %s\nwant %s: %s", e.Code, got, fail.Config, test.want)
			}
			if !strings.Contains(e.Hint, test.hint) {
				t.Errorf("hint %q, want %q", e.Hint, test.hint)
			}
			if e.Cause != nil && !e.Told {
				t.Error("the loader's own words would be printed too")
			}
			if e.Cause == nil && !strings.Contains(test.name, "empty") {
				t.Error("the cause is lost")
			}
		})
	}
}

func TestTheFileAtFaultIsNamed(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, compose, devup, want string }{
		{"in the second", "services:\n  web: {image: x}", "services:\n  web:\n    prots: []", "devup.yaml:3"},
		{"in the first", "services:\n  web:\n    image: x\n    prots: []", "services:\n  web: {init: true}", "compose.yaml:4"},
		{"half, in the first", "services:\n  web: [", "services: {}", "compose.yaml:3"},
		{"twice, in the second", "services:\n  web: {image: x}", "services:\n  web: {}\nservices: {}", "devup.yaml:3"},
		{"x-devup in the first", "services:\n  web:\n    image: x\n    x-devup: {stak: y}", "services:\n  web: {init: true}", "compose.yaml:4"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t, "-- compose.yaml --\n"+test.compose+"\n-- devup.yaml --\n"+test.devup)
			_, err := Load(t.Context(), Options{Dir: dir})
			e := failure(t, err)
			if got := fmt.Sprintf("%s:%d", filepath.Base(e.File), e.Line); got != test.want {
				t.Errorf("at %s, want %s (%v)", got, test.want, err)
			}
		})
	}
}

func TestWrongEnvFile(t *testing.T) {
	t.Parallel()
	dir := folder(t, "-- web.env --\nA=1\nB='never closed\n-- devup.yaml --\nservices: {web: {image: x, env_file: web.env}}")
	_, err := Load(t.Context(), Options{Dir: dir})
	e := failure(t, err)
	if e.Code != fail.Config || filepath.Base(e.File) != "web.env" || e.Service != "web" {
		t.Errorf("got %+v", e)
	}
	if strings.Contains(e.Message+e.Hint, "never closed") {
		t.Errorf("the value, which may be a secret, is in %q", e.Message)
	}
}
