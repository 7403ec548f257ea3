package composefile

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// File is a config file with what is needed to say where in it something is.
type File struct {
	Path    string // absolute
	content []byte
	root    *yaml.Node   // the first document's content; nil when the file has none
	more    []*yaml.Node // that of the documents below it, which are merged onto the first
}

// parse reads the YAML of the file. The error is that of the YAML library.
func (s *File) parse() error {
	decoder := yaml.NewDecoder(bytes.NewReader(s.content))
	for {
		var doc yaml.Node
		if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		switch {
		case len(doc.Content) == 0 || doc.Content[0].Tag == "!!null":
		case s.root == nil:
			s.root = doc.Content[0]
		default:
			s.more = append(s.more, doc.Content[0])
		}
	}
}

// Find walks from the root along keys; a number is an index of a list. It gives
// the deepest node that is there, the line of its key, and how many of the keys
// lead to it. Among several documents the last one that leads as far wins.
func (s *File) Find(keys []string) (line, depth int, value *yaml.Node) {
	if s.root == nil {
		return 0, 0, nil
	}
	line, depth, value = descend(s.root, keys)
	for _, root := range s.more {
		if l, d, v := descend(root, keys); d > 0 && d >= depth {
			line, depth, value = l, d, v
		}
	}
	return line, depth, value
}

func descend(node *yaml.Node, keys []string) (line, depth int, value *yaml.Node) {
	line = node.Line
	for i, key := range keys {
		k, v := Child(node, key)
		if v == nil {
			return line, i, node
		}
		line, node = k.Line, v
	}
	return line, len(keys), node
}

// Child is the entry of a mapping or list, also through an alias or a merge key.
func Child(node *yaml.Node, key string) (k, v *yaml.Node) {
	switch node.Kind {
	case yaml.AliasNode:
		return Child(node.Alias, key)
	case yaml.SequenceNode:
		item := inSequence(node.Content, key)
		return item, item
	case yaml.MappingNode:
		return inMapping(node.Content, key)
	}
	return nil, nil
}

// inSequence is the item at an index, or the "A=b" that is the entry A of a
// mapping written as a list; nil when there is none.
func inSequence(items []*yaml.Node, key string) *yaml.Node {
	i, err := strconv.Atoi(strings.Trim(key, "[]"))
	if err == nil && i >= 0 && i < len(items) {
		return items[i]
	}
	for _, item := range items {
		if name, _, _ := strings.Cut(item.Value, "="); item.Kind == yaml.ScalarNode && name == key {
			return item
		}
	}
	return nil
}

// inMapping is the entry of a mapping, given as keys and values in turn: its own
// before one that it merges.
func inMapping(pairs []*yaml.Node, key string) (k, v *yaml.Node) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i].Value == key {
			return pairs[i], pairs[i+1]
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i].Value == "<<" {
			if k, v := merged(pairs[i+1], key); v != nil {
				return k, v
			}
		}
	}
	return nil, nil
}

// merged looks for the key in what a merge key names: a mapping or several.
func merged(node *yaml.Node, key string) (k, v *yaml.Node) {
	if node.Kind != yaml.SequenceNode {
		return Child(node, key)
	}
	for _, n := range node.Content {
		if k, v := Child(n, key); v != nil {
			return k, v
		}
	}
	return nil, nil
}

// Locate finds the file and line where most of the keys lead to. The last file
// wins among equals, as it does in a merge. When nothing is found, it is the begin of
// the first.
func Locate(files []File, keys ...string) (file string, line int) {
	if len(files) == 0 {
		return "", 0
	}
	file, best := files[0].Path, 0
	for i := range files {
		if l, depth, _ := files[i].Find(keys); depth >= best && (depth > 0 || line == 0) {
			file, line, best = files[i].Path, l, depth
		}
	}
	return file, line
}

// NodeAt is the value at the keys in the last file that has one there, or nil.
func NodeAt(files []File, keys []string) *yaml.Node {
	var found *yaml.Node
	for i := range files {
		if _, depth, value := files[i].Find(keys); value != nil && depth == len(keys) {
			found = value
		}
	}
	return found
}

// MentionLine is the first line of the file that refers to the variable, or 0.
func (s *File) MentionLine(name string) int {
	for i, line := range strings.Split(string(s.content), "\n") {
		if mentions(line, name) && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			return i + 1
		}
	}
	return 0
}

// keys lists the names below a key of the top level.
func (s *File) keys(section string) []string {
	if s.root == nil {
		return nil
	}
	_, node := Child(s.root, section)
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	var names []string
	for i := 0; i+1 < len(node.Content); i += 2 {
		names = append(names, node.Content[i].Value)
	}
	return names
}
