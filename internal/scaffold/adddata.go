package scaffold

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// AddData gives a devup.yaml with the data services of the repository that it lacks, and with
// what connects its services to them: variables that it does not set, and depends_on. All
// other lines stay as they are, and so do line ends of Windows. Without a devup.yaml, nil, it is one with the data services
// alone, for a project of the name. The error is a [fail.Error] with code [fail.Config].
func AddData(have []byte, repo detect.Repository, name string) (File, error) {
	if crlf := bytes.Count(have, []byte("\r\n")); crlf > 0 && crlf == bytes.Count(have, []byte("\n")) {
		file, err := AddData(bytes.ReplaceAll(have, []byte("\r\n"), []byte("\n")), repo, name)
		file.Content = bytes.ReplaceAll(file.Content, []byte("\n"), []byte("\r\n"))
		return file, err
	}
	view := projectView{Project: projectName(name), OnTop: len(repo.Compose) > 0}
	if view.OnTop {
		view.Project = ""
	}
	view.addData(repo.Data, nil)
	content, err := render(path.Join(projectTemplates, "devup.yaml"), view)
	if err != nil || have == nil {
		return File{Path: "devup.yaml", Content: content}, err
	}
	merged, ok := have, true
	for _, s := range repo.Services {
		merged, ok = connect(merged, key(s), held(s), dependencies(repo, s))
		if !ok {
			break
		}
	}
	if ok && len(view.Data) > 0 {
		merged, ok = addToYAML(merged, content)
	}
	if !ok {
		return File{}, fail.New(fail.Config, "write each service and each of its keys on a line of its own", "devup.yaml: laid out so that no line can be added to it")
	}
	return File{Path: "devup.yaml", Content: merged}, nil
}

// Diff is the unified diff from the text of a file that is there to its new one.
func Diff(f File, have []byte) string { return unified(f.Path, have, f.Content) }

// connect adds variables and dependencies to a service of a devup.yaml. A service that it
// does not have is passed over. It is not ok where the lines cannot be added.
func connect(have []byte, service string, environment []setting, needs []dependency) (merged []byte, ok bool) {
	_, sections := mappingOf(have)
	if sections == nil {
		return nil, false
	}
	services := sections["services"]
	if services == nil || fieldsOf(services)[service] == nil || len(environment)+len(needs) == 0 {
		return have, true
	}
	node := fieldsOf(services)[service]
	if node.Kind != yaml.MappingNode || node.Style&yaml.FlowStyle != 0 || len(node.Content) == 0 {
		return nil, false
	}
	var entries, waits []entry
	for _, e := range environment {
		entries = append(entries, entry{string(e.Name), string(untrusted.YAML(e.Value)), nil})
	}
	for _, n := range needs {
		waits = append(waits, entry{string(untrusted.YAML(n.Key)), "", []string{"condition: " + n.Condition}})
	}
	lines := strings.SplitAfter(string(appendText(have, "")), "\n")
	at, indent := addAt(node), strings.Repeat(" ", node.Content[0].Column-1)
	insert := map[int]string{}
	for _, section := range []struct {
		name    string
		entries []entry
		divider string // between name and value in a list; empty for names alone
	}{{"environment", entries, "="}, {"depends_on", waits, ""}} {
		if !addEntries(insert, fieldsOf(node)[section.name], section.name, section.entries, section.divider, at, indent) {
			return nil, false
		}
	}
	var out strings.Builder
	for i, line := range lines {
		out.WriteString(insert[i] + line)
	}
	check, _ := mappingOf([]byte(out.String()))
	return []byte(out.String()), check != nil
}

// entry is one of a mapping: a value, or lines below it.
type entry struct {
	name, value string
	below       []string
}

// addAt is the line, counted from 0, before which new keys of a service go.
func addAt(service *yaml.Node) int {
	for i := 0; i < len(service.Content); i += 2 {
		switch service.Content[i].Value {
		case "volumes", "init", "stop_grace_period", "x-devup":
			return service.Content[i].Line - 1
		}
	}
	return service.Content[min(2, len(service.Content)-2)].Line - 1
}

// addEntries puts the entries that a section of a service lacks before the lines of a file.
// It is not ok where the section is laid out in another way than one entry a line.
func addEntries(insert map[int]string, section *yaml.Node, name string, entries []entry, divider string, at int, indent string) bool {
	if section == nil {
		if len(entries) > 0 {
			insert[at] += indent + name + ":\n" + linesOf(entries, indent+"  ")
		}
		return true
	}
	known, isList := map[string]bool{}, section.Kind == yaml.SequenceNode
	for i, item := range section.Content {
		text, _, _ := strings.Cut(item.Value, "=")
		known[text] = known[text] || isList || i%2 == 0
	}
	entries = slices.DeleteFunc(slices.Clone(entries), func(e entry) bool { return known[e.name] })
	if len(entries) == 0 {
		return true
	}
	if len(section.Content) == 0 || section.Style&yaml.FlowStyle != 0 {
		return false
	}
	at, indent = section.Content[0].Line-1, strings.Repeat(" ", section.Content[0].Column-1)
	if !isList {
		insert[at] += linesOf(entries, indent)
		return true
	}
	indent = strings.TrimSuffix(indent, "  ") + "- " // the column is that of the text behind the dash
	for _, e := range entries {
		if divider != "" {
			e.name = string(untrusted.YAML(e.name + divider + unquoted(e.value)))
		}
		insert[at] += indent + e.name + "\n"
	}
	return true
}

// linesOf are entries as lines of a mapping.
func linesOf(entries []entry, indent string) string {
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(indent + strings.TrimRight(e.name+": "+e.value, " ") + "\n")
		for _, below := range e.below {
			b.WriteString(indent + "  " + below + "\n")
		}
	}
	return b.String()
}

// unquoted is the text of a YAML scalar.
func unquoted(scalar string) string {
	var text string
	if yaml.Unmarshal([]byte(scalar), &text) != nil {
		return scalar
	}
	return text
}
