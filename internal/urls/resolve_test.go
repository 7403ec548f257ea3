package urls

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/symbol"
)

var laptop = Where{URL: func(port int) string { return fmt.Sprintf("http://localhost:%d", port) }, HostIP: "127.0.0.1", UID: 1000, GID: 100}

func codespace(port int) string { return fmt.Sprintf("https://name-%d.app.github.dev", port) }

// asWanted gives every port what it asks for, and 41000 and up to the others,
// with changes "from->to".
func asWanted(p *project.Project, changes map[int]int) map[project.PortKey]int {
	given := map[project.PortKey]int{}
	next := 41000
	for _, port := range append(p.PublishedPorts(), p.OtherPorts()...) {
		n := port.Wanted
		if n == 0 {
			n = next
			next++
		}
		if to, ok := changes[n]; ok {
			n = to
		}
		given[port.Key()] = n
	}
	return given
}

const twoServices = `
services:
  backend-flask:
    build: {context: ., args: {UID: "${DEVUP_UID:-1}", GID: "${DEVUP_GID:-1}"}}
    ports: ["4567:4567"]
    environment:
      FRONTEND_URL: ${DEVUP_URL_FRONTEND_REACT_JS:-http://localhost:3000}
      ORIGINS: $DEVUP_ORIGINS
      PORT: ${DEVUP_PORT_BACKEND_FLASK:-4567}
      MISSING: ${DEVUP_URL_NOBODY:-http://localhost:9}
      WORKER: ${DEVUP_URL_WORKER:-none}
  frontend-react-js:
    image: node
    ports: ["${DEVUP_PORT_FRONTEND_REACT_JS:-3000}:3000"]
    environment:
      - REACT_APP_BACKEND_URL=${DEVUP_URL_BACKEND_FLASK:-http://localhost:4567}
    command: serve --public ${DEVUP_URL_FRONTEND_REACT_JS:-x}
    labels: {url: "${DEVUP_URL_FRONTEND_REACT_JS}/a"}
  worker: {image: x}
`

func TestResolve(t *testing.T) {
	t.Parallel()
	p := loadText(t, twoServices)
	before := p.Edit(func(*project.Project) {}).Services
	if got := p.PublishedPorts()[1].Wanted; got != 3000 {
		t.Fatalf("the default in a port mapping is not what the port asks for: %d", got)
	}
	r := Resolve(p, asWanted(p, map[int]int{3000: 3001}), laptop)

	wantBackend := strings.Join([]string{
		"FRONTEND_URL=http://localhost:3001",
		"MISSING=http://localhost:9",
		"ORIGINS=http://localhost:4567,https://localhost:4567,http://127.0.0.1:4567,http://localhost:3001,https://localhost:3001,http://127.0.0.1:3001",
		"PORT=4567",
		"WORKER=none",
	}, "\n")
	if got := environmentOf(r, "backend-flask"); got != wantBackend {
		t.Errorf("backend:\n%s\nwant:\n%s", got, wantBackend)
	}
	frontend := r.Services["frontend-react-js"]
	if got := environmentOf(r, "frontend-react-js"); got != "REACT_APP_BACKEND_URL=http://localhost:4567" {
		t.Errorf("frontend: %s", got)
	}
	if got := strings.Join(frontend.Command, " "); got != "serve --public http://localhost:3001" {
		t.Errorf("command %q", got)
	}
	if got := frontend.Labels["url"]; got != "http://localhost:3001/a" {
		t.Errorf("label %q", got)
	}
	if port := frontend.Ports[0]; port.Published != "3001" || port.HostIP != "127.0.0.1" {
		t.Errorf("port %+v", port)
	}
	args := r.Services["backend-flask"].Build.Args
	if *args["UID"] != "1000" || *args["GID"] != "100" {
		t.Errorf("UID %s, GID %s", *args["UID"], *args["GID"])
	}
	if len(r.Notes) > 0 {
		t.Errorf("notes %q", r.Notes)
	}
	if !reflect.DeepEqual(p.Services, before) {
		t.Error("Resolve changed the project that it was given")
	}
	if !NeedsOwner(p) || NeedsOwner(r) {
		t.Errorf("WantsOwner is %v before and %v after", NeedsOwner(p), NeedsOwner(r))
	}
	if again := Resolve(p, asWanted(p, map[int]int{3000: 3001}), laptop); !reflect.DeepEqual(again.Services, r.Services) {
		t.Error("the same input gives another outcome")
	}
}

