package project

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
)

var (
	yamlLine  = regexp.MustCompile(`(?:line (\d+)|<unknown position>)(?:, column \d+)?`)
	duplicate = regexp.MustCompile(`line (\d+): mapping key "(.*)" already defined at line (\d+)`)

	schemaError = regexp.MustCompile(`(?s)^validating (.+?): (\S*) (.+)$`)
	extraKey    = regexp.MustCompile(`^additional propert(?:y|ies) (.+) not allowed$`)
	inService   = regexp.MustCompile(`^service "?([^" ]+)"? (.+)$`)
	undefined   = regexp.MustCompile(`^(?:depends on|refers to|declares) (?:undefined|unknown) (\w+) "?([^"\s:]+)"?`)
	mustBe      = regexp.MustCompile(`^([\w.\-\[\]]+) (must be .+)$`)
	interpolate = regexp.MustCompile(`(?s)^(?:error while interpolating|invalid interpolation format for) ([^\s:]+?)[:.](?:\s|$)(.*)$`)
	badField    = regexp.MustCompile(`(?m)^'services\[(.+?)\]\.([\w.]+)' (.+)$`)
	noTarget    = regexp.MustCompile(`^service ports (services\.\S+) is missing a target port$`)
	badPort     = regexp.MustCompile(`^(?:invalid (hostPort|containerPort|IP address|proto|start port|port range|range)|no port specified|Invalid proto)`)
	atPath      = regexp.MustCompile(`((?:services|volumes|networks|secrets|configs)\.[^\s:,]+)`)
)

// syntaxError is the failure for a file that is no YAML.
func syntaxError(file string, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line, clause := lastPosition(text)
	if fmt.Sprintf("%T", err) == "libyaml.ParserError" {
		line++ // this one error of the library counts lines from 0, and the type has no exported name
	}
	e := fail.Wrap(err, fail.Config, "", "the YAML breaks off or is malformed here: %s", clause)
	e.File, e.Line, e.Told = file, line, true
	switch {
	case strings.Contains(text, "cannot start any token"):
		e.Message = "a tab or another character that cannot stand here"
		e.Hint = "YAML is indented with spaces only"
	case strings.Contains(text, "unknown anchor"):
		e.Message = clause
	case strings.Contains(text, "not find expected"):
		e.Hint = "look at the indentation and for unclosed quotes or brackets, here and in the lines above"
	}
	return e
}

// lastPosition is the last line number in an error of the YAML library, 0 for
// "<unknown position>", and what the library says after it.
func lastPosition(text string) (line int, clause string) {
	at := yamlLine.FindAllStringSubmatchIndex(text, -1)
	if at == nil {
		return 0, text
	}
	last := at[len(at)-1]
	if last[2] >= 0 {
		line = number(text[last[2]:last[3]])
	}
	return line, strings.TrimLeft(text[last[1]:], ":, ")
}

// explain turns an error of compose-go's loader into one that names the place
// and says what is wrong in a sentence.
func explain(err error, files []source) error {
	text := strings.TrimSuffix(strings.TrimSpace(err.Error()), ": invalid compose project")
	if m := duplicate.FindStringSubmatch(text); m != nil {
		e := fail.Wrap(err, fail.Config, "", "the key %s stands here for the second time; the first is in line %s", m[2], m[3])
		e.File, e.Line, e.Told = parsedFile(text, files), number(m[1]), true
		return e
	}
	if strings.HasPrefix(text, "failed to parse ") {
		return syntaxError(parsedFile(text, files), err)
	}
	if m := schemaError.FindStringSubmatch(text); m != nil {
		return explainSchema(err, files, m[2], m[3])
	}
	if m := interpolate.FindStringSubmatch(text); m != nil {
		return explainVariable(err, files, m[1], m[2])
	}
	if m := badField.FindStringSubmatch(text); m != nil {
		return at(err, files, append([]string{"services", m[1]}, strings.Split(m[2], ".")...), "%s of service %s: %s", m[2], m[1], m[3])
	}
	if text == "top-level object must be a mapping" {
		e := at(err, files, nil, "this is no Compose file: a list or a text stands where keys should")
		e.Hint = "a Compose file begins with services:"
		return e
	}
	if m := mustBe.FindStringSubmatch(text); m != nil {
		return at(err, files, splitPath(files, m[1]), "%s %s", m[1], article(m[2]))
	}
	if m := noTarget.FindStringSubmatch(text); m != nil {
		return at(err, files, splitPath(files, m[1]), "%s does not say the target, the port in the container", m[1])
	}
	if badPort.MatchString(text) {
		return explainPort(err, files, text)
	}
	if m := inService.FindStringSubmatch(text); m != nil {
		return explainService(err, files, m[1], m[2])
	}
	if m := atPath.FindStringSubmatch(text); m != nil {
		return at(err, files, splitPath(files, m[1]), "%s", oneLine(text))
	}
	if after, ok := strings.CutPrefix(text, "dependency cycle detected: "); ok {
		chain := after
		first, _, _ := strings.Cut(chain, " ")
		return at(err, files, []string{"services", first, "depends_on"}, "these services depend on each other in a circle: %s", chain)
	}
	return at(err, files, nil, "%s", shorten(oneLine(text), files))
}

// at makes the failure for the place that the keys lead to.
func at(cause error, files []source, keys []string, format string, args ...any) *fail.Error {
	e := fail.Wrap(cause, fail.Config, "", format, args...)
	e.Told = true
	e.File, e.Line = locate(files, keys...)
	if len(keys) > 1 && keys[0] == "services" {
		e.Service = keys[1]
	}
	return e
}

