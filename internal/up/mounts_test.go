package up

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

// keyed is a machine with a token that containers may have.
func keyed() egress.Settings {
	c := egress.Credential{Client: "npm", Kind: "token", Registry: "npm.corp", Sources: []string{"~/.npmrc"}, Configured: true}
	s := egress.Settings{
		CA: []byte("PEM"), Credentials: []egress.Credential{c},
		Clients: []egress.Client{{Name: "npm", File: "devup-npmrc", Target: "/run/secrets/devup-npmrc", Variable: "NPM_CONFIG_USERCONFIG", Parts: []egress.Part{
			{Text: "registry=https://npm.corp/\n"}, {Secret: "//npm.corp/:_authToken=S3CRET\n", Credential: 1},
		}}},
	}
	return s.Allow(map[string]egress.Use{c.ID(): {Builds: true, Containers: true}}, "n0nce")
}

// tree lists the files below a directory with their modes and whether they hold the secret.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		name := filepath.Base(path)
		if _, rest, ok := strings.Cut(name, "-devup-"); ok {
			name = "devup-" + rest
		} else if len(name) == 16 {
			name = "ENGINE"
		}
		b.WriteString(name + " " + info.Mode().String())
		if content, err := os.ReadFile(path); err == nil && strings.Contains(string(content), "S3CRET") {
			b.WriteString(" secret")
		}
		b.WriteString("\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestOnlyServicesThatAskGetCredentials: and these are in a file for its owner alone.
func TestOnlyServicesThatAskGetCredentials(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no modes there")
	}
	built := func(name string) types.ServiceConfig {
		return types.ServiceConfig{Name: name, WorkloadSpec: types.WorkloadSpec{Build: &types.BuildConfig{Context: "."}}}
	}
	p := &project.Project{
		Project:    &types.Project{Name: "shop", Services: types.Services{"asks": built("asks"), "other": built("other")}},
		Extensions: map[string]project.ServiceExtension{"asks": {Egress: true}},
	}
	state := t.TempDir()
	if err := os.MkdirAll(filepath.Join(state, top), 0o755); err != nil { //nolint:gosec // open to others, as the user may have made it
		t.Fatal(err)
	}
	files := Mounts{StateDir: state, Engine: "unix:///x", Project: "shop"}
	if err := withEgress(p, keyed(), files); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"asks": true, "other": false} {
		secret := false
		for _, v := range p.Services[name].Volumes {
			content, err := os.ReadFile(v.Source)
			if err != nil {
				t.Fatal(err)
			}
			secret = secret || strings.Contains(string(content), "S3CRET")
		}
		if secret != want {
			t.Errorf("%s has the token: %v, want %v", name, secret, want)
		}
	}
	text := tree(t, state)
	for _, want := range []string{"mounts drwx------\nENGINE drwx------\nshop drwx------\ndevup-npmrc -rw------- secret\n", "public drwx------\n", "devup-npmrc -r--r--r--\n", "devup-ca.pem -r--r--r--\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the files are\n%s\nwithout %q", text, want)
		}
	}

	if got := KeptProjects(state, "unix:///x"); !slices.Equal(got, []string{"shop"}) || KeptProjects(state, "unix:///y") != nil {
		t.Errorf("files are kept for %v", got)
	}
	var mounted []plan.Mount
	for _, v := range p.Services["asks"].Volumes {
		mounted = append(mounted, plan.Mount{Type: "bind", Source: "/host_mnt" + v.Source})
	}
	files.RemoveUnused(MountedBy([]plan.Container{{Mounts: mounted}}))
	if text := tree(t, state); !strings.Contains(text, "secret") {
		t.Errorf("after a sweep with a container the files are\n%s", text)
	}
	files.RemoveUnused(MountedBy(nil))
	if text := tree(t, state); strings.Contains(text, "secret") || strings.Contains(text, "shop") || !strings.Contains(text, "devup-ca.pem") {
		t.Errorf("without containers the files are\n%s", text)
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	secret, public := egress.Grant{Files: []egress.File{{Mode: 0o600}}}, egress.Grant{Files: []egress.File{{Mode: 0o444}}}
	for _, test := range []struct {
		user  string
		grant egress.Grant
		own   int
		want  bool
	}{
		{"", secret, 1000, false},
		{"node", secret, 1000, false},
		{"0:0", secret, 1000, false},
		{"1000", secret, 1000, false},
		{"1001:0", secret, 1000, true},
		{"1001", public, 1000, false},
		{"1001", secret, 0, false},
		{"1001", secret, -1, false},
	} {
		service := types.ServiceConfig{Name: "web", ContainerSpec: types.ContainerSpec{User: test.user}}
		if note := unreadable(service, test.grant, test.own); (note != "") != test.want {
			t.Errorf("user %q, devup's %d: %q", test.user, test.own, note)
		}
	}
}

func TestADryRunWritesNothing(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	files := Mounts{StateDir: state, Project: "shop"}
	f := egress.File{Name: "devup-npmrc", Content: []byte("x"), Mode: 0o444}
	said, err := Mounts{StateDir: state, Project: "shop", DryRun: true}.keep(f, 0)
	if err != nil || tree(t, state) != "" {
		t.Fatalf("%v\n%s", err, tree(t, state))
	}
	if made, err := files.keep(f, 0); err != nil || made != said {
		t.Errorf("the dry run says %s, and it is %s, %v", said, made, err)
	}
}

func TestMountsAreRefusedWhereOthersMayChangeThem(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no owners there")
	}
	for want, prepare := range map[string]func(dir string) error{
		"not a directory": func(dir string) error { return os.Symlink(t.TempDir(), dir) },
		"belongs to another user": func(dir string) error {
			if err := os.Mkdir(dir, 0o700); err != nil {
				return err
			}
			return os.Chown(dir, 65533, -1)
		},
	} {
		if want == "belongs to another user" && os.Geteuid() != 0 {
			continue
		}
		state := t.TempDir()
		if err := prepare(filepath.Join(state, top)); err != nil {
			t.Fatal(err)
		}
		_, err := Mounts{StateDir: state, Project: "shop"}.keep(egress.File{Name: "devup-npmrc", Content: []byte("x"), Mode: 0o600}, 0)
		if fail.CodeOf(err) != fail.Denied || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestCleanupOld(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	for _, name := range []string{"0123456789abcdef-devup-npmrc", "fedcba9876543210-devup-npmrc", "images", "share-agreed"} {
		if err := os.WriteFile(filepath.Join(state, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	RemoveLegacyMounts(state, mountedFrom([]string{filepath.Join(state, "fedcba9876543210-devup-npmrc")}))
	left, _ := filepath.Glob(filepath.Join(state, "*"))
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	if got := strings.Join(left, " "); got != "fedcba9876543210-devup-npmrc images share-agreed" {
		t.Errorf("left are %s", got)
	}
}
