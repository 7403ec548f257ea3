package project

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/composefile"
)

// SetupStep is one command of x-devup.setup of a service.
type SetupStep struct {
	Name    string        // as the user calls it, else the command as it stands in the file; unique in its service
	Command []string      // in exec form
	EveryUp bool          // it runs at every up, else once in a checkout
	Early   bool          // it runs when the service is started, else when it answers
	Digest  string        // differs where the command does, as it is before URLs and ports are known
	Changed []string      // it runs again when files changed that these patterns match, relative to the project's directory
	Timeout time.Duration // how long it may run; 0 for no limit
}

// stepTimeout is how long a step may run where the files do not say it: longer than a
// migration or a seed takes on a slow machine, and shorter than a night.
const stepTimeout = 30 * time.Minute

// stepKeys are the keys of a step that is written as a mapping.
var stepKeys = []string{"name", "run", "every", "before", "changed", "timeout"}

const stepExample = "for example: setup: [npm run migrate, {name: seed, run: npm run seed}]"

// parseSetup reads setup of a service: a list of commands, and of mappings.
func parseSetup(value any) ([]SetupStep, *extensionError) {
	list, ok := value.([]any)
	if !ok {
		return nil, &extensionError{key: "setup", text: "has a setup that is not a list of steps", hint: stepExample}
	}
	var steps []SetupStep
	for i, item := range list {
		step, bad := parseStep(item)
		if bad == nil && step.Name != "" && slices.ContainsFunc(steps, func(s SetupStep) bool { return s.Name == step.Name }) {
			bad = &extensionError{text: fmt.Sprintf("has two setup steps with the name %q", step.Name), hint: "give each a unique name"}
		}
		if bad != nil {
			bad.key, bad.below = "setup", append([]string{strconv.Itoa(i)}, bad.below...)
			return nil, bad
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// parseStep reads a step in any of its forms. One that is not named has no Name yet.
func parseStep(item any) (SetupStep, *extensionError) {
	fields, isMapping := item.(map[string]any)
	if !isMapping {
		fields = map[string]any{"run": item}
	}
	s := SetupStep{Timeout: stepTimeout}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		var ok bool
		switch key {
		case "run":
			s.Command, ok = command(fields[key])
		case "name":
			s.Name, ok = filled(fields[key]).(string)
			ok = ok && s.Name != "" && !strings.ContainsAny(s.Name, "\r\n")
		case "every":
			s.EveryUp = filled(fields[key]) == "up"
			ok = s.EveryUp
		case "before":
			s.Early = filled(fields[key]) == "ready"
			ok = s.Early
		case "changed":
			s.Changed, ok = patterns(filled(fields[key]))
		case "timeout":
			s.Timeout, ok = timeout(filled(fields[key]))
		default:
			bad := unknownKey(key, stepKeys)
			bad.text, bad.below = "has a setup step that "+bad.text, []string{key}
			return s, bad
		}
		if !ok {
			bad := wrongStep[key]
			if isMapping {
				bad.below = []string{key}
			}
			return s, &bad
		}
	}
	if len(s.Command) == 0 {
		return s, &extensionError{text: "has a setup step that runs nothing", hint: "add run, with the command"}
	}
	sum := sha256.Sum256([]byte(strings.Join(s.Command, "\x00")))
	s.Digest = hex.EncodeToString(sum[:8])
	return s, nil
}

// wrongStep is what to say of a key of a step whose value is of no use.
var wrongStep = map[string]extensionError{
	"run":     {text: "has a setup step whose command is neither a text nor a list of texts", hint: stepExample},
	"name":    {text: "has a setup step whose name is not one line of text"},
	"before":  {text: "has a setup step whose before is not the word ready", hint: "before: ready runs it as soon as the service is started; without it, it runs when the service answers"},
	"changed": {text: "has a setup step whose changed is not a path below the project's directory, or a list of them", hint: "for example: changed: [api/migrations, \"api/*/migrations\"]"},
	"every":   {text: "has a setup step whose every is not the word up", hint: "every: up runs it after every up; without it, it runs once in a checkout"},
	"timeout": {text: "has a setup step whose timeout is not a duration", hint: "write it with its unit, such as 90s or 2h; 0 is for no limit"},
}

// patterns reads a path or a list of paths below the project's directory, in the syntax of
// [fs.Glob].
func patterns(value any) ([]string, bool) {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	var all []string
	for _, item := range list {
		text, _ := item.(string)
		if _, err := path.Match(text, ""); text == "" || err != nil {
			return nil, false
		}
		if text = path.Clean(text); !fs.ValidPath(text) {
			return nil, false
		}
		all = append(all, text)
	}
	return all, len(all) > 0
}

// timeout reads a duration with its unit, or 0.
func timeout(value any) (time.Duration, bool) {
	d, err := time.ParseDuration(fmt.Sprint(value))
	return d, err == nil && d >= 0
}

// command is a command in exec form: a text is one for the shell, a list is as it is.
func command(value any) ([]string, bool) {
	if text, ok := value.(string); ok && strings.TrimSpace(text) != "" {
		return []string{"sh", "-c", text}, true
	}
	list, ok := value.([]any)
	var words []string
	for _, item := range list {
		word, isText := item.(string)
		ok = ok && isText
		words = append(words, word)
	}
	return words, ok && len(words) > 0 && words[0] != ""
}

// nameSteps gives the steps that have no name what stands in the files, where that
// cannot show the value of a variable, and else their number.
func nameSteps(steps []SetupStep, files []composefile.File, service string) []SetupStep {
	taken := map[string]bool{}
	for _, s := range steps {
		taken[s.Name] = true
	}
	for i, s := range steps {
		if s.Name != "" {
			continue
		}
		text := s.Command[len(s.Command)-1]
		if len(s.Command) != 3 || s.Command[0] != "sh" {
			text = strings.Join(s.Command, " ")
		}
		if name := shortened(text); !taken[name] && plainStep(files, service, s.Command) {
			steps[i].Name = name
		} else {
			steps[i].Name = numbered(i+1, taken)
		}
		taken[steps[i].Name] = true
	}
	return steps
}

// numbered is the name of a step by its number, or by the next one that is no other's name.
func numbered(n int, taken map[string]bool) string {
	for ; ; n++ {
		if name := fmt.Sprintf("step %d", n); !taken[name] {
			return name
		}
	}
}

// shortened is the beginning of the first line of a text.
func shortened(text string) string {
	const most = 50
	line, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if utf8.RuneCountInString(line) > most {
		line, more = string([]rune(line)[:most]), true
	}
	if more {
		line = strings.TrimSpace(line) + "…"
	}
	return line
}

// plainStep tells whether a command stands in the files as it is, without variables.
func plainStep(files []composefile.File, service string, command []string) bool {
	written := func(n *yaml.Node) []string {
		if _, run := composefile.Child(n, "run"); run != nil && n.Kind == yaml.MappingNode {
			n = run
		}
		var words []string
		if n.Kind == yaml.ScalarNode {
			return []string{"sh", "-c", n.Value}
		}
		for _, word := range n.Content {
			words = append(words, word.Value)
		}
		return words
	}
	for _, f := range files {
		_, depth, list := f.Find([]string{"services", service, ExtensionKey, "setup"})
		if depth < 4 || strings.Contains(strings.Join(command, ""), "$") {
			continue
		}
		if slices.ContainsFunc(list.Content, func(n *yaml.Node) bool { return slices.Equal(written(n), command) }) {
			return true
		}
	}
	return false
}

// setupSchema is that of x-devup.setup in a service.
func setupSchema() map[string]any {
	command := func() map[string]any {
		return map[string]any{"anyOf": []any{
			map[string]any{"type": "string", "pattern": `\S`},
			map[string]any{"type": "array", "minItems": 1, "items": map[string]any{"type": "string"}},
		}}
	}
	run, step := command(), command()
	run["description"] = "The command: a text for the shell of the container, or a list."
	step["anyOf"] = append(step["anyOf"].([]any), map[string]any{
		"type":                 "object",
		"additionalProperties": false,
		"required":             []any{"run"},
		"properties": map[string]any{
			"name": map[string]any{"description": "What the step is called in the output.", "type": "string", "pattern": `^[^\r\n]+$`},
			"run":  run,
			"every": map[string]any{
				"description": `"up" runs the step after every up; without it, it runs once in a checkout.`,
				"enum":        []any{"up"},
			},
			"before": map[string]any{
				"description": `"ready" runs the step as soon as the service is started, and restarts the service after it; without it, it runs when the service answers.`,
				"enum":        []any{"ready"},
			},
			"changed": map[string]any{
				"description": "Paths below the project's directory, with * and ?: the step runs again when a file there changes.",
				"anyOf": []any{
					map[string]any{"type": "string", "minLength": 1},
					map[string]any{"type": "array", "minItems": 1, "items": map[string]any{"type": "string", "minLength": 1}},
				},
			},
			"timeout": map[string]any{
				"description": "How long the step may run, such as 90s or 2h; 30m where it is not given, and 0 for no limit.",
				"anyOf": []any{
					map[string]any{"type": "string", "pattern": `^(0|([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+|.*\$.*)$`},
					map[string]any{"const": 0},
				},
			},
		},
	})
	return map[string]any{
		"description": "What runs in the service's container once it answers, in this order: once in a checkout, and again where the command or the volumes are new.",
		"type":        "array",
		"items":       step,
		"examples":    []any{[]any{"npm run migrate", map[string]any{"name": "seed", "run": "npm run seed"}}},
	}
}

// topSetupSchema is that of x-devup.setup at the top.
func topSetupSchema() map[string]any {
	return map[string]any{
		"description":          "What a fresh clone lacks.",
		"type":                 []any{"object", "null"},
		"additionalProperties": false,
		"properties": map[string]any{
			"copy": map[string]any{
				"description":          "Files of this directory, each with the name of its copy; up creates the copy if it does not exist.",
				"type":                 []any{"object", "null"},
				"additionalProperties": map[string]any{"type": "string", "pattern": `^[^/$][^$]*$`},
				"examples":             []any{map[string]any{".env.example": ".env"}},
			},
			"generate": generateSchema(),
			"ask":      askSchema(),
		},
	}
}
