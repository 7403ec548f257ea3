package envfile

import (
	"strings"
	"unicode"
)

// WithoutLoneRemarks empties the values that consist of a comment alone, NAME=  # choose one, and
// keeps the lines. By the format such a value is empty, but compose-go cuts the space before
// it looks for a comment (dotenv/parser.go, locateKeyName), and takes the comment for the value.
func WithoutLoneRemarks(text string) string {
	if !strings.Contains(text, "#") {
		return text
	}
	var b strings.Builder
	for rest := text; rest != ""; {
		skipped := len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
		end := skipped + lineEnd(rest[skipped:])
		mark := strings.IndexAny(rest[skipped:end], "=:")
		if mark < 0 || rest[skipped] == '#' { // a comment, or a name alone
			b.WriteString(rest[:end])
			rest = rest[end:]
			continue
		}
		from := skipped + mark + 1
		value := strings.TrimLeft(rest[from:end], " \t\v\f\r")
		switch {
		case len(value) < end-from && strings.HasPrefix(value, "#"):
			b.WriteString(rest[:from])
		case value != "" && (value[0] == '"' || value[0] == '\''):
			end = from + closing(rest[from:], value[0])
			fallthrough
		default:
			b.WriteString(rest[:end])
		}
		rest = rest[end:]
	}
	return b.String()
}

// lineEnd is where the first line ends.
func lineEnd(text string) int {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return i
	}
	return len(text)
}

// closing is the place after the quoted value that a text begins with, after space.
func closing(text string, quote byte) int {
	from := strings.IndexByte(text, quote) + 1
	for i := from; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return len(text)
}
