package tree

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// walked is the tree of files whose text is their name, where each file counts and those
// called manifest count although they are ignored.
func walked(t *testing.T, names ...string) *Tree {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range names {
		name, text, _ := strings.Cut(name, "=")
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	root, err := Walk(fsys, Files{
		Interesting: func(name string) bool { return !strings.HasSuffix(name, ".png") },
		Manifest:    func(name string) bool { return name == "manifest" },
	})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// held are the files of a tree, in its order.
func held(root *Tree) string {
	var all []string
	for _, dir := range root.Paths {
		for _, name := range root.Directory(dir).Names {
			all = append(all, strings.TrimPrefix(dir+"/"+name, "./"))
		}
	}
	return strings.Join(all, " ")
}

// TestWalk: the directories and files that people wrote.
func TestWalk(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("d/", maxDepth)
	for _, test := range []struct{ name, files, want, rejected string }{
		{"parents first, sorted", "b/x a/c/y z a/x", "z a/x a/c/y b/x", ""},
		{"what never counts", "a/x.png x", "x", ""},
		{"hidden directories and those of tools", ".git/x .env node_modules/a/x a/node_modules/x dist/x b/__pycache__/x coverage/x", ".env", ""},
		{"output next to a manifest", "js/package.json js/build/x js/out/x py/build/x py/setup.py", "js/package.json py/setup.py", ""},
		{"the same names elsewhere", "build/x out/x vendor/x target/x public/x", "build/x out/x public/x target/x vendor/x", ""},
		{"output of other tools", "a/pom.xml a/target/x b/go.mod b/vendor/x c/gatsby-config.js c/public/x d/package.json d/public/x", "a/pom.xml b/go.mod c/gatsby-config.js d/package.json d/public/x", ""},
		{"ignored files and directories", ".gitignore=x*|/data/|!xx xx xy sub/xz data/a sub/data/a manifest", ".gitignore manifest xx sub/data/a", ""},
		{"a manifest that is ignored", ".gitignore=manifest|other other manifest", ".gitignore manifest", ""},
		{"rules of a directory below", "a/.gitignore=/x a/x a/b/x x", "x a/.gitignore a/b/x", ""},
		{"a virtualenv by its file", "env/pyvenv.cfg env/x a", "a", "env: a virtualenv"},
		{"a virtualenv by its shape", "env/lib/python3.9/site-packages/x.py env/x lib/python/x", "lib/python/x", "env: a virtualenv"},
		{"a virtualenv of Windows", "env/Lib/site-packages/x.py env/x a", "a", "env: a virtualenv"},
		{"what only looks like one", "env/lib/site-packages/x env/lib/python3/x env/x other/lib64/ruby/site-packages/y", "env/x env/lib/python3/x", ""},
		{"the root is none", "pyvenv.cfg x", "pyvenv.cfg x", ""},
		{"too deep", deep + "x " + deep + "d/y", deep + "x", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			files := strings.Fields(test.files)
			for i := range files {
				files[i] = strings.ReplaceAll(files[i], "|", "\n")
			}
			root := walked(t, files...)
			if got := held(root); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			var rejected []string
			for _, r := range root.Rejected {
				rejected = append(rejected, r.Dir+": "+r.Why)
			}
			if got := strings.Join(rejected, "|"); got != test.rejected {
				t.Errorf("rejected %q, want %q", got, test.rejected)
			}
		})
	}
}

// failing is a file system in which some directories cannot be read.
type failing struct {
	fstest.MapFS
	dirs map[string]error
}

func (f failing) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := f.dirs[name]; err != nil {
		return nil, err
	}
	return f.MapFS.ReadDir(name)
}

// TestWalkOfBrokenDirectories: one that cannot be read is named; one that was removed is not.
func TestWalkOfBrokenDirectories(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"a/x": {}, "b/x": {}, "c/x": {}}
	all := Files{Interesting: func(string) bool { return true }, Manifest: func(string) bool { return false }}
	root, err := Walk(failing{files, map[string]error{"a": fs.ErrPermission, "b": fs.ErrNotExist}}, all)
	if err != nil {
		t.Fatal(err)
	}
	if got := held(root); got != "c/x" {
		t.Errorf("got %s, want c/x", got)
	}
	if len(root.Rejected) != 1 || root.Rejected[0].Dir != "a" {
		t.Errorf("rejected %+v, want a alone", root.Rejected)
	}
	if got := root.Directory(".").Subs; !slices.Equal(got, []string{"c"}) {
		t.Errorf("below the root %v, want c", got)
	}
	if _, err := Walk(failing{files, map[string]error{".": fs.ErrPermission}}, all); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error %v of a root that cannot be read", err)
	}
}

// TestDirectory: what a tree knows of names without opening a file.
func TestDirectory(t *testing.T) {
	t.Parallel()
	root := walked(t, "a/x", "a/y", "a/b/z")
	a := root.Directory("a")
	if !a.Has("x") || a.Has("z") || a.Has("") || !root.Has("a/b/z") || root.Has("a/b") || root.Has("none/x") {
		t.Errorf("names %v", a.Names)
	}
	if got := a.First("z", "y", "x"); got != "y" {
		t.Errorf("the first is %q, want y", got)
	}
	if got := a.First("z"); got != "" {
		t.Errorf("the first is %q, want none", got)
	}
	if none := root.Directory("none"); none.Path != "none" || len(none.Names) > 0 {
		t.Errorf("a directory that the tree does not hold: %+v", none)
	}
	if got := new(Tree).Text("x"); got != "" {
		t.Errorf("the empty tree has the text %q", got)
	}
}