func explainSchema(cause error, files []source, path, text string) error {
	keys := splitPath(files, path)
	if m := extraKey.FindStringSubmatch(text); m != nil {
		key := strings.Trim(strings.Split(m[1], ", ")[0], "'")
		if path == "services" || path == "volumes" || path == "networks" {
			return at(cause, files, append(keys, key), "%q cannot be a name under %s: only letters, digits, \".\", \"_\" and \"-\" can stand in it", key, path)
		}
		return unknownComposeKey(cause, files, keys, key)
	}
	if text == "false schema" && len(keys) > 0 {
		return unknownComposeKey(cause, files, keys[:len(keys)-1], keys[len(keys)-1])
	}
	return at(cause, files, keys, "%s %s", path, article(oneLine(text)))
}

func unknownComposeKey(cause error, files []source, parent []string, key string) error {
	where := "at the top level"
	if len(parent) > 0 {
		where = "in " + strings.Join(parent, ".")
	}
	e := at(cause, files, append(parent, key), "%s is no key that Compose knows %s", key, where)
	if near := nearest(key, composeKeys(parent)); near != "" {
		e.Hint = fmt.Sprintf("did you mean %q?", near)
	}
	return e
}

func explainVariable(cause error, files []source, path, rest string) error {
	keys := splitPath(files, path)
	if name, reason, ok := strings.Cut(strings.TrimPrefix(rest, "required variable "), " is missing a value"); ok {
		e := at(cause, files, keys, "%s needs the variable %s, which is not set%s", path, name, reason)
		e.Hint = "set it in the environment or in .env beside the file"
		for i := range files {
			if line := mentionLine(files[i], name); line > 0 {
				e.File, e.Line = files[i].path, line
			}
		}
		return e
	}
	if after, ok := strings.CutPrefix(rest, "failed to cast to expected type: "); ok {
		return at(cause, files, keys, "%s: %s", path, after)
	}
	e := at(cause, files, keys, "%s refers to a variable in a way that is not understood", path)
	e.Hint = "the forms are ${NAME}, ${NAME:-default} and ${NAME:?message}; a dollar sign itself is written $$"
	return e
}

// explainPort finds the entry under ports that the loader complains about
// without saying where it is.
func explainPort(cause error, files []source, text string) error {
	culprit := text[strings.LastIndex(text, " ")+1:]
	for _, f := range files {
		for i, line := range strings.Split(string(f.content), "\n") {
			if strings.Contains(line, culprit) && (strings.Contains(line, ":") || strings.Contains(line, "-")) {
				e := at(cause, files, nil, "this is no port mapping: %s", text)
				e.File, e.Line = f.path, i+1
				e.Hint = `for example "3000:3000": the host's port, then the container's`
				return e
			}
		}
	}
	return at(cause, files, []string{"services"}, "a port mapping is wrong: %s", text)
}

func explainService(cause error, files []source, service, text string) error {
	keys := []string{"services", service}
	if m := undefined.FindStringSubmatch(text); m != nil {
		field := map[string]string{"service": "depends_on", "network": "networks", "volume": "volumes", "secret": "secrets", "config": "configs"}[m[1]]
		e := at(cause, files, append(keys, field), "service %s names the %s %s, which is not in the config", service, m[1], m[2])
		var known []string
		for _, f := range files {
			known = append(known, f.keys(m[1]+"s")...)
		}
		if near := nearest(m[2], known); near != "" {
			e.Hint = fmt.Sprintf("did you mean %q?", near)
		} else if m[1] == "volume" || m[1] == "network" {
			e.Hint = fmt.Sprintf("declare it under %ss at the top level", m[1])
		}
		return e
	}
	if strings.HasPrefix(text, "has neither an image nor a build") {
		e := at(cause, files, keys, "service %s says neither image nor build, so there is nothing to run", service)
		e.Hint = "build: ./" + service + " builds the Dockerfile of that folder"
		return e
	}
	return at(cause, files, keys, "service %s %s", service, oneLine(text))
}

// splitPath splits "services.a.b.ports.0" into keys. Names may have dots in
// them, so the files decide where a key ends.
func splitPath(files []source, path string) []string {
	if path == "" {
		return nil
	}
	parts := strings.Split(path, ".")
	var keys []string
	for len(parts) > 0 {
		n := 1
		for try := len(parts); try > 1; try-- {
			if knows(files, append(slices.Clip(keys), strings.Join(parts[:try], "."))) {
				n = try
				break
			}
		}
		keys = append(keys, strings.Join(parts[:n], "."))
		parts = parts[n:]
	}
	return keys
}

func knows(files []source, keys []string) bool {
	for i := range files {
		if _, depth := files[i].find(keys); depth == len(keys) {
			return true
		}
	}
	return false
}

// parsedFile is the file of "failed to parse FILE: …".
func parsedFile(text string, files []source) string {
	if rest, ok := strings.CutPrefix(text, "failed to parse "); ok {
		if file, _, ok := strings.Cut(rest, ": "); ok {
			return file
		}
	}
	if len(files) == 0 {
		return ""
	}
	return files[0].path
}

// article mends the loader's "a array" and speaks of lists, as people do.
func article(s string) string {
	return strings.NewReplacer("must be a array", "must be a list", "a integer", "an integer", "a object", "a mapping", "array", "list").Replace(s)
}

// shorten leaves the folder of the config files out of a message.
func shorten(text string, files []source) string {
	for _, f := range files {
		text = strings.ReplaceAll(text, filepath.Dir(f.path)+string(filepath.Separator), "")
	}
	return text
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func number(s string) int {
	n, _ := strconv.Atoi(s) // the patterns admit digits only; too many make 0, no line
	return n
}
