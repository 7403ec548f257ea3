package detect

import (
	"fmt"
	"strings"
	"testing"
)

// TestPublic: why a browser on another machine has to reach a service itself.
func TestPublic(t *testing.T) {
	t.Parallel()
	const cors = "-- api/cors.py --\nfrom flask_cors import CORS\n"
	for _, test := range []struct{ name, files, want string }{
		{"a server that nothing calls", apiFiles, ""},
		{"a server of pages", apiFiles + "-- api/a.py --\nrender_template('x')\n", "api/a.py:1 it serves pages itself"},
		{"a server of pages next to a page", apiFiles + webFiles + "-- api/a.py --\nrender_template('x')\n", ""},
		{"a page calls it by a variable", apiFiles + webFiles + "-- web/src/a.ts --\nimport.meta.env.VITE_API_URL\n", "web/src/a.ts:1 the page of web calls it by VITE_API_URL"},
		{"a page calls it by its address", apiFiles + webFiles + "-- web/src/a.ts --\nx('http://localhost:5000')\n", "web/src/a.ts:1 the page of web calls http://localhost:5000"},
		{"a page's server passes requests on", apiFiles + webFiles + cors + "-- web/vite.config.ts --\nserver: { proxy: { '/api': 'http://localhost:5000' } }\n", ""},
		{"it lets pages of others in", apiFiles + webFiles + cors, "api/cors.py:1 it lets pages of other addresses call it"},
		{"it lets pages in, and there are none", apiFiles + cors, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := place(found(t, scanned(t, test.files), "api").Public); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if got := found(t, scanned(t, webFiles), "web").Public.Text; got != "people open its page" {
		t.Errorf("a page: %q", got)
	}
}

// TestReadyAndRoutes: the path that shows that a server is well, and the prefixes that it answers.
func TestReadyAndRoutes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, routes, want string }{
		{"nothing", "", "|"},
		{"a health route before others", "'/api/a' '/x/Healthz'", "/x/Healthz|/api /x"},
		{"no route that ends a session", "'/api/logout' '/api/b'", "/api/b|/api"},
		{"a route of an API", "'/a' '/api/b'", "/api/b|/a /api"},
		{"no route with parameters", "'/api/<id>' '/api/'", "|/api"},
		{"no other route", "'/a' '/'", "|/a"},
		{"a health route is no prefix", "'/health' '/b/c' '/b/d'", "/health|/b"},
		{"a parameter is no prefix", "'/<lang>/a'", "|"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var source strings.Builder
			for route := range strings.FieldsSeq(test.routes) {
				source.WriteString("@app.route(" + route + ")\n")
			}
			s := found(t, scanned(t, apiFiles+"-- api/routes.py --\n"+source.String()), "api")
			if got := s.Ready + "|" + strings.Join(s.Routes, " "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	posts := found(t, scanned(t, apiFiles+"-- api/routes.py --\n@app.post('/health')\n"), "api")
	if posts.Ready != "" {
		t.Errorf("ready at %s, which answers no GET", posts.Ready)
	}
}

// TestRejected: directories that look like a service and are none.
func TestRejected(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ files, want string }{
		{"-- x/go.mod --\n", "no x: a Go module without a program: nothing in it is package main"},
		{"-- x/Cargo.toml --\n-- x/Dockerfile --\n", "left out x: Dockerfile has no FROM that devup can read"},
		{"-- x/Cargo.toml --\n-- x/Dockerfile --\nFROM rust\nCMD x\n", "left out x: Dockerfile names no port: add EXPOSE, or a service with build to devup.yaml"},
		{"-- x/Cargo.toml --\n-- x/Dockerfile --\nFROM rust\n", "left out x: Dockerfile starts nothing: it has no CMD and no EXPOSE"},
		{"-- x/Dockerfile --\nFROM rust\n", "no x: Dockerfile starts nothing: it has no CMD and no EXPOSE"},
		{"-- x/Dockerfile --\nFROM nginx:1\nCOPY nginx.conf /etc/nginx/\n", "left out x: it is a proxy (nginx), which devup leaves out: each service has a URL of its own"},
		{"-- x/Dockerfile --\nFROM postgres:16\nCOPY init.sql /\n", "left out x: it builds on postgres, a data service: add a service with build to devup.yaml if you need it"},
		{"-- Dockerfile --\nFROM node\nCOPY . .\nEXPOSE 80\n-- api/go.mod --\n-- api/Dockerfile --\nFROM golang\nEXPOSE 9000\n", "no .: Dockerfile builds directories that are services by themselves"},
		{"-- compose.yaml --\nservices: {db: {image: postgres}}\n-- x/Dockerfile --\nFROM golang\nEXPOSE 9000\n", "left out x: Dockerfile is not built by compose.yaml: add a service there if it is one"},
		{"-- x/mix.exs --\n{:bandit, \"~> 1.0\"}\n", "left out x: no stack for Elixir without Phoenix: add a Dockerfile with EXPOSE"},
		{"-- examples/x/mix.exs --\n{:bandit, \"~> 1.0\"}\n", "no examples/x: no stack for Elixir without Phoenix: add a Dockerfile with EXPOSE"},
		{"-- x/Gemfile --\n", "no x: a Gemfile for tools: no config.ru, so no Ruby server"},
		{"-- x/composer.json --\n{}\n", "no x: a PHP package without an index.php: no server"},
		{"-- x/x.csproj --\n<Project Sdk=\"Microsoft.NET.Sdk\">", ""},
		{"-- x/yarn.lock --\n", "no x: yarn.lock without a package.json"},
		{"-- compose.yaml --\nservices: [\n", "left out .: compose.yaml is not valid YAML"},
		{webFiles + "-- web/public/index.html --\n-- index.html --\n", ""},
	} {
		var got []string
		for _, r := range scanned(t, test.files).Rejected {
			got = append(got, map[bool]string{true: "left out ", false: "no "}[r.Expected]+r.Dir+": "+r.Why)
		}
		if text := strings.Join(got, "|"); text != test.want {
			t.Errorf("got  %s\nwant %s", text, test.want)
		}
	}
}

// TestDockerfilesOfOneDirectory: services that share a directory and a language have a Dockerfile each.
func TestDockerfilesOfOneDirectory(t *testing.T) {
	t.Parallel()
	repo := scanned(t, `-- package.json --
{"scripts": {"dev": "vite", "server": "node server.js"}, "dependencies": {"express": "4"}, "devDependencies": {"vite": "5"}}
-- index.html --
-- server.js --
app.listen(4000)
-- Dockerfile --
FROM node:24
EXPOSE 4000
-- Dockerfile.frontend --
FROM node:24
EXPOSE 5173
`)
	var got []string
	for _, s := range repo.Services {
		got = append(got, fmt.Sprintf("%s: %s %d", s.Name, s.Dockerfile, s.Port.Number))
	}
	if text := strings.Join(got, ", "); text != "backend: Dockerfile 4000, frontend: Dockerfile.frontend 5173" {
		t.Error(text)
	}
}
