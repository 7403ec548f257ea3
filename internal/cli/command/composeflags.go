package command

import (
	"cmp"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/ui"
)

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
