package watch

import (
	"io/fs"
	"path/filepath"
	"time"
)

// entry is a file or a directory as it was last seen. Times and size of a directory
// say nothing about it.
type entry struct {
	mode fs.FileMode
	size int64
	time time.Time
}

func entryOf(info fs.FileInfo) entry {
	if info.IsDir() {
		return entry{mode: info.Mode()}
	}
	return entry{mode: info.Mode(), size: info.Size(), time: info.ModTime()}
}

func (e entry) same(other entry) bool {
	return e.mode == other.mode && e.size == other.size && e.time.Equal(other.time)
}

// entries are the known files and directories by path, with an index of what lies in
// each directory: listing what is below a path costs no more than what it holds.
type entries struct {
	byPath   map[string]entry
	children map[string]map[string]bool // also of directories that are not entries, up to the file system's root
	visited  int                        // how many paths below has visited, for tests
}

func newEntries() *entries {
	return &entries{byPath: map[string]entry{}, children: map[string]map[string]bool{}}
}

// directory reports whether a path is known as a directory.
func (e *entries) directory(name string) bool { return e.byPath[name].mode.IsDir() }

// put adds or replaces an entry.
func (e *entries) put(name string, now entry) {
	if _, known := e.byPath[name]; !known {
		e.link(name)
	}
	e.byPath[name] = now
}

// link adds a path to the index of the directories above it.
func (e *entries) link(name string) {
	for parent := filepath.Dir(name); parent != name; name, parent = parent, filepath.Dir(parent) {
		if e.children[parent][name] {
			return
		}
		if e.children[parent] == nil {
			e.children[parent] = map[string]bool{}
		}
		e.children[parent][name] = true
	}
}

// remove removes an entry, which may not be known. What lies below it stays.
func (e *entries) remove(name string) {
	delete(e.byPath, name)
	for len(e.children[name]) == 0 {
		if _, known := e.byPath[name]; known {
			return
		}
		delete(e.children, name)
		parent := filepath.Dir(name)
		delete(e.children[parent], name)
		if parent == name {
			return
		}
		name = parent
	}
}

// below appends the entries below a path to names, each directory before its contents. A
// path for which skip is true is left out with what lies below it; skip may be nil.
func (e *entries) below(name string, skip func(string) bool, names []string) []string {
	for child := range e.children[name] {
		e.visited++
		if skip != nil && skip(child) {
			continue
		}
		if _, known := e.byPath[child]; known {
			names = append(names, child)
		}
		names = e.below(child, skip, names)
	}
	return names
}
