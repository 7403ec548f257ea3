// Package version says what the running binary was built from.
package version

import (
	"runtime/debug"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// release is the version that a release build stamps into the binary with
// -ldflags "-X …/internal/version.release=1.2.3"; empty in every other build.
var release string

// Provenance says where a binary comes from.
type Provenance struct {
	Version string // "1.2.3", "(devel)", or a pseudo-version
	Commit  string
	Time    string // of the commit, RFC 3339
	Dirty   bool   // the checkout had changes that are in no commit
	Install string // the shell command that installs the same, or empty when there is none
}

// Of is the provenance of the running binary.
func Of() Provenance {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return read(info, release)
}

// read decides what a binary's stamps say of it. Only what can be had by
// others names an install command: a stamped release, or a module that came through
// a module proxy. A build from a checkout can carry a version too, which no one
// may ever have published.
func read(info *debug.BuildInfo, release string) Provenance {
	p := Provenance{Version: info.Main.Version}
	checkout := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			p.Commit, checkout = s.Value, true
		case "vcs.time":
			p.Time = s.Value
		case "vcs.modified":
			p.Dirty = s.Value == "true"
		}
	}
	if p.Version == "" {
		p.Version = "(devel)"
	}
	switch {
	case release != "":
		p.Version = strings.TrimPrefix(release, "v")
		if published(p.Version) && !p.Dirty {
			p.Install = "go install " + packagePath(info) + "@v" + p.Version
		}
	case !checkout && info.Main.Sum != "" && p.Version != "(devel)":
		p.Install = "go install " + packagePath(info) + "@" + p.Version
		p.Version = strings.TrimPrefix(p.Version, "v")
	}
	return p
}

// releasePattern is the form of a published version; snapshots of goreleaser and
// builds between releases do not have it.
var releasePattern = lazyregexp.New(`^\d+\.\d+\.\d+(-(alpha|beta|rc)\.?\d*)?$`)

func published(version string) bool { return releasePattern.MatchString(version) }

// packagePath is the import path of the command.
func packagePath(info *debug.BuildInfo) string {
	if info.Path != "" && info.Path != "command-line-arguments" {
		return info.Path
	}
	return "github.com/devup-cli/devup/cmd/devup"
}