func TestThePersonsVariablesWin(t *testing.T) {
	t.Parallel()
	dir := directory(t, "-- .env --\nDEVUP_URL_WEB=http://mine\n-- devup.yaml --\n"+`
services:
  web: {image: x, ports: ["80:80"], environment: {U: "${DEVUP_URL_WEB}", O: "${DEVUP_ORIGINS}"}}`)
	p := load(t, dir, project.Options{Env: map[string]string{"DEVUP_ORIGINS": "http://theirs"}})
	if got := environmentOf(Resolve(p, asWanted(p, nil), laptop), "web"); got != "O=http://theirs\nU=http://mine" {
		t.Errorf("got %s", got)
	}
}

func TestCloudVariablesAndURLs(t *testing.T) {
	t.Parallel()
	const config = `
services:
  backend-flask:
    image: x
    ports: ["4567:4567"]
    env_file: [b.env]
    environment:
      FRONTEND_URL: "https://3000-${GITPOD_WORKSPACE_ID}.${GITPOD_WORKSPACE_CLUSTER_HOST}"
      CODESPACE: "https://${CODESPACE_NAME}-3000.${GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN}/x"
      XRAY: "*4567-${GITPOD_WORKSPACE_ID}.${GITPOD_WORKSPACE_CLUSTER_HOST}*"
      WRONG: "https://3001-${GITPOD_WORKSPACE_ID}.${GITPOD_WORKSPACE_CLUSTER_HOST}"
      FROM_DOT_ENV: ${API}
      GITPOD_WORKSPACE_ID:
  web:
    image: x
    ports: ["3000:80"]
    environment:
      LITERAL: "https://4567-someone-repo-abc123.ws-eu74.gitpod.io/api,https://name-3000.preview.app.github.dev"
      SOCKET: "wss://4567-someone-repo-abc123.ws-eu74.gitpod.io:443"
`
	const dotEnv = `API=https://4567-${GITPOD_WORKSPACE_ID}.${GITPOD_WORKSPACE_CLUSTER_HOST}/v1`
	const envFile = `FILE_URL="https://4567-${GITPOD_WORKSPACE_ID}.${GITPOD_WORKSPACE_CLUSTER_HOST}"`
	dir := directory(t, "-- .env --\n"+dotEnv+"\n-- b.env --\n"+envFile+"\n-- devup.yaml --\n"+config)

	t.Run("laptop", func(t *testing.T) {
		t.Parallel()
		p := load(t, dir, project.Options{})
		r := Resolve(p, asWanted(p, map[int]int{3000: 3002}), laptop)
		wantBackend := strings.Join([]string{
			"CODESPACE=http://localhost:3002/x",
			"FILE_URL=http://localhost:4567",
			"FROM_DOT_ENV=http://localhost:4567/v1",
			"FRONTEND_URL=http://localhost:3002",
			"WRONG=https://3001-.",
			"XRAY=*localhost:4567*",
		}, "\n")
		if got := environmentOf(r, "backend-flask"); got != wantBackend {
			t.Errorf("backend:\n%s\nwant:\n%s", got, wantBackend)
		}
		wantWeb := "LITERAL=http://localhost:4567/api,http://localhost:3002\nSOCKET=ws://localhost:4567:443"
		if got := environmentOf(r, "web"); got != wantWeb {
			t.Errorf("web:\n%s\nwant:\n%s", got, wantWeb)
		}
		wantNotes := strings.Join([]string{
			"backend-flask: CODESPACE is resolved to http://localhost:3002",
			"backend-flask: FILE_URL is resolved to http://localhost:4567",
			"backend-flask: FROM_DOT_ENV is resolved to http://localhost:4567",
			"backend-flask: FRONTEND_URL is resolved to http://localhost:3002",
			"backend-flask: WRONG needs GITPOD_WORKSPACE_ID and GITPOD_WORKSPACE_CLUSTER_HOST, which only a cloud workspace sets",
			"backend-flask: XRAY is resolved to localhost:4567",
			"web: LITERAL is resolved to http://localhost:4567 and http://localhost:3002",
			"web: SOCKET is resolved to ws://localhost:4567",
		}, "\n")
		if got := strings.Join(r.Notes, "\n"); got != wantNotes {
			t.Errorf("notes:\n%s\nwant:\n%s", got, wantNotes)
		}
	})
	t.Run("in that very codespace", func(t *testing.T) {
		t.Parallel()
		p := load(t, dir, project.Options{Env: map[string]string{"CODESPACE_NAME": "name", "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN": "app.github.dev"}})
		r := Resolve(p, asWanted(p, nil), Where{URL: codespace, HostIP: "0.0.0.0"})
		if got := *r.Services["backend-flask"].Environment["CODESPACE"]; got != "https://name-3000.app.github.dev/x" {
			t.Errorf("CODESPACE=%s", got)
		}
		if notes := strings.Join(r.Notes, "\n"); strings.Contains(notes, "CODESPACE ") {
			t.Errorf("a URL that is right already is noted: %s", notes)
		}
		if got := *r.Services["backend-flask"].Environment["FRONTEND_URL"]; got != "https://name-3000.app.github.dev" {
			t.Errorf("a Gitpod URL in a codespace: %s", got)
		}
	})
}

