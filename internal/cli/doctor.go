package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/doctor"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ports"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ui"
)

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check what devup needs: engine, disk, ports, network, files",
		Long: `Check what devup needs and say what to do where something is wrong. Nothing is
changed. Exit code 1 when a check finds a problem, 4 when no engine answers.`,
		Example: `  devup doctor
  devup doctor --json`,
		Args: cobra.NoArgs,
		RunE: a.run(func(ctx context.Context, _ []string) error { return a.doctor(ctx) }),
	}
}

// patience is how long one check of doctor may take.
const patience = 15 * time.Second

// findingObject is a finding in JSON. Its names are a promise.
type findingObject struct {
	Type  string  `json:"type"` // "finding"
	Check string  `json:"check"`
	Level string  `json:"level"` // "ok", "warning" or "problem"
	Text  string  `json:"text"`
	Hint  string  `json:"hint,omitempty"`
	Took  float64 `json:"took"` // seconds
}

func (a *app) doctor(ctx context.Context) error {
	options, err := a.doctorOptions(ctx)
	if err != nil {
		return err
	}
	findings := doctor.Run(ctx, doctor.Checks(options), patience)
	if err := ctx.Err(); err != nil {
		return err
	}
	a.showFindings(findings)
	if doctor.Worst(findings) != doctor.Problem {
		return nil
	}
	for _, f := range findings {
		if f.Name == "engine" && f.Level == doctor.Problem {
			return exitStatus(fail.NoEngine.Exit())
		}
	}
	return exitStatus(fail.Failed.Exit())
}

// doctorOptions are what the checks look at.
func (a *app) doctorOptions(ctx context.Context) (doctor.Options, error) {
	place, err := a.place(ctx)
	if err != nil {
		return doctor.Options{}, err
	}
	outside, err := a.outside()
	if err != nil {
		return doctor.Options{}, err
	}
	dir, err := filepath.Abs(a.flags.dir)
	if err != nil {
		return doctor.Options{}, fail.Wrap(err, fail.Denied, "", "the current folder cannot be found")
	}
	o := doctor.Options{
		Connect: a.connect, Settings: a.settings, Place: place,
		GOOS: runtime.GOOS, WSL: a.stdio.env("WSL_DISTRO_NAME") != "",
		Registries: doctor.Registries(outside.NPM, outside.Pip), // what builds will ask
		Client:     doctor.NewClient(outside.CA, outside.Proxy),
		CASource:   outside.CASource, Free: doctor.FreeSpace,
	}
	p, err := a.load(ctx)
	switch {
	case err == nil:
		o.ProjectDir, o.Project = p.WorkingDir, os.DirFS(p.WorkingDir)
		o.Ports, o.Held = wantedPorts(p), a.heldByOthers(ctx)
	case fail.CodeOf(err) == fail.NoProject:
		o.ProjectDir, o.Project = dir, os.DirFS(dir)
	default:
		a.ui.Error(err) // the checks go on without it
	}
	return o, ctx.Err()
}

// wantedPorts are the TCP ports of the host that a project asks for.
func wantedPorts(p *project.Project) []int {
	var wanted []int
	for _, port := range p.PublishedPorts() {
		if port.Wanted != 0 && port.Protocol == "tcp" {
			wanted = append(wanted, port.Wanted)
		}
	}
	return wanted
}

// heldByOthers tells who holds a port, without the project's own containers.
func (a *app) heldByOthers(ctx context.Context) func([]int) map[int]string {
	own := map[int]bool{}
	if r, err := a.observe(ctx); err == nil { // without an engine nothing of ours runs
		for _, c := range r.look.Containers {
			for _, p := range c.Ports {
				own[p.Public] = true
			}
		}
	}
	return func(wanted []int) map[int]string {
		held := map[int]string{}
		for _, h := range ports.Listening(wanted) {
			if !own[h.Port] {
				held[h.Port] = h.String()
			}
		}
		return held
	}
}

func (a *app) showFindings(findings []doctor.Finding) {
	tones := map[doctor.Level]ui.Tone{doctor.OK: ui.Good, doctor.Warning: ui.Notice, doctor.Problem: ui.Bad}
	width := 0
	for _, f := range findings {
		width = max(width, len(f.Name))
	}
	for _, f := range findings {
		if a.ui.Mode() == ui.JSON {
			a.ui.Object(findingObject{"finding", f.Name, string(f.Level), f.Text, f.Hint, f.Took.Seconds()})
			continue
		}
		a.ui.Line(ui.Cell{Text: fmt.Sprintf("%-7s", f.Level), Tone: tones[f.Level]},
			ui.Cell{Text: fmt.Sprintf("%-*s", width, f.Name), Tone: ui.Strong}, ui.Cell{Text: f.Text})
		if f.Hint != "" {
			a.ui.Line(ui.Cell{Text: fmt.Sprintf("%*s", 7+2+width, "")}, ui.Cell{Text: "hint: " + f.Hint})
		}
	}
}
