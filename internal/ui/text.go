package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// fit shortens text to a number of columns, marked by an ellipsis.
func fit(text string, columns int) string {
	if columns <= 0 {
		return ""
	}
	return ansi.Truncate(text, columns, "…")
}

// pad adds spaces up to a number of columns.
func pad(text string, columns int) string {
	if missing := columns - ansi.StringWidth(text); missing > 0 {
		return text + strings.Repeat(" ", missing)
	}
	return text
}

// unit is what a line is not broken within: a word, or a command in backquotes, which may be copied.
var unit = lazyregexp.New(" *(?:[^ `]*`[^`]*`[^ `]*|[^ ]+)")

// wrapped breaks a line at words, so that a terminal need not break it within one; 0 columns for
// nowhere.
func wrapped(line string, columns int) string {
	if columns == 0 || ansi.StringWidth(line) <= columns {
		return line
	}
	var b strings.Builder
	width := 0
	for _, word := range unit.Compiled().FindAllString(line, -1) {
		if width > 0 && width+ansi.StringWidth(word) > columns {
			b.WriteString("\n")
			word, width = strings.TrimLeft(word, " "), 0
		}
		b.WriteString(word)
		width += ansi.StringWidth(word)
	}
	return b.String()
}

// noTime is too short to be worth a word.
const noTime = 50 * time.Millisecond

// duration writes how long something took, short: "0.4s", "12s", "3m05s".
func duration(d time.Duration) string {
	switch {
	case d < noTime:
		return "0.0s"
	case d < 10*time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.0fs", d.Truncate(time.Second).Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	default:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
}
