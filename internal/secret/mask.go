package secret

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// masked stands where a secret was.
const masked = "[masked]"

// shortest is the length from which on a value is masked wherever it occurs. Shorter ones
// ("on", "8080") are parts of ordinary words.
const shortest = 6

// Mask takes secrets out of texts. The zero value knows those that are secrets by their
// form: credentials in URLs, tokens, private keys.
type Mask struct {
	values *strings.Replacer
	home   *home // nil for none
}

// home is the user's home directory. The pattern finds it with all of the name that it is
// part of.
type home struct {
	path    string
	pattern *regexp.Regexp
}

// option is an option of a command that a path follows without a space: -I/usr/include.
var option = lazyregexp.New(`^-{1,2}[A-Za-z]\w*`)

// NewMask masks the values of variables too, whole and line by line. plain are words that
// stay, such as the names of services: a value that is one, or part of one, is masked only
// where its variable's name says that it is a secret. homeDir, the user's home directory, becomes
// ~; it may be empty.
func NewMask(variables []Variable, plain []string, homeDir string) Mask {
	var values []string
	for _, v := range variables {
		isPlain := slices.ContainsFunc(plain, func(word string) bool { return strings.Contains(word, v.Value) })
		if isPlain && !HasName(v.Name) {
			continue
		}
		for part := range strings.Lines(v.Value) {
			part = strings.TrimSpace(part)
			if len(part) >= shortest {
				values = append(values, part, url.QueryEscape(part), url.PathEscape(part))
			}
		}
	}
	slices.SortFunc(values, func(a, b string) int { // a value that holds another goes first
		return cmp.Or(len(b)-len(a), strings.Compare(a, b))
	})
	var pairs []string
	for _, value := range slices.Compact(values) {
		pairs = append(pairs, value, masked)
	}
	m := Mask{values: strings.NewReplacer(pairs...)}
	path := strings.TrimRight(homeDir, `/\`)
	// A path that is no text in UTF-8 makes no pattern.
	if pattern, err := regexp.Compile(`[\w./\\~-]*?` + regexp.QuoteMeta(path) + `[\w.-]*`); err == nil && path != "" {
		m.home = &home{path, pattern}
	}
	return m
}

// Variable is a variable and its value.
type Variable struct{ Name, Value string }

// forms are secrets that can be told by how they look, each with what stays of it.
var forms = []struct {
	pattern *lazyregexp.Regexp
	stays   string
}{
	{lazyregexp.New(`(://)[^\s"'<>/@:]*:[^\s"'<>]*@`), "${1}" + masked + "@"}, // a password may hold "/" and "@"
	{lazyregexp.New(`(://)[^/\s@]+@`), "${1}" + masked + "@"},
	{lazyregexp.New(`(?i)((?:set-)?cookie|authorization)(\\?["']?):[ \t]*.*`), "${1}${2}: " + masked},
	{lazyregexp.New(`(?i)\b(bearer|basic)[ \t]+[A-Za-z0-9+/=._~-]{6,}`), "${1} " + masked},
	{lazyregexp.New(`(?i)([\w.-]*(?:passw|passphrase|_pwd|secret|token|api_?key|access_?key|private_?key|_key|_dsn|credential)[\w-]*\\?["']?\s*[=:]\s*)(\\"[^"\\]*\\"|"[^"]*"|'[^']*'|[^\s,;&]+)`), "${1}" + masked},
	{lazyregexp.New(`\b(?:gh[pousr]_|github_pat_|glpat-|npm_|pypi-|xox[abeoprs]-|[spr]k[-_]|AKIA|ASIA|AIza|ya29\.|dop_v1_|hf_|shp\w\w_)[\w-]{16,}`), masked},
	{lazyregexp.New(`\beyJ[\w-]{5,}(?:\.[\w-]+){1,4}`), masked},
	{lazyregexp.New(`-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\z)`), masked},
}

// long are strings that may be keys; an ID in hexadecimal is one of its kind.
var (
	long        = lazyregexp.New(`[A-Za-z0-9+/_=-]{40,}`)
	hexadecimal = lazyregexp.New(`^[0-9a-f]+$`)
	// pathLike has names of one case between its slashes, which a key of base64 has not.
	pathLike = lazyregexp.New(`^/?(?:[a-z0-9_-]+|[A-Z][a-z0-9_-]*|[A-Z0-9_-]+)(?:/(?:[a-z0-9_-]*|[A-Z][a-z0-9_-]*|[A-Z0-9_-]+)){2,}$`)
)

// Text is a text without secrets.
func (m Mask) Text(text string) string {
	if m.values != nil {
		text = m.values.Replace(text)
	}
	for _, form := range forms {
		text = form.pattern.ReplaceAllString(text, form.stays)
	}
	text = long.ReplaceAllStringFunc(text, func(found string) string {
		if hexadecimal.MatchString(found) || pathLike.MatchString(found) {
			return found // an ID, or a path
		}
		return masked
	})
	if m.home != nil {
		text = m.home.pattern.ReplaceAllStringFunc(text, func(found string) string {
			before := option.FindString(found)
			if rest, is := strings.CutPrefix(found[len(before):], m.home.path); is && strings.Trim(rest, ".") == "" { // also where it ends a sentence
				return before + "~" + rest
			}
			return found // a longer name, or a directory below another one
		})
	}
	return text
}
