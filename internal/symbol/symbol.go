// Package symbol knows the variables whose values are decided after a project is loaded: the
// URLs and ports of its services, and what only a cloud workspace sets. Until then a token
// stands in their place, which [Fill] replaces.
package symbol

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// A token stands in a string of the model for a variable whose value is decided
// after loading. It carries what the config says about the variable being
// unset, so that resolving it needs nothing but the token:
//
//	<open> NAME . operator . hex of the operator's word <close>
//
// The delimiters are private-use code points, which no config has, and the rest
// has none of the characters (":", "=", "/", "$") at which Compose splits values.
const (
	tokenOpen  = "\uE0D0"
	tokenClose = "\uE0D1"
)

var tokenPattern = lazyregexp.New(tokenOpen + `([A-Z0-9_]+)\.([a-z]*)\.([0-9a-f]*)` + tokenClose)

// Operator is how a variable is referred to: ${NAME}, ${NAME:-word}, ….
type Operator string

const (
	plain       Operator = ""
	Defaulted   Operator = "d" // ${NAME-word}, ${NAME:-word}
	Alternative Operator = "a" // ${NAME+word}, ${NAME:+word}
	Required    Operator = "r" // ${NAME?word}, ${NAME:?word}
)

// CloudVariables are set by Gitpod and Codespaces. Repositories build URLs of
// their ports from them, by hand.
var CloudVariables = []string{
	"GITPOD_WORKSPACE_ID",
	"GITPOD_WORKSPACE_CLUSTER_HOST",
	"CODESPACE_NAME",
	"GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN",
}

// The variables that devup supplies.
const (
	URLPrefix   = "DEVUP_URL_"
	WSPrefix    = "DEVUP_WS_" // the URL for WebSockets: ws:// or wss://
	PortPrefix  = "DEVUP_PORT_"
	OriginsName = "DEVUP_ORIGINS"
	UIDName     = "DEVUP_UID"
	GIDName     = "DEVUP_GID"
)

// Symbolic tells whether the variable, when it is not set, becomes a token.
func Symbolic(name string) bool {
	switch {
	case name == OriginsName, name == UIDName, name == GIDName:
		return true
	case strings.HasPrefix(name, URLPrefix), strings.HasPrefix(name, WSPrefix), strings.HasPrefix(name, PortPrefix):
		return name == strings.ToUpper(name)
	default:
		return slices.Contains(CloudVariables, name)
	}
}

// Token stands for a variable that is referred to without saying what else to take.
func Token(name string) string { return Reference(name, plain, "") }

// Reference is the token of a variable that is referred to by op with a word.
func Reference(name string, op Operator, word string) string {
	return tokenOpen + name + "." + string(op) + "." + hex.EncodeToString([]byte(word)) + tokenClose
}

// TokenPattern is a regular expression for the tokens of a variable.
func TokenPattern(name string) string { return tokenOpen + name + `\.[a-z]*\.[0-9a-f]*` + tokenClose }

// HasToken tells whether a text refers to a variable that is decided after loading.
func HasToken(s string) bool { return strings.Contains(s, tokenOpen) }

// Fill replaces every token of s. value says what a variable is; ok is false
// when it has no value, and then the token's own word decides.
func Fill(s string, value func(name string) (v string, ok bool)) string {
	if !HasToken(s) {
		return s
	}
	return tokenPattern.ReplaceAllStringFunc(s, func(t string) string {
		m := tokenPattern.FindStringSubmatch(t)
		name, op := m[1], Operator(m[2])
		v, ok := value(name)
		switch {
		case op == Alternative && ok, op == Defaulted && !ok:
			word, _ := hex.DecodeString(m[3]) // the pattern admits hex only; an odd digit is not ours
			return Fill(string(word), value)
		case op == Alternative, !ok:
			return ""
		default:
			return v
		}
	})
}

// NoValue is a value function for [Fill]: nothing has a value.
func NoValue(string) (string, bool) { return "", false }

// BareNames lists the variables that s refers to without a default.
func BareNames(s string) []string {
	var names []string
	for _, m := range tokenPattern.FindAllStringSubmatch(s, -1) {
		bare := Operator(m[2]) == plain || Operator(m[2]) == Required
		if bare && !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}
