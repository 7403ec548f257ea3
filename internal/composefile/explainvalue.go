package composefile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/composeschema"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

var noNumber = lazyregexp.New(`strconv\.\w+: parsing "(.*)": (.+)$`)

// valueRules are about a value that cannot stand where it stands.
var valueRules = []rule{
	{lazyregexp.New(`(?s)^(?:error while interpolating|invalid interpolation format for) (.+?)[:.](?:\s|$)(.*)$`), explainVariable},
	{lazyregexp.New(`(?m)^'services\[(.+?)\]\.(\S+)' (.+)$`), func(cause error, files []File, m []string) *fail.Error {
		return explainText(cause, files, append([]string{"services", m[1]}, splitPath(nil, m[2])...), m[3])
	}},
	{lazyregexp.New(`(?m)^'(networks|volumes|secrets|configs)\[(.+?)\]\.(\S+)' (.+)$`), func(cause error, files []File, m []string) *fail.Error {
		return explainText(cause, files, append([]string{m[1], m[2]}, splitPath(nil, m[3])...), m[4])
	}},
	{lazyregexp.New(`^non-string key (?:at top level|in (\S+)): `), func(cause error, files []File, m []string) *fail.Error {
		return numberAsKey(cause, files, splitPath(files, m[1]))
	}},
	{lazyregexp.New(`^cannot override (\S+)$`), func(cause error, files []File, m []string) *fail.Error {
		return WithHint(Failure(cause, files, splitPath(files, m[1]), "%s is of another kind here than in the file below it", place(splitPath(files, m[1]))),
			"write it as it is written there, or put !override before the value")
	}},
	{lazyregexp.New(`^service (?:ports|volume|device) (services\.\S+) is missing a (?:target port|mount target)$|^environment path attribute (\S+) is missing$`), lacksTarget},
	{lazyregexp.New(`^invalid mount config for type "bind": field Source must not be empty$`), func(cause error, files []File, _ []string) *fail.Error {
		return WithHint(Failure(cause, files, bindWithoutSource(files), "a bind mount has no source, the path on this machine"), "for example source: ./data")
	}},
	{lazyregexp.New(`^(?:invalid (?:hostPort|containerPort|IP address|proto|start port|port range|range)|no port specified)`), barePort},
	{lazyregexp.New(`^(\S+): "count" and "device_ids" attributes are exclusive$`), func(cause error, files []File, m []string) *fail.Error {
		keys := slices.DeleteFunc(splitPath(files, m[1]), func(k string) bool { return k == "[]" })
		return Failure(cause, files, keys, "%s has both count and device_ids, and only one can be", place(keys))
	}},
	{lazyregexp.New(`^(\S+): one of (\S+) must be set$`), func(cause error, files []File, m []string) *fail.Error {
		keys := splitPath(files, m[1])
		return Failure(cause, files, keys, "%s says neither %s", place(keys), strings.ReplaceAll(m[2], "|", " nor "))
	}},
	{lazyregexp.New(`^(\S+): (\S+) attributes are mutually exclusive$`), func(cause error, files []File, m []string) *fail.Error {
		keys := splitPath(files, m[1])
		return Failure(cause, files, keys, "%s has more than one of %s", place(keys), strings.ReplaceAll(m[2], "|", ", "))
	}},
	{lazyregexp.New(`^(\S+): conflicting parameters "external" and "(\S+)" specified$`), func(cause error, files []File, m []string) *fail.Error {
		keys := append(splitPath(files, m[1]), m[2])
		return WithHint(Failure(cause, files, keys, "%s is external, so devup does not create it, and %s says how to", place(keys[:len(keys)-1]), m[2]), "keep one of the two")
	}},
}

// barePort is about a port that is no text, so that [shortPort] did not see it.
func barePort(cause error, files []File, _ []string) *fail.Error {
	var bad *misvalue
	keys := serviceEntry(files, "ports", func(item *yaml.Node) bool {
		_, err := shortPort(item.Value)
		return item.Value != "" && errors.As(err, &bad)
	})
	if keys == nil {
		return WithHint(Failure(cause, files, []string{"services"}, "a port mapping is wrong: %s", oneLine(cause.Error())), "for example "+examples["ports"])
	}
	return WithHint(Failure(cause, files, keys, "%s", bad.text), bad.hint)
}

// explainText says what a text of the decoding means for the value at the keys.
func explainText(cause error, files []File, keys []string, text string) *fail.Error {
	value := ""
	if node := Target(NodeAt(files, keys)); node != nil {
		value = node.Value
	}
	say := func(format string, args ...any) *fail.Error {
		return WithHint(Failure(cause, files, keys, format, args...), exampleOf(keys))
	}
	if m := noNumber.FindStringSubmatch(text); m != nil {
		return say("%s must be a number, and is %s", place(keys), orEmpty(m[1]))
	}
	for _, beginning := range []struct{ of, noun string }{
		{"invalid boolean:", "true or false"},
		{"time: ", "a duration with its unit"},
		{"invalid size: ", "a size with its unit"},
		{"invalid suffix: ", "a size with its unit"},
		{"invalid command line string", "a command whose quotes are closed"},
		{"invalid value ", "a number or all"},
	} {
		if after, ok := strings.CutPrefix(text, beginning.of); ok {
			if value == "" || strings.Contains(value, "$") {
				value = strings.Trim(strings.TrimSpace(after), `'"`)
			}
			return say("%s must be %s, and is %s", place(keys), beginning.noun, orEmpty(value))
		}
	}
	if least, ok := strings.CutPrefix(text, "must be greater than or equal to "); ok {
		return say("%s must be %s or more", place(keys), least)
	}
	if host, ok := strings.CutPrefix(text, "invalid additional host, missing IP: "); ok {
		return say("%s names the host %s without an address", place(keys), host)
	}
	return say("%s: %s", place(keys), oneLine(text))
}

