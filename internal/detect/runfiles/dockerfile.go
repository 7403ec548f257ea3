package runfiles

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/tree"
)

// Dockerfile is what detection takes from an existing Dockerfile. One that BuildKit cannot
// read gives nothing, never an error.
type Dockerfile struct {
	Name         string // path in the repository
	instructions []instruction
}

type instruction struct {
	line      int
	name      string   // upper case
	words     []string // without flags
	fromStage bool     // it copies from another stage or image
}

// ParseDockerfile reads a Dockerfile, named by its path in the repository.
func ParseDockerfile(name, text string) *Dockerfile {
	d := &Dockerfile{Name: name}
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
func (d *Dockerfile) final() []instruction {
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

// Port is the number of EXPOSE, else of the command's port flag, else of
// ENV PORT. "EXPOSE ${PORT}" with a PORT that nothing sets is no evidence.
func (d *Dockerfile) Port() (stack.Port, bool) {
	set := d.variables()
	for _, find := range []func(instruction, map[string]string) (int, string){exposedPort, commandPort, envPort} {
		for _, in := range slices.Backward(d.final()) {
			if n, text := find(in, set); n != 0 {
				return stack.PortAt(n, d.at(in, in.name+" "+text)), true
			}
		}
	}
	if n := imagePorts[d.BaseImage()]; n != 0 {
		return stack.PortAt(n, tree.Evidence{File: d.Name, Text: "the port of " + d.BaseImage()}), true
	}
	return stack.Port{}, false
}

func exposedPort(in instruction, set map[string]string) (port int, text string) {
	if in.name != "EXPOSE" {
		return 0, ""
	}
	for _, word := range in.words {
		word, protocol, _ := strings.Cut(Expand(word, set), "/")
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
	port, text, _ = PortOfCommand(Expand(strings.Join(in.words, " "), set))
	return port, text
}

func envPort(in instruction, _ map[string]string) (port int, text string) {
	if in.name != "ENV" {
		return 0, ""
	}
	for _, name := range stacks.PortVariables() {
		for _, a := range assignments(in) {
			if n, ok := stack.PortNumber(a.value); ok && a.name == name {
				return n, name + "=" + strconv.Itoa(n)
			}
		}
	}
	return 0, ""
}

var imageVersion = lazyregexp.New(`^(?:v|python|node)?-?(\d+(?:\.\d+){0,2})`)

// Runtime is the version of the language's image that the file builds on. The
// name of a private copy ("…ecr…/cruddur-python:3.10-slim") counts too.
func (d *Dockerfile) Runtime(language string) (version string, e tree.Evidence, found bool) {
	set := d.variables()
	for _, in := range slices.Backward(d.instructions) {
		if in.name != "FROM" || len(in.words) == 0 {
			continue
		}
		image, tag, _ := strings.Cut(path.Base(Expand(in.words[0], set)), ":")
		match := imageVersion.FindStringSubmatch(tag)
		if strings.Contains(image+tag, language) && match != nil {
			return match[1], d.at(in, "FROM "+image+":"+tag), true
		}
	}
	return "", tree.Evidence{}, false
}

func (d *Dockerfile) at(in instruction, text string) tree.Evidence {
	return tree.Evidence{File: d.Name, Line: in.line, Text: text}
}

// variables are the values that ARG and ENV give.
func (d *Dockerfile) variables() map[string]string {
	set := map[string]string{}
	for _, in := range d.instructions {
		if in.name != "ENV" && in.name != "ARG" {
			continue
		}
		all := assignments(in)
		for i, a := range all { // those of one instruction do not see each other
			all[i].value = Expand(a.value, set)
		}
		for _, a := range all {
			set[a.name] = a.value
		}
	}
	return set
}

// assigned is a variable of an ENV or ARG, with its value.
type assigned struct{ name, value string }

// assignments are the values that an ENV or ARG gives, in its order.
func assignments(in instruction) []assigned {
	var all []assigned
	if in.name == "ENV" { // name, value and separator of each
		for part := range slices.Chunk(in.words, 3) {
			all = append(all, assigned{part[0], strings.Trim(strings.Join(part[1:min(2, len(part))], ""), `"'`)})
		}
		return all
	}
	for _, word := range in.words {
		if name, value, ok := strings.Cut(word, "="); ok {
			all = append(all, assigned{name, strings.Trim(value, `"'`)})
		}
	}
	return all
}

var reference = lazyregexp.New(`\$\{(\w+)(?::?[-+]([^}]*))?\}|\$(\w+)`)

// maxExpanded bounds what [Expand] takes and gives: a variable that holds itself twice would
// double at each line.
const maxExpanded = 1 << 10

// Expand puts values for $NAME, ${NAME} and ${NAME:-default}; a name without a
// value stays as it stands, so that it is not taken for one, and so does a text that is too long.
func Expand(text string, set map[string]string) string {
	if len(text) > maxExpanded {
		return text
	}
	expanded := reference.ReplaceAllStringFunc(text, func(found string) string {
		match := reference.FindStringSubmatch(found)
		if value := set[match[1]+match[3]]; value != "" {
			return value
		}
		if match[2] != "" {
			return match[2]
		}
		return found
	})
	if len(expanded) > maxExpanded {
		return text
	}
	return expanded
}

// BaseImage is the name of the image that the last stage builds on, without registry and tag.
func (d *Dockerfile) BaseImage() string {
	for _, in := range d.final() {
		if in.name == "FROM" && len(in.words) > 0 {
			image, _, _ := strings.Cut(path.Base(Expand(in.words[0], d.variables())), ":")
			image, _, _ = strings.Cut(image, "@")
			return image
		}
	}
	return ""
}

// Runs tells whether the image has a language's runtime: whether its last stage builds on
// the language's image.
func (d *Dockerfile) Runs(language string) bool {
	return strings.Contains(d.BaseImage(), language)
}

// HasStages tells whether the file builds in one image what it runs in another.
func (d *Dockerfile) HasStages() bool {
	from := func(in instruction) bool { return in.name == "FROM" }
	i := slices.IndexFunc(d.instructions, from)
	return i >= 0 && slices.ContainsFunc(d.instructions[i+1:], from)
}

// Starts tells whether the last stage says what runs.
func (d *Dockerfile) Starts() bool { return d.Command() != "" }

// Command is what the last stage says that runs, as one line; empty for nothing.
func (d *Dockerfile) Command() string {
	var words []string
	for _, in := range d.final() {
		if in.name == "CMD" || in.name == "ENTRYPOINT" {
			words = append(words, in.words...)
		}
	}
	return strings.Join(words, " ")
}

// imagePorts are the ports of servers whose images people build on without EXPOSE.
var imagePorts = map[string]int{"nginx": 80, "httpd": 80, "caddy": 80}

// IsEmpty tells whether nothing could be read in the file.
func (d *Dockerfile) IsEmpty() bool { return len(d.instructions) == 0 }
