package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/plan"
)

// lively is an observed project: web depends on api and is restarted after it, api
// depends on db; old belongs to no file, and there is a one-off command of web.
func lively() plan.Observed {
	return plan.Observed{
		Networks: []plan.Network{{Name: "shop_default"}},
		Volumes:  []plan.Volume{{Name: "shop_cache"}, {Name: "shop_data"}},
		Containers: []plan.Container{
			{ID: "1", Name: "shop-web-1", Service: "web", Number: 1, State: "running", DependsOn: []string{"api"}, Follows: []string{"api"}},
			{ID: "2", Name: "shop-api-1", Service: "api", Number: 1, State: "exited", DependsOn: []string{"db"}, Mounts: []plan.Mount{
				{Type: "volume", Name: "shop_cache", Target: "/cache"}, {Type: "volume", Name: strings.Repeat("ab", 32), Target: "/own"},
			}},
			{ID: "3", Name: "shop-db-1", Service: "db", Number: 1, State: "paused", Mounts: []plan.Mount{{Type: "volume", Name: "shop_data"}}},
			{ID: "4", Name: "shop-old-1", Service: "old", Number: 1, State: "running"},
			{ID: "5", Name: "shop-web-run-1", Service: "web", State: "exited", OneOff: true},
		},
	}
}

func TestLifecycle(t *testing.T) {
	t.Parallel()
	o := lively()
	stopped := lively()
	for i := range stopped.Containers {
		stopped.Containers[i].State = "exited"
	}
	waiting := lively()
	waiting.Containers[0].Conditions = map[string]string{"api": "service_healthy"}
	waiting.Containers[1].Conditions = map[string]string{"db": "service_completed_successfully"}
	waiting.Containers[2].State, waiting.Containers[0].State = "exited", "exited"
	optional := lively()
	optional.Containers[0].Conditions, optional.Containers[0].Optional = map[string]string{"api": "service_healthy"}, []string{"api"}
	optional.Containers[0].State, optional.Containers[1].State = "exited", "exited"
	joined := lively()
	joined.Containers[3].Joins, joined.Containers[3].DependsOn = "2", []string{"api"}
	for _, c := range []struct {
		name string
		got  *plan.Plan
		want string
	}{
		{"start: dependencies first", plan.StartAll(stopped, []string{"web", "api", "db"}, nil), `
0 start shop-db-1
1 start shop-api-1 [after 0]
2 start shop-web-1 [after 1]
`},
		{"start: what it depends on is not required", plan.StartAll(optional, []string{"web"}, nil), `
0 start shop-api-1
1 await api service_healthy [after 0]
2 start shop-web-1 [after end of 0 1]
`},
		{"start: what it depends on is started too, and has to be as it is needed", plan.StartAll(waiting, []string{"web"}, nil), `
0 start shop-db-1
1 await db service_completed_successfully [after 0]
2 start shop-api-1 [after 0 1]
3 await api service_healthy [after 2]
4 start shop-web-1 [after 2 3]
`},
		{"restart: what follows waits for what it needs", plan.RestartAll(waiting, []string{"api"}, false), `
0 restart shop-api-1
1 await api service_healthy [after 0]
2 restart shop-web-1: depends on a service that is restarted [after 0 1]
`},
		{"start leaves what runs, is paused, or was a command", plan.StartAll(o, nil, nil), `
0 start shop-api-1
`},
		{"kill: what runs and what is frozen", plan.KillAll(o, nil, "HUP"), `
0 kill shop-db-1: signal HUP
1 kill shop-old-1: signal HUP
2 kill shop-web-1: signal HUP
`},
		{"kill with what nothing survives", plan.KillAll(o, []string{"web"}, "sigkill"), "\n0 kill shop-web-1\n"},
		{"pause: what runs", plan.PauseAll(o, []string{"web", "api"}), "\n0 pause shop-web-1\n"},
		{"unpause: what is paused", plan.UnpauseAll(o, nil), "\n0 unpause shop-db-1\n"},
		{"rm: what stands still, commands too", plan.RemoveStopped(o, nil, plan.RemoveOptions{}), `
0 remove shop-web-run-1
1 remove shop-api-1 [after 0]
`},
		{"rm --stop: dependents first", plan.RemoveStopped(o, []string{"web", "api"}, plan.RemoveOptions{Stop: true, Volumes: true}), `
0 remove shop-web-run-1
1 remove shop-web-1
2 remove shop-api-1 [drop 1] [after 0 1]
`},
		{"restart: who asks for it follows", plan.RestartAll(o, []string{"api"}, false), `
0 restart shop-api-1
1 restart shop-web-1: depends on a service that is restarted [after 0]
`},
		{"start: who shares the network is restarted", plan.StartAll(joined, []string{"api"}, nil), `
0 start shop-api-1
1 restart shop-old-1: shares the network of api, which is started [after 0]
`},
		{"restart --no-deps: who shares the network follows all the same", plan.RestartAll(joined, []string{"api"}, true), `
0 restart shop-api-1
1 restart shop-old-1: shares the network of api, which is restarted [after 0]
`},
		{"restart --no-deps", plan.RestartAll(o, []string{"api"}, true), "\n0 restart shop-api-1\n"},
	} {
		if got := "\n" + readable(c.got); got != c.want {
			t.Errorf("%s:\ngot %s\nwant %s", c.name, got, c.want)
		}
	}
	if got := len(plan.RemoveStopped(o, nil, plan.RemoveOptions{Volumes: true}).Lost()); got != 1 {
		t.Errorf("rm --volumes counts %d lost volumes, want 1", got)
	}
	if got := plan.KillAll(o, nil, "HUP").Ops[0].Signal; got != "HUP" {
		t.Errorf("the signal of a kill is %q", got)
	}
}

