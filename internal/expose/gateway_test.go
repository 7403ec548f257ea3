package expose

import (
	"fmt"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/workspace"
)

// projectWithGateway has a frontend and an API behind a gateway, and a page of its own next to it.
func projectWithGateway(public ...string) *project.Project {
	service := func(name string, target uint32, published string) types.ServiceConfig {
		s := types.ServiceConfig{Name: name}
		s.Ports = []types.ServicePortConfig{{Target: target, Published: published, Protocol: "tcp", HostIP: "0.0.0.0"}}
		return s
	}
	p := &project.Project{
		Project: &types.Project{Services: types.Services{
			"web": service("web", 3000, "3000"), "api": service("api", 4567, "4567"), "admin": service("admin", 5000, "5000"),
		}},
		Gateway: &project.Gateway{HostPort: 8080, Routes: []project.GatewayRoute{
			{Prefix: "/", Service: "web", Upstream: "127.0.0.1:3000"}, {Prefix: "/api", Service: "api", Upstream: "127.0.0.1:4567"},
		}},
		Extensions: map[string]project.ServiceExtension{},
	}
	for _, name := range public {
		p.Extensions[name] = project.ServiceExtension{Public: true}
	}
	return p
}

func TestTheGatewayIsPublicInsteadOfItsServices(t *testing.T) {
	t.Parallel()
	cloud := workspace.Info{Remote: true, Template: "https://{port}-x.gitpod.io", Ports: []workspace.Range{{From: 1, To: 65535}}}
	for _, test := range []struct{ public, want string }{
		{"", "gateway 8080, admin 5000, api 4567, web 3000"},
		{"api", "gateway 8080: its port stays private, because it also serves web too, admin 5000, api 4567, web 3000"},
		{"admin", "gateway 8080, admin 5000 public, api 4567, web 3000"},
		{"api web", "gateway 8080 public, admin 5000, api 4567, web 3000"},
		{"api web admin", "gateway 8080 public, admin 5000 public, api 4567, web 3000"},
	} {
		var got []string
		for _, r := range Table(projectWithGateway(strings.Fields(test.public)...), cloud, nil) {
			text := fmt.Sprint(r.Service, " ", r.Port, map[bool]string{true: " public"}[r.Public])
			if r.Advice != "" {
				why, _, _ := strings.Cut(r.Advice, ": ")
				text += ": " + why
			}
			got = append(got, text)
		}
		if text := strings.Join(got, ", "); text != test.want {
			t.Errorf("public %q: got %s, want %s", test.public, text, test.want)
		}
	}
}