// TestBelow: nearest first, and nothing under what is refused.
func TestBelow(t *testing.T) {
	t.Parallel()
	root := walked(t, "a/b/c/x", "a/d/x", "a/no/e/x", "x")
	var got []string
	for _, f := range root.Below("a", func(f *Directory) bool { return f.Path != "a/no" }) {
		got = append(got, f.Path)
	}
	if text := strings.Join(got, " "); text != "a a/b a/d a/b/c" {
		t.Errorf("below a: %s", text)
	}
	if got := root.Below("none", func(*Directory) bool { return true }); got != nil {
		t.Errorf("below a directory that does not exist: %v", got)
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		dir, name string
		below     bool
		relative  string
	}{
		{".", "a/b", true, "a/b"},
		{".", "..", false, ""},
		{".", "../a", false, ""},
		{".", "..a", true, "..a"},
		{"a", "a/b/c", true, "b/c"},
		{"a", "ab/c", false, ""},
		{"a", "a", false, ""},
	} {
		if got := IsBelow(test.dir, test.name); got != test.below {
			t.Errorf("IsBelow(%q, %q) = %v", test.dir, test.name, got)
		}
		if got := Relative(test.dir, test.name); test.below && got != test.relative {
			t.Errorf("Relative(%q, %q) = %q, want %q", test.dir, test.name, got, test.relative)
		}
	}
	for name, want := range map[string][3]bool{ // a test, aside, output
		"test_a.py": {true}, "a_test.py": {true}, "conftest.py": {true}, "a.test.ts": {true}, "a.spec.js": {true}, "a.min.js": {true}, "a.d.ts": {true}, "b.stories.tsx": {true},
		"latest.py": {}, "a.ts": {}, "tests": {false, true}, "migrations": {false, true}, "scripts": {false, true}, "src": {}, "dist": {false, false, true}, "build": {false, false, true}, "public": {false, true, true},
		"a/example": {false, true}, "a/src/main/java/com/example": {}, "src/test": {false, true},
	} {
		if got := [3]bool{IsTest(name), IsAside(name), IsOutput(name)}; got != want {
			t.Errorf("%s: test, aside, output %v, want %v", name, got, want)
		}
	}
}

// endless is a file system in which each directory holds as many directories as are asked for.
type endless struct{ fstest.MapFS }

func (endless) ReadSome(_ string, most int) ([]fs.DirEntry, error) {
	entries := make([]fs.DirEntry, min(most, 5_000))
	for i := range entries {
		entries[i] = endlessEntry(strconv.Itoa(i))
	}
	return entries, nil
}

type endlessEntry string

func (e endlessEntry) Name() string             { return string(e) }
func (endlessEntry) IsDir() bool                { return true }
func (endlessEntry) Type() fs.FileMode          { return fs.ModeDir }
func (endlessEntry) Info() (fs.FileInfo, error) { return nil, fs.ErrNotExist }

// TestWalkEnds: a tree without an end is read up to a bound, which is said once.
func TestWalkEnds(t *testing.T) {
	t.Parallel()
	root, err := Walk(endless{}, Files{Interesting: func(string) bool { return true }, Manifest: func(string) bool { return false }})
	if err != nil {
		t.Fatal(err)
	}
	if len(root.Paths) > 2_000 || len(root.Rejected) != 1 || !root.Rejected[0].Expected {
		t.Errorf("%d directories, rejected: %+v", len(root.Paths), root.Rejected)
	}
}

// crowded is an endless directory, before one that a service is in.
type crowded struct{ endless }

func (b crowded) ReadSome(dir string, most int) ([]fs.DirEntry, error) {
	switch dir {
	case ".":
		return []fs.DirEntry{endlessEntry("data"), endlessEntry("web")}, nil
	case "web":
		return b.ReadDir("web")
	}
	return b.endless.ReadSome(dir, most)
}

// TestWalkGoesByLevels: what is near the root is examined, whatever lies deep in a directory that
// comes first.
func TestWalkGoesByLevels(t *testing.T) {
	t.Parallel()
	root, err := Walk(crowded{endless{fstest.MapFS{"web/package.json": {}}}}, Files{Interesting: func(string) bool { return true }, Manifest: func(string) bool { return false }})
	if err != nil {
		t.Fatal(err)
	}
	if !root.Has("web/package.json") || len(root.Paths) > 2_000 || root.Paths[0] != "." || root.Paths[1] != "data" {
		t.Errorf("%d directories, first %q", len(root.Paths), root.Paths[:2])
	}
}

// TestWalkPassesOverEntries: a directory of very many files is read in part, and named.
func TestWalkPassesOverEntries(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{}
	for i := range maxEntries + 1 {
		files["data/"+strconv.Itoa(i)] = &fstest.MapFile{}
	}
	root, err := Walk(files, Files{Interesting: func(string) bool { return true }, Manifest: func(string) bool { return false }})
	if err != nil {
		t.Fatal(err)
	}
	if len(root.Rejected) != 1 || root.Rejected[0].Dir != "data" || root.Rejected[0].Expected {
		t.Errorf("rejected: %+v", root.Rejected)
	}
}