// orEmpty shows a value, and says so where there is none.
func orEmpty(value string) string {
	if value == "" {
		return "empty"
	}
	return fmt.Sprintf("%q", value)
}

// sections are the keys of the top level below which users choose the names.
var sections = []string{"services", "volumes", "networks", "secrets", "configs"}

func unknownComposeKey(cause error, files []File, parent []string, key string) *fail.Error {
	if len(parent) == 1 && slices.Contains(sections, parent[0]) {
		return Failure(cause, files, append(slices.Clone(parent), key),
			`%q is not allowed as a name under %s: use letters, digits, ".", "_" and "-"`, key, parent[0])
	}
	where := "at the top level"
	if len(parent) > 0 {
		where = "in " + place(parent)
	}
	keys := append(slices.Clone(parent), key)
	e := Failure(cause, files, keys, "%s is not a Compose key %s", key, where)
	e.Hint = didYouMean(key, composeschema.Keys(parent), "")
	if node := Target(NodeAt(files, keys)); len(parent) == 0 && node != nil {
		for _, telling := range []string{"image", "build"} {
			if _, v := Child(node, telling); v != nil {
				e.Hint = fmt.Sprintf("write services: above it and indent %s below that", key)
			}
		}
	}
	return e
}

// numberAsKey is about a key that YAML does not read as a text.
func numberAsKey(cause error, files []File, keys []string) *fail.Error {
	e := Failure(cause, files, keys, "a key %s must be a text", inPlace(keys))
	if node := Target(NodeAt(files, keys)); node != nil {
		if key := oddKey(node, true); key != nil {
			e.Line, e.Message = key.Line, fmt.Sprintf("the key %s %s is read as %s", key.Value, inPlace(keys), kindOf(key))
			e.Hint = fmt.Sprintf("put it into quotes: %q:", key.Value)
		}
	}
	return e
}

func inPlace(keys []string) string {
	if len(keys) == 0 {
		return "at the top level"
	}
	return "in " + place(keys)
}

// lacksTarget is about an entry in its long form without the one key that it must have.
func lacksTarget(cause error, files []File, m []string) *fail.Error {
	if m[2] != "" {
		keys := splitPath(files, m[2])
		return WithHint(Failure(cause, files, keys, "%s has no path", place(keys)), "for example path: ./web.env")
	}
	keys := splitPath(files, m[1])
	what := "the path in the container"
	if strings.Contains(m[1], ".ports") {
		what = "the port in the container"
	}
	return Failure(cause, files, keys, "%s does not say the target, %s", place(keys), what)
}

// bindWithoutSource finds the first bind mount that names no source.
func bindWithoutSource(files []File) []string {
	return serviceEntry(files, "volumes", func(item *yaml.Node) bool {
		_, kind := Child(item, "type")
		_, from := Child(item, "source")
		return kind != nil && kind.Value == "bind" && (from == nil || from.Value == "")
	})
}

// explainVariable is about a value with variables in it, and about one that was
// looked at just after they were put in.
func explainVariable(cause error, files []File, m []string) *fail.Error {
	path, rest := m[1], m[2]
	keys := splitPath(files, path)
	if name, reason, ok := strings.Cut(strings.TrimPrefix(rest, "required variable "), " is missing a value"); ok {
		keys = numbered(files, keys, func(text string) bool { return mentions(text, name) })
		e := Failure(cause, files, keys, "%s needs the variable %s, which is not set%s", place(keys), name, reason)
		e.Hint = "set it in the environment or in .env next to the file"
		for i := range files {
			if line := files[i].MentionLine(name); line > 0 {
				e.File, e.Line = files[i].Path, line
			}
		}
		return e
	}
	if bad, ok := errors.AsType[*misvalue](cause); ok {
		keys = entryOf(files, keys, bad.value)
		return WithHint(Failure(cause, files, keys, "%s", bad.Error()), bad.hint)
	}
	if after, ok := strings.CutPrefix(rest, "failed to cast to expected type: "); ok {
		if slices.Contains(keys, "[]") {
			value := after
			if m := noNumber.FindStringSubmatch(after); m != nil {
				value = m[1]
			}
			keys = entryOf(files, keys, value)
		}
		return withEmpty(explainText(cause, files, keys, after), files, keys)
	}
	if i := strings.LastIndex(rest, "\n"); i >= 0 && slices.Contains(keys, "[]") {
		keys = entryOf(files, keys, rest[i+1:])
	}
	e := Failure(cause, files, keys, "%s refers to a variable in a way that is not understood", place(keys))
	e.Hint = "the forms are ${NAME}, ${NAME:-default} and ${NAME:?message}; a dollar sign itself is written $$"
	return e
}

// withEmpty says in the hint which variables made a value empty.
func withEmpty(e *fail.Error, files []File, keys []string) *fail.Error {
	node := Target(NodeAt(files, keys))
	if node == nil || !strings.HasSuffix(e.Message, "is empty") {
		return e
	}
	if names := NamesIn(node.Value); len(names) > 0 {
		e.Hint = fmt.Sprintf("set %s in the environment or in .env next to the file", strings.Join(names, " and "))
	}
	return e
}
