package urls

import (
	"fmt"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/project"
)

func TestAudience(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]audience{
		"REACT_APP_BACKEND_URL": browsers, "VITE_API_URL": browsers, "NEXT_PUBLIC_API": browsers, "PUBLIC_API": browsers,
		"FRONTEND_URL": browsers, "BACKEND_URL": browsers, "NEXTAUTH_URL": browsers, "OAUTH_REDIRECT_URI": browsers,
		"CORS_ORIGIN": browsers, "ALLOWED_ORIGINS": browsers, "CORS_ALLOW": browsers, "CSRF_TRUSTED_ORIGINS": browsers, "frontend_url": browsers,
		"API_URL": anyone, "SERVER_URL": anyone, "API_BASE_URL": anyone, "BASE_URL": anyone,
		"DATABASE_URL": machines, "REDIS_URL": machines, "AWS_ENDPOINT_URL": machines, "OTEL_EXPORTER_OTLP_ENDPOINT": machines,
		"VITE_PROXY_TARGET": machines, "API_INTERNAL_URL": machines, "NEXTAUTH_URL_INTERNAL": machines, "HEALTHCHECK_URL": machines, "FRONTEND": machines, "": machines,
	} {
		if got := audienceOf(name); got != want {
			t.Errorf("%q is for %d, want %d", name, got, want)
		}
	}
}

const localProject = `
services:
  api:
    image: x
    ports: ["4567:4567"]
    environment:
      FRONTEND_URL: http://localhost:3000
      BACKEND_URL: http://127.0.0.1:4567/base
      CORS_ORIGINS: http://localhost:3000,http://127.0.0.1:3000
      ORIGINS_JSON: '["http://localhost:3000", "https://example.com"]'
      ALLOWED_ORIGINS: http://localhost:3000
      REDIRECT_URLS: http://localhost:3000/done http://localhost:3000/cancelled
      API_URL: http://localhost:4567/self
      DATABASE_URL: postgres://app:hunter2@localhost:5432/app
      PUBLIC_DB_URL: http://localhost:5432
      OTEL_EXPORTER_OTLP_ENDPOINT: http://localhost:4567
      CLIENT_URL: http://localhost:3999
      APP_URL: http://localhost.example.com:4567
  web:
    build: {context: ., args: {VITE_API_URL: "http://localhost:4567/api"}}
    ports: ["3000:3000"]
    environment:
      VITE_API_URL: http://localhost:4567/api
      VITE_SOCKET: ws://localhost:4567/ws
      VITE_PROXY_TARGET: http://localhost:4567
      API_URL: http://0.0.0.0:4567
      INSIDE: http://api:4567
  proxied:
    image: x
    network_mode: service:api
    environment: {API_URL: "http://localhost:3000", FRONTEND_URL: "http://localhost:3000"}
  db: {image: postgres, ports: ["5432:5432"]}
`

func TestLocalURLs(t *testing.T) {
	t.Parallel()
	untouched := func(moved string) string {
		return strings.ReplaceAll(strings.TrimSpace(`
ALLOWED_ORIGINS=http://localhost:3000
API_URL=http://localhost:4567/self
APP_URL=http://localhost.example.com:4567
BACKEND_URL=http://127.0.0.1:4567/base
CLIENT_URL=http://localhost:3999
CORS_ORIGINS=http://localhost:3000,http://127.0.0.1:3000
DATABASE_URL=postgres://app:hunter2@localhost:5432/app
FRONTEND_URL=http://localhost:3000
ORIGINS_JSON=["http://localhost:3000", "https://example.com"]
OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4567
PUBLIC_DB_URL=http://localhost:5432
REDIRECT_URLS=http://localhost:3000/done http://localhost:3000/cancelled`), ":3000", moved)
	}
	for _, test := range []struct {
		name, api, web, proxied string
		moved                   map[int]int
		where                   Where
		notes                   int
	}{
		{
			name: "a laptop", where: laptop,
			api:     untouched(":3000"),
			web:     "API_URL=http://0.0.0.0:4567\nINSIDE=http://api:4567\nVITE_API_URL=http://localhost:4567/api\nVITE_PROXY_TARGET=http://localhost:4567\nVITE_SOCKET=ws://localhost:4567/ws",
			proxied: "API_URL=http://localhost:3000\nFRONTEND_URL=http://localhost:3000",
		},
		{
			name: "a laptop whose port 3000 is taken", where: laptop, moved: map[int]int{3000: 3001},
			api:     untouched(":3001"),
			web:     "API_URL=http://0.0.0.0:4567\nINSIDE=http://api:4567\nVITE_API_URL=http://localhost:4567/api\nVITE_PROXY_TARGET=http://localhost:4567\nVITE_SOCKET=ws://localhost:4567/ws",
			proxied: "API_URL=http://localhost:3000\nFRONTEND_URL=http://localhost:3001",
			notes:   6,
		},
		{
			name: "a codespace", where: Where{URL: codespace, HostIP: "0.0.0.0"},
			api: strings.TrimSpace(`
ALLOWED_ORIGINS=https://name-3000.app.github.dev
API_URL=http://localhost:4567/self
APP_URL=http://localhost.example.com:4567
BACKEND_URL=https://name-4567.app.github.dev/base
CLIENT_URL=http://localhost:3999
CORS_ORIGINS=https://name-3000.app.github.dev,http://localhost:3000,http://127.0.0.1:3000
DATABASE_URL=postgres://app:hunter2@localhost:5432/app
FRONTEND_URL=https://name-3000.app.github.dev
ORIGINS_JSON=["https://name-3000.app.github.dev","http://localhost:3000", "https://example.com"]
OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4567
PUBLIC_DB_URL=http://localhost:5432
REDIRECT_URLS=https://name-3000.app.github.dev/done https://name-3000.app.github.dev/cancelled`),
			web:     "API_URL=https://name-4567.app.github.dev\nINSIDE=http://api:4567\nVITE_API_URL=https://name-4567.app.github.dev/api\nVITE_PROXY_TARGET=http://localhost:4567\nVITE_SOCKET=wss://name-4567.app.github.dev/ws",
			proxied: "API_URL=http://localhost:3000\nFRONTEND_URL=https://name-3000.app.github.dev",
			notes:   10,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := loadText(t, localProject)
			r := Resolve(p, asWanted(p, test.moved), test.where)
			for service, want := range map[string]string{"api": test.api, "web": test.web, "proxied": test.proxied} {
				if got := environmentOf(r, service); got != want {
					t.Errorf("%s:\n%s\nwant:\n%s", service, got, want)
				}
			}
			if got := *r.Services["web"].Build.Args["VITE_API_URL"]; got != *r.Services["web"].Environment["VITE_API_URL"] {
				t.Errorf("the build argument is %s", got)
			}
			if notes := strings.Join(r.Notes, "\n"); len(r.Notes) != test.notes || strings.Contains(notes, "hunter2") {
				t.Errorf("%d notes, want %d:\n%s", len(r.Notes), test.notes, notes)
			}
		})
	}
}

