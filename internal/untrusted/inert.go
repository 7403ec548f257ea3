package untrusted

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Inert is text that a generated file may hold as it is: nothing of a clone in it ends a
// line, a word, a string or a comment of that file. A value becomes Inert in two ways only:
//
//   - it matches the strict pattern of its kind: [Version], [ImageTag], [ServiceName], [VariableName];
//   - it is quoted for one place in one format: [YAML], [JSON], [DockerValue], [DockerPath],
//     [DockerWords], [ShellWords], [IgnorePattern], [Comment].
//
// Constants of this program convert by themselves, and + joins what is Inert. Never convert
// a variable with Inert(x): a test of package scaffold looks for that.
type Inert string

// UnfitError is the error for a value that a format has no notation for. Its value is the text.
type UnfitError string

// Error quotes the value.
func (e UnfitError) Error() string {
	return fmt.Sprintf("%q has a character that a generated file cannot hold", string(e))
}

var (
	versionPattern  = lazyregexp.New(`^[0-9]{1,6}(?:\.[0-9]{1,6}){0,3}(?:-[0-9A-Za-z][0-9A-Za-z.-]{0,63})?$`)
	tagPattern      = lazyregexp.New(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)
	namePattern     = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$`)
	variablePattern = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)
	plainWord       = lazyregexp.New(`^[A-Za-z0-9_./:@%+=,*][A-Za-z0-9_./:@%+=,*-]*$`)
	plainOption     = lazyregexp.New(`^[A-Za-z0-9_./:@%+=,-]+$`)
	plainScalar     = lazyregexp.New(`^[A-Za-z_./][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+)*$`)
	plainURL        = lazyregexp.New(`^\$\{DEVUP_[A-Z0-9_]+:-http://localhost:[0-9]+\}[A-Za-z0-9_./-]*$`)
	reserved        = lazyregexp.New(`(?i)^(true|false|yes|no|on|off|y|n|null|\.nan|\.inf)$`)
)

// Version gives s where it is the version of a program: numbers with dots, perhaps with a
// pre-release. Empty for anything else.
func Version(s string) Inert { return matching(versionPattern, s) }

// ImageTag gives s where it is a tag of an image. Empty for anything else.
func ImageTag(s string) Inert { return matching(tagPattern, s) }

// ServiceName gives s where it is the name of a service, as Compose has them. Empty for anything else.
func ServiceName(s string) Inert { return matching(namePattern, s) }

// VariableName gives s where it is the name of an environment variable. Empty for anything else.
func VariableName(s string) Inert { return matching(variablePattern, s) }

func matching(pattern *lazyregexp.Regexp, s string) Inert {
	if !pattern.MatchString(s) {
		return ""
	}
	return Inert(s)
}

// Printable tells whether s is valid UTF-8 without control characters, line ends and
// characters that change how other text looks, as bidi overrides.
func Printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) })
}

// Comment gives s for the rest of a comment line: what is not printable becomes a "?".
func Comment(s string) Inert {
	return Inert(strings.Map(func(r rune) rune {
		if r != ' ' && !unicode.IsPrint(r) || r == utf8.RuneError {
			return '?'
		}
		return r
	}, s))
}

// YAML gives s as a scalar: plain where that is the same string, else in double quotes.
func YAML(s string) Inert {
	if (plainScalar.MatchString(s) || plainURL.MatchString(s)) && !reserved.MatchString(s) {
		return Inert(s)
	}
	return JSON(s)
}

// YAMLList gives a list of strings on one line.
func YAMLList(items []string) Inert {
	scalars := make([]string, len(items))
	for i, s := range items {
		scalars[i] = string(YAML(s))
	}
	return Inert("[" + strings.Join(scalars, ", ") + "]")
}

// JSON gives s as a JSON string, which is a YAML one too. What is not printable is escaped.
func JSON(s string) Inert {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // a string always has a JSON form
	}
	var quoted strings.Builder
	for _, r := range strings.TrimSuffix(out.String(), "\n") {
		switch {
		case r == ' ' || unicode.IsPrint(r):
			quoted.WriteRune(r)
		case r > 0xffff: // JSON would take two escapes, which YAML does not join
			quoted.WriteString(`\ufffd`)
		default:
			fmt.Fprintf(&quoted, `\u%04x`, r)
		}
	}
	return Inert(quoted.String())
}

// JSONList gives a list of strings on one line, with spaces after the commas, as
// Dockerfiles have the exec form.
func JSONList(items []string) Inert {
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = string(JSON(s))
	}
	return Inert("[" + strings.Join(quoted, ", ") + "]")
}

// DockerValue gives s as the value of an ENV or ARG instruction, which knows quotes,
// backslashes and variables, but no notation for a line end. The error is an [UnfitError].
func DockerValue(s string) (Inert, error) {
	switch {
	case plainOption.MatchString(s):
		return Inert(s), nil
	case !Printable(s):
		return "", UnfitError(s)
	}
	return Inert(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace(s) + `"`), nil
}

// dockerSpecial is what Dockerfiles read in a word that has no quotes around it.
var dockerSpecial = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `'`, `\'`, `$`, `\$`)

// DockerPath gives s as the path of a WORKDIR instruction. The error is an [UnfitError].
func DockerPath(s string) (Inert, error) {
	if !Printable(s) {
		return "", UnfitError(s)
	}
	return Inert(dockerSpecial.Replace(s)), nil
}

// DockerWords gives paths as the words of a COPY instruction, in the form with quotes where
// a plain one would be split or taken for an option. The error is an [UnfitError].
func DockerWords(paths ...string) (Inert, error) {
	plain := true
	escaped := make([]string, len(paths))
	for i, p := range paths {
		if !Printable(p) {
			return "", UnfitError(p)
		}
		plain = plain && plainWord.MatchString(p)
		escaped[i] = dockerSpecial.Replace(p)
	}
	if plain {
		return Inert(strings.Join(paths, " ")), nil
	}
	return JSONList(escaped), nil
}

// ShellWords gives a command in exec form as one line for sh, which a RUN instruction takes
// for no option of its own. The error is an [UnfitError].
func ShellWords(words ...string) (Inert, error) {
	quoted := make([]string, len(words))
	for i, w := range words {
		switch {
		case plainOption.MatchString(w) && (i > 0 || w[0] != '-'):
			quoted[i] = w
		case !Printable(w):
			return "", UnfitError(w)
		default:
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return Inert(strings.Join(quoted, " ")), nil
}

// IgnorePattern gives a path as a line of a .dockerignore that means this path alone. The
// error is an [UnfitError].
func IgnorePattern(s string) (Inert, error) {
	clean := path.Clean(s)
	if !Printable(s) || strings.TrimSpace(clean) != clean {
		return "", UnfitError(s)
	}
	escaped := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(clean)
	if strings.HasPrefix(escaped, "!") || strings.HasPrefix(escaped, "#") {
		escaped = `\` + escaped // "./" would be cleaned away before the "!" is looked at
	}
	return Inert(escaped), nil
}
