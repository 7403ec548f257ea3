package up

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

func TestRemembered(t *testing.T) {
	t.Parallel()
	web := func(index, wanted int) project.Port {
		return project.Port{Service: "web", Index: index, Target: 80, Protocol: "tcp", Wanted: wanted}
	}
	container := func(id string, public ...int) plan.Container {
		c := plan.Container{ID: id, Service: "web", Number: 1}
		for _, p := range public {
			c.Ports = append(c.Ports, plan.PublishedPort{Public: p, Target: 80, Protocol: "tcp"})
		}
		return c
	}
	tests := []struct {
		name       string
		wanted     []project.Port
		containers []plan.Container
		want       map[project.PortKey]int
	}{
		{"nothing runs", []project.Port{web(0, 8080)}, nil, map[project.PortKey]int{}},
		{"the port that it moved to", []project.Port{web(0, 8080)}, []plan.Container{container("a", 8081)}, map[project.PortKey]int{web(0, 0).Key(): 8081}},
		{
			"one target published twice",
			[]project.Port{web(0, 8080), web(1, 9090)},
			[]plan.Container{container("a", 9090, 8080)},
			map[project.PortKey]int{web(0, 0).Key(): 8080, web(1, 0).Key(): 9090},
		},
		{"a port that is bound on IPv4 and IPv6", []project.Port{web(0, 8080)}, []plan.Container{container("a", 8080, 8080)}, map[project.PortKey]int{web(0, 0).Key(): 8080}},
		{"a one-off container does not count", []project.Port{web(0, 8080)}, []plan.Container{{ID: "a", Service: "web", OneOff: true, Ports: []plan.PublishedPort{{Public: 1, Target: 80, Protocol: "tcp"}}}}, map[project.PortKey]int{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, Remembered(test.wanted, test.containers)); diff != "" {
				t.Errorf("Remembered (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStillWanted(t *testing.T) {
	t.Parallel()
	port := func(wanted, copied int) project.Port {
		return project.Port{Service: "web", Target: 80, Protocol: "tcp", Wanted: wanted, Copy: copied}
	}
	tests := []struct {
		name   string
		wanted project.Port
		has    int
		moved  string // label of the container
		want   int
	}{
		{"as the config asks", port(8080, 0), 8080, "", 8080},
		{"had to move", port(8080, 0), 8081, "80/tcp=8080", 8081},
		{"edited a little upwards", port(8081, 0), 8080, "", 0},
		{"edited a little downwards", port(8079, 0), 8080, "", 0},
		{"edited after it had to move", port(8079, 0), 8081, "80/tcp=8080", 0},
		{"another port of it had to move", port(8080, 0), 8081, "81/tcp=8080", 0},
		{"any port", port(0, 0), 49153, "", 49153},
		{"the second container", port(8081, 1), 8090, "80/tcp=8081", 8090},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			key := test.wanted.Key()
			containers := []plan.Container{{Service: "web", Number: test.wanted.Copy + 1, Moved: test.moved}}
			got := stillWanted([]project.Port{test.wanted}, map[project.PortKey]int{key: test.has}, containers)
			if got[key] != test.want {
				t.Errorf("got %d, want %d", got[key], test.want)
			}
		})
	}
}
