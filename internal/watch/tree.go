package watch

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/devup-cli/devup/internal/event"
)

// source reports that files may have changed. A directory must be added before
// it is read, so that nothing happens unseen in between.
type source interface {
	add(dir string) error
	remove(dir string)
}

// nopSource is a source that never reports a change.
type nopSource struct{}

func (nopSource) add(string) error { return nil }
func (nopSource) remove(string)    {}

// tree is what is known of the watched files. It is used by one goroutine at a
// time, but for relevant.
type tree struct {
	rules   []Rule
	roots   []string // the watched paths, none below another
	from    source
	sink    event.Sink
	entries *entries
	warned  map[string]bool // paths of which was reported that they cannot be read
	refused bool            // that a directory could not be added to the source was reported
	changed map[string]Change
}

func newTree(rules []Rule, from source, sink event.Sink) *tree {
	t := &tree{rules: rules, from: from, sink: sink, entries: newEntries(), warned: map[string]bool{}, changed: map[string]Change{}}
	var paths []string
	for _, r := range rules {
		paths = append(paths, r.Path)
	}
	slices.Sort(paths)
	for _, p := range slices.Compact(paths) {
		if t.root(p) == "" {
			t.roots = append(t.roots, p)
		}
	}
	return t
}

// root is the watched path that a path is or lies in, or empty.
func (t *tree) root(name string) string {
	for _, r := range t.roots {
		if _, ok := inside(r, name); ok {
			return r
		}
	}
	return ""
}

// relevant reports whether a path may be any rule's business. It is safe for
// concurrent use with everything.
func (t *tree) relevant(name string) bool {
	for _, r := range t.rules {
		if _, above := inside(name, r.Path); above || !r.ignores(name) {
			return true
		}
	}
	return false
}

// fill reads everything for the first time.
func (t *tree) fill() { t.fillSince(nil) }

// fillSince reads everything for the first time, and gives what changed since it was known;
// nothing where it was not.
func (t *tree) fillSince(known *Snapshot) []Change {
	if known != nil {
		t.entries = known.entries
	}
	for _, r := range t.roots {
		t.check(r, recheck)
	}
	changes := t.takeChanges()
	if known == nil {
		return nil
	}
	return changes
}

// isDir reports whether a path is a directory.
func (t *tree) isDir(name string) bool { return t.entries.directory(name) }

// known is everything that is there, as changes that create it.
func (t *tree) known() []Change {
	var all []Change
	for _, name := range slices.Sorted(maps.Keys(t.entries.byPath)) {
		all = append(all, Change{Path: name, Kind: Created, IsDir: t.isDir(name)})
	}
	return all
}

// update checks the paths of a batch and gives what became of them, sorted by
// path. What the hints say decides only what to check and what is surely new.
func (t *tree) update(hints map[string]op) []Change {
	paths := slices.Sorted(maps.Keys(hints)) // directories come before what they hold
	forgotten := map[string]bool{}
	for _, name := range paths {
		if hints[name]&(made|gone) != 0 && t.isDir(name) {
			t.forget(name, forgotten)
		}
	}
	for _, name := range paths {
		t.check(name, hints[name])
	}
	return t.takeChanges()
}

// takeChanges gives the changes that were found, sorted by path.
func (t *tree) takeChanges() []Change {
	var changes []Change
	for _, name := range slices.Sorted(maps.Keys(t.changed)) {
		changes = append(changes, t.changed[name])
	}
	clear(t.changed)
	return changes
}

// forget takes the known directories from the source that lie in one that went away:
// the system follows a moved directory and would go on telling its old name. Those in
// done were taken before, with what they hold; forget adds to them.
func (t *tree) forget(dir string, done map[string]bool) {
	if done[dir] {
		return
	}
	names := t.entries.below(dir, func(name string) bool { return done[name] }, []string{dir})
	for _, name := range names {
		if t.isDir(name) {
			done[name] = true
			t.from.remove(name)
		}
	}
}

// check compares one path.
func (t *tree) check(name string, ops op) {
	root := t.root(name)
	if root == "" || root == name {
		for _, r := range t.roots {
			if _, above := inside(name, r); above {
				t.checkRoot(r, ops)
			}
		}
		return
	}
	if !t.skipped(name) {
		t.compare(name, ops)
	}
}

