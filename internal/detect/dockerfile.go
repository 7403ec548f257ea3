package detect

import (
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// dockerfile is what detection takes from an existing Dockerfile. It reads no
// more of the language than ports, commands and base images need; a broken one
// gives less, never an error.
type dockerfile struct {
	name         string // path in the repository
	instructions []instruction
}

type instruction struct {
	line int
	name string // upper case
	rest string
}

// dockerNames are the files that a service's image is built from, likeliest first.
// A Dockerfile.prod alone says nothing about development.
var dockerNames = []string{"Dockerfile", "dockerfile", "Dockerfile.dev", "Dockerfile.development", "dev.Dockerfile"}

func parseDockerfile(name, text string) *dockerfile {
	d := &dockerfile{name: name}
	var joined strings.Builder
	start := 0
	for i, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		if joined.Len() == 0 {
			start = i + 1
		}
		part, continued := strings.CutSuffix(trimmed, `\`)
		joined.WriteString(part + " ")
		if continued {
			continue
		}
		word, rest, _ := strings.Cut(strings.TrimSpace(joined.String()), " ")
		d.instructions = append(d.instructions, instruction{start, strings.ToUpper(word), strings.TrimSpace(rest)})
		joined.Reset()
	}
	return d
}

// final are the instructions of the last stage, which is what a plain build
// gives, behind those of the stages that it builds on.
func (d *dockerfile) final() []instruction {
	stages := map[string][]instruction{}
	var last []instruction
	name := ""
	for _, in := range d.instructions {
		if in.name == "FROM" {
			var base string
			base, name = stageNames(in.rest)
			last = slices.Clone(stages[base])
		}
		last = append(last, in)
		stages[name] = last
	}
	return last
}

// stageNames are the image or stage that a FROM builds on and its own name.
func stageNames(rest string) (base, name string) {
	words := strings.Fields(strings.ToLower(rest))
	for len(words) > 0 && strings.HasPrefix(words[0], "--") {
		words = words[1:]
	}
	if len(words) > 0 {
		base = words[0]
	}
	if len(words) == 3 && words[1] == "as" {
		name = words[2]
	}
	return base, name
}

// port is the number of EXPOSE, else of the command's port flag, else of
// ENV PORT. "EXPOSE ${PORT}" with a PORT that nothing sets is no evidence.
func (d *dockerfile) port() (Port, bool) {
	set := d.variables()
	for _, look := range []func(instruction, map[string]string) (int, string){exposedPort, commandPort, envPort} {
		for _, in := range slices.Backward(d.final()) {
			if n, text := look(in, set); n != 0 {
				return Port{n, d.at(in, in.name+" "+text)}, true
			}
		}
	}
	return Port{}, false
}

func exposedPort(in instruction, set map[string]string) (port int, text string) {
	if in.name != "EXPOSE" {
		return 0, ""
	}
	for word := range strings.FieldsSeq(in.rest) {
		word, protocol, _ := strings.Cut(expand(word, set), "/")
		if n, ok := portNumber(word); ok && protocol != "udp" {
			return n, strconv.Itoa(n)
		}
	}
	return 0, ""
}

func commandPort(in instruction, set map[string]string) (port int, text string) {
	if in.name != "CMD" && in.name != "ENTRYPOINT" {
		return 0, ""
	}
	port, text, _ = portOfCommand(expand(strings.Join(commandWords(in.rest), " "), set))
	return port, text
}

func envPort(in instruction, _ map[string]string) (port int, text string) {
	if in.name != "ENV" {
		return 0, ""
	}
	for _, name := range portVariables {
		if n, ok := portNumber(assignments(in.rest)[name]); ok {
			return n, name + "=" + strconv.Itoa(n)
		}
	}
	return 0, ""
}

var imageVersion = lazyregexp.New(`^(?:v|python|node)?-?(\d+(?:\.\d+){0,2})`)

// runtime is the version of the language's image that the file builds on. The
// name of a private copy ("…ecr…/cruddur-python:3.10-slim") counts too.
func (d *dockerfile) runtime(language string) (version string, e Evidence, found bool) {
	set := d.variables()
	for _, in := range slices.Backward(d.instructions) {

		if in.name != "FROM" {
			continue
		}
		words := strings.Fields(in.rest)
		for len(words) > 0 && strings.HasPrefix(words[0], "--") {
			words = words[1:]
		}
		if len(words) == 0 {
			continue
		}
		image, tag, _ := strings.Cut(path.Base(expand(words[0], set)), ":")
		match := imageVersion.FindStringSubmatch(tag)
		if strings.Contains(image+tag, language) && match != nil {
			return match[1], d.at(in, "FROM "+image+":"+tag), true
		}
	}
	return "", Evidence{}, false
}

func (d *dockerfile) at(in instruction, text string) Evidence {
	return Evidence{File: d.name, Line: in.line, Text: text}
}

// variables are the values that ARG and ENV give.
func (d *dockerfile) variables() map[string]string {
	set := map[string]string{}
	for _, in := range d.instructions {
		if in.name != "ENV" && in.name != "ARG" {
			continue
		}
		for name, value := range assignments(in.rest) {
			set[name] = expand(value, set)
		}
	}
	return set
}

// assignments reads "A=1 B=2" and the old form "A 1".
func assignments(text string) map[string]string {
	all := map[string]string{}
	words := strings.Fields(text)
	if len(words) == 2 && !strings.Contains(words[0], "=") {
		return map[string]string{words[0]: strings.Trim(words[1], `"'`)}
	}
	for _, word := range words {
		if name, value, ok := strings.Cut(word, "="); ok {
			all[name] = strings.Trim(value, `"'`)
		}
	}
	return all
}

var reference = lazyregexp.New(`\$\{(\w+)(?::?[-+]([^}]*))?\}|\$(\w+)`)

// expand puts values for $NAME, ${NAME} and ${NAME:-default}; a name without a
// value stays as it stands, so that it is not taken for one.
func expand(text string, set map[string]string) string {
	return reference.ReplaceAllStringFunc(text, func(found string) string {
		match := reference.FindStringSubmatch(found)
		if value := set[match[1]+match[3]]; value != "" {
			return value
		}
		if match[2] != "" {
			return match[2]
		}
		return found
	})
}

// commandWords are the words of an exec-form or shell-form command.
func commandWords(text string) []string {
	var words []string
	if strings.HasPrefix(text, "[") && json.Unmarshal([]byte(text), &words) == nil {
		return words
	}
	return strings.Fields(text)
}
