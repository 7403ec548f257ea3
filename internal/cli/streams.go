package cli

import (
	"github.com/charmbracelet/x/term"

	"github.com/devup-cli/devup/internal/ui"
)

// begin makes the UI for the flags and streams of this run.
func (a *app) begin() {
	streams := a.streams()
	mode := ui.Mode(a.settings.Progress)
	switch {
	case a.settings.JSON:
		mode = ui.JSON
	case mode == ui.Auto && a.stdio.env("TERM") == "dumb":
		mode = ui.Plain
	}
	a.ui = ui.New(streams, mode)
}

// streams finds out what the standard streams are.
func (a *app) streams() ui.Streams {
	s := ui.Streams{
		In: a.stdio.In, Out: a.out, Err: a.stdio.Err,
		InTTY: isTerminal(a.stdio.In), OutTTY: isTerminal(a.stdio.Out), ErrTTY: isTerminal(a.stdio.Err),
	}
	never := a.flags.noColor || a.stdio.env("NO_COLOR") != "" || a.settings.Color == "never"
	always := a.settings.Color == "always"
	able := a.stdio.env("TERM") != "dumb"
	s.OutColor = !never && (always || s.OutTTY && able)
	s.ErrColor = !never && (always || s.ErrTTY && able)
	for _, stream := range []any{a.stdio.Err, a.stdio.Out} {
		if f, ok := stream.(descriptor); ok && term.IsTerminal(f.Fd()) {
			enableEscapes(f.Fd())
			s.Size = sizeOf(f)
		}
	}
	return s
}

// descriptor is a stream of the operating system.
type descriptor interface{ Fd() uintptr }

func isTerminal(stream any) bool {
	f, ok := stream.(descriptor)
	return ok && term.IsTerminal(f.Fd())
}

func sizeOf(f descriptor) func() (int, int) {
	return func() (columns, rows int) {
		columns, rows, err := term.GetSize(f.Fd())
		if err != nil {
			return 0, 0
		}
		return columns, rows
	}
}
