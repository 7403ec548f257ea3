package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/ui"
)

// release is the version that a release build stamps into the binary with
// -ldflags "-X …/internal/cli.release=1.2.3"; empty in every other build.
var release string

// provenance says where this binary comes from.
type provenance struct {
	Version string // "1.2.3", "(devel)", or a pseudo-version
	Commit  string
	Time    string // of the commit, RFC 3339
	Dirty   bool   // the checkout had changes that are in no commit
	Install string // the shell command that installs the same, or empty when there is none
}

// provenanceOf is the provenance of the running binary.
func provenanceOf() provenance {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return readProvenance(info, release)
}

// readProvenance decides what a binary's stamps say of it. Only what can be had by
// others names an install command: a stamped release, or a module that came through
// a module proxy. A build from a checkout can carry a version too, which nobody
// may ever have published.
func readProvenance(info *debug.BuildInfo, release string) provenance {
	p := provenance{Version: info.Main.Version}
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

// versionObject is the version in JSON. Its names are a promise.
type versionObject struct {
	Type    string `json:"type"` // "version"
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Time    string `json:"time,omitempty"`
	Dirty   bool   `json:"dirty"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	APIMin  string `json:"api_min"` // oldest engine API that devup speaks
	APIMax  string `json:"api_max"` // newest
}

func (a *app) versionCommand() *cobra.Command {
	var format string
	var short bool
	c := &cobra.Command{
		Use:   "version",
		Short: "Print devup's version and the engine API versions that it speaks",
		Example: `  devup version
  devup version --short
  devup version --format json`,
		Args: cobra.NoArgs,
	}
	f := c.Flags()
	f.StringArrayVar(&a.flags.files, "file", nil, fileUsage) // -f is --format here, as everywhere else
	f.StringVarP(&format, "format", "f", "", "print in this `form`: pretty, for people, or json")
	f.BoolVar(&short, "short", false, "print the version alone")
	c.RunE = a.run(func(context.Context, []string) error {
		p := provenanceOf()
		switch err := checkForm(format); {
		case err != nil:
			return err
		case short:
			a.ui.Text(p.Version)
		default:
			a.printVersion(p, format == "json" || a.ui.Mode() == ui.JSON)
		}
		return nil
	})
	return c
}

func (a *app) printVersion(p provenance, asJSON bool) {
	if asJSON {
		a.ui.Object(versionObject{
			Type: "version", Version: p.Version, Commit: p.Commit, Time: p.Time, Dirty: p.Dirty,
			Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
			APIMin: client.MinAPIVersion, APIMax: client.MaxAPIVersion,
		})
		return
	}
	a.ui.Text("devup " + p.Version)
	if p.Commit != "" {
		dirty := ""
		if p.Dirty {
			dirty = ", with changes"
		}
		a.ui.Text(fmt.Sprintf("commit %.12s of %s%s", p.Commit, p.Time, dirty))
	}
	a.ui.Text(
		fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH),
		fmt.Sprintf("engine API %s to %s", client.MinAPIVersion, client.MaxAPIVersion),
	)
}
