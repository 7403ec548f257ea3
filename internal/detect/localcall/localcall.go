// Package localcall finds the URLs on this machine that stand in sources: what pages and servers call, and
// the origins that servers let in. It decides nothing about services.
package localcall

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// Call is a URL on this machine that stands in a file.
type Call struct {
	Port     int
	URL      string
	Where    tree.Evidence
	Fallback bool // a variable that stands next to it decides
}

var (
	// Pattern is such a URL, with its port in the first group.
	Pattern = lazyregexp.New(`\b(?:https?|wss?)://(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d{2,5})\b`)
	// A URL next to one of these is a fallback: the variable decides.
	fromEnv = lazyregexp.New(`\bprocess\.env\b|\bimport\.meta\.env\b|\bloadEnv\b|\benv\.|\benviron\b|(?i)\b\w*get_?env\b|\blookupenv\b|\benv::var\b|\$\{[A-Z_]+:`)
	// What is only printed is no call.
	printed = lazyregexp.New(`\bconsole\.|\bprint\(|\blog(?:ger|ging)?\.|\bapp\.listen\(`)
	// A server says near these words which pages may call it.
	aboutOrigins = lazyregexp.New(`(?i)\bcors|origins?\b`)
)

// In are the URLs on this machine in a source, without fallbacks.
func In(source tree.File) []Call {
	return slices.DeleteFunc(All(source), func(call Call) bool { return call.Fallback })
}

// All are the URLs on this machine in a source, without those that are only printed.
func All(source tree.File) []Call {
	if !strings.Contains(source.Text, "://") {
		return nil
	}
	var calls []Call
	for _, match := range Pattern.FindAllStringSubmatchIndex(source.Text, -1) {
		start := strings.LastIndexByte(source.Text[:match[0]], '\n') + 1
		line, _, _ := strings.Cut(source.Text[start:], "\n")
		port, ok := stack.PortNumber(source.Text[match[2]:match[3]])
		if ok && !printed.MatchString(line) {
			url := source.Text[match[0]:match[1]]
			calls = append(calls, Call{port, url, source.At(match[0], url), fromEnv.MatchString(line)})
		}
	}
	return calls
}

// Origins are the URLs on this machine from which a server's source lets pages in.
func Origins(source tree.File) []Call {
	lines := strings.Split(source.Text, "\n")
	return slices.DeleteFunc(In(source), func(call Call) bool {
		at := call.Where.Line - 1
		near := strings.Join(lines[max(0, at-4):at+1], "\n") // a list of origins has one a line
		return fromEnv.MatchString(near) || !aboutOrigins.MatchString(near) && !namedForOrigins(lines, at)
	})
}

// assigned begins a variable that holds one URL, or a list of them.
var assigned = lazyregexp.New(`^\s*(?:export\s+)?(?:(?:const|let|var)\s+)?([A-Za-z_]\w*)\s*(?::[^=]+)?=\s*(?:new\s+Set\(\s*)?[\[({"'` + "`" + `]`)

// namedForOrigins says whether a line is in a variable that another line uses for origins.
func namedForOrigins(lines []string, at int) bool {
	for i := at; i >= max(0, at-20); i-- {
		match := assigned.FindStringSubmatch(lines[i])
		if match == nil {
			if strings.TrimSpace(lines[i]) == "" {
				return false
			}
			continue
		}
		for j, line := range lines {
			if j != i && aboutOrigins.MatchString(line) && slices.Contains(words(line), match[1]) {
				return true
			}
		}
		return false
	}
	return false
}

// words are the names in a line of code.
func words(line string) []string {
	return strings.FieldsFunc(line, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// AsksForTLS says whether the URL asks for a certificate, which no server has here.
func (c Call) AsksForTLS() bool {
	return strings.HasPrefix(c.URL, "https:") || strings.HasPrefix(c.URL, "wss:")
}

// IsSocket says whether a URL is one of WebSockets.
func IsSocket(url string) bool { return strings.HasPrefix(url, "ws") }

// Target is what a variable would hold in place of the call: a URL of a port, or one for
// WebSockets.
func (c Call) Target() string { return fmt.Sprint(c.Port, IsSocket(c.URL)) }

// FirstOfEach are the calls without those of a port that one before them has.
func FirstOfEach(calls []Call) []Call {
	seen := map[int]bool{}
	return slices.DeleteFunc(calls, func(call Call) bool {
		known := seen[call.Port]
		seen[call.Port] = true
		return known
	})
}
