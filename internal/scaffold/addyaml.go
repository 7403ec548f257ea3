package scaffold

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/stack/dataservice"
)

// addToYAML gives have, a devup.yaml, .gitpod.yml or automations.yaml, with the
// services, ports and tasks of ours that it lacks, as text: all other lines stay as they are, comments
// too. It is not ok when have is no YAML, or laid out so that a line put into it
// would not do ([a, b], {a: b}); have is then not understood, not wrong.
func addToYAML(have, ours []byte) (merged []byte, ok bool) {
	wantDoc, wanted := mappingOf(ours)
	haveDoc, found := mappingOf(have)
	if wantDoc == nil || haveDoc == nil {
		return nil, false
	}
	lines := strings.SplitAfter(string(appendText(have, "")), "\n")
	insert := map[int][]string{} // by line, counted from 0: what goes before it
	var tail strings.Builder
	for i := 0; i < len(wantDoc.Content); i += 2 {
		section := wantDoc.Content[i]
		if !slices.Contains([]string{"services", "ports", "tasks", "volumes"}, section.Value) {
			continue // an image or a name of ours adds nothing to a file that works
		}
		if section.Value == "volumes" { // those of services that are added
			keepUsed(wanted["volumes"], insert)
			if len(wanted["volumes"].Content) == 0 {
				continue
			}
		}
		theirs, there := found[section.Value]
		if !there {
			tail.WriteString("\n" + strings.Join(blockOf(wantDoc, i, 2, ours), ""))
			continue
		}
		blocks, understood := missing(section.Value, wanted[section.Value], theirs, ours, sectionEnd(wantDoc, i, ours))
		if !understood {
			return nil, false
		}
		if len(blocks) == 0 {
			continue
		}
		at := theirs.Content[0].Line - 1
		indent := lines[at][:len(lines[at])-len(strings.TrimLeft(lines[at], " "))]
		for _, block := range blocks {
			insert[at] = append(insert[at], reindent(block, indent)...)
			if section.Value == "services" {
				insert[at] = append(insert[at], "\n")
			}
		}
	}
	if len(insert) == 0 && tail.String() == "" {
		return have, true
	}
	var out strings.Builder
	for i, line := range lines {
		out.WriteString(strings.Join(insert[i], ""))
		out.WriteString(line)
	}
	merged = []byte(out.String() + tail.String())
	check, _ := mappingOf(merged)
	return merged, check != nil
}

// keepUsed drops the volumes that no inserted line mounts.
func keepUsed(volumes *yaml.Node, insert map[int][]string) {
	var text strings.Builder
	for _, lines := range insert {
		text.WriteString(strings.Join(lines, ""))
	}
	var used []*yaml.Node
	for i := 0; i+1 < len(volumes.Content); i += 2 {
		if strings.Contains(text.String(), "- "+volumes.Content[i].Value+":") {
			used = append(used, volumes.Content[i:i+2]...)
		}
	}
	volumes.Content = used
}

// mappingOf parses a document whose root is a mapping; nil for any other.
func mappingOf(text []byte) (root *yaml.Node, byKey map[string]*yaml.Node) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil || len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, nil
	}
	root = doc.Content[0]
	if root.Style&yaml.FlowStyle != 0 {
		return nil, nil
	}
	return root, fieldsOf(root)
}

func fieldsOf(n *yaml.Node) map[string]*yaml.Node {
	fields := map[string]*yaml.Node{}
	if n.Kind == yaml.MappingNode {
		for i := 0; i < len(n.Content); i += 2 {
			fields[n.Content[i].Value] = n.Content[i+1]
		}
	}
	return fields
}

