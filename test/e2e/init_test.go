//go:build e2e

package e2e

import (
	"maps"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestInitKeepsFiles: files that exist stay as they are, byte for byte, and what init
// would add to them is shown.
func TestInitKeepsFiles(t *testing.T) {
	t.Parallel()
	c := example(t, "cruddur")
	c.write(t, "backend-flask/Dockerfile", "FROM scratch\r\n# mine")
	c.write(t, ".gitpod.yml", "tasks: [{command: make}]\n")
	before := c.tree(t)
	r := c.devup(t, "init", "--yes")
	after := c.tree(t)
	maps.DeleteFunc(after, func(name, _ string) bool { _, old := before[name]; return !old })
	same(t, before, after, r)
	if !strings.Contains(r.out+r.err, "+++ ") {
		t.Errorf("no diff of .gitpod.yml in\n%v", r)
	}
}

// TestInitDryRun: --dry-run writes nothing.
func TestInitDryRun(t *testing.T) {
	t.Parallel()
	c := example(t, "cruddur")
	before := c.tree(t)
	r := c.devup(t, "init", "--yes", "--dry-run")
	same(t, before, c.tree(t), r)
}

// TestPortEvidence: the port comes from what the repository says of it.
func TestPortEvidence(t *testing.T) {
	t.Parallel()
	const flask = "-- api/requirements.txt --\nflask\n"
	for _, c := range []struct{ name, files, want string }{
		{"the code", flask + "-- api/app.py --\nfrom flask import Flask\napp = Flask(__name__)\napp.run(port=4701)\n", "4701:4701"},
		{"an env file that names its URL", flask + "-- api/app.py --\nfrom flask import Flask\napp = Flask(__name__)\n-- api/.env.example --\nAPI_URL=http://localhost:4702\n", "4702:4702"},
		{"an existing Dockerfile", flask + "-- api/app.py --\nfrom flask import Flask\napp = Flask(__name__)\n-- api/Dockerfile --\nFROM python:3\nEXPOSE 4703\n", "4703:4703"},
		{"Flask's default", flask + "-- api/app.py --\nfrom flask import Flask\napp = Flask(__name__)\n", "5000:5000"},
		{"a start script", "-- api/package.json --\n{\"name\": \"api\", \"scripts\": {\"start\": \"node server.js --port 4704\"}, \"dependencies\": {\"express\": \"4\"}}\n-- api/server.js --\nrequire('express')()\n", "4704:4704"},
		{"a fallback in the code", "-- api/package.json --\n{\"name\": \"api\", \"scripts\": {\"start\": \"node server.js\"}, \"dependencies\": {\"express\": \"4\"}}\n-- api/server.js --\nrequire('express')().listen(process.env.PORT || 4705)\n", "4705:4705"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			repository := files(t, c.files)
			r := repository.devup(t, "init", "--yes")
			var config struct {
				Services map[string]struct{ Ports []string }
			}
			if err := yaml.Unmarshal([]byte(repository.read(t, "devup.yaml")), &config); err != nil {
				t.Fatal(err)
			}
			if ports := config.Services["api"].Ports; len(ports) != 1 || ports[0] != c.want {
				t.Errorf("ports %q, want %q\n%s\n%v", ports, c.want, repository.read(t, "devup.yaml"), r)
			}
		})
	}
}
