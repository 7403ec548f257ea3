package untrusted

import (
	"strings"
	"unicode"
)

// Arguments gives names, such as those of files, as words of a command that devup proposes
// and people copy into a shell: a name is one word of it and nothing else. Where it cannot
// be printed, "?" stands for a character, which a shell completes.
func Arguments(names ...string) string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = argument(name)
	}
	return strings.Join(words, " ")
}

func argument(name string) string {
	if strings.HasPrefix(name, "-") {
		name = "./" + name // else it is an option
	}
	if plainOption.MatchString(name) {
		return name
	}
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range name {
		switch {
		case r == '\'':
			b.WriteString(`'\''`)
		case r != ' ' && !unicode.IsPrint(r) || r == unicode.ReplacementChar:
			b.WriteString("'?'")
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}
