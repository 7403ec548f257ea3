package ui

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// clean makes a stranger's text safe to print on one line: sequences that move
// the cursor, set titles or switch modes are dropped, control characters too, tabs
// become spaces, and what is no UTF-8 becomes U+FFFD. Colours stay when color is on, and
// are then ended at the end of the text.
func clean(text string, color bool) string {
	if plainText(text) {
		return text
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	var b strings.Builder
	var state byte
	colored := false
	for len(text) > 0 {
		seq, width, n, next := ansi.DecodeSequence(text, state, nil)
		state, text = next, text[n:]
		switch {
		case width > 0 || zeroWidth(seq):
			b.WriteString(seq)
		case seq == "\t":
			b.WriteString("    ")
		case color && isColor(seq):
			b.WriteString(seq)
			colored = true
		}
	}
	if colored {
		b.WriteString(ansi.ResetStyle)
	}
	return b.String()
}

// plainText tells whether text is printable ASCII, as most lines are.
func plainText(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// isColor tells whether seq is a complete sequence that sets colours or weight (SGR).
func isColor(seq string) bool {
	parameters, ok := strings.CutPrefix(seq, "\x1b[")
	if !ok || !strings.HasSuffix(parameters, "m") {
		return false
	}
	return strings.Trim(parameters[:len(parameters)-1], "0123456789;:") == ""
}

// zeroWidth tells whether seq is a printable character of no width of its own,
// such as a combining accent.
func zeroWidth(seq string) bool {
	r, _ := utf8.DecodeRuneInString(seq)
	return r >= 0xa0
}

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
