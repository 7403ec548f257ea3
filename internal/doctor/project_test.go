package doctor

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// clone makes a directory of the files of an archive, and loads the project in it.
func clone(t *testing.T, archive string) Project {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := Project{Dir: dir, Files: os.DirFS(dir)}
	var err error
	if p.Model, err = project.Load(t.Context(), project.Options{Dir: dir, Name: "shop"}); err != nil {
		p.Broken = err
		return p
	}
	p.Notes = p.Model.Notes
	return p
}

// full is a finding with all that it says.
func (f Finding) full() string {
	text := f.line()
	for _, d := range f.Details {
		text += "\n- " + d
	}
	if f.Fix != nil {
		text += "\nfix: " + f.Fix.Does
	}
	return text
}

func TestConfigAndEnv(t *testing.T) {
	t.Parallel()
	const web = "-- compose.yaml --\nservices:\n  web:\n    image: nginx\n"
	tests := []struct{ name, files, config, env string }{
		{"well", web, "ok: project shop from compose.yaml | ", "ok:  | "},
		{
			"a variable that is not set", web + "    environment: {KEY: $API_KEY}\n",
			"ok: project shop from compose.yaml | ",
			"warning: variables of the config are not set, and now empty: API_KEY (compose.yaml:4) | set them in .env next to the config, or give them a default: ${NAME:-value}",
		},
		{
			"an env file that is missing", web + "    env_file: web.env\n-- web.env.example --\nTOKEN=x\n",
			"ok: project shop from compose.yaml | ",
			"warning: web: the env_file web.env does not exist and is left out; web.env.example shows what belongs in it: TOKEN | " +
				"`cp web.env.example web.env`, and fill it in\nfix: copy web.env.example to web.env",
		},
		{
			"something worth knowing", web + "    deploy: {mode: global}\n",
			"ok: project shop from compose.yaml | \n- web: deploy.mode has a meaning in a swarm only, and is left out (compose.yaml:4)", "ok:  | ",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := clone(t, tt.files)
			if got := checkConfig(p).full(); got != tt.config {
				t.Errorf("config:\ngot  %s\nwant %s", got, tt.config)
			}
			if got := strings.TrimSuffix(checkEnv(p).full(), "\n"); got != tt.env {
				t.Errorf("env:\ngot  %s\nwant %s", got, tt.env)
			}
		})
	}
}

