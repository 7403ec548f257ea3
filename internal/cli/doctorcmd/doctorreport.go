package doctorcmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/doctor"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/logs"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/secret"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// reportObject is the file of a report in JSON. Its names are a promise.
type reportObject struct {
	Type string `json:"type"` // "report"
	File string `json:"file"`
}

// report writes what was found, and what is known next to that, to a new file.
func report(ctx context.Context, env *command.Env, o doctor.Options, findings []doctor.Finding, file string) error {
	r := doctor.Report{Written: time.Now(), Findings: findings, Sections: reportMachine(env, o)}
	variables := show.KnownVariables(env, o.Project.Files, o.Project.Model)
	plain := []string{"localhost", "development", "production"}
	if e, err := env.Connect(ctx, false); err == nil { // that there is none is a finding
		facts, err := engineFacts(ctx, e)
		if err == nil {
			r.Sections = append(r.Sections, doctor.Section{Title: "Engine", Facts: facts})
		}
		r.Services = reportServices(ctx, env, e, o.Project)
	}
	if model := o.Project.Model; model != nil {
		r.Project = model.Name
		plain = append(plain, model.Name)
		for name, s := range model.AllServices() {
			plain = append(plain, name, s.Image)
		}
		if r.Services == nil {
			r.Services = fileServices(o.Project, nil)
		}
	}
	file, err := writeUnused(file, r.Markdown(secret.NewMask(variables, plain, env.Home())))
	if err != nil {
		return fail.Wrap(err, fail.Denied, "name another: devup doctor --report FILE", "the report cannot be written to %s", file)
	}
	if env.UI.Mode() == ui.JSON {
		env.UI.Object(reportObject{"report", file})
	} else {
		env.UI.Text("report: " + file)
		env.Say("read it through before you attach it: secrets are masked as far as they can be told")
	}
	return nil
}

// mostReports bounds the search for a free name.
const mostReports = 100

// writeUnused writes a file under a name that nothing has: the given one, or that with a
// number. It gives the name.
func writeUnused(file, text string) (string, error) {
	ending := filepath.Ext(file)
	name := file
	for n := 2; ; n++ {
		made, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) && n < mostReports {
			name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(file, ending), n, ending)
			continue
		}
		if err != nil {
			return name, err
		}
		_, err = made.WriteString(text)
		return name, errors.Join(err, made.Close())
	}
}

// reportServices are the project's services with their containers, and what those that
// do not run well printed last.
func reportServices(ctx context.Context, env *command.Env, e *engine.Engine, p doctor.Project) []doctor.ServiceReport {
	if p.Model == nil {
		return nil
	}
	own, err := session.Open(ctx, env.Quiet().Env, session.Want{Project: session.Required, Engine: session.Required, On: e, State: session.Containers})
	if err != nil {
		return nil
	}
	containers := own.State.Summaries(own.Name)
	services := fileServices(p, containers)
	for i, s := range services {
		for _, c := range containers {
			if c.Labels[plan.LabelService] == s.Name && fails(c) {
				services[i].Lines = append(services[i].Lines, lastLinesOf(ctx, e, c)...)
			}
		}
	}
	return services
}

// fileServices are the services as the files have them, and the state of their containers.
func fileServices(p doctor.Project, containers []container.Summary) []doctor.ServiceReport {
	var services []doctor.ServiceReport
	for _, name := range p.Model.ServiceNames() {
		s := p.Model.Services[name]
		report := doctor.ServiceReport{Name: name}
		add := func(what, value string) {
			if value != "" {
				report.Facts = append(report.Facts, doctor.Fact{Name: what, Value: value})
			}
		}
		add("image", s.Image)
		if s.Build != nil {
			add("built from", s.Build.Context)
		}
		for _, port := range s.Ports {
			add("port", fmt.Sprintf("%s:%s:%d/%s", port.HostIP, port.Published, port.Target, port.Protocol))
		}
		add("variables", strings.Join(slices.Sorted(maps.Keys(s.Environment)), ", "))
		for _, c := range containers {
			if c.Labels[plan.LabelService] == name {
				add("container", strings.TrimPrefix(strings.Join(c.Names, ", "), "/")+": "+c.Status)
			}
		}
		services = append(services, report)
	}
	return services
}

// fails tells of a container that is not as it should be. One that ended with 0 did its
// job.
func fails(c container.Summary) bool {
	switch c.State {
	case container.StateRunning:
		return strings.Contains(c.Status, "(unhealthy)")
	case container.StateExited:
		return !strings.HasPrefix(c.Status, "Exited (0)")
	default:
		return c.State != container.StateCreated
	}
}

// lastLines is how much of a log a report holds.
const lastLines = "40"

func lastLinesOf(ctx context.Context, e *engine.Engine, c container.Summary) []string {
	var lines []string
	source := logs.Source{Service: c.Labels[plan.LabelService], Container: strings.Join(c.Names, ""), ID: c.ID, Number: 1}
	_ = logs.Follow(ctx, e.Client, []logs.Source{source}, logs.Options{Tail: lastLines, Sink: func(e event.Event) {
		if e.Kind == event.Log {
			lines = append(lines, e.Text)
		}
	}}) // a log that cannot be read is left out
	return lines
}
