package detect

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
)

// dockerfile is what detection takes from an existing Dockerfile. One that BuildKit cannot
// read gives nothing, never an error.
type dockerfile struct {
	name         string // path in the repository
	instructions []instruction
}

type instruction struct {
	line      int
	name      string   // upper case
	words     []string // without flags
	fromStage bool     // it copies from another stage or image
}

func parseDockerfile(name, text string) *dockerfile {
	d := &dockerfile{name: name}
	parsed, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return d
	}
	for _, node := range parsed.AST.Children {
		in := instruction{line: node.StartLine, name: strings.ToUpper(node.Value)}
		for n := node.Next; n != nil; n = n.Next {
			in.words = append(in.words, n.Value)
		}
		for _, flag := range node.Flags {
			in.fromStage = in.fromStage || strings.HasPrefix(flag, "--from")
		}
		d.instructions = append(d.instructions, in)
	}
	return d
}

// stage is what follows a FROM.
type stage struct {
	base *stage // nil: an image
	own  []instruction
}

// final are the instructions of the last stage, which is what a plain build
// gives, behind those of the stages that it builds on.
func (d *dockerfile) final() []instruction {
	named := map[string]*stage{}
	last := &stage{} // what stands before the first FROM
	for _, in := range d.instructions {
		if in.name == "FROM" && len(in.words) > 0 {
			last = &stage{base: named[strings.ToLower(in.words[0])]}
			if len(in.words) == 3 { // FROM base AS name
				named[strings.ToLower(in.words[2])] = last
			}
		}
		last.own = append(last.own, in)
	}
	var parts [][]instruction
	for ; last != nil; last = last.base {
		parts = append(parts, last.own)
	}
	slices.Reverse(parts)
	return slices.Concat(parts...)
}

// port is the number of EXPOSE, else of the command's port flag, else of
// ENV PORT. "EXPOSE ${PORT}" with a PORT that nothing sets is no evidence.
func (d *dockerfile) port() (Port, bool) {
	set := d.variables()
	for _, look := range []func(instruction, map[string]string) (int, string){exposedPort, commandPort, envPort} {
		for _, in := range slices.Backward(d.final()) {
			if n, text := look(in, set); n != 0 {
				return stack.PortAt(n, d.at(in, in.name+" "+text)), true
			}
		}
	}
	if n := imagePorts[d.baseImage()]; n != 0 {
		return stack.PortAt(n, Evidence{File: d.name, Text: "the port of " + d.baseImage()}), true
	}
	return Port{}, false
}

func exposedPort(in instruction, set map[string]string) (port int, text string) {
	if in.name != "EXPOSE" {
		return 0, ""
	}
	for _, word := range in.words {
		word, protocol, _ := strings.Cut(expand(word, set), "/")
		if n, ok := stack.PortNumber(word); ok && protocol != "udp" {
			return n, strconv.Itoa(n)
		}
	}
	return 0, ""
}

func commandPort(in instruction, set map[string]string) (port int, text string) {
	if in.name != "CMD" && in.name != "ENTRYPOINT" {
		return 0, ""
	}
	port, text, _ = portOfCommand(expand(strings.Join(in.words, " "), set))
	return port, text
}

func envPort(in instruction, _ map[string]string) (port int, text string) {
	if in.name != "ENV" {
		return 0, ""
	}
	for _, name := range stacks.PortVariables() {
		if n, ok := stack.PortNumber(assignments(in)[name]); ok {
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
		if in.name != "FROM" || len(in.words) == 0 {
			continue
		}
		image, tag, _ := strings.Cut(path.Base(expand(in.words[0], set)), ":")
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
		for name, value := range assignments(in) {
			set[name] = expand(value, set)
		}
	}
	return set
}

// assignments are the values that an ENV or ARG gives.
func assignments(in instruction) map[string]string {
	all := map[string]string{}
	if in.name == "ENV" { // name, value and separator of each
		for part := range slices.Chunk(in.words, 3) {
			all[part[0]] = strings.Trim(strings.Join(part[1:min(2, len(part))], ""), `"'`)
		}
		return all
	}
	for _, word := range in.words {
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

// baseImage is the name of the image that the last stage builds on, without registry and tag.
func (d *dockerfile) baseImage() string {
	for _, in := range d.final() {
		if in.name == "FROM" && len(in.words) > 0 {
			image, _, _ := strings.Cut(path.Base(expand(in.words[0], d.variables())), ":")
			image, _, _ = strings.Cut(image, "@")
			return image
		}
	}
	return ""
}

// runs tells whether the image has a language's runtime: whether its last stage builds on
// the language's image.
func (d *dockerfile) runs(language string) bool {
	return strings.Contains(d.baseImage(), language)
}

// hasStages tells whether the file builds in one image what it runs in another.
func (d *dockerfile) hasStages() bool {
	from := func(in instruction) bool { return in.name == "FROM" }
	i := slices.IndexFunc(d.instructions, from)
	return i >= 0 && slices.ContainsFunc(d.instructions[i+1:], from)
}

// starts tells whether the last stage says what runs.
func (d *dockerfile) starts() bool { return d.command() != "" }

// command is what the last stage says that runs, as one line; empty for nothing.
func (d *dockerfile) command() string {
	var words []string
	for _, in := range d.final() {
		if in.name == "CMD" || in.name == "ENTRYPOINT" {
			words = append(words, in.words...)
		}
	}
	return strings.Join(words, " ")
}
