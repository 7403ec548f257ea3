package project_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// loadBuild loads a project whose one service has a build section with a line of
// its own, the sixth.
func loadBuild(t *testing.T, line string, env map[string]string) (*project.Project, error) {
	t.Helper()
	dir := t.TempDir()
	text := "name: shop\nservices:\n  web:\n    build:\n      context: .\n      " + line + "\nsecrets: {token: {environment: TOKEN}}\n"
	if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return project.Load(t.Context(), project.Options{Dir: dir, Env: env})
}

func TestWhatNoBuilderDoesIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	for _, test := range [][2]string{
		{"network: shop_default", "compose.yaml:6: service web says build.network: shop_default, and BuildKit"},
		{"network: host", ""},
		{"network: none", ""},
		{"isolation: hyperv", "compose.yaml:6: service web says build.isolation: hyperv, and it is"},
		{"isolation: default", ""},
		{`extra_hosts: ["db:10.0.0.1", "api:api.lan"]`, "compose.yaml:6: service web says build.extra_hosts: api=api.lan, and"},
		{`extra_hosts: ["gw:host-gateway", "six:::1"]`, ""},
		{"additional_contexts: {x: oci-layout:///x}", "compose.yaml:6: service web says build.additional_contexts: x=oci-layout:///x, and"},
		{"additional_contexts: {x: docker-image://y}", ""},
	} {
		line, want := test[0], test[1]
		_, err := loadBuild(t, line, nil)
		got := ""
		if err != nil {
			got = filepath.Base(strings.SplitN(err.Error(), " ", 2)[0]) + " " + strings.SplitN(err.Error(), " ", 2)[1]
		}
		if !strings.HasPrefix(got, want) || (want == "") != (got == "") || err != nil && fail.CodeOf(err) != fail.Config {
			t.Errorf("%s\ngot  %q\nwant %q", line, got, want)
		}
	}
}

func TestABuildSecretsOwnerIsNotedToHaveNoEffect(t *testing.T) {
	t.Parallel()
	p, err := loadBuild(t, "secrets: [{source: token, uid: '1'}]", nil)
	if err != nil || !strings.Contains(strings.Join(p.Notes, "\n"), "build secret token of web have no effect") {
		t.Errorf("the notes are %q (%v)", p.Notes, err)
	}
}

func TestTheDefaultPlatform(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ line, wanted, platform, failure string }{
		{"target: x", "", "", ""},
		{"target: x", "linux/arm64", "linux/arm64", ""},
		{"platforms: [linux/amd64, linux/arm64]", "linux/arm64", "linux/arm64", ""},
		{"platforms: [linux/amd64]", "linux/arm64", "", "service web runs on linux/arm64, and its build is for linux/amd64 only"},
	} {
		p, err := loadBuild(t, test.line, map[string]string{"DOCKER_DEFAULT_PLATFORM": test.wanted})
		switch {
		case test.failure != "":
			if err == nil || !strings.HasSuffix(err.Error(), test.failure) {
				t.Errorf("%s: got %v, want %q", test.line, err, test.failure)
			}
		case err != nil:
			t.Errorf("%s: %v", test.line, err)
		case p.Services["web"].Platform != test.platform:
			t.Errorf("%s: the platform is %q, want %q", test.line, p.Services["web"].Platform, test.platform)
		}
	}
}
