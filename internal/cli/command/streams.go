package command

import (
	"github.com/charmbracelet/x/term"

	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/ui"
)

// progressQuiet is the way to show progress that shows none.
const progressQuiet = "quiet"

// newUI is the output for the flags and streams of this run.
func (p *Program) newUI(merged settings.Settings) *ui.UI {
	mode := ui.Mode(merged.Progress)
	streams, able := p.streams(merged)
	switch {
	case merged.JSON:
		mode = ui.JSON
	case merged.Progress == progressQuiet:
		mode = ui.Plain
	case mode == ui.Auto && !able:
		mode = ui.Plain
	}
	return ui.New(streams, mode)
}

// streams finds out what the standard streams are, and whether their terminals understand escape sequences.
func (p *Program) streams(merged settings.Settings) (s ui.Streams, able bool) {
	s = ui.Streams{
		In: p.process.In, Out: p.out, Err: p.process.Err,
		InTTY: isTerminal(p.process.In), OutTTY: isTerminal(p.process.Out), ErrTTY: isTerminal(p.process.Err),
		Interrupted: p.interrupted,
	}
	able = p.process.Getenv("TERM") != "dumb"
	for _, stream := range []any{p.process.Err, p.process.Out} {
		if f, ok := stream.(Descriptor); ok && term.IsTerminal(f.Fd()) {
			able = enableEscapes(f.Fd()) && able
			s.Size = sizeOf(f)
		}
	}
	never := p.flags.noColor || p.process.Getenv("NO_COLOR") != "" || merged.Color == "never"
	always := merged.Color == "always"
	s.OutColor = !never && (always || s.OutTTY && able)
	s.ErrColor = !never && (always || s.ErrTTY && able)
	return s, able
}

// Descriptor is a stream of the operating system.
type Descriptor interface{ Fd() uintptr }

func isTerminal(stream any) bool {
	f, ok := stream.(Descriptor)
	return ok && term.IsTerminal(f.Fd())
}

func sizeOf(f Descriptor) func() (int, int) {
	return func() (columns, rows int) {
		columns, rows, err := term.GetSize(f.Fd())
		if err != nil {
			return 0, 0
		}
		return columns, rows
	}
}
