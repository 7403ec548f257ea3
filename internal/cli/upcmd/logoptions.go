package upcmd

import (
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/logs"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ui"
)

// logOptions say whose logs up shows and what ends it. Names and meaning are
// Compose's.
type logOptions struct {
	attach, noAttach            []string
	attachDependencies          bool
	timestamps, noPrefix        bool
	abortOnExit, abortOnFailure bool
	exitCodeFrom                string
}

func (o *logOptions) bind(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&o.attach, "attach", nil, "show only the logs of this `service`; may be repeated")
	f.StringArrayVar(&o.noAttach, "no-attach", nil, "do not show the logs of this `service`; may be repeated")
	f.BoolVar(&o.attachDependencies, "attach-dependencies", false, "with services: show also the logs of what they depend on")
	f.BoolVar(&o.timestamps, "timestamps", false, "print the time of each log line")
	f.BoolVar(&o.noPrefix, "no-log-prefix", false, "print log lines without the names of their services, as they were written")
	f.BoolVar(&o.abortOnExit, "abort-on-container-exit", false, "stop everything when a container ends, with its exit code; waits for no answers")
	f.BoolVar(&o.abortOnFailure, "abort-on-container-failure", false, "stop everything when a container ends with a failure")
	f.StringVar(&o.exitCodeFrom, "exit-code-from", "", "end with the exit code of this `service`, and stop everything then")
}

// aborts says that the end of a container ends the command.
func (o logOptions) aborts() bool { return o.abortsOnExit() || o.abortOnFailure }

// abortsOnExit says that any end of a container does, not only a failure.
func (o logOptions) abortsOnExit() bool {
	return o.abortOnExit || o.exitCodeFrom != "" && !o.abortOnFailure
}

// check refuses names that are no services of the project.
func (o logOptions) check(p *project.Project) error {
	names := slices.Concat(o.attach, o.noAttach)
	if o.exitCodeFrom != "" {
		names = append(names, o.exitCodeFrom)
	}
	for _, name := range names {
		if _, ok := p.Services[name]; !ok {
			return project.NoService(p, name)
		}
	}
	return nil
}

// followed are the services whose logs are shown: the named ones where some are
// named, else all but those that say attach: false.
func (o logOptions) followed(p *project.Project, named []string) []string {
	var names []string
	for _, name := range p.ServiceNames() {
		shown := len(named) == 0 || slices.Contains(named, name) || o.attachDependencies
		if flag := p.Services[name].Attach; flag != nil && !*flag {
			shown = false
		}
		if len(o.attach) > 0 {
			shown = slices.Contains(o.attach, name)
		}
		if shown && !slices.Contains(o.noAttach, name) {
			names = append(names, name)
		}
	}
	return names
}

// since are the options of following logs from a time of the engine's clock.
func (o logOptions) since(env *command.Env, began time.Time) logs.Options {
	options := logs.Options{Follow: true, Since: began.Format(time.RFC3339Nano), Timestamps: o.timestamps}
	if o.noPrefix && env.UI.Mode() != ui.JSON {
		options.Sink = show.BareLines(env)
	}
	return options
}
