package cli

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// places are the variables that each environment sets; a "+" stands for a space.
var places = []struct{ provider, variables string }{
	{"local", ""},
	{"wsl", "WSL_DISTRO_NAME=Ubuntu"},
	{"ssh", "SSH_CONNECTION=10.0.0.9+50000+10.0.0.5+22 USER=ann"},
	{"devpod", "DEVPOD=true REMOTE_CONTAINERS=true"},
	{"devcontainer", "REMOTE_CONTAINERS=true"},
	{"github-actions", "GITHUB_ACTIONS=true CI=true"},
	{"ci", "CI=true"},
	{"codespaces", "CODESPACES=true CODESPACE_NAME=fox GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN=app.github.dev"},
	{"gitpod", "GITPOD_WORKSPACE_ID=a-b-c GITPOD_WORKSPACE_URL=https://a-b-c.ws-eu1.gitpod.io GITPOD_WORKSPACE_CLUSTER_HOST=ws-eu1.gitpod.io"},
	{"ona", "GITPOD_ENVIRONMENT_ID=019cd868"},
	{"coder", "CODER=true CODER_WORKSPACE_AGENT_NAME=main VSCODE_PROXY_URI=https://{{port}}--main--dev--ann.coder.example.com"},
	{"code-server", "VSCODE_PROXY_URI=https://box.example.com/proxy/{{port}}/"},
	{"cloud-workstations", "GOOGLE_CLOUD_WORKSTATIONS=true WEB_HOST=box.cluster-x.cloudworkstations.dev"},
	{"firebase-studio", "GOOGLE_CLOUD_WORKSTATIONS=true MONOSPACE_ENV=true WEB_HOST=s.cluster-y.cloudworkstations.dev"},
	{"cloud-shell", "CLOUD_SHELL=true WEB_HOST=cs-2163-default.cs-asia-east1-duck.cloudshell.dev"},
	{"gitlab", "GL_WORKSPACE_DOMAIN_TEMPLATE=${PORT}-workspace-1.workspaces.example.com"},
	{"che", "DEVWORKSPACE_ID=workspace9c"},
	{"codesandbox", "CSB=true CSB_BASE_PREVIEW_HOST=csb.app HOSTNAME=x7kq2"},
	{"daytona", "DAYTONA_SANDBOX_ID=5f0c"},
	{"replit", "REPL_ID=1 REPLIT_DEV_DOMAIN=1-00-x.riker.replit.dev"},
	{"okteto", "OKTETO_NAMESPACE=ann OKTETO_DOMAIN=okteto.example.com"},
	{"", "DEVUP_PUBLIC_URL_TEMPLATE=https://{port}-box.example.com/"},
}

// pair is a frontend and a backend, written for Gitpod and for devup, and an
// administration page on a low port.
const pair = `
name: pair
services:
  backend:
    image: x
    ports: ["4567:4567"]
    x-devup: {public: true}
    environment:
      FRONTEND_URL: ${DEVUP_URL_FRONTEND:-http://localhost:3000}
      ORIGINS: ${DEVUP_ORIGINS}
      ADMIN_URL: ${DEVUP_URL_ADMIN}
  frontend:
    image: x
    ports: ["3000:3000"]
    environment:
      REACT_APP_BACKEND_URL: https://4567-${GITPOD_WORKSPACE_ID}.${GITPOD_WORKSPACE_CLUSTER_HOST}/api
      SOCKET: wss://4567-omenking-app-1x2y3z.ws-us80.gitpod.io
  admin: {image: x, ports: ["80:80"], x-devup: {public: true}}
  db: {image: postgres, ports: ["5432:5432"], x-devup: {public: true}}
`

// TestPlaces holds, for the same project in every environment, what `devup urls
// --json` prints and says, and what the containers get.
func TestPlaces(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "devup.yaml"), []byte(pair), 0o600); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, place := range places {
		fmt.Fprintf(&got, "== %s\n", strings.TrimSpace(place.provider+" "+place.variables))
		env := map[string]string{"HOME": dir, "DOCKER_HOST": "unix://" + filepath.Join(dir, "none.sock"), "DEVUP_PROVIDER": place.provider}
		for pair := range strings.FieldsSeq(place.variables) {
			name, value, _ := strings.Cut(pair, "=")
			env[name] = strings.ReplaceAll(value, "+", " ")
		}
		out, said := devupHere(t, dir, env, "urls")
		got.WriteString(out)
		for line := range strings.Lines(said) {
			var e struct{ Text string }
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatalf("%s: %s", line, said)
			}
			fmt.Fprintln(&got, "note:", e.Text)
		}
		out, _ = devupHere(t, dir, env, "config")
		got.WriteString(environmentsOf(t, out))
	}
	golden := filepath.Join("testdata", "places.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("go test ./internal/cli -run TestPlaces -update accepts it (-want +got):\n%s", diff)
	}
}

// devupHere runs devup with --json in a directory and an environment of its own.
func devupHere(t *testing.T, dir string, env map[string]string, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, said bytes.Buffer
	stdio := Process{In: strings.NewReader(""), Out: &out, Err: &said, LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	for name, value := range env {
		stdio.Environ = append(stdio.Environ, name+"="+value)
	}
	if code := Main(t.Context(), append(args, "--json", "-C", dir), stdio); code != 0 {
		t.Fatalf("devup %v ended with %d: %s", args, code, said.String())
	}
	return out.String(), said.String()
}

// environmentsOf are the environments and bindings in what `devup config --json` prints.
func environmentsOf(t *testing.T, config string) string {
	t.Helper()
	var object struct {
		Config struct {
			Services map[string]struct {
				Environment map[string]string
				Ports       []struct {
					HostIP string `json:"host_ip"`
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(config), &object); err != nil {
		t.Fatalf("%v: %s", err, config)
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(object.Config.Services)) {
		s := object.Config.Services[name]
		fmt.Fprintf(&b, "%s on %s\n", name, s.Ports[0].HostIP)
		for _, key := range slices.Sorted(maps.Keys(s.Environment)) {
			fmt.Fprintf(&b, "  %s=%s\n", key, s.Environment[key])
		}
	}
	return b.String()
}
