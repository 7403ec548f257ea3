package composefile

import (
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/template"

	"github.com/devup-cli/devup/internal/symbol"
)

// expander does Compose's interpolation. It differs from compose-go's in two
// ways: a symbolic variable that is not set becomes a token, and a variable
// that is missing is remembered instead of logged. compose-go's own, with a replacement
// function, is no base for it: it scans the rest of a text again after each reference, so
// that 30 KB of them take a second, and forgets the function in what it scans.
type expander struct {
	missing []string                  // variables without value and without default, in the order they were met
	lacking bool                      // a variable that has to be set is not
	ask     func(name, reason string) // is told of those instead of an error; nil for none
	spent   int                       // bytes of texts so far; see maxExpanded
}

// substitute has the signature of compose-go's interpolation hook. It returns
// the errors of compose-go's template package.
func (e *expander) substitute(text string, lookup template.Mapping) (string, error) {
	var out strings.Builder
	for rest := text; rest != ""; {
		if e.over(out.Len()) {
			break
		}
		at := strings.IndexByte(rest, '$')
		if at < 0 || at == len(rest)-1 {
			out.WriteString(rest)
			break
		}
		out.WriteString(rest[:at])
		rest = rest[at:]

		switch next := rest[1]; {
		case next == '$':
			out.WriteByte('$')
			rest = rest[2:]
		case isNameStart(next):
			n := nameLength(rest[1:])
			out.WriteString(e.value(rest[1:1+n], lookup))
			rest = rest[1+n:]
		case next == '{':
			inner, after, ok := braced(rest)
			if !ok {
				return "", &template.InvalidTemplateError{Template: text}
			}
			v, err := e.reference(inner, lookup)
			if err != nil {
				return "", err
			}
			out.WriteString(v)
			rest = after
		default:
			out.WriteByte('$')
			rest = rest[1:]
		}
	}
	if e.over(out.Len()) {
		return "", tooMuch("", 0, "", "what the variables of the files stand for is larger than %d MiB together", maxExpanded>>20)
	}
	e.spent += out.Len()
	return out.String(), nil
}

// tokenCost is what a token counts before it is known what it stands for: the URLs of all
// services, it may be.
const tokenCost = 2048

// over tells whether more bytes go over the bound.
func (e *expander) over(more int) bool { return e.spent+more > maxExpanded }

// value is what the plain reference $name stands for.
func (e *expander) value(name string, lookup template.Mapping) string {
	v, ok := lookup(name)
	if ok {
		return v
	}
	if symbol.Symbolic(name) {
		e.spent += tokenCost
		return symbol.Token(name)
	}
	if !slices.Contains(e.missing, name) {
		e.missing = append(e.missing, name)
	}
	return ""
}

// reference is what the inner text of ${…} stands for.
func (e *expander) reference(inner string, lookup template.Mapping) (string, error) {
	n := nameLength(inner)
	name, op := inner[:n], inner[n:]
	if op == "" {
		return e.value(name, lookup), nil
	}
	emptyCounts := op[0] == ':' // ":-" takes an empty value for none
	op = strings.TrimPrefix(op, ":")

	v, set := lookup(name)
	has := set && (v != "" || !emptyCounts)
	word, err := "", error(nil)
	if op[0] == '+' || !has {
		if word, err = e.substitute(op[1:], lookup); err != nil {
			return "", err
		}
	}
	switch {
	case !set && symbol.Symbolic(name):
		e.spent += tokenCost
		return symbol.Reference(name, map[byte]symbol.Operator{'-': symbol.Defaulted, '+': symbol.Alternative, '?': symbol.Required}[op[0]], word), nil
	case op[0] == '+' && has, op[0] == '-' && !has:
		return word, nil
	case op[0] == '?' && !has && e.ask != nil:
		e.ask(name, word)
		return "", nil
	case op[0] == '?' && !has:
		e.lacking = true
		return "", &template.MissingRequiredError{Variable: name, Reason: word}
	default:
		return v, nil
	}
}

// braced splits "${inner}after". It is not ok unless inner is a name, alone or
// followed by an operator.
func braced(s string) (inner, after string, ok bool) {
	end, depth := -1, 0
	for i := 1; i < len(s) && end < 0; i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				end = i
			}
		}
	}
	if end < 0 {
		// Braces in the word that do not pair up: as in Compose, the last one closes.
		if end = strings.LastIndexByte(s, '}'); end < 0 {
			return "", "", false
		}
	}
	inner, after = s[2:end], s[end+1:]
	n := nameLength(inner)
	if n == 0 {
		return "", "", false
	}
	op := strings.TrimPrefix(inner[n:], ":")
	if inner[n:] != "" && (op == "" || !strings.ContainsRune("-+?", rune(op[0]))) {
		return "", "", false
	}
	return inner, after, true
}

func isNameStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func nameLength(s string) int {
	if s == "" || !isNameStart(s[0]) {
		return 0
	}
	n := 1
	for n < len(s) && (isNameStart(s[n]) || s[n] >= '0' && s[n] <= '9') {
		n++
	}
	return n
}

// mentions tells whether the text refers to the variable.
func mentions(text, name string) bool {
	for rest := text; ; {
		at := strings.Index(rest, name)
		if at < 0 {
			return false
		}
		before := rest[:at]
		rest = rest[at+len(name):]
		if nameLength("x"+rest) == 1 && (strings.HasSuffix(before, "$") || strings.HasSuffix(before, "${")) {
			return true
		}
	}
}

// unset are the variables that were missing.
func (e *expander) unset() Unset { return Unset{Names: e.missing, Required: e.lacking} }

// NamesIn lists the variables that the text refers to without saying what else to take,
// in the order in which they stand there.
func NamesIn(text string) []string {
	var names []string
	// Its error is for those who use the text; here only the names count.
	_, _ = (&expander{}).substitute(text, func(name string) (string, bool) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		return "", false
	})
	return names
}
