package watch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/project"
)

func service(name string, context string, volumes []types.ServiceVolumeConfig, triggers ...types.Trigger) types.ServiceConfig {
	s := types.ServiceConfig{Name: name}
	if context != "" {
		s.Build = &types.BuildConfig{Context: context}
	}
	s.Volumes = volumes
	s.Develop = &types.DevelopConfig{Watch: triggers}
	return s
}

func bind(source, target string) types.ServiceVolumeConfig {
	return types.ServiceVolumeConfig{Type: types.VolumeTypeBind, Source: source, Target: target}
}

func TestRulesRefuse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		context string
		trigger types.Trigger
		want    string
	}{
		{"rebuild without a build", "", types.Trigger{Action: "rebuild", Path: "/w"}, "develop.watch of service web asks for rebuild, but the service builds no image"},
		{"exec without a command", "", types.Trigger{Action: "sync+exec", Path: "/w", Target: "/a"}, "develop.watch of service web asks for sync+exec without a command"},
		{"an action that is none", "", types.Trigger{Action: "dance", Path: "/w"}, `develop.watch of service web has the unknown action "dance"`},
		{"a pattern that is none", "", types.Trigger{Action: "sync", Path: "/w", Target: "/a", Ignore: []string{"[a"}}, "develop.watch of service web has an invalid pattern under ignore: syntax error in pattern"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &types.Project{Services: types.Services{"web": service("web", tt.context, nil, tt.trigger)}}
			_, _, err := Rules(p, nil)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{".dockerignore": "*\n!src\nsrc/gen\n*.md\n", "a.conf": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	p := &types.Project{WorkingDir: dir, Services: types.Services{
		"api": service("api", "", nil, types.Trigger{Action: "sync", Path: at("api"), Target: "/api"}),
		"web": service("web", dir, []types.ServiceVolumeConfig{bind(at("mounted"), "/m")},
			types.Trigger{Action: "sync", Path: dir, Target: "/app"},
			types.Trigger{Action: "sync", Path: at("a.conf"), Target: "/etc/"},
			types.Trigger{Action: "sync", Path: at("mounted/deep"), Target: "/m/deep"},
			types.Trigger{Action: "restart", Path: at("mounted")}),
	}}
	rules, notes, err := Rules(p, []string{"web"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range []string{"src/a", "src/gen/b", "x.md", "other/y", "a.conf", "mounted/deep/z", "api/a"} {
		got = append(got, strings.ReplaceAll(text(Decide(rules, []Change{{Path: at(c), Kind: Modified}})), dir, "."))
	}
	want := []string{
		"web: ./src/a>/app/src/a\n", "", "", "web: ./other/y>/app/other/y\n", "web: ./a.conf>/app/a.conf ./a.conf>/etc/a.conf\n",
		"web: ./mounted/deep/z>/app/mounted/deep/z restart\n", "web: ./api/a>/app/api/a\n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"web: ./mounted/deep is mounted into the container, which shows changes at once, so nothing is synced from there"}, notes); diff != "" {
		t.Error(diff)
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	volume := func(target string) types.ServiceVolumeConfig {
		return types.ServiceVolumeConfig{Type: types.VolumeTypeVolume, Target: target}
	}
	mounts := []types.ServiceVolumeConfig{bind("/p/web", "/app"), volume("/app/node_modules"), volume("/data"), bind("/etc/hosts", "/hosts")}
	built, worker := service("ours", "/p/web", mounts), service("worker", "", mounts)
	built.Image, worker.Image = "shop-ours", "shop-ours"
	p := &project.Project{
		Project: &types.Project{Services: types.Services{
			"ours": built, "worker": worker, "theirs": service("theirs", "/p/web", mounts), "image": service("image", "", mounts),
		}},
		Extensions: map[string]project.ServiceExtension{"ours": {Stack: "vite"}, "worker": {Stack: "vite"}, "image": {Stack: "vite"}},
	}
	services := Replace(p)
	if diff := cmp.Diff([]string{"ours", "worker"}, services); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(mounts[2:], p.Services["ours"].Volumes); diff != "" {
		t.Error(diff)
	}
	want := []types.Trigger{{Path: "/p/web", Target: "/app", Action: "sync", InitialSync: true}}
	if diff := cmp.Diff(want, p.Services["ours"].Develop.Watch); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"theirs", "image"} {
		if diff := cmp.Diff(mounts, p.Services[name].Volumes); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if len(p.Notes) != 2 {
		t.Errorf("notes %q, want one a service", p.Notes)
	}
}
