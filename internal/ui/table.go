package ui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/devup-cli/devup/internal/untrusted"
)

// Tone is the style of a cell of a table. The zero Tone is ordinary text.
type Tone int

// The tones.
const (
	Ordinary Tone = iota
	Good          // as it should be
	Bad           // broken
	Notice        // deserves attention
	Faint         // less important
	Strong        // what the row is about
)

// Cell is one cell of a table.
type Cell struct {
	Text string
	Link string // where a click on the text leads, or empty
	Tone Tone
}

// Table is a result for people; programs get objects instead.
type Table struct {
	Header []string // column names; nil for none
	Rows   [][]Cell // each as long as the others; the last column may be wide
}

// Table prints a table to stdout: aligned where it fits, the last column wrapped
// where it is too wide, one row after the other where the terminal is too narrow.
func (u *UI) Table(t Table) {
	columns := 0
	if u.streams.OutTTY {
		columns, _ = u.streams.Size()
	}
	text := t.render(columns, u.streams.theme(toOut))
	u.do(func(r renderer) { r.print(toOut, text) })
}

// render is the table as text; columns is the width to keep to, 0 for any.
func (t Table) render(columns int, theme theme) string {
	widths := t.widths()
	total := 2 * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	if columns > 0 && total > columns {
		room := columns - (total - widths[len(widths)-1])
		if room < leastRoom || t.linksLast() {
			return t.stacked(columns, theme)
		}
		t = t.wrapped(room)
	}
	var b strings.Builder
	if t.Header != nil {
		header := make([]Cell, len(t.Header))
		for i, h := range t.Header {
			header[i] = Cell{Text: h, Tone: Faint}
		}
		writeRow(&b, header, widths, theme)
	}
	for _, row := range t.Rows {
		writeRow(&b, row, widths, theme)
	}
	return b.String()
}

// leastRoom is how many columns the last column must get to be worth reading.
const leastRoom = 24

// linksLast reports whether a cell of the last column is a link, which is never cut.
func (t Table) linksLast() bool {
	return slices.ContainsFunc(t.Rows, func(row []Cell) bool { return len(row) > 0 && row[len(row)-1].Link != "" })
}

// wrapped is the table with its last column broken into lines of room columns.
func (t Table) wrapped(room int) Table {
	rows := t.Rows
	t.Rows = nil
	for _, row := range rows {
		last := len(row) - 1
		for i, line := range strings.Split(ansi.Wrap(untrusted.Text(row[last].Text, false), room, ""), "\n") {
			next := make([]Cell, len(row))
			if i == 0 {
				copy(next, row)
			}
			next[last] = row[last]
			next[last].Text = line
			t.Rows = append(t.Rows, next)
		}
	}
	return t
}

// widths are the columns that each column of the table takes.
func (t Table) widths() []int {
	var widths []int
	see := func(i int, text string) {
		if i == len(widths) {
			widths = append(widths, 0)
		}
		widths[i] = max(widths[i], ansi.StringWidth(text))
	}
	for i, h := range t.Header {
		see(i, h)
	}
	for _, row := range t.Rows {
		for i, c := range row {
			see(i, untrusted.Text(c.Text, false))
		}
	}
	return widths
}

// writeRow writes one line of the table.
func writeRow(b *strings.Builder, row []Cell, widths []int, theme theme) {
	last := len(row) - 1
	for last >= 0 && row[last].Text == "" {
		last--
	}
	for i, c := range row[:last+1] {
		text := untrusted.Text(c.Text, false)
		b.WriteString(theme.cell(c, text))
		if i < last {
			b.WriteString(strings.Repeat(" ", widths[i]-ansi.StringWidth(text)+2))
		}
	}
	b.WriteString("\n")
}

// stacked is the table for narrow terminals: the first column, and the others
// below it. Links are never cut: a terminal wraps them and they stay whole for
// copying.
func (t Table) stacked(columns int, theme theme) string {
	var b strings.Builder
	for _, row := range t.Rows {
		for i, c := range row {
			text := untrusted.Text(c.Text, false)
			if text == "" {
				continue
			}
			indent := ""
			if i > 0 {
				indent = "  "
			}
			if c.Link == "" {
				text = fit(text, columns-len(indent))
			}
			b.WriteString(indent + theme.cell(c, text) + "\n")
		}
	}
	return b.String()
}

// cell is the text of a cell with its style.
func (t theme) cell(c Cell, text string) string {
	switch c.Tone {
	case Good:
		text = t.good(text)
	case Bad:
		text = t.bad(text)
	case Notice:
		text = t.notice(text)
	case Faint:
		text = t.faint(text)
	case Strong:
		text = t.bold(text)
	case Ordinary:
	}
	return t.link(c.Link, text)
}

// Line prints cells as one line to stdout, two spaces apart, as long as it gets.
func (u *UI) Line(cells ...Cell) {
	t := u.streams.theme(toOut)
	texts := make([]string, len(cells))
	for i, c := range cells {
		texts[i] = t.cell(c, untrusted.Text(c.Text, false))
	}
	u.do(func(r renderer) { r.print(toOut, strings.Join(texts, "  ")+"\n") })
}
