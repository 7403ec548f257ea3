package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/event"
)

// watching follows a directory with the system's events and gives what batches of them say.
type watching struct {
	t       *testing.T
	dir     string
	tree    *tree
	batches chan map[string]op
}

func follow(t *testing.T, poll bool, rule string) *watching {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(dir, "w")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	rules := parse(t, strings.ReplaceAll(rule, "/w", dir))
	from, err := newNotifier(rules, polled(rules, poll))
	if err != nil {
		t.Fatal(err)
	}
	from.every = 20 * time.Millisecond
	w := &watching{t: t, dir: dir, tree: newTree(rules, from, event.Discard), batches: make(chan map[string]op)}
	w.tree.fill()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		collect(ctx, from.hints(ctx), w.batches, w.tree.relevant)
	}()
	t.Cleanup(func() { cancel(); <-done; from.close() })
	return w
}

func (w *watching) path(name string) string { return filepath.Join(w.dir, name) }

func (w *watching) write(name, content string) {
	w.t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(w.path(name)), 0o755), os.WriteFile(w.path(name), []byte(content), 0o644)); err != nil {
		w.t.Fatal(err)
	}
}

// until takes batches until one names the path, and gives all changes by path.
func (w *watching) until(name string) string {
	w.t.Helper()
	marks := map[Kind]string{Created: "+", Modified: "~", Removed: "-", Replaced: "!"}
	all := map[string]string{}
	limit := time.After(time.Minute)
	for {
		select {
		case b := <-w.batches:
			for _, c := range w.tree.update(b) {
				short, _ := filepath.Rel(w.dir, c.Path)
				all[short] = marks[c.Kind]
			}
		case <-limit:
			w.t.Fatalf("no batch names %s; there were %v", name, all)
		}
		if all[name] != "" {
			var words []string
			for short, mark := range all {
				words = append(words, mark+short)
			}
			slices.SortFunc(words, func(a, b string) int { return strings.Compare(a[1:], b[1:]) })
			return strings.Join(words, " ")
		}
	}
}

// TestFollow: what happens in a directory is reported, with events and by polling alike.
func TestFollow(t *testing.T) {
	t.Parallel()
	for _, poll := range []bool{false, true} {
		t.Run(map[bool]string{false: "events", true: "polling"}[poll], func(t *testing.T) {
			t.Parallel()
			w := follow(t, poll, "web sync /w -> /a ignore=skip")
			step := func(want, until string, errs ...error) {
				t.Helper()
				if err := errors.Join(errs...); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, w.until(until)); diff != "" {
					t.Error(diff)
				}
			}
			w.write("skip/x", "1")
			w.write("d/e/f", "1")
			step("+d +d/e +d/e/f", "d/e/f")
			w.write("d/e/f", "22")
			step("~d/e/f", "d/e/f")
			step("-d -d/e -d/e/f +n +n/e +n/e/f", "n/e/f", os.Rename(w.path("d"), w.path("n")))
			w.write("n/e/f", "333")
			step("~n/e/f", "n/e/f")
			w.write("d/e/g", "1")
			step("+d +d/e +d/e/g", "d/e/g")
			w.write("d/e/g", "22")
			step("~d/e/g", "d/e/g")
			step("-n -n/e -n/e/f", "n", os.RemoveAll(w.path("n")))
			step("!d -d/e -d/e/g", "d", os.RemoveAll(w.path("d")), os.WriteFile(w.path("d"), []byte("x"), 0o644))
			step("~d", "d", os.Chmod(w.path("d"), 0o755))
			w.write("last", "")
			step("+last", "last", os.RemoveAll(w.path("skip")))
		})
	}
}

