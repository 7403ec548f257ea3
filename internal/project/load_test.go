package project

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

func TestNames(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, dir, top string
		options        Options
		want           string
	}{
		{name: "directory", dir: "My App.2", want: "myapp2"},
		{name: "directory without usable letters", dir: "проект", want: "app"},
		{name: "in the file", dir: "a", top: "name: shop", want: "shop"},
		{name: "in the file with a variable", dir: "a", top: "name: ${STAGE:-dev}-shop", want: "dev-shop"},
		{name: "environment", dir: "a", top: "name: shop", options: Options{Env: map[string]string{"COMPOSE_PROJECT_NAME": "env"}}, want: "env"},
		{name: "flag", dir: "a", top: "name: shop", options: Options{Name: "flag", Env: map[string]string{"COMPOSE_PROJECT_NAME": "env"}}, want: "flag"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, "-- "+test.dir+"/devup.yaml --\n"+test.top+"\nservices: {web: {image: nginx}}")
			test.options.Dir = filepath.Join(dir, test.dir)
			p := load(t, dir, test.options)
			if p.Name != test.want {
				t.Errorf("name %q, want %q", p.Name, test.want)
			}
			if network := p.Networks["default"].Name; network != test.want+"_default" {
				t.Errorf("network %q does not carry the name", network)
			}
		})
	}
	_, err := Load(t.Context(), Options{Dir: directory(t, "-- devup.yaml --\nservices: {web: {image: nginx}}"), Name: "Not Good"})
	if e := failure(t, err); e.Code != fail.Usage || !strings.Contains(e.Hint, "notgood") {
		t.Errorf("a bad --project-name gives %v (hint %q)", e, e.Hint)
	}
}