func TestABrokenConfigIsAProblem(t *testing.T) {
	t.Parallel()
	p := Project{Broken: fail.New(fail.Config, "correct it", "ports is wrong")}
	if got, want := checkConfig(p).line(), "problem: ports is wrong | correct it"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAnExampleIsCopiedOnce(t *testing.T) {
	t.Parallel()
	p := clone(t, "-- compose.yaml --\nservices: {web: {image: nginx, env_file: .env.web}}\n-- .env.web.example --\nA=1\n")
	fix := checkEnv(p).Fix
	if fix == nil || fix.Safe {
		t.Fatalf("got %+v", fix)
	}
	if err := fix.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	made := filepath.Join(p.Dir, ".env.web")
	if text, err := os.ReadFile(made); err != nil || string(text) != "A=1\n" {
		t.Errorf("got %q, %v", text, err)
	}
	if err := os.WriteFile(made, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := fix.Do(t.Context()); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second time: %v", err)
	}
	if text, _ := os.ReadFile(made); string(text) != "mine" {
		t.Errorf("the user's file was overwritten: %q", text)
	}
}

func TestSecretsInGit(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		".env":         {Data: []byte("DB_PASSWORD=hunter22\nexport API_TOKEN='abc123xyz'\nPORT=8080\nPASSWORD_LOGIN=true\n")},
		"web/.env":     {Data: []byte("VITE_TITLE=Shop\nSECRET_KEY=change-me\nREACT_APP_KEY=\n")},
		".env.example": {Data: []byte("DB_PASSWORD=secret\n")},

		"$(id) 'a'.env": {Data: []byte("TOKEN=abc123xyz\n")},
	}
	tests := []struct {
		name    string
		tracked []string
		want    string
	}{
		{"none", nil, "ok:  | "},
		{"without secrets, and examples", []string{"web/.env", ".env.example"}, "ok:  | "},
		{
			"with secrets",
			[]string{".env", "web/.env"},
			"warning: git has files that look like secrets: .env with DB_PASSWORD, API_TOKEN | `git rm --cached .env && echo .env >> .gitignore` " +
				"keeps the file and takes it out of git; renew the secrets, which stay in its history",
		},
		{
			"with a name that a shell takes for a command",
			[]string{"$(id) 'a'.env"},
			"warning: git has files that look like secrets: $(id) 'a'.env with TOKEN | `git rm --cached '$(id) '\\''a'\\''.env' && echo '$(id) '\\''a'\\''.env' >> .gitignore` " +
				"keeps the file and takes it out of git; renew the secrets, which stay in its history",
		},
	}
	for _, tt := range tests {
		git := func(context.Context, ...string) ([]byte, error) { return []byte(strings.Join(tt.tracked, "\x00")), nil }
		if got := checkSecrets(t.Context(), Project{Files: files, Git: git}).line(); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
	for name, git := range map[string]func(context.Context, ...string) ([]byte, error){
		"no git": nil, "no repository": func(context.Context, ...string) ([]byte, error) { return nil, &exec.ExitError{} },
	} {
		if got := checkSecrets(t.Context(), Project{Files: files, Git: git}); got.Level != needless {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestEntryScripts(t *testing.T) {
	t.Parallel()
	const built = "-- compose.yaml --\nservices: {web: {build: .}}\n-- start.sh --\n#!/bin/sh\n-- docker/run.sh --\n#!/bin/sh\n-- Dockerfile --\nFROM x\n"
	const bound = "-- api/run.sh --\n#!/bin/sh\n-- compose.yaml --\nservices:\n  api:\n    image: x\n    volumes: ['./api:/app']\n    working_dir: /app\n    command: "
	notExecutable := func(file string) string {
		return "warning: containers start these scripts, which may not be executed: " + file + " | `chmod +x " + file + " && git update-index --chmod=+x " + file + "`"
	}
	tests := []struct{ name, files, want string }{
		{"of an image", built + "COPY . /app\nENTRYPOINT [\"./start.sh\", \"a\"]\n", notExecutable("./start.sh")},
		{"of an image, by its place inside", built + "COPY . /app\nCMD /app/docker/run.sh\n", notExecutable("./docker/run.sh")},
		{"the image fixes it", built + "RUN chmod +x start.sh\nCMD [\"./start.sh\"]\n", "ok:  | "},
		{"a shell reads it", built + "CMD [\"sh\", \"./start.sh\"]\n", "ok:  | "},
		{"a program of the image", built + "CMD [\"/usr/bin/python\"]\n", "ok:  | "},
		{"on a bind mount", bound + "./run.sh\n", notExecutable("./api/run.sh")},
		{"elsewhere", bound + "/srv/run.sh\n", "ok:  | "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := clone(t, tt.files)
			if got := checkEntry(Options{Project: p}).line(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if got := checkEntry(Options{Project: p, Machine: Machine{GOOS: "windows"}}); got.Level != needless {
				t.Errorf("on Windows: %s", got.line())
			}
		})
	}
}

func TestLargeContexts(t *testing.T) {
	t.Parallel()
	p := clone(t, "-- compose.yaml --\nservices: {web: {build: ./web}, api: {build: ./api}}\n-- web/Dockerfile --\nFROM x\n-- web/node_modules/big --\n-- api/Dockerfile --\nFROM x\n")
	if got := checkContext(t.Context(), p).line(); got != "ok:  | " {
		t.Errorf("small: got %s", got)
	}
	if err := os.Truncate(filepath.Join(p.Dir, "web/node_modules/big"), 300<<20); err != nil { // takes no room
		t.Fatal(err)
	}
	want := "warning: build contexts without a .dockerignore are sent to the engine whole: ./web of web, with 300 MiB (node_modules: 300 MiB) | " +
		"write .dockerignore there, with a line each for what no build needs: node_modules"
	if got := checkContext(t.Context(), p).line(); got != want {
		t.Errorf("large:\ngot  %s\nwant %s", got, want)
	}
	if err := os.WriteFile(filepath.Join(p.Dir, "web/.dockerignore"), []byte("node_modules"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := checkContext(t.Context(), p).line(); got != "ok:  | " {
		t.Errorf("with .dockerignore: got %s", got)
	}
}

func TestPorts(t *testing.T) {
	t.Parallel()
	listening := func(context.Context, []project.Port) map[int]string {
		return map[int]string{3000: "node (process 412)", 4567: "docker-proxy", 6000: "docker-proxy (process 9)"}
	}
	observe := func(context.Context) (State, error) {
		return State{Published: []Published{{"api", "", 4567}}, InUse: map[int]string{6000: "container shop-web-1 of project shop"}}, nil
	}
	tests := []struct{ ports, want string }{
		{"[]", "ok: the project publishes none | "},
		{"['5000:1', '4567:2', '4567:2/udp']", "ok: 4567 is used by this project, 5000 is free | "},
		{"['3000:1', '4567:2']", "warning: 3000 is held by node (process 412) | devup takes another port for the service, and its URL follows"},
		{"['6000:1']", "warning: 6000 is held by container shop-web-1 of project shop | devup takes another port for the service, and its URL follows"},
	}
	for _, tt := range tests {
		p := clone(t, "-- compose.yaml --\nservices: {web: {image: x, ports: "+tt.ports+"}}\n")
		p.Listening = listening
		if got := checkPorts(t.Context(), p, observe).line(); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.ports, got, tt.want)
		}
	}
}

func TestOrphansAndProjects(t *testing.T) {
	t.Parallel()
	var removed []string
	state := func(s State) func(context.Context) (State, error) {
		s.Remove = func(_ context.Context, names []string) error { removed = names; return nil }
		return func(context.Context) (State, error) { return s, nil }
	}
	two := state(State{Orphans: []string{"shop-old-1", "shop-old-2"}, Gone: []string{"a", "b"}})
	orphans := checkOrphans(t.Context(), Project{Model: &project.Project{}}, two)
	if want := "warning: containers of this project belong to no service of its files: shop-old-1, shop-old-2 | `devup down --remove-orphans` removes them\n" +
		"fix: remove the containers shop-old-1, shop-old-2"; orphans.full() != want {
		t.Errorf("got  %s\nwant %s", orphans.full(), want)
	}
	if err := orphans.Fix.Do(t.Context()); err != nil || orphans.Fix.Safe || !slices.Equal(removed, []string{"shop-old-1", "shop-old-2"}) {
		t.Errorf("removed %q, %v; safe %v", removed, err, orphans.Fix.Safe)
	}
	runs := State{Published: []Published{{Service: "web", Port: 1}}}
	if got, want := checkServices(t.Context(), state(runs)).full(), "ok: what runs answers | "; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	runs.Wrong = map[string]string{"web": "answers 500", "api": "does not answer"}
	if got, want := checkServices(t.Context(), state(runs)).full(), "warning: api does not answer, web answers 500 | run `devup inspect --no-config api` for the cause"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, tt := range []struct {
		observe func(context.Context) (State, error)
		want    string
	}{
		{two, "warning: the engine has containers of 2 projects whose directory was deleted | `devup prune` lists them and asks whether to remove them\n- a\n- b"},
		{state(State{Gone: []string{"a"}}), "warning: the directory of the project a was deleted, and the engine still has its containers | `devup down -p a` removes them"},
		{state(State{}), "ok:  | "},
	} {
		if got := checkProjects(t.Context(), tt.observe).full(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestWithoutAnEngineItsChecksAreLeftOut(t *testing.T) {
	t.Parallel()
	o := Options{
		Connect: func(context.Context, bool) (*engine.Engine, error) { return nil, fail.New(fail.NoEngine, "", "none") },
		Observe: func(context.Context, *engine.Engine) (State, error) {
			t.Error("it was looked at")
			return State{}, nil
		},
		Project: clone(t, "-- compose.yaml --\nservices: {web: {image: x}}\n"),
	}
	for _, f := range Run(t.Context(), Checks(o), insideTime) {
		if slices.Contains([]string{"rootless", "orphans", "projects", "forwarding", "build", "clock"}, f.Name) {
			t.Errorf("%s: %s", f.Name, f.line())
		}
	}
}