// TestFollowNewDirectory: a watched path that does not exist yet, and one that goes and
// comes again.
func TestFollowNewDirectory(t *testing.T) {
	t.Parallel()
	w := follow(t, false, "web sync /w/a/b/c -> /a")
	w.write("other", "x")
	w.write("a/b/c/f", "1")
	if got := w.until("a/b/c/f"); !strings.Contains(got, "+a/b/c/f") {
		t.Error(got)
	}
	w.write("a/b/c/g", "1")
	w.until("a/b/c/g")
	if err := os.Rename(w.path("a"), w.path("z")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("-a/b/c -a/b/c/f -a/b/c/g", w.until("a/b/c")); diff != "" {
		t.Error(diff)
	}
	if err := os.Rename(w.path("z"), w.path("a")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("+a/b/c +a/b/c/f +a/b/c/g", w.until("a/b/c/g")); diff != "" {
		t.Error(diff)
	}
	w.write("a/b/c/h", "1")
	w.until("a/b/c/h")
}

// TestFollowReplacedDirectory: when another directory takes a directory's place within
// one batch, what only the old one held is reported as removed.
func TestFollowReplacedDirectory(t *testing.T) {
	t.Parallel()
	w := follow(t, false, "web sync /w -> /a")
	w.write("x/old", "1")
	w.write("x/both", "1")
	w.write("y/both", "1")
	w.write("y/new", "1")
	w.until("y/new")
	if err := errors.Join(os.Rename(w.path("x"), w.path("t")), os.Rename(w.path("y"), w.path("x"))); err != nil {
		t.Fatal(err)
	}
	got := w.until("x/old")
	for _, want := range []string{"-x/old", "~x/both", "+x/new", "-y ", "-y/both", "-y/new", "+t/old"} {
		if !strings.Contains(got+" ", want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
}

// TestUnreadable: what cannot be read is reported once and keeps what was known of it.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root reads everything")
	}
	dir := t.TempDir()
	if err := errors.Join(os.MkdirAll(filepath.Join(dir, "d"), 0o755), os.WriteFile(filepath.Join(dir, "d", "f"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	said := 0
	tree := newTree(parse(t, "web sync "+dir+" -> /a"), nopSource{}, func(event.Event) { said++ })
	tree.fill()
	if err := os.Chmod(filepath.Join(dir, "d"), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "d"), 0o755) })
	for range 2 {
		for _, c := range tree.update(map[string]op{dir: recheck}) {
			if c.Kind == Removed {
				t.Errorf("%+v", c)
			}
		}
	}
	if said != 1 {
		t.Errorf("said %d times", said)
	}
}

func TestSilent(t *testing.T) {
	t.Parallel()
	const mounts = "overlay / overlay rw 0 0\nC:\\134 /mnt/c 9p rw 0 0\nnas:/x /home/me/my\\040share nfs4 rw 0 0\n/dev/sda /home ext4 rw 0 0\n"
	for name, want := range map[string]bool{
		"/mnt/c/Users/me/app": true, "/mnt/cc": false, "/home/me/app": false, "/home/me/my share/app": true, "/": false,
	} {
		if got := silent(mounts, name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// TestRemovedTreeIsLinear: the work for a removed tree grows with its size, however
// deeply what went away is nested.
func TestRemovedTreeIsLinear(t *testing.T) {
	t.Parallel()
	const directories = 1000
	for _, shape := range []struct {
		name string
		path func(i int) string
	}{
		{"wide", func(i int) string { return filepath.Join("old", strconv.Itoa(i)) }},
		{"deep", func(i int) string { return filepath.Join("old", strings.Repeat("d/", i%50), strconv.Itoa(i)) }},
	} {
		t.Run(shape.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			tree := newTree(parse(t, "web sync "+dir+" -> /a"), nopSource{}, event.Discard)
			tree.entries.put(dir, entry{mode: os.ModeDir})
			hints := map[string]op{}
			for i := range directories { // known, but not on the disk
				sub := filepath.Join(dir, shape.path(i))
				tree.entries.put(filepath.Join(sub, "file"), entry{})
				hints[filepath.Join(sub, "file")] = gone
				for above := sub; above != dir; above = filepath.Dir(above) {
					tree.entries.put(above, entry{mode: os.ModeDir})
					hints[above] = gone
				}
			}
			if got := len(tree.update(hints)); got != len(hints) {
				t.Errorf("%d changes for %d removed paths", got, len(hints))
			}
			if limit := 4 * len(hints); tree.entries.visited > limit {
				t.Errorf("%d visits for %d removed paths, want at most %d", tree.entries.visited, len(hints), limit)
			}
			if len(tree.entries.byPath) != 1 || len(tree.entries.below(dir, nil, nil)) != 0 {
				t.Errorf("%d entries left, want the root alone", len(tree.entries.byPath))
			}
		})
	}
}

// full is a source that has no watch left for some directories.
type full struct{ nopSource }

func (full) add(dir string) error {
	if strings.HasSuffix(dir, "many") {
		return &os.PathError{Op: "inotify_add_watch", Path: dir, Err: syscall.ENOSPC}
	}
	return nil
}

// TestLimit: when the system watches no more directories, that is said in one sentence
// with what to do.
func TestLimit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := errors.Join(os.MkdirAll(filepath.Join(dir, "a", "many"), 0o755), os.MkdirAll(filepath.Join(dir, "b", "many"), 0o755)); err != nil {
		t.Fatal(err)
	}
	var said []string
	tree := newTree(parse(t, "web sync "+dir+" -> /a"), full{}, func(e event.Event) { said = append(said, e.Text) })
	tree.fill()
	want := []string{"this system's limit of watched directories is reached at " + filepath.Join(dir, "a", "many") +
		", so devup polls the files once a second; raise the limit: sudo sysctl fs.inotify.max_user_watches=524288"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkFill(b *testing.B) {
	dir := b.TempDir()
	for i := range 100 {
		sub := filepath.Join(dir, "some", "directory", strconv.Itoa(i))
		if err := os.MkdirAll(sub, 0o755); err != nil {
			b.Fatal(err)
		}
		for j := range 100 {
			if err := os.WriteFile(filepath.Join(sub, strconv.Itoa(j)+".js"), nil, 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	s := types.ServiceConfig{Name: "web"}
	r, err := ruleOf(s, types.Trigger{Path: dir, Action: types.WatchActionSync, Target: "/a", Ignore: []string{"dist"}})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		newTree([]Rule{r}, nopSource{}, event.Discard).fill()
	}
}

// TestFillSince finds what changed since the files were looked at, and nothing else.
func TestFillSince(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"edited", "removed", "same"} {
		write(name, "1")
	}
	rules := parse(t, "web rebuild "+dir)
	known := NewSnapshot(rules)
	write("edited", "changed")
	write("new", "1")
	if err := os.Remove(filepath.Join(dir, "removed")); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range newTree(rules, nopSource{}, event.Discard).fillSince(known) {
		if !c.IsDir {
			got = append(got, filepath.Base(c.Path))
		}
	}
	if diff := cmp.Diff([]string{"edited", "new", "removed"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if missed := newTree(rules, nopSource{}, event.Discard).fillSince(nil); missed != nil {
		t.Errorf("without a look there is nothing to compare with, and %v is given", missed)
	}
}