func TestCloudURLForms(t *testing.T) {
	t.Parallel()
	ports := map[int]int{3000: 3001, 80: 8080}
	url := func(port int) string { return fmt.Sprintf("http://localhost:%d", port) }
	tests := []struct{ in, want string }{
		{"https://3000-a-b-c.ws-eu1.gitpod.io", "http://localhost:3001"},
		{"https://3000-a-b-c.ws-eu1.gitpod.io./x", "http://localhost:3001./x"},
		{"https://3000-abc.gitpod.io/", "http://localhost:3001/"},
		{"https://80-abc.gitpod.io/", "http://localhost:8080/"},
		{"https://3000--019cd868-aa.eu-central-1-01.gitpod.dev", "http://localhost:3001"},
		{"https://octocat-x-mld5-3000.app.github.dev/a?b=c", "http://localhost:3001/a?b=c"},
		{"https://octocat-x-mld5-3000.preview.app.github.dev", "http://localhost:3001"},
		{"https://octocat-x-mld5-3000.githubpreview.dev", "http://localhost:3001"},
		{"https://3000--main--dev-env--ann.coder.example.com/x", "http://localhost:3001/x"},
		{"https://3000s--main--dev--ann.coder.example.com", "http://localhost:3001"},
		{"https://80--main--dev--ann.coder.example.com", "https://80--main--dev--ann.coder.example.com"}, // Coder has no such port
		{"https://3000--main--dev.coder.example.com", "https://3000--main--dev.coder.example.com"},
		{"https://3000-workspace-1-2-abc.workspaces.gitlab.dev", "http://localhost:3001"},
		{"https://3000-w-ann.cluster-x7.cloudworkstations.dev", "http://localhost:3001"},
		{"https://3000-cs-21632-default.cs-asia-east1-duck.cloudshell.dev/?a", "http://localhost:3001/?a"},
		{"https://x2k7dl-3000.csb.app", "http://localhost:3001"},
		{"https://x2k7dl.csb.app", "https://x2k7dl.csb.app"},
		{"https://3k9nvmsm-3000.usw2.devtunnels.ms", "http://localhost:3001"},
		{"wss://3000-5f0c.proxy.daytona.works/ws", "ws://localhost:3001/ws"},
		{"3000-abc.ws-eu1.gitpod.io", "localhost:3001"},
		{"a=3000-abc.gitpod.io,b=3000-abc.gitpod.io", "a=localhost:3001,b=localhost:3001"},
		{"https://4000-abc.gitpod.io", "https://4000-abc.gitpod.io"},
		{"https://gitpod.io/#https://github.com/a/b", "https://gitpod.io/#https://github.com/a/b"},
		{"https://3000-abc.gitpod.io.evil.example", "https://3000-abc.gitpod.io.evil.example"},
		{"postgres://u:p@db:3000/x", "postgres://u:p@db:3000/x"},
		{"https://3000-abc.example.com", "https://3000-abc.example.com"},
	}
	for _, test := range tests {
		if got, _ := cloudURLs(test.in, ports, url); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.in, got, test.want)
		}
	}
}

