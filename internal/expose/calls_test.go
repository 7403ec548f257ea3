package expose

import (
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/workspace"
)

func TestCalls(t *testing.T) {
	t.Parallel()
	const url = "https://4567-x.gitpod.io"
	gitpod := workspace.Info{Title: "Gitpod", Remote: true, Template: "https://{port}-x.gitpod.io"}
	coder, shell, path := gitpod, gitpod, gitpod
	coder.NoCrossPort, coder.Title = true, "Coder"
	shell.Locked = true
	path.Template = "https://x.dev/proxy/{port}/"
	login, open := Row{Access: NeedsLogin}, Row{Access: Reachable}
	const (
		gateway = "serve both from one origin with `devup up --gateway`"
		way     = "set x-devup.public: true for api (or run `devup up --public`), or " + gateway
		begin   = "web: its page calls api, whose URL asks for a login, so the browser blocks the call: "
	)
	tests := []struct {
		name     string
		service  string // "name/stack NAME=value"
		ws       workspace.Info
		api      Row
		sentence string
	}{
		{"built into the page", "web REACT_APP_BACKEND_URL=" + url, gitpod, login, begin + way},
		{"with a path", "web VITE_API=" + url + "/api", gitpod, login, begin + way},
		{"a socket", "web VITE_SOCKET=wss://4567-x.gitpod.io", gitpod, login, begin + way},
		{"a page by its stack", "one/vite BACKEND_URL=" + url, gitpod, login, "one" + begin[3:] + way},
		{"a page by its name", "frontend-react-js API_URL=" + url, gitpod, login, "frontend-react-js" + begin[3:] + way},
		{"forbidden", "web VITE_API=" + url, gitpod, Row{Access: Forbidden, Public: true}, begin + "make that port public, or " + gateway},
		{"in a place where nothing can be public", "web VITE_API=" + url, shell, login, begin + gateway},
		{"a proxy that answers preflights, public or not", "web VITE_API=" + url, coder, open, "web: its page calls api, and the proxy of Coder blocks calls from the page of one port to another: " + gateway},
		{"public", "web VITE_API=" + url, gitpod, open, ""},
		{"not asked", "web VITE_API=" + url, gitpod, Row{}, ""},
		{"not reachable, which is said elsewhere", "web VITE_API=" + url, gitpod, Row{Access: NotReachable}, ""},
		{"one origin for all ports", "web VITE_API=https://x.dev/proxy/4567/api", path, login, ""},
		{"who may call", "web FRONTEND_URL=" + url, gitpod, login, ""},
		{"a program", "worker API_URL=" + url, gitpod, login, ""},
		{"the address of another site", "web VITE_API=https://4567-x.gitpod.io.example.com", gitpod, login, ""},
		{"a laptop", "web VITE_API=http://localhost:4567", workspace.Info{}, login, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			name, pair, _ := strings.Cut(tt.service, " ")
			name, stack, _ := strings.Cut(name, "/")
			key, value, _ := strings.Cut(pair, "=")
			p := &project.Project{
				Project: &types.Project{Services: types.Services{
					name:  withVariable(name, key, value),
					"api": {Name: "api"},
				}},
				Extensions: map[string]project.ServiceExtension{name: {Stack: stack}},
			}
			tt.api.Service, tt.api.URL = "api", tt.ws.URL(4567)
			if got := strings.Join(Calls(p, tt.ws, []Row{tt.api}), "\n"); got != tt.sentence {
				t.Errorf("got  %s\nwant %s", got, tt.sentence)
			}
		})
	}
}

// TestCallsOfTheGateway: what the project did not make a service is its own origin.
func TestCallsOfTheGateway(t *testing.T) {
	t.Parallel()
	value := "https://8080-x.gitpod.io"
	p := &project.Project{Project: &types.Project{Services: types.Services{
		"web": withVariable("web", "VITE_API", value),
	}}}
	if got := Calls(p, workspace.Info{Remote: true, Template: "https://{port}-x.gitpod.io"}, []Row{{Service: "gateway", URL: value, Access: NeedsLogin}}); got != nil {
		t.Errorf("%q", got)
	}
}

func withVariable(service, name, value string) types.ServiceConfig {
	s := types.ServiceConfig{Name: service}
	s.Environment = types.MappingWithEquals{name: &value}
	return s
}
