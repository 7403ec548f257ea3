package command

import (
	"cmp"
	"slices"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/ui"
)

// applyProgress takes what COMPOSE_PROGRESS says where nothing of devup's own does.
func (p *Program) applyProgress(merged *settings.Settings) error {
	word := p.process.Getenv("COMPOSE_PROGRESS")
	if word == "" || merged.Origins["progress"] != "" {
		return nil
	}
	if !slices.Contains([]string{"auto", "tty", "plain", "json", "quiet"}, word) {
		return fail.New(fail.Usage, "", "COMPOSE_PROGRESS must be auto, tty, plain, json or quiet, not %q", word)
	}
	merged.Progress = word
	return nil
}

// quiet leaves out progress of work that ends well.
func quiet(to event.Sink) event.Sink {
	return func(e event.Event) {
		switch e.State {
		case event.Working, event.Done, event.Cached:
			if e.Kind != event.Note && e.Kind != event.Log {
				return
			}
		}
		to(e)
	}
}

// applyANSI makes settings of what --ansi or COMPOSE_ANSI says.
func (p *Program) applyANSI(merged *settings.Settings) error {
	switch word := cmp.Or(p.flags.ansi, p.process.Getenv("COMPOSE_ANSI")); word {
	case "", "auto":
	case "never":
		p.flags.noColor, merged.Progress = true, string(ui.Plain)
	case "always":
		merged.Color = "always"
	default:
		return fail.New(fail.Usage, "", "--ansi must be auto, never or always, not %q", word)
	}
	return nil
}

// applyCompatibility refuses names with underscores: containers under them would not be
// found again, neither by devup nor by Compose without that flag.
func (p *Program) applyCompatibility() error {
	if !p.flags.compatibility {
		return nil
	}
	return fail.New(fail.Usage, "leave it out; container_name gives a container a name of your choice",
		"--compatibility is not supported: devup names containers as Compose does since its version 2")
}
