package images

import (
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/project"
)

// TestThePullCommandChooses: what the command pulls.
func TestThePullCommandChooses(t *testing.T) {
	t.Parallel()
	built := &types.BuildConfig{Context: "."}
	service := func(name, image, policy string, b *types.BuildConfig) types.ServiceConfig {
		s := types.ServiceConfig{Name: name, ContainerSpec: types.ContainerSpec{Image: image, PullPolicy: policy}}
		s.Build = b
		return s
	}
	p := &project.Project{Project: &types.Project{Name: "shop", Services: types.Services{
		"api": service("api", "", "", built), "web": service("web", "shop/web:1", "", built), "db": service("db", "postgres:16", "", nil),
		"cache": service("cache", "redis:7", "missing", nil), "queue": service("queue", "rabbit", "missing", nil), "own": service("own", "own:1", "never", nil),
	}}}
	here := map[string]string{"redis:7": "sha256:1", "rabbit": "sha256:2", "postgres:16": "sha256:3"}
	for _, test := range []struct {
		name    string
		options PullOptions
		want    string
	}{
		{"all", PullOptions{}, "postgres:16 rabbit shop/web:1; api is not pulled: it has no image but is built; cache is not pulled: redis:7 is here already; own is not pulled: its pull_policy is never"},
		{"one", PullOptions{Services: []string{"db"}}, "postgres:16"},
		{"--ignore-buildable", PullOptions{Services: []string{"web"}, IgnoreBuildable: true}, "; web is not pulled: it can be built"},
		{"--policy missing", PullOptions{Services: []string{"db", "queue"}, Policy: "missing"}, "rabbit; db is not pulled: postgres:16 is here already"},
		{"--policy always", PullOptions{Services: []string{"cache", "own"}, Policy: "always"}, "own:1 redis:7"},
	} {
		pulls, skipped, err := choosePulls(p, here, test.options)
		if err != nil {
			t.Fatal(err)
		}
		var images []string
		for _, pull := range pulls {
			images = append(images, pull.Image)
		}
		if got := strings.Join(append([]string{strings.Join(images, " ")}, skipped...), "; "); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.name, got, test.want)
		}
	}
}
