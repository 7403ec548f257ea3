package up

import (
	"os"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/project"
)

// TestMountCopies: what would be copied into a read_only service is a file that only the user of
// devup gets at, and each content has its own; other services are as before.
func TestMountCopies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	made := func(value string) types.ServiceConfig {
		secret := []types.ServiceSecretConfig{{Source: "token"}, {Source: "file"}}
		p := &project.Project{Project: &types.Project{
			Name:    "shop",
			Secrets: types.Secrets{"token": {Content: value}, "file": {File: "/src/key"}},
			Configs: types.Configs{"own": {Content: "hello"}},
			Services: types.Services{
				"web":  {Name: "web", ContainerSpec: types.ContainerSpec{ReadOnly: true, Secrets: secret, Configs: []types.ServiceConfigObjConfig{{Source: "own", Target: "/etc/own.conf"}}}},
				"free": {Name: "free", ContainerSpec: types.ContainerSpec{Secrets: secret}},
			},
		}}
		if err := mountCopies(p, Mounts{StateDir: dir, Engine: "e", Project: "shop"}); err != nil {
			t.Fatal(err)
		}
		if free := p.Services["free"]; len(free.Volumes) > 0 || len(free.Secrets) != 2 {
			t.Errorf("free: %+v", free)
		}
		return p.Services["web"]
	}
	first, second := made("abc"), made("other")
	if len(first.Volumes) != 2 || len(first.Secrets) != 1 || len(first.Configs) != 0 {
		t.Fatalf("web: %+v", first)
	}
	for i, want := range []string{"/run/secrets/token", "/etc/own.conf"} {
		if v := first.Volumes[i]; v.Target != want || !v.ReadOnly {
			t.Errorf("%+v, want %s", v, want)
		}
	}
	if first.Volumes[0].Source == second.Volumes[0].Source || first.Volumes[1].Source != second.Volumes[1].Source {
		t.Errorf("%s, %s", first.Volumes[0].Source, second.Volumes[0].Source)
	}
	if got, err := os.ReadFile(first.Volumes[0].Source); err != nil || string(got) != "abc" {
		t.Errorf("%q, %v", got, err)
	}
	Mounts{StateDir: dir, Engine: "e", Project: "shop"}.RemoveUnused(func(string) bool { return false })
	if _, err := os.Stat(first.Volumes[0].Source); !os.IsNotExist(err) {
		t.Errorf("the secret is left: %v", err)
	}
}
