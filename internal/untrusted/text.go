package untrusted

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Text makes text safe to print on one line of a terminal. It drops sequences that move the
// cursor, set titles or switch modes, control characters (line ends included) and
// characters that change the direction or the line of what follows; it turns tabs into
// spaces and invalid UTF-8 into U+FFFD. Colours stay when color is true and are then ended
// at the end of the text.
func Text(text string, color bool) string {
	if printable(text) {
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
			b.WriteString(withoutFormat(seq))
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

// Lines is [Text] for text of several lines, whose line feeds stay.
func Lines(text string, color bool) string {
	if !strings.Contains(text, "\n") {
		return Text(text, color)
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		body, ended := strings.CutSuffix(line, "\n")
		b.WriteString(Text(body, color))
		if ended {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// printable tells whether text is printable ASCII, as most lines are.
func printable(text string) bool {
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

// withoutFormat drops the characters of a grapheme that change the direction of the text
// after it (Trojan Source, CVE-2021-42574) or begin a line.
func withoutFormat(grapheme string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) || unicode.In(r, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, grapheme)
}
