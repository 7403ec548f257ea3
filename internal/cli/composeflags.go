package cli

import (
	"cmp"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ui"
)

// settleAnsi makes settings of what --ansi or COMPOSE_ANSI says.
func (a *app) settleAnsi() error {
	switch word := cmp.Or(a.flags.ansi, a.stdio.env("COMPOSE_ANSI")); word {
	case "", "auto":
	case "never":
		a.flags.noColor, a.settings.Progress = true, string(ui.Plain)
	case "always":
		a.settings.Color = "always"
	default:
		return fail.New(fail.Usage, "", "--ansi wants auto, never or always, not %q", word)
	}
	return nil
}

// settleCompatibility refuses names with underscores: containers under them would not be
// found again, neither by devup nor by Compose without that flag.
func (a *app) settleCompatibility() error {
	if !a.flags.compatibility {
		return nil
	}
	return fail.New(fail.Usage, "leave it out; container_name gives a container a name of your choice",
		"--compatibility is not supported: devup names containers as Compose does since its version 2")
}