func TestURLOfAServiceThatWasNotSelected(t *testing.T) {
	t.Parallel()
	dir := directory(t, "-- devup.yaml --\n"+twoServices)
	p := load(t, dir, project.Options{Services: []string{"frontend-react-js"}})
	if got := fmt.Sprint(p.ServiceNames(), len(p.PublishedPorts()), len(p.OtherPorts())); got != "[frontend-react-js] 1 1" {
		t.Fatalf("services, ports, other ports: %s", got)
	}
	all := load(t, dir, project.Options{})
	got := environmentOf(Resolve(p, asWanted(p, nil), laptop), "frontend-react-js")
	if want := environmentOf(Resolve(all, asWanted(all, nil), laptop), "frontend-react-js"); got != want {
		t.Errorf("alone %q, with all %q: the container would be replaced for nothing", got, want)
	}
}

func TestEntranceOfAServiceWithSeveralPorts(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, ports, want string }{
		{"first", "'8000:8000', '9000:9000'", "http://localhost:8000"},
		{"not the debugger", "'5678:5678', '9229:9229', '3000:3000'", "http://localhost:3000"},
		{"not udp", "'2000:2000/udp', '3000:3000'", "http://localhost:3000"},
		{"udp only", "'2000:2000/udp'", "none"},
		{"database only", "'5432:5432'", "http://localhost:5432"},
		{"any host port", "'3000'", "http://localhost:41000"},
		{"none", "", "none"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := loadText(t, "services:\n  web:\n    image: x\n    ports: ["+test.ports+"]\n    environment: {U: '${DEVUP_URL_WEB:-none}'}")
			if got := environmentOf(Resolve(p, asWanted(p, nil), laptop), "web"); got != "U="+test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestOriginsLeaveOutPathsAndDatabases(t *testing.T) {
	t.Parallel()
	p := loadText(t, `services: {web: {image: x, ports: ["3000:3000"], environment: {O: "${DEVUP_ORIGINS}"}}, db: {image: x, ports: ["5432:5432"]}}`)
	r := Resolve(p, asWanted(p, nil), Where{URL: func(port int) string { return fmt.Sprintf("https://host.example/proxy/%d/", port) }})
	if got, want := environmentOf(r, "web"), "O=https://host.example,http://localhost:3000,https://localhost:3000,http://127.0.0.1:3000"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestYAML(t *testing.T) {
	t.Parallel()
	dir := directory(t, "-- w.env --\nTOKEN=hunter2\nAPI=https://3000-abc.gitpod.io\n-- devup.yaml --\n"+`
name: shop
services:
  web:
    image: x
    ports: ["3000:3000"]
    env_file: w.env
    command: echo $$HOME
    environment: {U: "${DEVUP_URL_WEB:-none}"}
    x-devup: {ready: /health}
`)
	p := load(t, dir, project.Options{})
	resolved, err := Resolve(p, asWanted(p, nil), laptop).YAML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"name: shop", "U: http://localhost:3000", "API: http://localhost:3000", "w.env", "$$HOME", "ready: /health", `published: "3000"`} {
		if !strings.Contains(string(resolved), want) {
			t.Errorf("no %q in\n%s", want, resolved)
		}
	}
	if strings.Contains(string(resolved), "hunter2") {
		t.Errorf("a value of an env file is in\n%s", resolved)
	}
	unresolved, err := p.YAML()
	if err != nil || !strings.Contains(string(unresolved), "U: none") || symbol.HasToken(string(unresolved)) {
		t.Errorf("unresolved, %v:\n%s", err, unresolved)
	}
	again := load(t, directory(t, "-- w.env --\n-- devup.yaml --\n"+strings.ReplaceAll(string(resolved), dir+"/w.env", "w.env")), project.Options{})
	if got := strings.Join(again.Services["web"].Command, " "); got != "echo $HOME" {
		t.Errorf("read again, the command is %q", got)
	}
}
