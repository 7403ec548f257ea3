package scaffold

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

// addToJSON gives have, a devcontainer.json, with the features, ports and commands
// of ours that it lacks, as text: comments and layout stay. It is not ok when have
// is not JSON with comments.
func addToJSON(have, ours []byte) (merged []byte, ok bool) {
	theirs, err := outline(have)
	if err != nil {
		return nil, false
	}
	want, err := outline(ours)
	if err != nil {
		return nil, false
	}
	var edits []edit
	for _, m := range want.members {
		t, there := theirs.find(m.key)
		switch m.key {
		case "features", "forwardPorts", "portsAttributes", "onCreateCommand", "postStartCommand":
		case "runArgs":
			if hasNetwork(theirs, have) {
				continue
			}
		default:
			continue // a name or an image of ours adds nothing to a file that works
		}
		switch {
		case !there:
			edits = append(edits, theirs.add(ours[m.start:m.end], "\n  "))
		case m.value == nil: // a command
			command := ours[m.content:m.end]
			if text := have[t.content:t.end]; !bytes.Contains(text, []byte("devup")) && !bytes.Contains(text, command) {
				edits = append(edits, nextTo(string(command), t)...)
			}
		case t.value == nil:
			return nil, false // it is of no kind that it may be
		default:
			edits = append(edits, additions(m, t, ours)...)
		}
	}
	return apply(have, edits)
}

// additions are the entries of our list or object that theirs lacks.
func additions(ours, theirs member, text []byte) []edit {
	var edits []edit
	for _, e := range ours.value.members {
		if _, there := theirs.value.find(e.key); there || ours.key == "features" && hasDocker(e.key, theirs.value) {
			continue
		}
		lead := ""
		if ours.value.object {
			lead = "\n    "
		}
		edits = append(edits, theirs.value.add(text[e.start:e.end], lead))
	}
	return edits
}

// nextTo puts a command of ours next to theirs: an object of commands runs them all.
func nextTo(command string, theirs member) []edit {
	if theirs.value != nil && theirs.value.object {
		return []edit{theirs.value.add([]byte(`"devup": `+command), "")}
	}
	return []edit{
		{at: theirs.content, text: `{"first": `, whole: true},
		{at: theirs.end, text: `, "devup": ` + command + "}", whole: true},
	}
}

// hasDocker says whether the feature is the one that brings Docker and theirs has
// one that does, of whatever version or kind.
func hasDocker(feature string, theirs *container) bool {
	name, _, _ := strings.Cut(feature, ":")
	for _, m := range theirs.members {
		if strings.HasPrefix(m.key, name) || strings.Contains(name, "docker") && strings.Contains(m.key, "/docker-") {
			return true
		}
	}
	return false
}

// hasNetwork says whether the network of the dev container is decided, by an argument
// or by the Compose file that it is a service of.
func hasNetwork(theirs *container, text []byte) bool {
	if _, ok := theirs.find("dockerComposeFile"); ok {
		return true
	}
	m, ok := theirs.find("runArgs")
	return ok && bytes.Contains(text[m.content:m.end], []byte(`"--net`))
}

// edit is text to put into an object or list right after its opening.
type edit struct {
	at    int
	text  string
	last  bool // nothing follows in the object or list
	whole bool // the text brings its own commas
}

// apply makes the edits, in their order where several have one place, and sees to
// the commas between them.
func apply(have []byte, edits []edit) ([]byte, bool) {
	out := bytes.Clone(have)
	slices.Reverse(edits)
	slices.SortStableFunc(edits, func(a, b edit) int { return b.at - a.at })
	for i, e := range edits {
		text := e.text
		follows := i > 0 && edits[i-1].at == e.at
		switch {
		case e.whole:
		case e.last && !follows:
			if strings.HasPrefix(text, "\n") {
				text += "\n"
			}
		case strings.HasPrefix(text, "\n"):
			text += ","
		default:
			text += ", "
		}
		out = slices.Insert(out, e.at, []byte(text)...)
	}
	_, err := outline(out)
	return out, err == nil
}

// container is an object or list of a JSON text: where it opens and what it holds.
type container struct {
	inside  int    // the offset right after its opening
	object  bool   // an object, not a list
	lead    string // what stands between the opening and the first member, as far as it matters: a line end with the indent after it, or nothing
	members []member
}

// member is an entry: its key (the number or text itself in a list), where key and value
// start and end, and what it holds when it is an object or list.
type member struct {
	key                 string
	start, content, end int
	value               *container
}

// add puts an entry of ours before the members, laid out as they are; lead is for a
// container that has none.
func (c *container) add(entry []byte, lead string) edit {
	e := edit{at: c.inside, text: lead + string(entry), last: len(c.members) == 0}
	if e.last {
		return e
	}
	e.text = c.lead
	for line := range strings.Lines(string(entry)) {
		if strings.HasPrefix(c.lead, "\n\t") {
			rest := strings.TrimLeft(line, " ")
			line = strings.Repeat("\t", (len(line)-len(rest))/2) + rest
		}
		e.text += line
	}
	return e
}

func (c *container) find(key string) (member, bool) {
	i := slices.IndexFunc(c.members, func(m member) bool { return m.key == key })
	if i < 0 {
		return member{}, false
	}
	return c.members[i], true
}

// maxContainers bounds the objects and lists of a file, and with them how deep they nest:
// hujson follows them on the stack, and a stack that is full ends the program.
const maxContainers = 10_000

// outline reads where the parts of a JSON object with comments are.
func outline(text []byte) (*container, error) {
	if bytes.Count(text, []byte("{"))+bytes.Count(text, []byte("[")) > maxContainers {
		return nil, errors.New("too many objects and lists")
	}
	root, err := hujson.Parse(text)
	if err != nil {
		return nil, err
	}
	if root.Value.Kind() != '{' {
		return nil, errors.New("not an object")
	}
	return contents(root), nil
}

// contents are those of an object or list; nil for any other value.
func contents(v hujson.Value) *container {
	c := &container{inside: v.StartOffset + 1}
	switch composite := v.Value.(type) {
	case *hujson.Object:
		c.object = true
		for _, m := range composite.Members {
			c.entry(m.Name, m.Value)
		}
	case *hujson.Array:
		for _, e := range composite.Elements {
			c.entry(e, e)
		}
	default:
		return nil
	}
	return c
}

// entry adds an entry; that of a list is its own name.
func (c *container) entry(name, value hujson.Value) {
	if gap := name.BeforeExtra; len(c.members) == 0 && bytes.ContainsRune(gap, '\n') {
		line := gap[bytes.LastIndexByte(gap, '\n')+1:]
		c.lead = "\n" + string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
	}
	m := member{start: name.StartOffset, content: value.StartOffset, end: value.EndOffset, value: contents(value)}
	if literal, ok := name.Value.(hujson.Literal); ok && (literal.Kind() == '"' || literal.Kind() == '0') {
		m.key = literal.String()
	}
	c.members = append(c.members, m)
}
