package dataservice

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// reference is a variable in a Compose file, with its default, or an escaped dollar sign. No
// login from elsewhere holds one: see [isCredential].
var reference = lazyregexp.New(`\$\$|\$\{([A-Za-z_]\w*)(:?-[^${}]*)?(?::?\?[^${}]*)?\}|\$([A-Za-z_]\w*)`)

// fromCompose is a value of a Compose file as text in which each reference has the form
// ${NAME} or ${NAME:-default}; empty where it has another kind of reference.
func fromCompose(text string) string {
	if strings.Contains(reference.ReplaceAllString(text, ""), "$") {
		return ""
	}
	return eachReference(text, func(name, rest string) string { return "${" + name + rest + "}" }, strings.Clone)
}

// eachReference replaces the references in a text, and what is between them.
func eachReference(text string, replace func(name, rest string) string, literal func(string) string) string {
	var b strings.Builder
	last := 0
	for _, m := range reference.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(literal(text[last:m[0]]))
		last = m[1]
		match := reference.FindStringSubmatch(text[m[0]:m[1]])
		if name := match[1] + match[3]; name == "" {
			b.WriteString(literal("$"))
		} else {
			b.WriteString(replace(name, match[2]))
		}
	}
	return b.String() + literal(text[last:])
}

// References are the references to variables in the login, as it is written alone and in a
// URL. Compose replaces them.
func (l Login) References() []string {
	var found []string
	for _, field := range []string{l.User, l.Password, l.Name} {
		for _, text := range []string{field, escaped(field)} {
			for _, m := range reference.FindAllString(text, -1) {
				if strings.HasPrefix(m, "${") && !slices.Contains(found, m) {
					found = append(found, m)
				}
			}
		}
	}
	return found
}
