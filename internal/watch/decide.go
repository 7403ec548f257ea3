package watch

import (
	"cmp"
	"maps"
	"path"
	"path/filepath"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
)

// Kind says what happened to a path.
type Kind string

// The kinds of changes.
const (
	Created  Kind = "created"
	Modified Kind = "modified"
	Removed  Kind = "removed"
	Replaced Kind = "replaced" // a file is where a directory was, or the reverse
)

// Change is what became of a path of this machine.
type Change struct {
	Path  string
	Kind  Kind
	IsDir bool // it is a directory, or was one when it was removed
}

// Pair is a file of this machine and its path in a container.
type Pair struct {
	Host, Target string
}

// Todo is what a batch of changes asks for in one service. The strongest action
// goes first: Rebuild, then Remove and Copy, Restart, and Execs.
type Todo struct {
	Service string
	Rebuild bool
	Restart bool
	Remove  []string            // paths in the container; nothing below one that is named
	Copy    []Pair              // by Target; directories come before what they hold
	Execs   []types.ServiceHook // each once, in the order of the rules
	Replace bool                // something of another kind may be in the place of what is copied
}

// draft is a Todo in the making.
type draft struct {
	Todo
	copies  map[string]string // target -> host
	removes map[string]bool
	execs   map[int]bool // by rule
}

// Decide says what changes ask for, by service. It is pure: the same rules and
// changes give the same answer. A directory alone is copied, and asks for nothing else.
func Decide(rules []Rule, changes []Change) []Todo {
	drafts := map[string]*draft{}
	for i, r := range rules {
		for _, c := range changes {
			if !r.Covers(c.Path) {
				continue
			}
			d := drafts[r.Service]
			if d == nil {
				d = &draft{Todo: Todo{Service: r.Service}, copies: map[string]string{}, removes: map[string]bool{}, execs: map[int]bool{}}
				drafts[r.Service] = d
			}
			d.take(i, r, c)
		}
	}
	var todos []Todo
	for _, name := range slices.Sorted(maps.Keys(drafts)) {
		if t := drafts[name].finish(rules); !t.empty() {
			todos = append(todos, t)
		}
	}
	return todos
}

// take adds what one change asks for by one rule.
func (d *draft) take(i int, r Rule, c Change) {
	if r.syncs() {
		d.sync(r, c)
	}
	if c.IsDir {
		return // its files, if it has any, are changes of their own
	}
	switch r.Action {
	case types.WatchActionRebuild:
		d.Rebuild = true
	case types.WatchActionRestart, types.WatchActionSyncRestart:
		d.Restart = true
	case types.WatchActionSyncExec:
		d.execs[i] = true
	}
}

func (d *draft) sync(r Rule, c Change) {
	target := r.target(c.Path)
	if c.Kind == Removed {
		// The directory that is watched is the image's or a mount: only what was in it goes.
		if (c.IsDir && c.Path == r.Path) || target == "/" {
			return
		}
		d.removes[target] = true
		return
	}
	d.copies[target] = c.Path
	d.Replace = d.Replace || c.Kind == Replaced
}

func (d *draft) finish(rules []Rule) Todo {
	t := d.Todo
	for _, target := range slices.Sorted(maps.Keys(d.removes)) {
		if !d.removedAbove(target) && d.copies[target] == "" {
			t.Remove = append(t.Remove, target)
		}
	}
	for _, target := range slices.Sorted(maps.Keys(d.copies)) {
		t.Copy = append(t.Copy, Pair{Host: d.copies[target], Target: target})
	}
	for i := range rules {
		if d.execs[i] {
			t.Execs = append(t.Execs, rules[i].Exec)
		}
	}
	return t
}

// removedAbove reports whether a directory above is removed too.
func (d *draft) removedAbove(target string) bool {
	for up := path.Dir(target); up != "/" && up != "."; up = path.Dir(up) {
		if d.removes[up] && d.copies[up] == "" {
			return true
		}
	}
	return false
}

func (t Todo) empty() bool {
	return !t.Rebuild && !t.Restart && len(t.Remove)+len(t.Copy)+len(t.Execs) == 0
}

// syncAll is what the beginning asks for in one service, given the files that are
// there: everything that its rules with initial_sync cover.
func syncAll(rules []Rule, service string, known []Change) Todo {
	var initial []Rule
	for _, r := range rules {
		if r.Service == service && r.Initial && r.syncs() {
			r.Action = types.WatchActionSync
			initial = append(initial, r)
		}
	}
	for _, t := range Decide(initial, known) {
		return t
	}
	return Todo{Service: service}
}

// merge is what two todos of one service ask for together, where b is the later.
func merge(a, b Todo) Todo {
	d := draft{Todo: Todo{
		Service: cmp.Or(b.Service, a.Service), Rebuild: a.Rebuild || b.Rebuild,
		Restart: a.Restart || b.Restart, Replace: a.Replace || b.Replace,
	}, copies: map[string]string{}, removes: map[string]bool{}}
	for _, t := range []Todo{a, b} {
		for _, target := range t.Remove {
			d.removes[target] = true
			delete(d.copies, target)
		}
		for _, c := range t.Copy {
			d.copies[c.Target] = c.Host
		}
	}
	merged := d.finish(nil)
	merged.Execs = append(slices.Clone(a.Execs), b.Execs...)
	return merged
}

// dirOf is the directory that a path of this machine lies in.
func dirOf(name string) string { return filepath.Dir(name) }
