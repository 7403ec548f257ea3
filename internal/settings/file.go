package settings

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

const fileName = "config.yaml"

// readFile gives the file's name and its settings by key, or nothing when there
// is no file.
func readFile(dir string) (string, map[string]any, error) {
	if dir == "" {
		return "", nil, nil
	}
	file := filepath.Join(dir, fileName)
	data, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, nil
	case err != nil:
		return "", nil, inFile(file, 0, fail.Wrap(err, fail.Config, "", "the settings cannot be read: %v", errors.Unwrap(err)))
	}
	values, line, err := parseFile(data)
	if wrong, ok := errors.AsType[*fail.Error](err); ok {
		return "", nil, inFile(file, line, wrong)
	}
	if ca, ok := values["ca_file"].(string); ok && ca != "" && !filepath.IsAbs(ca) {
		values["ca_file"] = filepath.Join(dir, ca) // a relative path is relative to the file that names it
	}
	return file, values, err
}

func inFile(file string, line int, wrong *fail.Error) *fail.Error {
	wrong.File, wrong.Line = file, line
	return wrong
}

// parseFile reads the settings in a file's content. An error is a *fail.Error;
// line is where it is, 0 when that is not known.
func parseFile(data []byte) (values map[string]any, line int, err error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		line, text := yamlError(err)
		return nil, line, fail.Wrap(err, fail.Config, "", "this is not YAML: %s", text)
	}
	if len(document.Content) == 0 {
		return nil, 0, nil // empty, or nothing but comments
	}
	root := document.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, 0, nil
	}
	if root.Kind != yaml.MappingNode {
		return nil, root.Line, fail.New(fail.Config, "write one `key: value` a line", "settings are keys with values")
	}
	values = map[string]any{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		name, value := root.Content[i], root.Content[i+1]
		parsed, err := parseSetting(name.Value, value)
		if err != nil {
			return nil, name.Line, err
		}
		if _, twice := values[name.Value]; twice {
			return nil, name.Line, fail.New(fail.Config, "remove one of the two", "the setting %s is set twice", name.Value)
		}
		values[name.Value] = parsed
	}
	return values, 0, nil
}

// parseSetting reads one value of the file.
func parseSetting(name string, value *yaml.Node) (any, error) {
	k, known := lookup(name)
	if !known {
		return nil, fail.New(fail.Config, hintFor(name), "unknown setting %q", name)
	}
	if value.Kind == yaml.AliasNode {
		value = value.Alias
	}
	if value.Kind != yaml.ScalarNode {
		return nil, fail.New(fail.Config, "", "the setting %s needs a single value", name)
	}
	if value.Tag == "!!null" {
		return k.fallback, nil
	}
	parsed, err := k.parse(value.Value)
	if err != nil {
		return nil, fail.New(fail.Config, "", "the setting %s %v", name, err)
	}
	return parsed, nil
}

func lookup(name string) (key, bool) {
	for _, k := range keys() {
		if k.name == name {
			return k, true
		}
	}
	return key{}, false
}

// hintFor names the nearest key, or all of them when none is near.
func hintFor(name string) string {
	best, distance := "", len(name)/2+1
	var all []string
	for _, k := range keys() {
		all = append(all, k.name)
		if d := levenshtein.Distance(strings.ReplaceAll(strings.ToLower(name), "-", "_"), k.name, nil); d < distance {
			best, distance = k.name, d
		}
	}
	if best == "" {
		return "known settings: " + strings.Join(all, ", ")
	}
	return "did you mean " + best + "?"
}

// yamlLine finds the last line that the library's error text names: that is
// where it stumbled, the ones before are where the construct began.
var yamlLine = lazyregexp.New(`^.*\bline (\d+)(?:, column \d+)?: (.*)$`)

// yamlError takes the line out of the library's error text.
func yamlError(err error) (line int, text string) {
	text = err.Error()
	if found := yamlLine.FindStringSubmatch(text); found != nil {
		line, _ = strconv.Atoi(found[1])
		return line, found[2]
	}
	return 0, strings.TrimPrefix(text, "yaml: ")
}
