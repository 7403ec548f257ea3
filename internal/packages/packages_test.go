package packages

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/plan"
)

// read gives a Dockerfile with a stage that installs packages.
func read(t *testing.T) func(string) *build.Packages {
	t.Helper()
	dir := t.TempDir()
	const dockerfile = "ARG PACKAGES=deps\nFROM node AS base\nWORKDIR /web\nFROM base AS deps\nCOPY package.json ./\nRUN npm ci\nFROM ${PACKAGES} AS dev\nCOPY . .\n"
	for name, text := range map[string]string{"Dockerfile": dockerfile, "package.json": "{}"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return func(service string) *build.Packages {
		return build.ReadPackages(t.Context(), build.Spec{Service: service, Context: dir, Dockerfile: filepath.Join(dir, "Dockerfile"), Target: "dev"})
	}
}

func mounted(source, target string) types.ServiceVolumeConfig {
	kind := types.VolumeTypeVolume
	if strings.HasPrefix(source, "/") {
		kind = types.VolumeTypeBind
	}
	return types.ServiceVolumeConfig{Type: kind, Source: source, Target: target}
}

func TestApply(t *testing.T) {
	t.Parallel()
	mounts := []types.ServiceVolumeConfig{mounted("/src", "/web"), mounted("", "/web/node_modules"), mounted("", "/web/.next"), mounted("", "/data"), mounted("db", "/db")}
	made := plan.Container{Service: "web", Fields: "{}"}
	previous := Install{Service: "web"}
	shop := &types.Project{Name: "shop"}
	before := []plan.Volume{
		{Name: previous.volume(shop, "k1", "/web/node_modules"), Image: "k1", Created: "2026-01-01T00:00:00Z"},
		{Name: previous.volume(shop, "k1", "/web/.next"), Image: "k1", Created: "2026-01-01T00:00:00Z"},
		{Name: previous.volume(shop, "k2", "/web/node_modules"), Image: "k2", Created: "2026-01-02T00:00:00Z"}, // .next was removed
		{Name: "shop_db"},
	}
	for _, test := range []struct {
		name     string
		change   func(*types.ServiceConfig)
		observed plan.Observed
		fixed    bool
		stays    bool
		previous string
		key      string // empty for that of the files
	}{
		{name: "a service of devup init"},
		{name: "an image of its own", change: func(s *types.ServiceConfig) { s.Image = "shop/web" }, stays: true},
		{name: "a pull policy", change: func(s *types.ServiceConfig) { s.PullPolicy = "always" }, stays: true},
		{name: "nothing to build", change: func(s *types.ServiceConfig) { s.Build = nil }, stays: true},
		{name: "no bind mount", change: func(s *types.ServiceConfig) { s.Volumes = mounts[1:] }, stays: true},
		{name: "no packages", change: func(s *types.ServiceConfig) { s.Volumes = slices.Concat(mounts[:1], mounts[2:]) }, stays: true},
		{name: "a container of Docker Compose", observed: plan.Observed{Containers: []plan.Container{{Service: "web"}}}, stays: true},
		{name: "a container of another service", observed: plan.Observed{Containers: []plan.Container{{Service: "db"}}}},
		{name: "images that are here", fixed: true, observed: plan.Observed{Containers: []plan.Container{made}}, stays: true},
		{name: "images that are here, without packages", fixed: true, observed: plan.Observed{Containers: []plan.Container{made}, Volumes: before}, key: "k1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := project().Services["web"]
			if s.Volumes = slices.Clone(mounts); test.change != nil {
				test.change(&s)
			}
			given := fmt.Sprint(s)
			p := &types.Project{Name: "shop", Services: types.Services{"web": s}}
			installs := Apply(p, test.observed, test.fixed, read(t))
			if given != fmt.Sprint(s) {
				t.Error("the service that was given changed")
			}
			if (len(installs) == 0) != test.stays {
				t.Fatalf("the installations are %+v", installs)
			}
			if test.stays {
				return
			}
			changed, i := p.Services["web"], installs[0]
			for at, directory := range map[int]string{1: "/web/node_modules", 2: "/web/.next"} {
				v := p.Volumes[changed.Volumes[at].Source]
				if v.Name != i.volume(p, i.Key, directory) || v.Labels[plan.LabelMask] != "web:"+directory || v.Labels[plan.LabelMasked] != i.Key {
					t.Errorf("%s is in the volume %+v", directory, v)
				}
			}
			if len(p.Volumes) != 2 || changed.Volumes[3].Source != "" || *changed.Build.Args["PACKAGES"] != "base" || changed.Image != "shop-web:devup" || i.previous != test.previous || test.key != "" && i.Key != test.key {
				t.Errorf("got %+v with %v after %q", changed, p.Volumes, i.previous)
			}
		})
	}
}