// missing lists the entries of our section that theirs lacks, as lines of text.
func missing(section string, want, theirs *yaml.Node, ours []byte, end int) (blocks [][]string, ok bool) {
	if theirs.Kind != want.Kind {
		return nil, false
	}
	step := 1
	if want.Kind == yaml.MappingNode {
		step = 2
	}
	for i := 0; i < len(want.Content); i += step {
		if covered(section, want.Content[i:i+step], theirs) {
			continue
		}
		last := end
		if i+step < len(want.Content) {
			last = want.Content[i+step].Line - 1
		}
		blocks = append(blocks, cut(ours, want.Content[i].Line-1, last))
	}
	flow := theirs.Style&yaml.FlowStyle != 0 || len(theirs.Content) == 0
	return blocks, len(blocks) == 0 || !flow
}

// covered says whether their section has an entry of ours already, perhaps in
// other words: a service under another name that builds the same directory, a range
// of ports, a task of any name that runs devup.
func covered(section string, entry []*yaml.Node, theirs *yaml.Node) bool {
	switch section {
	case "services":
		return hasService(entry[0].Value, entry[1], fieldsOf(theirs))
	case "volumes":
		_, there := fieldsOf(theirs)[entry[0].Value]
		return there
	case "ports":
		want, _ := strconv.Atoi(scalar(fieldsOf(entry[0])["port"]))
		for _, p := range theirs.Content {
			low, high, _ := strings.Cut(strings.ReplaceAll(scalar(fieldsOf(p)["port"]), ":", "-"), "-")
			from, _ := strconv.Atoi(low)
			to, _ := strconv.Atoi(or(high, low))
			if from <= want && want <= to {
				return true
			}
		}
	case "tasks":
		for _, t := range theirs.Content {
			if strings.Contains(scalar(fieldsOf(t)["command"]), "devup up") {
				return true
			}
		}
	}
	return false
}

// hasService says whether one of the services has the name of ours, builds the same
// directory, runs the same command or is the same data service.
func hasService(name string, ours *yaml.Node, services map[string]*yaml.Node) bool {
	if _, ok := services[name]; ok {
		return true
	}
	context, command := contextOf(ours), startOf(ours)
	image := dataservice.OfImage(scalar(fieldsOf(ours)["image"]))
	for _, s := range services {
		if image != nil && dataservice.OfImage(scalar(fieldsOf(s)["image"])) == image {
			return true
		}
		if context != "" && contextOf(s) == context || command != "" && strings.Contains(startOf(s), command) {
			return true
		}
	}
	return false
}

// contextOf is the directory that a service builds; empty when it builds none.
func contextOf(service *yaml.Node) string {
	build := fieldsOf(service)["build"]
	if build == nil {
		return ""
	}
	context := scalar(build)
	if context == "" {
		context = scalar(fieldsOf(build)["context"])
	}
	if context == "" {
		return ""
	}
	return path.Clean(context)
}

// startOf is the command that a service of Ona runs; empty in a Compose file.
func startOf(service *yaml.Node) string {
	commands := fieldsOf(service)["commands"]
	if commands == nil {
		return ""
	}
	return scalar(fieldsOf(commands)["start"])
}

func scalar(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// blockOf is the text of the i-th entry of a mapping or list.
func blockOf(n *yaml.Node, i, step int, text []byte) []string {
	end := strings.Count(string(text), "\n")
	if i+step < len(n.Content) {
		end = n.Content[i+step].Line - 1
	}
	return cut(text, n.Content[i].Line-1, end)
}

// sectionEnd is the line, counted from 0, at which a section of the root ends.
func sectionEnd(root *yaml.Node, i int, text []byte) int {
	return root.Content[i].Line - 1 + len(blockOf(root, i, 2, text))
}

// cut is the lines from one to before another, counted from 0, without blank ones
// at the end.
func cut(text []byte, from, to int) []string {
	lines := strings.SplitAfter(string(text), "\n")[from:to]
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// reindent moves a block so that its first line starts at indent.
func reindent(block []string, indent string) []string {
	depth := len(block[0]) - len(strings.TrimLeft(block[0], " "))
	moved := make([]string, len(block))
	for i, line := range block {
		moved[i] = line
		if strings.TrimSpace(line) != "" {
			moved[i] = indent + line[depth:]
		}
	}
	return moved
}
