package cli

import (
	"context"
	"fmt"
	"runtime"

	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/version"
)

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

	Contract int `json:"contract"` // version of the objects in JSON
}

func newVersion(p *command.Program) *cobra.Command {
	var format string
	var short bool
	c := &cobra.Command{
		Use:         "version",
		Annotations: command.ReadOnly,
		Short:       "Print devup's version and the engine API versions that it speaks",
		Example: `  devup version
  devup version --short
  devup version --format json`,
		Args: cobra.NoArgs,
	}
	f := c.Flags()
	p.BindFile(f) // -f is --format here, as everywhere else
	f.StringVarP(&format, "format", "f", "", "print in this `form`: pretty, for people, or json")
	f.BoolVar(&short, "short", false, "print the version alone")
	c.RunE = p.Run(func(_ context.Context, env *command.Env, _ []string) error {
		built := version.Of()
		switch err := command.CheckFormat(format); {
		case err != nil:
			return err
		case short:
			env.UI.Text(built.Version)
		default:
			printVersion(env, built, format == "json" || env.UI.Mode() == ui.JSON)
		}
		return nil
	})
	return c
}

func printVersion(env *command.Env, p version.Provenance, asJSON bool) {
	if asJSON {
		env.UI.Object(versionObject{
			Type: "version", Version: p.Version, Commit: p.Commit, Time: p.Time, Dirty: p.Dirty,
			Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
			APIMin: client.MinAPIVersion, APIMax: client.MaxAPIVersion, Contract: ui.Contract,
		})
		return
	}
	env.UI.Text("devup " + p.Version)
	if p.Commit != "" {
		dirty := ""
		if p.Dirty {
			dirty = ", with changes"
		}
		env.UI.Text(fmt.Sprintf("commit %.12s of %s%s", p.Commit, p.Time, dirty))
	}
	env.UI.Text(
		fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH),
		fmt.Sprintf("engine API %s to %s", client.MinAPIVersion, client.MaxAPIVersion),
	)
}
