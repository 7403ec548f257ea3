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
	for _, test := range []struct {
		name       string
		change     func(*types.ServiceConfig)
		containers []plan.Container
		fixed      bool
		want       string // the mounts at /web; empty for a service that stays as it is
	}{
		{name: "a service of devup init", want: "web/KEY/web_node_modules web/KEY/web_.next"},
		{name: "an image of its own", change: func(s *types.ServiceConfig) { s.Image = "shop/web" }},
		{name: "a pull policy", change: func(s *types.ServiceConfig) { s.PullPolicy = "always" }},
		{name: "nothing to build", change: func(s *types.ServiceConfig) { s.Build = nil }},
		{name: "no bind mount", change: func(s *types.ServiceConfig) { s.Volumes = mounts[1:] }},
		{name: "no packages", change: func(s *types.ServiceConfig) { s.Volumes = slices.Concat(mounts[:1], mounts[2:]) }},
		{name: "a container of Docker Compose", containers: []plan.Container{{Service: "web"}}},
		{name: "a container of another service", containers: []plan.Container{{Service: "db"}}, want: "web/KEY/web_node_modules web/KEY/web_.next"},
		{name: "images that are here", fixed: true, containers: []plan.Container{{Service: "web", Fields: "{}"}}},
		{name: "images that are here, without packages", fixed: true, containers: []plan.Container{{Service: "web", Fields: "{}", Packages: "x"}}, want: "web/KEY/web_node_modules web/KEY/web_.next"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := project().Services["web"]
			if s.Volumes = mounts; test.change != nil {
				test.change(&s)
			}
			before := slices.Clone(s.Volumes)
			p := &types.Project{Name: "shop", Services: types.Services{"web": s}}
			installs := Apply(p, test.containers, test.fixed, read(t))
			changed := p.Services["web"]
			var got []string
			for _, v := range changed.Volumes {
				if v.Volume != nil && v.Volume.NoCopy && v.Source == volumeKey {
					got = append(got, v.Volume.Subpath)
				}
			}
			want := test.want
			if len(installs) > 0 {
				want = strings.ReplaceAll(want, "KEY", installs[0].Key)
				if *changed.Build.Args["PACKAGES"] != "base" || changed.Image != "shop-web:devup" || changed.CustomLabels[plan.LabelPackages] != installs[0].Key || p.Volumes[volumeKey].Name != "shop_devup-packages" {
					t.Errorf("got %+v with %v", changed, p.Volumes)
				}
			}
			if got := strings.Join(got, " "); got != want || (len(installs) > 0) != (want != "") {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if s.Build != nil && s.Build.Args != nil || fmt.Sprint(before) != fmt.Sprint(s.Volumes) {
				t.Error("the service that was given changed")
			}
		})
	}
}

func TestCacheVolume(t *testing.T) {
	t.Parallel()
	shared := build.Cache{ID: "/root/.npm", Target: "/root/.npm", Shared: true}
	locked := build.Cache{ID: "/root/.npm", Target: "/root/a b\u00e9:$"}
	if one, two := cacheVolume(shared, "shop"), cacheVolume(shared, "blog"); one != two || !strings.HasPrefix(one, "devup-cache-npm-") {
		t.Errorf("the shared cache is %s and %s", one, two)
	}
	if one, two := cacheVolume(locked, "shop"), cacheVolume(locked, "blog"); one == two || !strings.HasPrefix(one, "devup-cache-a-b-") {
		t.Errorf("the other cache is %s and %s", one, two)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	key := Apply(project(), nil, false, read(t))[0].Key
	for _, test := range []struct {
		name       string
		containers []plan.Container
		missing    bool
	}{
		{"no container", nil, true},
		{"a container with it", []plan.Container{{Service: "web", Fields: "{}", Packages: key, Image: "now"}}, false},
		{"a container with another", []plan.Container{{Service: "web", Fields: "{}", Packages: "old", Image: "now"}}, true},
		{"a container of another image", []plan.Container{{Service: "web", Fields: "{}", Packages: key, Image: "before"}}, true},
		{"a container of another service", []plan.Container{{Service: "worker", Fields: "{}", Packages: key, Image: "now"}}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := project()
			w := Work{Project: p, Installs: Apply(p, test.containers, false, read(t)), Images: map[string]string{"shop-web:devup": "now"}}
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
