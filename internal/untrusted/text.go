package untrusted

import (
	"fmt"
	"strconv"
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

// Lines is [Text] for text of several lines, whose line feeds and tabs stay.
func Lines(text string, color bool) string {
	var b strings.Builder
	for len(text) > 0 {
		end := strings.IndexAny(text, "\n\t")
		if end < 0 {
			end = len(text)
		}
		b.WriteString(Text(text[:end], color))
		text = text[end:]
		if text != "" {
			b.WriteByte(text[0])
			text = text[1:]
		}
	}
	return b.String()
}

// Name makes a name safe to print inside a line: as it is where a terminal shows all of
// it, else quoted and escaped as in Go, so that two names never look the same.
func Name(name string) string {
	if Printable(name) {
		return name
	}
	return strconv.Quote(name)
}

// SafeJSON makes text that is JSON safe to print on a terminal: it escapes what the encoder of
// the standard library leaves in strings, C1 controls among it. The text means the same.
func SafeJSON(text string) string {
	if !strings.ContainsFunc(text, hidden) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if hidden(r) {
			fmt.Fprintf(&b, `\u%04x`, r) // none is beyond the basic plane
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// hidden tells whether a terminal acts on a character instead of showing it, of those
// that text of several lines has no use for.
func hidden(r rune) bool {
	return r >= 0x7f && r < 0xa0 || misleading(r)
}

// misleading tells whether a character changes the direction of the text after it (Trojan
// Source, CVE-2021-42574) or begins a line.
func misleading(r rune) bool {
	return unicode.Is(unicode.Bidi_Control, r) || unicode.In(r, unicode.Zl, unicode.Zp)
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

// withoutFormat drops the misleading characters of a grapheme.
func withoutFormat(grapheme string) string {
	return strings.Map(func(r rune) rune {
		if misleading(r) {
			return -1
		}
		return r
	}, grapheme)
}
