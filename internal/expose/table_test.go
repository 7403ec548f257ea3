package expose

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/workspace"
)

func resolved() *project.Project {
	port := func(target uint32, published, protocol, ip string) types.ServicePortConfig {
		return types.ServicePortConfig{Target: target, Published: published, Protocol: protocol, HostIP: ip}
	}
	service := func(name string, ports ...types.ServicePortConfig) types.ServiceConfig {
		s := types.ServiceConfig{Name: name}
		s.Ports = ports
		return s
	}
	host := service("net", port(7000, "7000", "", ""))
	host.NetworkMode = "host"
	return &project.Project{
		Project: &types.Project{Services: types.Services{
			"web": service("web", port(3000, "3001", "tcp", "127.0.0.1"), port(9229, "9229", "tcp", "")),
			"api": service("api", port(4567, "4567", "tcp", "0.0.0.0")),
			"db":  service("db", port(5432, "5432", "tcp", "127.0.0.1")),
			"dns": service("dns", port(5353, "5353", "udp", "192.168.1.5")),
			"lan": service("lan", port(80, "8080", "tcp", "192.168.1.5")),
			"any": service("any", port(8000, "", "tcp", "")),
			"net": host,
			"job": {Name: "job"},
		}},
		Extensions: map[string]project.ServiceExtension{"api": {Public: true}, "db": {Public: true}},
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	gitpod := workspace.Info{Provider: "gitpod", Template: "https://{port}-x.ws-eu1.gitpod.io", Remote: true}
	running := map[string]string{"api": Running, "web": Starting}
	for _, c := range []struct {
		name string
		ws   workspace.Info
		want string
	}{
		{"laptop", workspace.Info{}, `
{"type":"url","service":"any","target":8000,"protocol":"tcp","state":"not running","public":false}
{"type":"url","service":"api","target":4567,"protocol":"tcp","port":4567,"url":"http://localhost:4567","state":"running","public":false}
{"type":"url","service":"db","target":5432,"protocol":"tcp","port":5432,"address":"localhost:5432","state":"not running","public":false}
{"type":"url","service":"dns","target":5353,"protocol":"udp","port":5353,"address":"192.168.1.5:5353","state":"not running","public":false}
{"type":"url","service":"lan","target":80,"protocol":"tcp","port":8080,"url":"http://192.168.1.5:8080","state":"not running","public":false}
{"type":"url","service":"net","target":7000,"protocol":"tcp","port":7000,"url":"http://localhost:7000","state":"not running","public":false}
{"type":"url","service":"web","target":3000,"protocol":"tcp","port":3001,"url":"http://localhost:3001","state":"starting","public":false}
{"type":"url","service":"web","target":9229,"protocol":"tcp","port":9229,"address":"localhost:9229","state":"starting","public":false}
`},
		{"gitpod", gitpod, `
{"type":"url","service":"any","target":8000,"protocol":"tcp","state":"not running","public":false}
{"type":"url","service":"api","target":4567,"protocol":"tcp","port":4567,"url":"https://4567-x.ws-eu1.gitpod.io","state":"running","public":true}
{"type":"url","service":"db","target":5432,"protocol":"tcp","port":5432,"address":"localhost:5432","state":"not running","public":false}
{"type":"url","service":"dns","target":5353,"protocol":"udp","port":5353,"address":"192.168.1.5:5353","state":"not running","public":false}
{"type":"url","service":"lan","target":80,"protocol":"tcp","port":8080,"url":"https://8080-x.ws-eu1.gitpod.io","state":"not running","public":false}
{"type":"url","service":"net","target":7000,"protocol":"tcp","port":7000,"url":"https://7000-x.ws-eu1.gitpod.io","state":"not running","public":false}
{"type":"url","service":"web","target":3000,"protocol":"tcp","port":3001,"url":"https://3001-x.ws-eu1.gitpod.io","state":"starting","public":false}
{"type":"url","service":"web","target":9229,"protocol":"tcp","port":9229,"address":"localhost:9229","state":"starting","public":false}
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got strings.Builder
			got.WriteString("\n")
			for _, r := range Table(resolved(), c.ws, running) {
				b, err := json.Marshal(r)
				if err != nil {
					t.Fatal(err)
				}
				got.Write(append(b, '\n'))
			}
			if diff := cmp.Diff(c.want, got.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
