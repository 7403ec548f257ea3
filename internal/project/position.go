package project

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// source is a config file with what is needed to say where in it something is.
type source struct {
	path    string // absolute
	content []byte
	root    *yaml.Node   // the first document's content; nil when the file has none
	more    []*yaml.Node // that of the documents below it, which are merged onto the first
}

// parse reads the YAML of the file. The error is that of the YAML library.
func (s *source) parse() error {
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

// find walks from the root along keys; a number is an index of a list. It gives
// the deepest node that is there, the line of its key, and how many of the keys
// lead to it. Among several documents the last one that leads as far wins.
func (s *source) find(keys []string) (line, depth int, value *yaml.Node) {
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
		k, v := child(node, key)
		if v == nil {
			return line, i, node
		}
		line, node = k.Line, v
	}
	return line, len(keys), node
}

// child is the entry of a mapping or list, also through an alias or a merge key.
func child(node *yaml.Node, key string) (k, v *yaml.Node) {
	switch node.Kind {
	case yaml.AliasNode:
		return child(node.Alias, key)
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
		return child(node, key)
	}
	for _, n := range node.Content {
		if k, v := child(n, key); v != nil {
			return k, v
		}
	}
	return nil, nil
}

// locate finds the file and line where most of the keys lead to. The last file
// wins among equals, as it does in a merge. When nothing is found, it is the begin of
// the first.
func locate(files []source, keys ...string) (file string, line int) {
	if len(files) == 0 {
		return "", 0
	}
	file, best := files[0].path, 0
	for i := range files {
		if l, depth, _ := files[i].find(keys); depth >= best && (depth > 0 || line == 0) {
			file, line, best = files[i].path, l, depth
		}
	}
	return file, line
}

// nodeAt is the value at the keys in the last file that has one there, or nil.
func nodeAt(files []source, keys []string) *yaml.Node {
	var found *yaml.Node
	for i := range files {
		if _, depth, value := files[i].find(keys); value != nil && depth == len(keys) {
			found = value
		}
	}
	return found
}

// ordinal is a number as a key of a list.
func ordinal(i int) string { return strconv.Itoa(i) }

// mountsAt tells whether an entry of volumes, in either form, mounts at the target.
func mountsAt(target string) func(*yaml.Node) bool {
	return func(n *yaml.Node) bool {
		if _, v := child(n, "target"); v != nil {
			return v.Value == target
		}
		parts := strings.Split(n.Value, ":")
		return slices.ContainsFunc(parts[min(1, len(parts)-1):], func(part string) bool {
			return part != "" && path.Clean(part) == path.Clean(target)
		})
	}
}

// mentionedIn is the place of the first "$name" or "${name" in the files.
func mentionedIn(files []source, name string) (where string, ok bool) {
	for _, f := range files {
		if line := mentionLine(f, name); line > 0 {
			return fmt.Sprintf("%s:%d", filepath.Base(f.path), line), true
		}
	}
	return "", false
}

// mentionLine is the first line of the file that refers to the variable, or 0.
func mentionLine(f source, name string) int {
	for i, line := range strings.Split(string(f.content), "\n") {
		if mentions(line, name) && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			return i + 1
		}
	}
	return 0
}

// keys lists the names below a key of the top level.
func (s *source) keys(section string) []string {
	if s.root == nil {
		return nil
	}
	_, node := child(s.root, section)
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	var names []string
	for i := 0; i+1 < len(node.Content); i += 2 {
		names = append(names, node.Content[i].Value)
	}
	return names
}
