package rust

import (
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	// helper is a function that reads the variable of a name that it is handed, with its body.
	helper = lazyregexp.New(`\bfn\s+(\w+)\s*\(\s*(\w+)\s*:[^)]*\)[^{;]*\{((?:[^{}]|\{[^{}]*\}){0,400})\}`)
	// handed is a call with the name of a variable, and perhaps a default: required_env("JWT_SECRET").
	handed = lazyregexp.New(`([.\w]?)\b(\w+)\(\s*"([A-Z][A-Z0-9_]*)"\s*(?:,\s*"([^"]*)")?[^)]*\)`)
	// byEnvName are the names of such functions, where they are in another file.
	byEnvName = lazyregexp.New(`(?i)^(?:\w*_)?env(?:_\w+)?$`)
	ends      = lazyregexp.New(`\.expect\(|\.unwrap\(\)|\?`)
	optional  = lazyregexp.New(`(?i)_or|opt|default|maybe|set|remove`)
)

// helpers are the functions of a source that read a variable by its name, and whether they end the
// program where it is not set.
func helpers(text string) map[string]bool {
	found := map[string]bool{}
	for _, m := range helper.FindAllStringSubmatch(text, -1) {
		name, parameter, body := m[1], m[2], m[3]
		if stack.HasOne(body, "var("+parameter+")", "var(&"+parameter+")", "var_os("+parameter+")") {
			found[name] = stack.HasOne(body, "panic!", "::exit(") || ends.MatchString(body) && !strings.Contains(body, "unwrap_or")
		}
	}
	return found
}

// throughHelpers are the variables that a source reads by functions of the program's own.
func throughHelpers(source tree.File) []stack.Use {
	if !stack.HasOne(source.Text, "env", "var(") {
		return nil
	}
	own := helpers(source.Text)
	var found []stack.Use
	for _, m := range handed.FindAllStringSubmatchIndex(source.Text, -1) {
		before, called, name := stack.Group(source.Text, m, 1), stack.Group(source.Text, m, 2), stack.Group(source.Text, m, 3)
		required, isOwn := own[called]
		if !isOwn && (before == "." || !byEnvName.MatchString(called) || strings.HasPrefix(called, "set")) {
			continue // Command::env sets one
		}
		use := stack.Use{Name: name, Value: stack.Group(source.Text, m, 4), Set: m[8] >= 0, Where: source.At(m[6], name), Empty: true}
		use.Required = !use.Set && (required || !isOwn && !optional.MatchString(called))
		use.Checked = use.Required && isOwn
		found = append(found, use)
	}
	return found
}

// isNumber says whether a program parses what it took a variable's value for: let age = var(…)…
// age.parse::<i32>().
func isNumber(text string, at int) bool {
	line := text[strings.LastIndexByte(text[:at], '\n')+1 : at]
	m := letName.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	_, rest, is := strings.Cut(text[at:], m[1]+".parse")
	return is && number.MatchString(rest[:min(len(rest), 12)])
}

var letName = lazyregexp.New(`\blet\s+(?:mut\s+)?(\w+)\b[^=]*=[^=]*$`)

// wholeAddress is where a program listens on the value of a variable as it is.
var (
	addressBy  = lazyregexp.New(takesAddress + `&?(?:std::)?env::var\(\s*"(\w+)"`)
	addressIn  = lazyregexp.New(takesAddress + `&?(\w+)(?:\.as_str\(\)|\.clone\(\))?\s*\)`)
	letAddress = lazyregexp.New(`\blet\s+(?:mut\s+)?(\w+)\b[^=;]*=\s*(?:std::)?(?:env::)?var\(\s*"([A-Z]\w*)"`)
)

const takesAddress = `(?:\.bind|TcpListener::bind)\(\s*`

// address is the variable that a program listens on as it is, with a port in it.
func address(a *stack.App) string {
	for _, source := range a.Sources {
		if m := addressBy.FindStringSubmatch(source.Text); m != nil {
			return m[1]
		}
		for _, from := range letAddress.FindAllStringSubmatch(source.Text, -1) {
			for _, used := range addressIn.FindAllStringSubmatch(source.Text, -1) {
				if used[1] == from[1] {
					return from[2]
				}
			}
		}
	}
	return ""
}
