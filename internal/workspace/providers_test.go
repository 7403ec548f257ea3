package workspace_test

import (
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/devup-cli/devup/internal/workspace"
)

// variables reads "NAME=value NAME=value"; a "+" in a value means a space.
func variables(text string) func(string) string {
	env := map[string]string{}
	for pair := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = strings.ReplaceAll(value, "+", " ")
	}
	return func(name string) string { return env[name] }
}

const coderEnv = "CODER=true CODER_WORKSPACE_NAME=dev CODER_WORKSPACE_AGENT_NAME=main "

// TestProviders holds how each environment is recognised and what it calls a port.
func TestProviders(t *testing.T) {
	t.Parallel()
	none := fstest.MapFS{}
	directory := fstest.MapFS{"google/idx/builtins": {Data: []byte{}}}
	tests := []struct {
		name, env string
		fsys      fs.FS
		want      string // provider, URL of port 3000, host IP
		note      string // part of the note
	}{
		{"Ona", "GITPOD_ENVIRONMENT_ID=019cd868-1", none, "ona http://localhost:3000 0.0.0.0", ""},
		{"Ona is not Gitpod Classic", "GITPOD_ENVIRONMENT_ID=019c GITPOD_WORKSPACE_ID=a-b GITPOD_WORKSPACE_URL=https://a-b.ws-eu1.gitpod.io", none, "ona http://localhost:3000 0.0.0.0", ""},
		{"Codespaces go before Ona's variables", "CODESPACES=true CODESPACE_NAME=fox GITPOD_ENVIRONMENT_ID=x", none, "codespaces https://fox-3000.app.github.dev 0.0.0.0", ""},
		{"Coder", coderEnv + "VSCODE_PROXY_URI=https://{{port}}--main--dev--ann.coder.example.com", none, "coder https://3000--main--dev--ann.coder.example.com 0.0.0.0", ""},
		{"Coder without a wildcard address, old", coderEnv + "VSCODE_PROXY_URI=https://coder.example.com", none, "coder http://localhost:3000 0.0.0.0", "no wildcard address"},
		{"Coder without a wildcard address, new", coderEnv + "VSCODE_PROXY_URI=", none, "coder http://localhost:3000 0.0.0.0", "no wildcard address"},
		{"Coder's name on a laptop", "CODER_WORKSPACE_NAME=dev CODER_URL=https://coder.example.com", none, "local http://localhost:3000 127.0.0.1", ""},
		{"code-server, path", "VSCODE_PROXY_URI=https://box.example.com/proxy/{{port}}/", none, "code-server https://box.example.com/proxy/3000/ 127.0.0.1", ""},
		{"code-server, domain", "VSCODE_PROXY_URI=https://{{port}}.kyle.dev", none, "code-server https://3000.kyle.dev 127.0.0.1", ""},
		{"code-server in a dev container", "VSCODE_PROXY_URI=https://{{port}}.kyle.dev REMOTE_CONTAINERS=true", none, "code-server https://3000.kyle.dev 127.0.0.1", ""},
		{"code-server that names no port", "VSCODE_PROXY_URI=https://box.example.com/", none, "local http://localhost:3000 127.0.0.1", ""},
		{"code-server with half a URL", "VSCODE_PROXY_URI=./proxy/{{port}}", none, "local http://localhost:3000 127.0.0.1", ""},
		{"Cloud Workstations", "GOOGLE_CLOUD_WORKSTATIONS=true WEB_HOST=box.cluster-x.cloudworkstations.dev", none, "cloud-workstations https://3000-box.cluster-x.cloudworkstations.dev 0.0.0.0", ""},
		{"Cloud Workstations without a host", "GOOGLE_CLOUD_WORKSTATIONS=true", none, "cloud-workstations http://localhost:3000 0.0.0.0", "WEB_HOST is not set"},
		{"Firebase Studio", "GOOGLE_CLOUD_WORKSTATIONS=true MONOSPACE_ENV=true WEB_HOST=s.cluster-y.cloudworkstations.dev", none, "firebase-studio https://3000-s.cluster-y.cloudworkstations.dev 0.0.0.0", ""},
		{"Firebase Studio by its directory", "GOOGLE_CLOUD_WORKSTATIONS=true WEB_HOST=s.cluster-y.cloudworkstations.dev", directory, "firebase-studio https://3000-s.cluster-y.cloudworkstations.dev 0.0.0.0", ""},
		{"a directory of that name on a laptop", "", directory, "local http://localhost:3000 127.0.0.1", ""},
		{"Cloud Shell", "CLOUD_SHELL=true WEB_HOST=cs-2163-default.cs-asia-east1-duck.cloudshell.dev", none, "cloud-shell https://3000-cs-2163-default.cs-asia-east1-duck.cloudshell.dev 0.0.0.0", ""},
		{"Cloud Shell by its other variable", "GOOGLE_CLOUD_SHELL=true", none, "cloud-shell http://localhost:3000 0.0.0.0", "WEB_HOST is not set"},
		{"GitLab", "GL_WORKSPACE_DOMAIN_TEMPLATE=${PORT}-workspace-1-2-abc.workspaces.example.com", none, "gitlab https://3000-workspace-1-2-abc.workspaces.example.com 0.0.0.0", ""},
		{"GitLab's variable without a port", "GL_WORKSPACE_DOMAIN_TEMPLATE=workspaces.example.com", none, "local http://localhost:3000 127.0.0.1", ""},
		{"Che", "DEVWORKSPACE_ID=workspace9c CHE_DASHBOARD_URL=https://che.example.com", none, "che http://localhost:3000 0.0.0.0", ""},
		{"CodeSandbox", "CSB=true CSB_BASE_PREVIEW_HOST=csb.app HOSTNAME=x7kq2", none, "codesandbox https://x7kq2-3000.csb.app 0.0.0.0", ""},
		{"CodeSandbox whose shell has no HOSTNAME", "CSB=true", fstest.MapFS{"etc/hostname": {Data: []byte("x7kq2\n")}}, "codesandbox https://x7kq2-3000.csb.app 0.0.0.0", ""},
		{"CodeSandbox without a name", "CSB=true", none, "codesandbox http://localhost:3000 0.0.0.0", "the host name is not known"},
		{"Daytona", "DAYTONA_SANDBOX_ID=5f0c", none, "daytona https://3000-5f0c.proxy.daytona.works 0.0.0.0", ""},
		{"the older Daytona", "DAYTONA_WS_ID=5f0c", none, "daytona http://localhost:3000 0.0.0.0", "DAYTONA_SANDBOX_ID is not set"},
		{"Replit", "REPL_ID=1 REPLIT_DEV_DOMAIN=1-00-x.riker.replit.dev", none, "replit http://localhost:3000 0.0.0.0", ""},
		{"Okteto", "OKTETO_NAMESPACE=ann OKTETO_DOMAIN=okteto.example.com", none, "okteto http://localhost:3000 0.0.0.0", ""},
		{"okteto's namespace on a laptop", "OKTETO_NAMESPACE=ann", none, "local http://localhost:3000 127.0.0.1", ""},
		{"GitHub Actions", "GITHUB_ACTIONS=true CI=true", none, "github-actions http://localhost:3000 127.0.0.1", ""},
		{"another CI", "CI=1", none, "ci http://localhost:3000 127.0.0.1", ""},
		{"not in CI", "CI=false", none, "local http://localhost:3000 127.0.0.1", ""},
		{"DevPod is no plain dev container", "DEVPOD=true REMOTE_CONTAINERS=true", none, "devpod http://localhost:3000 127.0.0.1", ""},
		{"Dev Containers", "REMOTE_CONTAINERS=true", none, "devcontainer http://localhost:3000 127.0.0.1", ""},
		{"WSL", "WSL_DISTRO_NAME=Ubuntu", none, "wsl http://localhost:3000 127.0.0.1", ""},
		{"WSL under a service manager", "", fstest.MapFS{"proc/version": {Data: []byte("Linux version 5.15.1-Microsoft-standard-WSL2")}}, "wsl http://localhost:3000 127.0.0.1", ""},
		{"Linux", "", fstest.MapFS{"proc/version": {Data: []byte("Linux version 6.1.0-debian")}}, "local http://localhost:3000 127.0.0.1", ""},
		{"SSH", "SSH_CONNECTION=10.0.0.9+50000+10.0.0.5+22 USER=ann", none, "ssh http://localhost:3000 127.0.0.1", ""},
		{"SSH, half a variable", "SSH_CONNECTION=10.0.0.9", none, "local http://localhost:3000 127.0.0.1", ""},
		{"SSH into a codespace", "SSH_CONNECTION=::1+50000+::1+2222 CODESPACES=true CODESPACE_NAME=fox", none, "codespaces https://fox-3000.app.github.dev 0.0.0.0", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ws, err := workspace.Detect(variables(tt.env), tt.fsys, workspace.Override{})
			if err != nil {
				t.Fatal(err)
			}
			if got := ws.Provider + " " + ws.URL(3000) + " " + ws.HostIP(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if !strings.Contains(ws.Note, tt.note) || (tt.note == "" && ws.Note != "") {
				t.Errorf("note %q, want %q in it", ws.Note, tt.note)
			}
			if remote := ws.URL(3000) != "http://localhost:3000"; ws.Remote && remote == (ws.Lacks(3000) != "") {
				t.Errorf("the URL is %s, and it says %q", ws.URL(3000), ws.Lacks(3000))
			}
		})
	}
}