// checkRoot compares a watched path. The directory that it is in reports when it comes
// to be there, or the nearest one above that is there.
func (t *tree) checkRoot(root string, ops op) {
	for dir := dirOf(root); ; dir = dirOf(dir) {
		if err := t.from.add(dir); err == nil || !errors.Is(err, fs.ErrNotExist) || dir == dirOf(dir) {
			break // that a directory above cannot be watched matters only if the root goes away
		}
	}
	t.compare(root, ops)
}

// compare compares a path with what was known of it.
func (t *tree) compare(name string, ops op) {
	info, err := os.Lstat(name)
	switch {
	case gonePath(err):
		t.forgetBelow(name)
	case err != nil:
		t.warn(name, err)
	case info.IsDir():
		if t.isDir(name) && ops&(made|gone|recheck) == 0 {
			t.note(name, entryOf(info), false)
			return
		}
		seen := map[string]bool{}
		t.walk(name, info, ops&(made|gone) != 0, seen)
		for _, below := range t.below(name) {
			if !seen[below] && !t.hidden(below) {
				t.forgetBelow(below)
			}
		}
	default:
		for _, below := range t.below(name) { // it was a directory
			t.forgetBelow(below)
		}
		t.note(name, entryOf(info), ops&(made|gone|touched) != 0)
	}
}

// walk takes in a directory and what lies below it. surely says that everything is new.
func (t *tree) walk(name string, info fs.FileInfo, surely bool, seen map[string]bool) {
	seen[name] = true
	t.note(name, entryOf(info), surely && !info.IsDir())
	if !info.IsDir() {
		return
	}
	if err := t.from.add(name); err != nil && !gonePath(err) {
		t.refuse(name, err)
	}
	list, err := os.ReadDir(name)
	if err != nil && !gonePath(err) {
		t.warn(name, err)
		return
	}
	delete(t.warned, name)
	for _, d := range list {
		child := filepath.Join(name, d.Name())
		if t.skipped(child) {
			continue
		}
		if info, err := d.Info(); err == nil { // else it was removed meanwhile, which will be reported
			t.walk(child, info, surely, seen)
		}
	}
}

// note takes in a file or directory as it is now.
func (t *tree) note(name string, now entry, surely bool) {
	old, known := t.entries.byPath[name]
	t.entries.put(name, now)
	kind := Modified
	switch {
	case !known:
		kind = Created
	case old.mode.IsDir() != now.mode.IsDir():
		kind = Replaced
	case old.same(now) && !surely:
		return
	}
	if before, ok := t.changed[name]; ok && kind == Modified && before.Kind != Removed {
		kind = before.Kind
	}
	t.changed[name] = Change{Path: name, Kind: kind, IsDir: now.mode.IsDir()}
}

// forgetBelow takes out a path and what was below it.
func (t *tree) forgetBelow(name string) {
	if _, known := t.entries.byPath[name]; !known {
		return
	}
	for _, gone := range append(t.below(name), name) {
		isDir := t.isDir(gone)
		if isDir {
			t.from.remove(gone)
		}
		t.entries.remove(gone)
		t.changed[gone] = Change{Path: gone, Kind: Removed, IsDir: isDir}
	}
}

// below lists what is known below a path, if that is a directory.
func (t *tree) below(name string) []string {
	if !t.isDir(name) {
		return nil
	}
	return t.entries.below(name, nil, nil)
}

// skipped reports whether a path concerns no rule, nor anything below it.
func (t *tree) skipped(name string) bool {
	return !slices.ContainsFunc(t.rules, func(r Rule) bool { return !r.skips(name) })
}

// hidden reports whether a path lies in a directory that cannot be read, so that nothing
// is known of it.
func (t *tree) hidden(name string) bool {
	for dir := dirOf(name); dir != dirOf(dir); dir = dirOf(dir) {
		if t.warned[dir] {
			return true
		}
	}
	return false
}

// warn says once that a path cannot be read.
func (t *tree) warn(name string, err error) {
	if !t.warned[name] {
		t.warned[name] = true
		t.sink(event.Event{Kind: event.Note, State: event.Warning, Text: "cannot be read, and so is not watched: " + err.Error()})
	}
}

// refuse says once that a directory cannot be watched. What is watched goes on.
func (t *tree) refuse(name string, err error) {
	if !t.refused {
		t.refused = true
		err = explainAdd(name, err)
		t.sink(event.Event{Kind: event.Note, State: event.Warning, Text: err.Error() + hintOf(err)})
	}
}

// gonePath reports whether an error says that there is no such path.
func gonePath(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || isNotDir(err)
}
