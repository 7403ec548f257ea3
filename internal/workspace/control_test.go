package workspace_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/workspace"
)

// programs plays a platform's programs: what they answer by the beginning of the
// command line, and what was run.
type programs struct {
	answers map[string]string // "fail: words" for an error
	mutex   sync.Mutex
	ran     []string
}

func (p *programs) run(_ context.Context, argv ...string) (string, error) {
	line := strings.Join(argv, " ")
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.ran = append(p.ran, line)
	for begin, answer := range p.answers {
		if !strings.HasPrefix(line, begin) {
			continue
		}
		if words, failed := strings.CutPrefix(answer, "fail: "); failed {
			return "", errors.New(words)
		}
		return answer, nil
	}
	return "", fmt.Errorf("%s: %w", argv[0], workspace.ErrNoProgram)
}

func detect(t *testing.T, env string) workspace.Info {
	t.Helper()
	ws, err := workspace.Detect(variables(env), nil, workspace.Override{})
	if err != nil {
		t.Fatal(err)
	}
	return ws
}

const (
	gitpodEnv     = "GITPOD_WORKSPACE_ID=a-b GITPOD_WORKSPACE_URL=https://a-b.ws-eu1.gitpod.io"
	codespacesEnv = "CODESPACES=true CODESPACE_NAME=fox GITHUB_TOKEN=ghu_0123456789abcdef0123"
	onaEnv        = "GITPOD_ENVIRONMENT_ID=019cd868"
	shellEnv      = "CLOUD_SHELL=true WEB_HOST=cs-1-default.cloudshell.dev"
)

func TestAsk(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, env, program, answer, want string }{
		{"gitpod", gitpodEnv, "gp url", "https://54321-a-b.ws-us7.gitpod.io\n", "https://3000-a-b.ws-us7.gitpod.io"},
		{"gitpod's program fails", gitpodEnv, "gp url", "fail: no supervisor", "https://3000-a-b.ws-eu1.gitpod.io"},
		{"gitpod's program is missing", gitpodEnv, "none", "", "https://3000-a-b.ws-eu1.gitpod.io"},
		{"an answer that is none", gitpodEnv, "gp url", "hello 54321", "https://3000-a-b.ws-eu1.gitpod.io"},
		{"an answer that names the port twice", gitpodEnv, "gp url", "https://54321-a-54321.gitpod.io", "https://3000-a-b.ws-eu1.gitpod.io"},
		{"Cloud Shell", shellEnv, "cloudshell get-web-preview-url -p 54321", "https://54321-cs-1-default.cs-eu-duck.cloudshell.dev/", "https://3000-cs-1-default.cs-eu-duck.cloudshell.dev"},
		{"Ona", onaEnv, "gitpod environment port list", `[{"port":22,"url":""},{"port":8080,"url":"https://8080--019cd868.eu-central-1-01.gitpod.dev"}]`, "https://3000--019cd868.eu-central-1-01.gitpod.dev"},
		{"Ona by the new name", onaEnv, "ona environment port list", `[{"port":8080,"url":"https://8080--019cd868.us-east-1-01.gitpod.dev/"}]`, "https://3000--019cd868.us-east-1-01.gitpod.dev"},
		{"Ona without an open port", onaEnv, "gitpod environment port list", `[]`, "http://localhost:3000"},
		{"a codespace is not asked", codespacesEnv, "gh", "https://54321.example.com", "https://fox-3000.app.github.dev"},
		{"a laptop is not asked", "", "gp url", "https://54321.example.com", "http://localhost:3000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &programs{answers: map[string]string{tt.program: tt.answer}}
			if got := detect(t, tt.env).Ask(t.Context(), workspace.Tools{Run: p.run}).URL(3000); got != tt.want {
				t.Errorf("got %s, want %s; ran %q", got, tt.want, p.ran)
			}
		})
	}
}

// TestTheUsersTemplateIsNotAskedAbout: an override holds over all.
func TestTheUsersTemplateIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	ws, err := workspace.Detect(variables(gitpodEnv), nil, workspace.Override{Template: "https://{port}.mine.example"})
	if err != nil {
		t.Fatal(err)
	}
	p := &programs{answers: map[string]string{"gp url": "https://54321-a-b.gitpod.io"}}
	if got := ws.Ask(t.Context(), workspace.Tools{Run: p.run}).URL(80); got != "https://80.mine.example" || p.ran != nil {
		t.Errorf("%s; ran %q", got, p.ran)
	}
}

func TestAHangingProgramFallsBackToTheFormula(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		hang := func(ctx context.Context, _ ...string) (string, error) { <-ctx.Done(); return "", ctx.Err() }
		ws := detect(t, gitpodEnv).Ask(t.Context(), workspace.Tools{Run: hang})
		if took := time.Since(began); ws.URL(3000) != "https://3000-a-b.ws-eu1.gitpod.io" || took > 5*time.Second {
			t.Errorf("%s after %s", ws.URL(3000), took)
		}
	})
}

