package scaffold

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
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
				edits = append(edits, beside(string(command), t)...)
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

// beside puts a command of ours beside theirs: an object of commands runs them all.
func beside(command string, theirs member) []edit {
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

// outline reads where the parts of a JSON object with comments are.
func outline(text []byte) (*container, error) {
	plain := plainJSON(text)
	d := json.NewDecoder(bytes.NewReader(plain))
	d.UseNumber()
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	if t != json.Delim('{') {
		return nil, io.ErrUnexpectedEOF
	}
	c, err := contents(d, plain, true)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, io.ErrUnexpectedEOF
	}
	return c, nil
}

// contents reads the inside of an object or list up to its closing.
func contents(d *json.Decoder, plain []byte, object bool) (*container, error) {
	c := &container{inside: int(d.InputOffset()), object: object}
	for d.More() {
		m := member{start: next(d, plain)}
		if gap := plain[c.inside:m.start]; len(c.members) == 0 && bytes.ContainsRune(gap, '\n') {
			c.lead = string(gap[bytes.LastIndexByte(gap, '\n'):])
		}
		m.content = m.start
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		if object {
			m.key, _ = t.(string)
			m.content = next(d, plain)
			if t, err = d.Token(); err != nil {
				return nil, err
			}
		} else {
			m.key = entryKey(t)
		}
		if delim, ok := t.(json.Delim); ok {
			if m.value, err = contents(d, plain, delim == '{'); err != nil {
				return nil, err
			}
		}
		m.end = int(d.InputOffset())
		c.members = append(c.members, m)
	}
	_, err := d.Token()
	return c, err
}

// entryKey is what an entry of a list is known by: its own text.
func entryKey(t json.Token) string {
	switch t := t.(type) {
	case json.Number:
		return t.String()
	case string:
		return t
	}
	return ""
}

// next is where the next token starts, or the end of the text.
func next(d *json.Decoder, plain []byte) int {
	at := int(d.InputOffset())
	for at < len(plain) && strings.IndexByte(" \t\r\n,:", plain[at]) >= 0 {
		at++
	}
	return at
}

// stringEnd is the offset of the quote that ends the string beginning at i.
func stringEnd(text []byte, i int) int {
	for i++; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i
}

// plainJSON puts spaces in the place of what editors allow beside JSON: comments, and
// a comma after the last entry. All offsets stay.
func plainJSON(text []byte) []byte {
	out := withoutComments(text)
	for i := 0; i < len(out); i++ {
		switch out[i] {
		case '"':
			i = stringEnd(out, i)
		case ',':
			if rest := bytes.TrimLeft(out[i+1:], " \t\r\n"); len(rest) > 0 && (rest[0] == '}' || rest[0] == ']') {
				out[i] = ' '
			}
		}
	}
	return out
}

// withoutComments puts spaces in the place of // and /* */ comments, so that all
// offsets stay.
func withoutComments(text []byte) []byte {
	out := bytes.Clone(text)
	for i := 0; i < len(out); i++ {
		end := 0
		switch {
		case out[i] == '"':
			i = stringEnd(out, i)
			continue
		case bytes.HasPrefix(out[i:], []byte("//")):
			end = bytes.IndexByte(out[i:], '\n')
		case bytes.HasPrefix(out[i:], []byte("/*")):
			if end = bytes.Index(out[i+2:], []byte("*/")); end >= 0 {
				end += 4
			}
		default:
			continue
		}
		if end < 0 {
			end = len(out) - i
		}
		for j := i; j < i+end; j++ {
			if out[j] != '\n' {
				out[j] = ' '
			}
		}
		i += end - 1
	}
	return out
}
