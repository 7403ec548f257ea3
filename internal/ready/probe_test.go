package ready

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/project"
)

func tcp(published string, target uint32) types.ServicePortConfig {
	return types.ServicePortConfig{HostIP: "127.0.0.1", Published: published, Target: target, Protocol: "tcp"}
}

func TestProbes(t *testing.T) {
	t.Parallel()
	type service = types.ServiceConfig
	ports := func(image string, ports ...types.ServicePortConfig) service {
		return service{ContainerSpec: types.ContainerSpec{Image: image}, WorkloadSpec: types.WorkloadSpec{Ports: ports}}
	}
	udp := tcp("5353", 53)
	udp.Protocol = "udp"
	everywhere, six, plain := tcp("3000", 3000), tcp("3000", 3000), tcp("7001", 7001)
	everywhere.HostIP, six.HostIP, plain.AppProtocol = "0.0.0.0", "::", "tcp"
	checked := ports("redis:7", tcp("6379", 6379))
	checked.HealthCheck = &types.HealthCheckConfig{Test: []string{"CMD", "redis-cli", "ping"}}
	hidden := ports("worker")
	hidden.HealthCheck = checked.HealthCheck
	off := ports("worker")
	off.HealthCheck = &types.HealthCheckConfig{Disable: true}
	forever := ports("worker")
	forever.Restart = "always"

	tests := []struct {
		name    string
		service service
		ready   string
		want    string
	}{
		{"a web server", ports("", tcp("4567", 4567)), "", "http 127.0.0.1:4567 -> 4567 /"},
		{"a path", ports("", tcp("14567", 4567)), "/api/health", "http 127.0.0.1:14567 -> 4567 /api/health"},
		{"a path without a slash", ports("", tcp("4567", 4567)), "api", "http 127.0.0.1:4567 -> 4567 /api"},
		{"published everywhere", ports("", everywhere), "", "http 127.0.0.1:3000 -> 3000 /"},
		{"published on IPv6", ports("", six), "", "http [::1]:3000 -> 3000 /"},
		{"a database", ports("postgres:16", tcp("15432", 5432)), "", "tcp 127.0.0.1:15432 -> 5432 /"},
		{"a database on another port", ports("docker.io/library/mysql:8", tcp("3399", 3399)), "", "tcp 127.0.0.1:3399 -> 3399 /"},
		{"app_protocol", ports("", plain), "", "tcp 127.0.0.1:7001 -> 7001 /"},
		{"DynamoDB speaks HTTP", ports("amazon/dynamodb-local", tcp("8000", 8000)), "", "http 127.0.0.1:8000 -> 8000 /"},
		{"a debugger as well", ports("", tcp("9229", 9229), tcp("3000", 3000)), "", "http 127.0.0.1:3000 -> 3000 / others 9229"},
		{"a path and a broker", ports("rabbitmq:3-management", tcp("5672", 5672), tcp("15672", 15672)), "/", "http 127.0.0.1:15672 -> 15672 / others 5672"},
		{"UDP", ports("", udp), "", "running"},
		{"nothing published", ports("worker"), "", "running one-shot"},
		{"a debugger's number of a stack", ports("", tcp("5005", 5005)), "", "http 127.0.0.1:5005 -> 5005 /"},
		{"a worker of a stack", ports("worker"), "", "running"},
		{"restarted for ever", forever, "", "running"},
		{"a healthcheck and a port", checked, "", "tcp 127.0.0.1:6379 -> 6379 / checked"},
		{"a healthcheck alone", hidden, "", "health checked one-shot"},
		{"a healthcheck switched off", off, "", "running one-shot"},
		{"no host port yet", ports("", tcp("", 80)), "", "running"},
	}
	for _, test := range tests {
		test.service.Name = "s"
		p := &project.Project{
			Project:    &types.Project{Services: types.Services{"s": test.service}},
			Extensions: map[string]project.ServiceExtension{"s": {Ready: test.ready}},
		}
		if strings.Contains(test.name, "of a stack") {
			p.Extensions["s"] = project.ServiceExtension{Stack: "flask"}
		}
		probes := Probes(p, map[string]map[int]string{"s": {1: "c1"}})
		if len(probes) != 1 {
			t.Fatalf("%s: %d probes", test.name, len(probes))
		}
		if got := describe(probes[0]); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

func describe(p Probe) string {
	text := string(p.Kind)
	if p.Port > 0 {
		text += fmt.Sprintf(" %s -> %d %s", p.hostport(), p.Target, p.Path)
	}
	var others []string
	for _, other := range p.Others {
		others = append(others, fmt.Sprint(other.Port))
	}
	if len(others) > 0 {
		text += " others " + strings.Join(others, ",")
	}
	if p.HealthCheck {
		text += " checked"
	}
	if p.OneShot {
		text += " one-shot"
	}
	if p.MustHealthy {
		text += " must be healthy"
	}
	return text
}

func TestProbesOfSeveral(t *testing.T) {
	t.Parallel()
	on := func(service, condition string) types.DependsOnConfig {
		return types.DependsOnConfig{service: {Condition: condition}}
	}
	services := types.Services{
		"web": {
			Name: "web",
			WorkloadSpec: types.WorkloadSpec{
				DependsOn: on("migrate", types.ServiceConditionCompletedSuccessfully),
				Ports:     []types.ServicePortConfig{tcp("8000-8001", 80)},
			},
		},
		"migrate": {Name: "migrate", WorkloadSpec: types.WorkloadSpec{DependsOn: on("db", types.ServiceConditionHealthy)}},
		"db":      {Name: "db", ContainerSpec: types.ContainerSpec{Image: "postgres"}, WorkloadSpec: types.WorkloadSpec{Ports: []types.ServicePortConfig{tcp("5432", 5432)}}},
		"idle":    {Name: "idle"},
	}
	p := &project.Project{Project: &types.Project{Services: services}}
	var got []string
	for _, probe := range Probes(p, map[string]map[int]string{"web": {2: "w2", 1: "w1"}, "migrate": {1: "m"}, "db": {1: "d1", 2: "d2"}}) {
		got = append(got, probe.Container+" "+probe.name()+" "+describe(probe))
	}
	want := `d1 db tcp 127.0.0.1:5432 -> 5432 / must be healthy
d2 db (2) running must be healthy
m migrate completed one-shot
w1 web http 127.0.0.1:8000 -> 80 /
w2 web (2) http 127.0.0.1:8001 -> 80 /`
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

func TestLimitOf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := "services:\n  own:\n    image: i\n    mem_limit: 64m\n  deployed:\n    image: i\n    deploy:\n      resources:\n        limits:\n          memory: 64m\n  free:\n    image: i\n"
	if err := os.WriteFile(filepath.Join(dir, "devup.yaml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := project.Load(t.Context(), project.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"own":      "`mem_limit` of own (devup.yaml:4)",
		"deployed": "`deploy.resources.limits.memory` of deployed (devup.yaml:10)",
		"free":     "",
	} {
		if got := limitOf(p, p.Services[name]); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestOutOfMemoryNamesTheLimit(t *testing.T) {
	t.Parallel()
	e := evidence{probe: Probe{Limit: "`mem_limit` of web (devup.yaml:19)"}, state: state{known: true, oom: true, memory: 64 << 20, exit: 137}}
	if got, want := e.stopped().hint, "raise `mem_limit` of web (devup.yaml:19), or reduce what it needs"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