func TestPart(t *testing.T) {
	t.Parallel()
	files := []string{"api", "db", "web"}
	for _, c := range []struct {
		name    string
		options plan.PartOptions
		want    string
	}{
		{"no files: all", plan.PartOptions{}, "shop-web-1 shop-api-1 shop-db-1 shop-old-1 shop-web-run-1 | shop_default | shop_cache shop_data | "},
		{"files: orphans and commands stay", plan.PartOptions{Known: files}, "shop-web-1 shop-api-1 shop-db-1 | shop_default | shop_cache shop_data | shop-old-1 shop-web-run-1"},
		{"orphans asked for", plan.PartOptions{Known: files, Orphans: true}, "shop-web-1 shop-api-1 shop-db-1 shop-old-1 shop-web-run-1 | shop_default | shop_cache shop_data | "},
		{"a service takes its dependents and its own volumes", plan.PartOptions{Known: files, Services: []string{"api"}}, "shop-web-1 shop-api-1 |  | shop_cache | shop-db-1 shop-old-1 shop-web-run-1"},
	} {
		meant, left := plan.Part(lively(), c.options)
		var names, networks, volumes, rest []string
		for _, m := range meant.Containers {
			names = append(names, m.Name)
		}
		for _, n := range meant.Networks {
			networks = append(networks, n.Name)
		}
		for _, v := range meant.Volumes {
			volumes = append(volumes, v.Name)
		}
		for _, l := range left {
			rest = append(rest, l.Name)
		}
		got := fmt.Sprintf("%s | %s | %s | %s", strings.Join(names, " "), strings.Join(networks, " "), strings.Join(volumes, " "), strings.Join(rest, " "))
		if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestStopOrderGoesThroughWhatHasEnded: app waits for a job, which waited for db; the job
// has ended, and app is still stopped before db.
func TestStopOrderGoesThroughWhatHasEnded(t *testing.T) {
	t.Parallel()
	o := plan.Observed{Containers: []plan.Container{
		{ID: "1", Name: "shop-app-1", Service: "app", State: "running", DependsOn: []string{"job"}},
		{ID: "2", Name: "shop-db-1", Service: "db", State: "running"},
		{ID: "3", Name: "shop-job-1", Service: "job", State: "exited", DependsOn: []string{"db"}},
	}}
	want := "0 stop shop-app-1\n1 stop shop-db-1 [after 0]\n"
	if diff := cmp.Diff(want, readable(plan.StopAll(o, nil))); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}
