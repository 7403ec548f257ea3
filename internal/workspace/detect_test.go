package workspace_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/workspace"
)

const sharedFile = "workspaces/.codespaces/shared/environment-variables.json"

func shared(content string) fs.FS {
	return fstest.MapFS{sharedFile: {Data: []byte(content)}}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	gitpodEnv := map[string]string{
		"GITPOD_WORKSPACE_ID":           "omenking-cruddur-abc123",
		"GITPOD_WORKSPACE_URL":          "https://omenking-cruddur-abc123.ws-us80.gitpod.io",
		"GITPOD_WORKSPACE_CLUSTER_HOST": "ws-us80.gitpod.io",
	}
	tests := []struct {
		name     string
		env      map[string]string
		fsys     fs.FS
		override workspace.Override
		want     string // provider, URL of port 3000, host IP
		note     string // part of the note
	}{
		{name: "laptop", want: "local http://localhost:3000 127.0.0.1"},
		{name: "gitpod", env: gitpodEnv, want: "gitpod https://3000-omenking-cruddur-abc123.ws-us80.gitpod.io 0.0.0.0"},
		{
			name: "gitpod without its URL",
			env:  map[string]string{"GITPOD_WORKSPACE_ID": "a-b", "GITPOD_WORKSPACE_CLUSTER_HOST": "ws-eu1.gitpod.io"},
			want: "gitpod https://3000-a-b.ws-eu1.gitpod.io 0.0.0.0",
		},
		{
			name: "gitpod URL with a slash at its end",
			env:  map[string]string{"GITPOD_WORKSPACE_ID": "a-b", "GITPOD_WORKSPACE_URL": "https://a-b.ws-eu1.gitpod.io/"},
			want: "gitpod https://3000-a-b.ws-eu1.gitpod.io 0.0.0.0",
		},
		{
			name: "gitpod URL that is none",
			env:  map[string]string{"GITPOD_WORKSPACE_ID": "a-b", "GITPOD_WORKSPACE_URL": "a-b"},
			want: "local http://localhost:3000 127.0.0.1",
		},
		{
			name: "a gitpod ID copied to a laptop",
			env:  map[string]string{"GITPOD_WORKSPACE_ID": "a-b"}, want: "local http://localhost:3000 127.0.0.1",
		},
		{
			name: "a gitpod URL copied to a laptop",
			env:  map[string]string{"GITPOD_WORKSPACE_URL": "https://a-b.ws-eu1.gitpod.io"},
			want: "local http://localhost:3000 127.0.0.1",
		},
		{
			name: "codespace",
			env: map[string]string{
				"CODESPACES": "true", "CODESPACE_NAME": "octocat-space",
				"GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN": "preview.app.github.dev",
			},
			want: "codespaces https://octocat-space-3000.preview.app.github.dev 0.0.0.0",
		},
		{
			name: "codespace without its domain",
			env:  map[string]string{"CODESPACES": "true", "CODESPACE_NAME": "octocat-space"},
			want: "codespaces https://octocat-space-3000.app.github.dev 0.0.0.0",
		},
		{
			name: "codespace whose name is only in the shared file",
			env:  map[string]string{"CODESPACES": "true"},
			fsys: shared(`{"CODESPACE_NAME": "octocat-file", "ACTION": 3}`),
			want: "codespaces https://octocat-file-3000.app.github.dev 0.0.0.0",
		},
		{
			name: "codespace session without any variable",
			fsys: shared(`{"CODESPACE_NAME": "octocat-file", "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN": "x.dev"}`),
			want: "codespaces https://octocat-file-3000.x.dev 0.0.0.0",
		},
		{
			name: "the variable wins over the shared file",
			env:  map[string]string{"CODESPACES": "true", "CODESPACE_NAME": "octocat-env"},
			fsys: shared(`{"CODESPACE_NAME": "octocat-file"}`),
			want: "codespaces https://octocat-env-3000.app.github.dev 0.0.0.0",
		},
		{
			name: "codespace with no name anywhere",
			env:  map[string]string{"CODESPACES": "true"}, fsys: shared(`half {`),
			want: "codespaces http://localhost:3000 0.0.0.0", note: "CODESPACE_NAME is not set; set DEVUP_PUBLIC_URL_TEMPLATE",
		},
		{
			name: "a codespace's name set on a laptop for gh",
			env:  map[string]string{"CODESPACE_NAME": "octocat-space"}, want: "local http://localhost:3000 127.0.0.1",
		},
		{
			name: "the user knows better: local", env: gitpodEnv, override: workspace.Override{Provider: "local"},
			want: "local http://localhost:3000 127.0.0.1",
		},
		{
			name: "the user knows better: gitpod",
			env:  map[string]string{"GITPOD_WORKSPACE_URL": "https://a-b.ws-eu1.gitpod.io"}, override: workspace.Override{Provider: "gitpod"},
			want: "gitpod https://3000-a-b.ws-eu1.gitpod.io 0.0.0.0",
		},
		{
			name: "a template makes an unknown place remote", override: workspace.Override{Template: "https://{port}-box.example.com/"},
			want: "custom https://3000-box.example.com 0.0.0.0",
		},
		{
			name: "a template with a path keeps its slash", override: workspace.Override{Template: "https://box.example.com/proxy/{port}/"},
			want: "custom https://box.example.com/proxy/3000/ 0.0.0.0",
		},
		{
			name: "a template on this machine stays here", override: workspace.Override{Template: "http://app.localhost:{port}"},
			want: "local http://app.localhost:3000 127.0.0.1",
		},
		{
			name: "a template with a provider", override: workspace.Override{Provider: "local", Template: "https://{port}.example.com"},
			want: "local https://3000.example.com 127.0.0.1",
		},
		{
			name: "a template in a codespace", env: map[string]string{"CODESPACES": "true"},
			override: workspace.Override{Template: "https://{port}.example.com"},
			want:     "codespaces https://3000.example.com 0.0.0.0",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fsys := tt.fsys
			if fsys == nil {
				fsys = fstest.MapFS{}
			}
			ws, err := workspace.Detect(func(k string) string { return tt.env[k] }, fsys, tt.override)
			if err != nil {
				t.Fatal(err)
			}
			if got := ws.Provider + " " + ws.URL(3000) + " " + ws.HostIP(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if !strings.Contains(ws.Note, tt.note) || (tt.note == "" && ws.Note != "") {
				t.Errorf("note %q, want %q in it", ws.Note, tt.note)
			}
		})
	}
}

func TestDetectRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		override workspace.Override
		want     string
	}{
		{"an unknown provider", workspace.Override{Provider: "gitpot"}, `unknown provider "gitpot"`},
		{"a provider whose variables are missing", workspace.Override{Provider: "codespaces"}, "CODESPACE_NAME is not set"},
		{"a template without a port", workspace.Override{Template: "https://example.com"}, "has no {port}"},
		{"a template without a scheme", workspace.Override{Template: "{port}-x.example.com"}, "does not start with https://"},
		{"a template of another scheme", workspace.Override{Template: "ftp://{port}.example.com"}, "does not start with https://"},
		{"a template without a host", workspace.Override{Template: "https:///{port}"}, "names no host"},
		{"a template with a query", workspace.Override{Template: "https://x.example.com/?p={port}"}, "host and a path only"},
		{"a template that is no URL", workspace.Override{Template: "https://{port} .example.com"}, "is not a URL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := workspace.Detect(func(string) string { return "" }, fstest.MapFS{}, tt.override)
			if err == nil || fail.CodeOf(err) != fail.Usage || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v (%s), want %q as a usage error", err, fail.CodeOf(err), tt.want)
			}
		})
	}
}