// TestControlRuns holds the command lines, and how what they print is read.
func TestControlRuns(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, env string
		answers   map[string]string
		ran       []string
		listed    []workspace.Port
	}{
		{
			"codespaces", codespacesEnv,
			map[string]string{
				"gh codespace ports visibility": "",
				"gh codespace ports --json":     `[{"sourcePort":3000,"visibility":"public"},{"sourcePort":4567,"visibility":"private"}]`,
			},
			[]string{
				"gh codespace ports visibility 3000:public 4567:public -c fox",
				"gh codespace ports --json sourcePort,visibility -c fox",
				"gh codespace ports visibility 3000:private 4567:private -c fox",
			},
			[]workspace.Port{{Number: 3000, Visibility: "public"}, {Number: 4567, Visibility: "private"}},
		},
		{
			"gitpod", gitpodEnv,
			map[string]string{
				"gp ports visibility": "",
				"gp ports list": "Port │ Status         │ URL\n─────┼────\n" +
					"3000 │ open (public)  │ https://3000-a-b.ws-eu1.gitpod.io\n4567 │ open (private) │ https://4567-a-b\n8080 │ not served     │\n",
			},
			[]string{
				"gp ports visibility 3000:public", "gp ports visibility 4567:public", "gp ports list",
				"gp ports visibility 3000:private", "gp ports visibility 4567:private",
			},
			[]workspace.Port{{Number: 3000, Visibility: "public"}, {Number: 4567, Visibility: "private"}},
		},
		{
			"ona", onaEnv,
			map[string]string{
				"ona environment port list":  `[{"port":3000,"url":"https://3000--x.eu.gitpod.dev","admission":"ADMISSION_LEVEL_EVERYONE"},{"port":4567,"url":""},{"port":5000,"admission":"creator_only"}]`,
				"ona environment port open":  "https://3000--x.eu.gitpod.dev",
				"ona environment port close": "",
			},
			[]string{
				"ona environment port open 3000 --admission everyone --dont-wait", "ona environment port open 4567 --admission everyone --dont-wait",
				"ona environment port list -o json", "ona environment port close 3000", "ona environment port close 4567",
			},
			[]workspace.Port{{Number: 3000, Visibility: "public"}, {Number: 4567}, {Number: 5000, Visibility: "private"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &programs{answers: tt.answers}
			c := detect(t, tt.env).Control(workspace.Tools{Run: p.run, Env: variables(tt.env)})
			if err := c.Open(t.Context(), []int{3000, 4567}); err != nil {
				t.Error(err)
			}
			listed, err := c.List(t.Context())
			if diff := cmp.Diff(tt.listed, listed); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if err := c.Close(t.Context(), []int{3000, 4567}); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(sorted(tt.ran), sorted(p.of(strings.Fields(tt.ran[0])[0]))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// of are the command lines of one program.
func (p *programs) of(program string) []string {
	var lines []string
	for _, line := range p.ran {
		if strings.HasPrefix(line, program+" ") {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestReveal(t *testing.T) {
	t.Parallel()
	p := &programs{answers: map[string]string{
		"gitpod environment port open": "", "gitpod environment port list": `[{"port":4567,"url":"https://4567--x.eu-1.gitpod.dev"}]`,
	}}
	ws := detect(t, onaEnv)
	template, err := ws.Control(workspace.Tools{Run: p.run}).Reveal(t.Context(), []int{4567})
	if got := ws.WithReported(template).URL(3000); err != nil || got != "https://3000--x.eu-1.gitpod.dev" {
		t.Errorf("%s, %v", got, err)
	}
}

func TestCoderControl(t *testing.T) {
	t.Parallel()
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = append(asked, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+string(body)))
		if r.Header.Get("Coder-Session-Token") != "secret" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, `{"shares":[{"agent_name":"main","port":4567,"share_level":"public"},{"agent_name":"main","port":3000,"share_level":"owner"},{"agent_name":"other","port":80}]}`)
		}
	}))
	defer server.Close()
	env := coderEnv + "CODER_WORKSPACE_ID=uuid CODER_AGENT_URL=" + server.URL + "/ VSCODE_PROXY_URI=https://{{port}}--main--dev--ann.coder.example.com "
	tools := func(env string) workspace.Tools { return workspace.Tools{Do: server.Client().Do, Env: variables(env)} }
	if c := detect(t, env).Control(tools(env)); c.Open != nil || c.ByHand(4567) == "" {
		t.Errorf("without a user's token: %+v", c)
	}
	wrong := env + "CODER_SESSION_TOKEN=wrong"
	if err := detect(t, wrong).Control(tools(wrong)).Open(t.Context(), []int{4567}); !errors.Is(err, workspace.ErrDenied) {
		t.Errorf("with a wrong token: %v", err)
	}
	asked = nil
	env += "CODER_SESSION_TOKEN=secret"
	c := detect(t, env).Control(tools(env))
	if err := c.Open(t.Context(), []int{4567}); err != nil {
		t.Error(err)
	}
	listed, err := c.List(t.Context())
	if diff := cmp.Diff([]workspace.Port{{Number: 4567, Visibility: "public"}, {Number: 3000, Visibility: "private"}}, listed); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if err := c.Close(t.Context(), []int{4567}); err != nil {
		t.Error(err)
	}
	want := []string{
		`POST /api/v2/workspaces/uuid/port-share {"agent_name":"main","port":4567,"protocol":"http","share_level":"public"}`,
		`GET /api/v2/workspaces/uuid/port-share`,
		`DELETE /api/v2/workspaces/uuid/port-share {"agent_name":"main","port":4567}`,
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFailuresAreClassified: which failure it is decides whether another try is any use,
// and no token is in its words.
func TestFailuresAreClassified(t *testing.T) {
	t.Parallel()
	const token = "ghu_0123456789abcdef0123"
	tests := []struct {
		name, words string
		is          error
	}{
		{"not forwarded yet", "error getting tunnel port: 404 Not Found", workspace.ErrNotYet},
		{"no rights", "HTTP 403: Must have admin rights to Repository", workspace.ErrDenied},
		{"policy", "the organization's policy does not permit public ports", workspace.ErrDenied},
		{"not logged in", "To get started with GitHub CLI, please run:  gh auth login", workspace.ErrDenied},
		{"a token in the words", "bad token " + token + " (HTTP 401)", workspace.ErrDenied},
		{"a token in another line", "HTTP 401\nAuthorization: Bearer " + token, workspace.ErrDenied},
		{"the token of another user", "HTTP 401 for gho_abcdefghij0123456789", workspace.ErrDenied},
		{"a port that looks like a status", "could not set 4041: it rains", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &programs{answers: map[string]string{"gh": "fail: " + tt.words}}
			err := detect(t, codespacesEnv).Control(workspace.Tools{Run: p.run, Env: variables(codespacesEnv)}).Open(t.Context(), []int{4041})
			if err == nil || tt.is != nil && !errors.Is(err, tt.is) || tt.is == nil && (errors.Is(err, workspace.ErrNotYet) || errors.Is(err, workspace.ErrDenied)) {
				t.Fatalf("%v, want %v", err, tt.is)
			}
			if text := fmt.Sprintf("%v %+v %#v", err, err, errors.Unwrap(err)); strings.Contains(text, token) || strings.Contains(text, "gho_") {
				t.Errorf("it holds the token: %s", text)
			}
		})
	}
	none := &programs{}
	err := detect(t, codespacesEnv).Control(workspace.Tools{Run: none.run}).Open(t.Context(), []int{80})
	if !errors.Is(err, workspace.ErrNoProgram) || !strings.HasPrefix(err.Error(), "gh: ") {
		t.Errorf("without gh: %v", err)
	}
	err = detect(t, onaEnv).Control(workspace.Tools{Run: none.run}).Open(t.Context(), []int{80})
	if !errors.Is(err, workspace.ErrNoProgram) || err.Error() != "gitpod, or ona as it is now called, is not installed" {
		t.Errorf("without gitpod and ona: %v", err)
	}
}

// TestEveryWorkspaceSaysWhatToDoByHand, and where browsers reach localhost, devup does
// nothing to ports.
func TestEveryWorkspaceSaysWhatToDoByHand(t *testing.T) {
	t.Parallel()
	p := &programs{}
	for _, name := range workspace.Names() {
		ws, err := workspace.Detect(variables(""), nil, workspace.Override{Provider: name, Template: "https://{port}.x.example"})
		if err != nil {
			t.Fatal(err)
		}
		c := ws.Control(workspace.Tools{Run: p.run})
		if c.ByHand(4567) == "" {
			t.Errorf("%s does not say what to do", name)
		}
		if !ws.Remote && (c.Open != nil || c.Close != nil || c.List != nil || c.Reveal != nil) {
			t.Errorf("%s does something to ports, and is no workspace", name)
		}
	}
	if p.ran != nil {
		t.Errorf("looking ran %q", p.ran)
	}
}

// TestEveryProxySaysWhatToCheck when a URL does not answer.
func TestEveryProxySaysWhatToCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, env, template, want string }{
		{"gitpod", gitpodEnv, "", "see with `gp ports list`"},
		{"codespaces", codespacesEnv, "", "a port is forwarded once"},
		{"code-server", "VSCODE_PROXY_URI=https://x.example/proxy/{{port}}/", "", "check that VSCODE_PROXY_URI names"},
		{"cloud shell", "CLOUD_SHELL=true WEB_HOST=cs.example", "", "check in Cloud Shell that it knows the port"},
		{"a template", "", "https://{port}.x.example", "check that DEVUP_PUBLIC_URL_TEMPLATE is the URL of a port in this workspace"},
		{"a template in gitpod", gitpodEnv, "https://{port}.x.example", "check that DEVUP_PUBLIC_URL_TEMPLATE is the URL of a port in Gitpod"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ws, err := workspace.Detect(variables(tt.env), nil, workspace.Override{Template: tt.template})
			if got := ws.Control(workspace.Tools{}).Unreachable; err != nil || !strings.HasPrefix(got, tt.want) {
				t.Errorf("%q, want %q…; %v", got, tt.want, err)
			}
		})
	}
}

func sorted(lines []string) []string { return slices.Sorted(slices.Values(lines)) }
