package version

import (
	"runtime/debug"
	"testing"
)

func TestProvenance(t *testing.T) {
	t.Parallel()
	const path = "github.com/devup-cli/devup/cmd/devup"
	checkout := []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "false"}}
	dirty := []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}}
	for _, c := range []struct {
		name             string
		info             debug.BuildInfo
		release          string
		version, install string
	}{
		{"nothing known", debug.BuildInfo{}, "", "(devel)", ""},
		{"checkout", debug.BuildInfo{Path: path, Main: debug.Module{Version: "(devel)"}, Settings: checkout}, "", "(devel)", ""},
		{"checkout at a tag", debug.BuildInfo{Path: path, Main: debug.Module{Version: "v1.2.3"}, Settings: checkout}, "", "v1.2.3", ""},
		{"checkout with changes", debug.BuildInfo{Path: path, Main: debug.Module{Version: "v1.2.4-0.20260101000000-abc+dirty"}, Settings: dirty}, "", "v1.2.4-0.20260101000000-abc+dirty", ""},
		{"go install", debug.BuildInfo{Path: path, Main: debug.Module{Version: "v1.2.3", Sum: "h1:x"}}, "", "1.2.3", "go install " + path + "@v1.2.3"},
		{"fork by go install", debug.BuildInfo{Path: "example.com/fork/cmd/devup", Main: debug.Module{Version: "v1.2.3", Sum: "h1:x"}}, "", "1.2.3", "go install example.com/fork/cmd/devup@v1.2.3"},
		{"release", debug.BuildInfo{Path: path, Settings: checkout}, "1.2.3", "1.2.3", "go install " + path + "@v1.2.3"},
		{"release candidate", debug.BuildInfo{Path: path, Settings: checkout}, "v1.2.3-rc.1", "1.2.3-rc.1", "go install " + path + "@v1.2.3-rc.1"},
		{"snapshot", debug.BuildInfo{Path: path, Settings: checkout}, "1.2.4-SNAPSHOT-abc", "1.2.4-SNAPSHOT-abc", ""},
		{"release with changes", debug.BuildInfo{Path: path, Settings: dirty}, "1.2.3", "1.2.3", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := read(&c.info, c.release)
			if got.Version != c.version || got.Install != c.install {
				t.Errorf("got %q, %q; want %q, %q", got.Version, got.Install, c.version, c.install)
			}
		})
	}
}