func TestMergeOfComposeAndDevup(t *testing.T) {
	t.Parallel()
	p := load(t, directory(t, `
-- docker-compose.yml --
version: "3.8"
services:
  web:
    build: ./web
    ports: ["3000:3000"]
    container_name: web
-- devup.yaml --
services:
  web:
    environment: {A: b}
    x-devup: {ready: /health, public: true}
`), Options{})
	web := p.Services["web"]
	if len(web.Ports) != 1 || web.ContainerName != "web" || environmentOf(p, "web") != "A=b" {
		t.Errorf("merged to %+v", web)
	}
	if got, want := p.Extensions["web"], (ServiceExtension{Ready: "/health", Public: true}); !reflect.DeepEqual(got, want) {
		t.Errorf("x-devup %+v, want %+v", got, want)
	}
	if len(p.Notes) > 0 {
		t.Errorf("an obsolete version is worth no note, but there are %q", p.Notes)
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	dir := directory(t, `
-- .env --
FROM_FILE=file
BOTH=file
-- other.env --
FROM_FILE=other
-- devup.yaml --
services:
  web:
    image: nginx:${TAG:-latest}
    environment:
      - FROM_FILE=${FROM_FILE}
      - BOTH=$BOTH
      - NOWHERE=${NOWHERE}${ALSO_NOT}
      - PASSED
      - ABSENT
`)
	p := load(t, dir, Options{Env: map[string]string{"BOTH": "process", "PASSED": "on"}})
	if got, want := environmentOf(p, "web"), "ABSENT\nBOTH=process\nFROM_FILE=file\nNOWHERE=\nPASSED=on"; got != want {
		t.Errorf("environment:\n%s\nwant:\n%s", got, want)
	}
	if got, want := strings.Join(p.Notes, "\n"), "not set, and now empty: ALSO_NOT (devup.yaml:7), NOWHERE (devup.yaml:7)"; got != want {
		t.Errorf("notes %q, want %q", got, want)
	}
	p = load(t, dir, Options{EnvFiles: []string{"other.env"}, Env: map[string]string{"TAG": "1"}})
	if got := environmentOf(p, "web"); !strings.Contains(got, "FROM_FILE=other") || p.Services["web"].Image != "nginx:1" {
		t.Errorf("--env-file: %s", got)
	}
}

func TestServicesAndProfiles(t *testing.T) {
	t.Parallel()
	dir := directory(t, `
-- devup.yaml --
services:
  web: {image: nginx, depends_on: [api], networks: [front]}
  api: {image: nginx, depends_on: {db: {condition: service_started}}}
  db: {image: postgres, volumes: ["data:/data"]}
  other: {image: nginx, ports: ["9000:80"]}
  tools: {image: nginx, profiles: [tools]}
volumes: {data: {}, unused: {}}
networks: {front: {}, unused: {}}
`)
	tests := []struct {
		name    string
		options Options
		want    string
	}{
		{"all without profile", Options{}, "[api db other web] [data] [default front]"},
		{"one with what it needs", Options{Services: []string{"api"}}, "[api db] [data] [default]"},
		{"profile by option", Options{Profiles: []string{"tools"}}, "[api db other tools web] [data] [default front]"},
		{"profile by environment", Options{Env: map[string]string{"COMPOSE_PROFILES": "a, tools"}}, "[api db other tools web] [data] [default front]"},
		{"service of a profile by name", Options{Services: []string{"tools"}}, "[tools] [] [default]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := load(t, dir, test.options)
			if got := fmt.Sprint(p.ServiceNames(), p.VolumeNames(), p.NetworkNames()); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	_, err := Load(t.Context(), Options{Dir: dir, Services: []string{"wbe"}})
	if e := failure(t, err); e.Code != fail.UnknownService || e.Service != "wbe" || e.Hint != `did you mean "web"? its services are api, db, other, tools, web` {
		t.Errorf("unknown service: %v (hint %q)", e, e.Hint)
	}
}

func TestMissingEnvFile(t *testing.T) {
	t.Parallel()
	p := load(t, directory(t, `
-- env/there.env --
A=1
URL=http://${HOSTNAME_OF_DB}:5432
-- api.env.example --
SECRET=
-- devup.yaml --
services:
  api:
    image: nginx
    env_file: [env/there.env, api.env]
  web:
    image: nginx
    env_file: missing/web.env
`), Options{Env: map[string]string{"HOSTNAME_OF_DB": "db"}})
	if got, want := environmentOf(p, "api"), "A=1\nURL=http://db:5432"; got != want {
		t.Errorf("environment %q, want %q", got, want)
	}
	want := "api: the env_file api.env does not exist and is left out; api.env.example shows what belongs in it: SECRET\n" +
		"web: the env_file missing/web.env does not exist and is left out"
	if got := strings.Join(p.Notes, "\n"); got != want {
		t.Errorf("notes:\n%s\nwant:\n%s", got, want)
	}
}

func TestImageNameThatIsNone(t *testing.T) {
	t.Parallel()
	p := loadText(t, "name: shop\nservices:\n  web:\n    image: ${DOCKER_USERNAME}/web\n    build: .\n")
	if p.Services["web"].Image != "" {
		t.Errorf("image %q, want none", p.Services["web"].Image)
	}
	if notes := strings.Join(p.Notes, "\n"); !strings.Contains(notes, `web: the image name "/web" is invalid, because DOCKER_USERNAME is empty (devup.yaml:4), so the image is called shop-web`) {
		t.Errorf("notes %q", notes)
	}
}

func TestNodeModulesOfTheImageStayVisible(t *testing.T) {
	t.Parallel()
	const note = "web: /app/node_modules comes from the image, because the directory mounted there has none"
	tests := []struct{ name, files, service, want string }{
		{"hidden", "-- web/package.json --\n{}", "build: web\nvolumes: ['./web:/app']", note},
		{"installed on the host", "-- web/package.json --\n{}\n-- web/node_modules/react/package.json --\n{}", "build: web\nvolumes: ['./web:/app']", ""},
		{"the mount point of an earlier run", "-- web/package.json --\n{}\n-- web/node_modules/ --", "build: web\nvolumes: ['./web:/app']", note},
		{"a Python image", "-- web/package.json --\n{}\n-- web/Dockerfile --\nFROM python:3.13\nRUN pip install flask\n", "build: web\nvolumes: ['./web:/app']", ""},
		{"a Node image", "-- web/package.json --\n{}\n-- web/Dockerfile --\nFROM node:24\nRUN npm ci\n", "build: web\nvolumes: ['./web:/app']", note},
		{"only a cache", "-- web/package.json --\n{}\n-- web/node_modules/.cache/x --\n", "build: web\nvolumes: ['./web:/app']", note},
		{"no package.json", "-- web/x --", "build: web\nvolumes: ['./web:/app']", ""},
		{"has its volume", "-- web/package.json --\n{}", "build: web\nvolumes: ['./web:/app', '/app/node_modules/']", ""},
		{"has a named volume", "-- web/package.json --\n{}", "build: web\nvolumes: ['./web:/app', 'mods:/app/node_modules']", ""},
		{"not built", "-- web/package.json --\n{}", "image: node\nvolumes: ['./web:/app']", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			service := "    " + strings.ReplaceAll(test.service, "\n", "\n    ")
			p := load(t, directory(t, test.files+"\n-- devup.yaml --\nservices:\n  web:\n"+service+"\nvolumes: {mods: {}}"), Options{})
			if got := strings.Join(p.Notes, "\n"); got != test.want {
				t.Errorf("notes %q, want %q", got, test.want)
			}
			last := p.Services["web"].Volumes[len(p.Services["web"].Volumes)-1]
			if added := last.Type == "volume" && last.Target == "/app/node_modules" && last.Source == ""; test.want != "" && !added {
				t.Errorf("no anonymous volume at /app/node_modules, but %+v", last)
			}
		})
	}
}
