package setup

import (
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// TestRestarts: a worker that started before the tables were there has its chance after them.
func TestRestarts(t *testing.T) {
	t.Parallel()
	services := types.Services{}
	for name, image := range map[string]string{"api": "shop-api", "worker": "shop-api", "web": "shop-web", "db": "postgres"} {
		services[name] = types.ServiceConfig{Name: name, ContainerSpec: types.ContainerSpec{Image: image}, WorkloadSpec: types.WorkloadSpec{Build: &types.BuildConfig{}}}
	}
	p := &types.Project{Name: "shop", Services: services}
	for _, test := range []struct {
		early bool
		want  string
	}{{true, "api worker"}, {false, ""}} {
		if got := strings.Join(Restarts(p, []Step{{Service: "api", Early: test.early}}, nil), " "); got != test.want {
			t.Errorf("early %v: %q, want %q", test.early, got, test.want)
		}
	}
}
