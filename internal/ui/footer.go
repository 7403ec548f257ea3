package ui

import (
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/devup-cli/devup/internal/untrusted"
)

// Footer keeps lines at the bottom of the terminal, below what is under way, until it is called
// with none. A line is cells, of which those are shown that fit. It reports whether there is a
// footer: only a terminal that takes both streams has one.
func (u *UI) Footer(lines ...[]Cell) (shown bool) {
	u.do(func(r renderer) {
		if t, ok := r.(*terminal); ok && t.streams.OutTTY {
			t.footer, shown = lines, true
			t.paint(time.Now())
		}
	})
	return shown
}

// Typed says that the user has entered a line, whose echo the footer takes off the screen. An empty
// one stays, as a gap in the logs.
func (u *UI) Typed(line string) {
	u.do(func(r renderer) {
		if t, ok := r.(*terminal); ok && len(t.painted) > 0 {
			t.painted = append(t.painted, line)
			if line == "" {
				t.print(toErr, "\n")
			}
			t.paint(time.Now())
		}
	})
}

// Resumed paints the footer again, as the process goes on after a stop: the shell has written below
// the old one.
func (u *UI) Resumed() {
	u.do(func(r renderer) {
		if t, ok := r.(*terminal); ok {
			t.painted = nil
			t.paint(time.Now())
		}
	})
}

// footerLine is the cells that fit into columns.
func footerLine(cells []Cell, columns int, t theme) string {
	var shown []string
	room := columns
	for i, c := range cells {
		text := fit(untrusted.Text(c.Text, false), columns)
		room -= ansi.StringWidth(text)
		if i > 0 && (room < 0 || room < 3 && i < len(cells)-1) {
			return strings.Join(append(shown, t.faint("…")), "  ")
		}
		shown = append(shown, t.cell(c, text))
		room -= 2
	}
	return strings.Join(shown, "  ")
}