func TestCacheVolume(t *testing.T) {
	t.Parallel()
	shared := build.Cache{ID: "/root/.npm", Target: "/root/.npm", Shared: true}
	locked := build.Cache{ID: "/root/.npm", Target: "/root/.npm"}
	if one, two := cacheVolume(shared, "shop"), cacheVolume(shared, "blog"); one != two {
		t.Errorf("the shared cache is %s and %s", one, two)
	}
	if one, two := cacheVolume(locked, "shop"), cacheVolume(locked, "blog"); one == two {
		t.Errorf("the other cache is %s and %s", one, two)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	i := Apply(project(), plan.Observed{}, false, read(t))[0]
	has := func(key string) []plan.Mount {
		return []plan.Mount{{Type: "volume", Name: i.volume(project(), key, "/web/node_modules"), Target: "/web/node_modules"}}
	}
	for _, test := range []struct {
		name       string
		containers []plan.Container
		missing    bool
	}{
		{"no container", nil, true},
		{"a container with it", []plan.Container{{Service: "web", Fields: "{}", Mounts: has(i.Key), Image: "now"}}, false},
		{"a container with another", []plan.Container{{Service: "web", Fields: "{}", Mounts: has("old"), Image: "now"}}, true},
		{"a container of another image", []plan.Container{{Service: "web", Fields: "{}", Mounts: has(i.Key), Image: "before"}}, true},
		{"a container of another service", []plan.Container{{Service: "worker", Fields: "{}", Mounts: has(i.Key), Image: "now"}}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := project()
			w := Work{Project: p, Installs: Apply(p, plan.Observed{Containers: test.containers}, false, read(t)), Images: map[string]string{"shop-web:devup": "now"}}
			if got := len(w.Missing()) > 0; got != test.missing {
				t.Errorf("it is missing: %v", got)
			}
		})
	}
}

func project() *types.Project {
	s := types.ServiceConfig{Name: "web"}
	s.Build, s.Volumes = &types.BuildConfig{}, []types.ServiceVolumeConfig{mounted("/src", "/web"), mounted("", "/web/node_modules")}
	return &types.Project{Name: "shop", Services: types.Services{"web": s}}
}

// TestAnInstallationProvesNothing: the container of a killed installation has the volumes, too.
func TestAnInstallationProvesNothing(t *testing.T) {
	t.Parallel()
	apply := func(o plan.Observed) (Install, *types.Project) {
		s := project().Services["web"]
		p := &types.Project{Name: "shop", Services: types.Services{"web": s}}
		return Apply(p, o, false, read(t))[0], p
	}
	i, p := apply(plan.Observed{})
	left := plan.Container{Service: "web", Fields: "{}", Image: "sha256:1"}
	for _, directory := range i.Directories {
		left.Mounts = append(left.Mounts, plan.Mount{Type: "volume", Name: i.volume(p, i.Key, directory)})
	}
	if i, _ := apply(plan.Observed{Containers: []plan.Container{left}}); len(i.images) != 1 {
		t.Errorf("with a container of the service: %q", i.images)
	}
	left.OneOff = true
	if i, _ := apply(plan.Observed{Containers: []plan.Container{left}}); len(i.images) != 0 {
		t.Errorf("with a container of an installation: %q", i.images)
	}
}
