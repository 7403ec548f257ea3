package project

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

// operator is how a variable is referred to: ${NAME}, ${NAME:-word}, ….
type operator string

const (
	plain       operator = ""
	defaulted   operator = "d" // ${NAME-word}, ${NAME:-word}
	alternative operator = "a" // ${NAME+word}, ${NAME:+word}
	required    operator = "r" // ${NAME?word}, ${NAME:?word}
)

// cloudVariables are set by Gitpod and Codespaces. Repositories build URLs of
// their ports from them, by hand.
var cloudVariables = []string{
	"GITPOD_WORKSPACE_ID",
	"GITPOD_WORKSPACE_CLUSTER_HOST",
	"CODESPACE_NAME",
	"GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN",
}

// The variables that devup supplies.
const (
	urlPrefix   = "DEVUP_URL_"
	portPrefix  = "DEVUP_PORT_"
	originsName = "DEVUP_ORIGINS"
	uidName     = "DEVUP_UID"
	gidName     = "DEVUP_GID"
)

// symbolic tells whether the variable, when nobody has set it, becomes a token.
func symbolic(name string) bool {
	switch {
	case name == originsName, name == uidName, name == gidName:
		return true
	case strings.HasPrefix(name, urlPrefix), strings.HasPrefix(name, portPrefix):
		return name == strings.ToUpper(name)
	default:
		return slices.Contains(cloudVariables, name)
	}
}

func token(name string, op operator, word string) string {
	return tokenOpen + name + "." + string(op) + "." + hex.EncodeToString([]byte(word)) + tokenClose
}

func hasToken(s string) bool { return strings.Contains(s, tokenOpen) }

// fill replaces every token of s. value says what a variable is; ok is false
// when it has no value, and then the token's own word decides.
func fill(s string, value func(name string) (v string, ok bool)) string {
	if !hasToken(s) {
		return s
	}
	return tokenPattern.ReplaceAllStringFunc(s, func(t string) string {
		m := tokenPattern.FindStringSubmatch(t)
		name, op := m[1], operator(m[2])
		v, ok := value(name)
		switch {
		case op == alternative && ok, op == defaulted && !ok:
			word, _ := hex.DecodeString(m[3]) // the pattern admits hex only; an odd digit is not ours
			return fill(string(word), value)
		case op == alternative, !ok:
			return ""
		default:
			return v
		}
	})
}

// unset is a value function for [fill]: nothing has a value.
func unset(string) (string, bool) { return "", false }

// bareNames lists the variables that s refers to without a default.
func bareNames(s string) []string {
	var names []string
	for _, m := range tokenPattern.FindAllStringSubmatch(s, -1) {
		bare := operator(m[2]) == plain || operator(m[2]) == required
		if bare && !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}