// TestOriginLists: in a list of origins the public one stands once, and every local one stays.
func TestOriginLists(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, value, want string
		laptop            bool
	}{
		{name: "both local forms", value: `http://localhost:3000,http://127.0.0.1:3000`, want: `PUBLIC,http://localhost:3001,http://127.0.0.1:3001`},
		{name: "the other way round", value: `http://127.0.0.1:3000 http://localhost:3000`, want: `PUBLIC http://127.0.0.1:3001 http://localhost:3001`},
		{name: "a JSON list", value: `["http://localhost:3000", "http://127.0.0.1:3000"]`, want: `["PUBLIC","http://localhost:3001", "http://127.0.0.1:3001"]`},
		{name: "no localhost", value: `http://127.0.0.1:3000,https://example.com`, want: `PUBLIC,http://127.0.0.1:3001,http://localhost:3001,https://example.com`},
		{name: "one of another port", value: `http://127.0.0.1:3000,http://localhost:30001`, want: `PUBLIC,http://127.0.0.1:3001,http://localhost:3001,http://localhost:30001`},
		{name: "one alone", value: `http://127.0.0.1:3000`, want: `PUBLIC`},
		{name: "a laptop", laptop: true, value: `http://localhost:3000,http://127.0.0.1:3000`, want: `http://localhost:3001,http://127.0.0.1:3001`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := loadText(t, fmt.Sprintf("services: {api: {image: x, environment: {ALLOWED_ORIGINS: %q}}, web: {image: x, ports: [\"3000:3000\"]}}", test.value))
			where := Where{URL: codespace}
			if test.laptop {
				where = laptop
			}
			got := environmentOf(Resolve(p, asWanted(p, map[int]int{3000: 3001}), where), "api")
			if want := "ALLOWED_ORIGINS=" + strings.ReplaceAll(test.want, "PUBLIC", codespace(3001)); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestOriginsHaveNoPath(t *testing.T) {
	t.Parallel()
	p := loadText(t, `services: {api: {image: x, ports: ["4567:4567"], environment: {CORS_ORIGIN: "http://localhost:4567", BACKEND_URL: "http://localhost:4567"}}}`)
	r := Resolve(p, asWanted(p, nil), Where{URL: func(port int) string { return fmt.Sprintf("https://code.example/proxy/%d", port) }})
	if got, want := environmentOf(r, "api"), "BACKEND_URL=https://code.example/proxy/4567\nCORS_ORIGIN=https://code.example"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOwnEnvFiles(t *testing.T) {
	t.Parallel()
	dir := directory(t, strings.TrimSpace(`
-- compose.yaml --
services:
  cra:
    build: ./cra
    ports: ["3000:3000"]
    environment: {REACT_APP_GIVEN: "mine"}
  vite:
    image: node
    volumes: ["./vite:/app"]
    ports: ["5173:5173"]
  api:
    build: ./api
    ports: ["4567:4567"]
  plain:
    build: ./plain
    ports: ["4000:4000"]
  built:
    build: ./built
    ports: ["8080:80"]
-- cra/package.json --
{"dependencies": {"react-scripts": "5.0.1"}}
-- cra/Dockerfile --
FROM node
ENV REACT_APP_IMAGE=x
-- cra/.env --
REACT_APP_BACKEND_URL=http://localhost:4567
REACT_APP_OTHER="http://localhost:4567/other"
REACT_APP_GIVEN=http://localhost:4567
REACT_APP_IMAGE=http://localhost:4567
REACT_APP_UNKNOWN=http://localhost:4567/$NOBODY
REACT_APP_KEY=hunter2
PORT=3000
-- cra/.env.local --
REACT_APP_BACKEND_URL=https://4567-${GITPOD_WORKSPACE_ID}.${GITPOD_WORKSPACE_CLUSTER_HOST}
-- cra/.env.development --
REACT_APP_BACKEND_URL=http://elsewhere.example
-- vite/package.json --
{"devDependencies": {"vite": "7"}}
-- vite/.env.local --
VITE_API_URL=http://elsewhere.example
-- vite/.env.development --
API_PORT=4567
VITE_API_URL=http://localhost:${API_PORT}/api
-- api/requirements.txt --
flask
python-dotenv
-- api/Dockerfile --
FROM python
-- api/.env --
FRONTEND_URL=https://name-3000.app.github.dev
DATABASE_URL=postgres://localhost:5432/x
-- plain/.env --
FRONTEND_URL=http://localhost:3000
-- plain/Dockerfile --
FROM alpine
-- built/package.json --
{"dependencies": {"react-scripts": "5.0.1"}}
-- built/Dockerfile --
FROM node AS build
RUN npm run build
FROM docker.io/library/nginx:alpine
-- built/.env --
REACT_APP_API_URL=http://localhost:4567
`)+"\n")
	for _, test := range []struct {
		name, want string
		where      Where
	}{
		{
			"a laptop", strings.TrimSpace(`
api: FRONTEND_URL=http://localhost:3000
cra: REACT_APP_BACKEND_URL=http://localhost:4567
cra: REACT_APP_GIVEN=mine
api: FRONTEND_URL in api/.env is resolved to http://localhost:3000
cra: REACT_APP_BACKEND_URL in cra/.env.local is resolved to http://localhost:4567`), laptop,
		},
		{
			"another codespace", strings.TrimSpace(`
api: FRONTEND_URL=https://mine-3000.app.github.dev
cra: REACT_APP_BACKEND_URL=https://mine-4567.app.github.dev
cra: REACT_APP_GIVEN=mine
cra: REACT_APP_OTHER=https://mine-4567.app.github.dev/other
vite: VITE_API_URL=https://mine-4567.app.github.dev/api
api: FRONTEND_URL in api/.env is resolved to https://mine-3000.app.github.dev
built: REACT_APP_API_URL in built/.env is built into the image and stays as it is: add ` + "`ARG REACT_APP_API_URL`" + ` to the Dockerfile, and REACT_APP_API_URL under args of build
cra: REACT_APP_BACKEND_URL in cra/.env.local is resolved to https://mine-4567.app.github.dev
cra: REACT_APP_OTHER in cra/.env is resolved to https://mine-4567.app.github.dev
vite: VITE_API_URL in vite/.env.development is resolved to https://mine-4567.app.github.dev`),
			Where{URL: func(port int) string { return fmt.Sprintf("https://mine-%d.app.github.dev", port) }},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := load(t, dir, project.Options{})
			r := Resolve(p, asWanted(p, nil), test.where)
			var lines []string
			for _, name := range r.ServiceNames() {
				if environment := environmentOf(r, name); environment != "" {
					for line := range strings.SplitSeq(environment, "\n") {
						lines = append(lines, name+": "+line)
					}
				}
			}
			for _, note := range r.Notes {
				if !strings.Contains(note, "node_modules") {
					lines = append(lines, note)
				}
			}
			if got := strings.Join(lines, "\n"); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
			text, err := r.YAML()
			if err != nil || strings.Contains(string(text), "hunter2") || !strings.Contains(string(text), "FRONTEND_URL: "+test.where.URL(3000)) {
				t.Errorf("%v:\n%s", err, text)
			}
			if len(p.Services["api"].Environment) > 0 {
				t.Error("Resolve changed the project that it was given")
			}
		})
	}
}

// FuzzLocalURLs holds that strangers' values make nothing panic, and that a
// connection string is never touched.
func FuzzLocalURLs(f *testing.F) {
	f.Add("A=http://localhost:3000/$B\nB='x'")
	f.Add("ORIGINS=[\"http://localhost:3000\",")
	f.Add("export X")
	p := loadText(f, localProject)
	r := &resolver{project: p, where: Where{URL: codespace}}
	r.web = r.webPorts()
	f.Fuzz(func(t *testing.T, text string) {
		for _, key := range []string{"CORS_ORIGINS", "FRONTEND_URL"} {
			value := text + "postgres://localhost:3000"
			if got, _ := r.localURLs(p.Services["api"], key, value); !strings.HasSuffix(got, "postgres://localhost:3000") {
				t.Errorf("%s became %s", value, got)
			}
		}
	})
}