// TestEveryProviderCanBeAskedFor: a user who names a provider gets that one, or learns
// which of its variables is missing.
func TestEveryProviderCanBeAskedFor(t *testing.T) {
	t.Parallel()
	_, err := workspace.Detect(variables(""), nil, workspace.Override{Provider: "nothing"})
	for _, name := range workspace.Names() {
		if err == nil {
			t.Fatal("an unknown provider was taken")
		}
		ws, err := workspace.Detect(variables(""), nil, workspace.Override{Provider: name})
		if err == nil && ws.Provider != name || err != nil && !strings.Contains(err.Error(), "its URLs are not known") {
			t.Errorf("%s: %+v, %v", name, ws, err)
		}
		ws, err = workspace.Detect(variables("CODESPACES=true CODESPACE_NAME=fox"), nil, workspace.Override{Provider: name, Template: "https://{port}.x.example"})
		if err != nil || ws.Provider != name || ws.URL(80) != "https://80.x.example" {
			t.Errorf("%s with a template: %+v, %v", name, ws, err)
		}
	}
}

func TestLacks(t *testing.T) {
	t.Parallel()
	coder := coderEnv + "VSCODE_PROXY_URI=https://{{port}}--main--dev--ann.coder.example.com"
	long := coderEnv + "VSCODE_PROXY_URI=https://{{port}}--main--" + strings.Repeat("w", 50) + "--ann.coder.example.com"
	tests := []struct {
		name, env string
		port      int
		want      string
	}{
		{"a laptop", "", 80, ""},
		{"Coder, low", coder, 999, "no URL for ports below 1000"},
		{"Coder, lowest", coder, 1000, ""},
		{"Coder, a long name", long, 3000, "more than 63 characters"},
		{"Ona, low", "GITPOD_ENVIRONMENT_ID=x", 80, "from 1024 on"},
		{"Daytona, low", "DAYTONA_SANDBOX_ID=x", 80, "3000 to 9999"},
		{"Daytona, high", "DAYTONA_SANDBOX_ID=x", 10000, "3000 to 9999"},
		{"Daytona", "DAYTONA_SANDBOX_ID=x", 9999, ""},
		{"Cloud Workstations, low", "GOOGLE_CLOUD_WORKSTATIONS=true WEB_HOST=h.dev", 443, "port 80 and from 1024 on"},
		{"Cloud Workstations, 80", "GOOGLE_CLOUD_WORKSTATIONS=true WEB_HOST=h.dev", 80, ""},
		{"Che", "DEVWORKSPACE_ID=x", 3000, "URLs for endpoints"},
		{"Replit", "REPL_ID=x", 3000, ".replit"},
		{"Okteto", "OKTETO_NAMESPACE=a OKTETO_DOMAIN=b", 3000, "okteto endpoints"},
		{"a codespace without a name", "CODESPACES=true", 3000, "CODESPACE_NAME is not set"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ws, err := workspace.Detect(variables(tt.env), nil, workspace.Override{})
			if err != nil {
				t.Fatal(err)
			}
			got := ws.Lacks(tt.port)
			if !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("%q, want %q in it", got, tt.want)
			}
			if local := "http://localhost:" + strconv.Itoa(tt.port); got != "" && ws.URL(tt.port) != local {
				t.Errorf("it has no URL, and that is %s", ws.URL(tt.port))
			}
		})
	}
}

func TestForward(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, env, want string }{
		{"usual", "SSH_CONNECTION=10.0.0.9+50000+10.0.0.5+22 USER=ann", "ssh -L 3000:localhost:3000 -L 4567:localhost:4567 ann@10.0.0.5"},
		{"another port, IPv6, no user", "SSH_CONNECTION=fe80::1%eth0+50000+fe80::2%eth0+2222", "ssh -L 3000:localhost:3000 -L 4567:localhost:4567 -p 2222 fe80::2%eth0"},
		{"a laptop", "", ""},
		{"a codespace", "CODESPACES=true CODESPACE_NAME=fox", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ws, err := workspace.Detect(variables(tt.env), nil, workspace.Override{})
			if err != nil {
				t.Fatal(err)
			}
			if got := ws.Forward([]int{4567, 3000, 4567}); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	asked, err := workspace.Detect(variables(""), nil, workspace.Override{Provider: "ssh"})
	if err != nil || asked.Forward([]int{80}) != "ssh -L 80:localhost:80 HOST" {
		t.Errorf("asked for: %q, %v", asked.Forward([]int{80}), err)
	}
}
