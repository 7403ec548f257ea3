package untrusted

import (
	"errors"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Most that is parsed of a text for a shell: the parser calls itself for each bracket, and a Go
// program ends where its stack is full.
const (
	mostShell    = 64 << 10
	mostBrackets = 2000
)

// ErrTooNested is the error of [ParseShell] for a text that is too long, or too deep to parse.
var ErrTooNested = errors.New("too long or too nested for a shell")

// ParseShell parses the text of a command line or script. The error is [ErrTooNested] or the
// parser's own.
func ParseShell(text string, options ...syntax.ParserOption) (*syntax.File, error) {
	brackets := strings.Count(text, "(") + strings.Count(text, "{") + strings.Count(text, "`") + strings.Count(text, "[")
	if len(text) > mostShell || brackets > mostBrackets {
		return nil, ErrTooNested
	}
	return syntax.NewParser(options...).Parse(strings.NewReader(text), "")
}
