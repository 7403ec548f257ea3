package up

import (
	"errors"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/run"
)

// shop is a project: web needs api, api needs tracing and db, and worker can do
// without tracing.
func shop() *project.Project {
	needs := func(required bool, names ...string) types.DependsOnConfig {
		all := types.DependsOnConfig{}
		for _, name := range names {
			all[name] = types.ServiceDependency{Condition: types.ServiceConditionStarted, Required: required}
		}
		return all
	}
	service := func(name, image string, needs types.DependsOnConfig) types.ServiceConfig {
		s := types.ServiceConfig{Name: name}
		s.Image, s.DependsOn = image, needs
		return s
	}
	return &project.Project{Project: &types.Project{Name: "shop", Services: types.Services{
		"api":     service("api", "", needs(true, "db", "tracing")),
		"db":      service("db", "postgres:16", nil),
		"tracing": service("tracing", "example.org/tracing", nil),
		"web":     service("web", "", needs(true, "api")),
		"worker":  service("worker", "", needs(false, "tracing")),
	}}}
}

func TestWithoutServices(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		failed  []string
		rest    []string
		blocked map[string]string
	}{
		{"a service that no other needs", []string{"web"}, []string{"api", "db", "tracing", "worker"}, map[string]string{}},
		{"one that others need, and one can do without", []string{"tracing"}, []string{"db", "worker"}, map[string]string{"api": "tracing", "web": "api"}},
		{"all", []string{"api", "db", "tracing", "web", "worker"}, nil, map[string]string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p, failed := shop(), map[string]bool{}
			for _, name := range test.failed {
				failed[name] = true
			}
			blocked := dependents(p, failed)
			rest := withoutServices(p, failed, blocked)
			if diff := cmp.Diff(test.rest, rest.ServiceNames()); diff != "" && len(test.rest)+len(rest.Services) > 0 {
				t.Errorf("the rest (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.blocked, blocked); diff != "" {
				t.Errorf("blocked (-want +got):\n%s", diff)
			}
			if len(p.Services) != 5 || len(failed) != len(test.failed) {
				t.Error("the arguments were changed")
			}
			if all := rest.AllServices(); len(all) != 5 {
				t.Errorf("services that are left out count as unknown: %v", all)
			}
		})
	}
}

func TestWithoutRepeats(t *testing.T) {
	t.Parallel()
	about := func(service, message string) error {
		e := fail.Wrap(run.ErrUnmet, fail.Exited, "", "%s %s", service, message)
		e.Service = service
		return e
	}
	network := fail.New(fail.PortTaken, "", "db-2 has no port")
	network.Service = "db"
	counted := fail.Wrap(errors.Join(about("db", "dead"), about("api", "dead")), fail.NotReady, "", "2 services did not become ready")
	tests := []struct {
		name            string
		failed, unready error
		want            string
	}{
		{"nothing", nil, nil, ""},
		{"only one saw it", about("db", "exited"), nil, "db exited"},
		{"both saw it", errors.Join(about("db", "exited"), network), about("db", "dead"), "db-2 has no port"},
		{"several", errors.Join(about("db", "exited"), about("web", "exited")), counted, "web exited"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := withoutRepeats(test.failed, test.unready); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
