package python

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	// The second group is a function of decouple, Starlette, environ or environs, or what people
	// call one of their own: what has no default there is required.
	reads = lazyregexp.New(`\b(?:getenv|environ\.get|(env(?:\.\w+)?|config|get_env\w*|get_secret|env_var))\(\s*["']([A-Z][A-Z0-9_]*)["']\s*`)
	takes = lazyregexp.New(`\benviron\[\s*["']([A-Za-z_]\w*)["']\s*\]([ \t]*=[^=])?`)
	// environ.Env(DEBUG=(bool, False)) declares defaults.
	declared = lazyregexp.New(`\bEnv\(((?:[^()]|\([^()]*\))*)\)`)
	schemed  = lazyregexp.New(`\b([A-Z][A-Z0-9_]*)\s*=\s*\([^(),]*,\s*([^()]*)\)`)
	named    = lazyregexp.New(`^(\w+)\s*=\s*`)
	literal  = lazyregexp.New(`^[rf]?(?:"([^"]*)"|'([^']*)')$`)
)

// uses are the variables that a source reads.
func uses(source tree.File) []stack.Use {
	var found []stack.Use
	text := source.Text
	defaults := declaredDefaults(text)
	for _, match := range reads.FindAllStringSubmatchIndex(text, -1) {
		name, strict := stack.Group(text, match, 2), match[2] >= 0
		u := stack.Use{Name: name, Where: source.At(match[0], name)}
		arguments := stack.Arguments(text[match[1]:])
		u.Value, u.Set = fallback(arguments, strings.HasPrefix(stack.Group(text, match, 1), "config"))
		if value, ok := defaults[name]; ok && !u.Set {
			u.Value, u.Set = value, true
		}
		kind, used := usedAs(text, match[0], match[1], arguments)
		u.Required = (strict || used) && !u.Set && !hasDefault(arguments) && runsAtStart(text, match[0])
		u.Empty = kind == "" && !slices.ContainsFunc(arguments, func(a string) bool { return strings.HasPrefix(a, "cast") })
		u.Number, u.Bool = kind == "int" || kind == "float", kind == "bool"
		found = append(found, u)
	}
	for _, match := range takes.FindAllStringSubmatchIndex(text, -1) {
		if name := stack.Group(text, match, 1); match[4] < 0 { // an assignment sets it
			number := converts.MatchString(text[lineStart(text, match[0]):match[0]])
			found = append(found, stack.Use{Name: name, Required: runsAtStart(text, match[0]), Empty: !number, Number: number, Where: source.At(match[0], name)})
		}
	}
	return append(found, settings(source)...)
}

var (
	converts  = lazyregexp.New(`\b(int|float)\(\s*(?:os\.)?$`)
	typed     = lazyregexp.New(`^env\.(int|float|bool)\(`)
	casts     = lazyregexp.New(`^cast\s*=\s*(int|float|bool)$`)
	usedAtOne = lazyregexp.New(`^\)\s*(?:\.[a-z]\w*\(|\[)`)
)

// usedAs says what the code makes of a variable, "int", "float", "bool" or empty for text, and
// whether it fails without one: int(os.getenv("PORT")), os.getenv("HOSTS").split(",").
func usedAs(text string, start, end int, arguments []string) (kind string, used bool) {
	if m := typed.FindStringSubmatch(text[start:end]); m != nil {
		return m[1], false
	}
	for _, argument := range arguments {
		if m := casts.FindStringSubmatch(argument); m != nil {
			return m[1], false
		}
	}
	if m := converts.FindStringSubmatch(text[lineStart(text, start):start]); m != nil {
		return m[1], true
	}
	closing := stack.Closing(text[end:min(len(text), end+200)])
	return "", closing >= 0 && usedAtOne.MatchString(text[end+closing:])
}

// fallback is the default among the arguments behind a variable's name. The second argument
// of config is a type in Starlette, as in config("KEY", Secret).
func fallback(arguments []string, isConfig bool) (value string, set bool) {
	for i, argument := range arguments {
		key := ""
		if m := named.FindStringSubmatch(argument); m != nil {
			key, argument = m[1], strings.TrimPrefix(argument, m[0])
		}
		match := literal.FindStringSubmatch(argument)
		switch {
		case key != "" && key != "default", key == "" && i > 0, argument == "None":
			continue
		case key == "" && isConfig && match == nil && isType.MatchString(argument):
			continue
		case match != nil:
			return match[1] + match[2], true
		}
		return "", true
	}
	return "", false
}

// isType is what may stand for a type: a name that is no constant.
var isType = lazyregexp.New(`^(?:str|int|bool|float|list|[A-Z]\w*[a-z]\w*)$`)

// hasDefault says whether an argument is a default, be it None.
func hasDefault(arguments []string) bool {
	return slices.ContainsFunc(arguments, func(a string) bool { return strings.HasPrefix(a, "default") }) || len(arguments) > 0 && arguments[0] == "None"
}

// declaredDefaults are those of environ.Env(NAME=(type, default)).
func declaredDefaults(text string) map[string]string {
	if !strings.Contains(text, "Env(") {
		return nil
	}
	defaults := map[string]string{}
	for _, env := range declared.FindAllStringSubmatch(text, -1) {
		for _, m := range schemed.FindAllStringSubmatch(env[1], -1) {
			defaults[m[1]] = strings.Trim(m[2], `"' `)
		}
	}
	return defaults
}

// starters are functions that run before a server answers, from wherever they are called.
var starters = lazyregexp.New(`^\s*(?:async\s+)?def\s+(?:__init__|(?:create|make|build|init|get)_(?:app|application|settings|config)|lifespan|main)\(`)

// runsAtStart says whether a place in a source runs when the program starts, as far as the
// lines tell that it is indented below: classes and with-blocks do, the body of a function
// and what an if or a try guards may not.
func runsAtStart(text string, offset int) bool {
	indent := indentOf(text[lineStart(text, offset):])
	for offset = lineStart(text, offset); offset > 0 && indent > 0; {
		offset = lineStart(text, offset-1)
		line, _, _ := strings.Cut(text[offset:], "\n")
		word := strings.TrimSpace(line)
		if word == "" || indentOf(line) >= indent {
			continue
		}
		indent = indentOf(line)
		switch first, _, _ := strings.Cut(strings.TrimSuffix(word, ":"), " "); first {
		case "def", "async":
			if !starters.MatchString(line) {
				return false
			}
		case "if", "elif", "else", "try", "except", "for", "while":
			return false
		}
	}
	return true
}

func lineStart(text string, offset int) int {
	return strings.LastIndexByte(text[:offset], '\n') + 1
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }
