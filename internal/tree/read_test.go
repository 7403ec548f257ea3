package tree

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestText: a file's text as all that read it may rely on it.
func TestText(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"plain": {Data: []byte("a\nb")}, "windows": {Data: []byte("a\r\nb\rc")}, "mark": {Data: []byte("\uFEFFa")}, "wide": {Data: []byte("a\x00b\x00")}, "latin": {Data: []byte("m\xfcll")},
		"powershell": {Data: []byte("\xff\xfea\x00\r\x00\n\x00b\x00")}, "half": {Data: []byte("\xff\xfea")},
		"late": {Data: []byte(strings.Repeat("a", 9000) + "\x00")}, "long": {Data: []byte(strings.Repeat("a", MaxFile+1))},
	}
	root := &Tree{fsys: files, texts: map[string]string{}}
	for name, want := range map[string]string{"plain": "a\nb", "windows": "a\nb\nc", "mark": "a", "wide": "", "powershell": "a\nb", "half": "\uFFFDa", "latin": "m\uFFFDll", "missing": "", "../plain": ""} {
		if got := root.Text(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := len(root.Text("late")); got != 9001 {
		t.Errorf("a zero byte far below leaves %d bytes, want all", got)
	}
	if got := len(root.Text("long")); got != MaxFile {
		t.Errorf("%d bytes of a long file, want %d", got, MaxFile)
	}
	if got := len(root.LockText("long")); got != MaxFile+1 {
		t.Errorf("%d bytes of a long lock file, want all", got)
	}
	files["plain"] = &fstest.MapFile{Data: []byte("changed")}
	if got := root.Text("plain"); got != "a\nb" {
		t.Errorf("a file was read twice: %q", got)
	}
}

func TestExists(t *testing.T) {
	t.Parallel()
	root := walked(t, ".hidden/x", "a.png")
	for name, want := range map[string]bool{".hidden/x": true, ".hidden": true, "a.png": true, "b": false, "../a": false, "": false, "/a.png": false} {
		if got := root.Exists(name); got != want {
			t.Errorf("Exists(%q) = %v", name, got)
		}
	}
	if new(Tree).Exists(".") {
		t.Error("the empty tree has a root")
	}
}

// TestSource: comments are blanked, and offsets stay.
func TestSource(t *testing.T) {
	t.Parallel()
	root := walked(t, "a.py=# x\na # b\n  # c", "a.js=// x\na // b\n# c", "a.toml=# x\n// y", "Procfile=# x\n// y",
		"a.rs=run(1);\n#[cfg(test)]\n#[x]\nmod tests {\n  run(2);\n}\nrun(3);", "b.rs=#[cfg(test)]\nuse a;\nmod b {\n}")
	for name, want := range map[string]string{
		"a.py": "   \na # b\n     ", "a.js": "    \na // b\n# c", "a.toml": "   \n// y", "Procfile": "   \n// y",
		"a.rs": "run(1);\n#[cfg(test)]\n#[x]\nmod tests {\n         \n \nrun(3);", "b.rs": "#[cfg(test)]\nuse a;\nmod b {\n}",
	} {
		if got := root.Source(name); got.Text != want || got.Path != name {
			t.Errorf("%s: %q, want %q", name, got.Text, want)
		}
	}
}

func TestAt(t *testing.T) {
	t.Parallel()
	f := File{Path: "a", Text: "x\ny\nz"}
	for offset, want := range map[int]int{0: 1, 1: 1, 2: 2, 4: 3, 99: 3} {
		if got := f.At(offset, "t"); got != At("a", want, "t") {
			t.Errorf("offset %d is at %+v, want line %d", offset, got, want)
		}
	}
}

func TestMatchParts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, name string
		want          bool
	}{
		{"a", "a", true},
		{"a", "a/b", false},
		{"a/b", "a", false},
		{"*", "a/b", false},
		{"a/*", "a/b", true},
		{"**", "a/b/c", true},
		{"**/c", "a/b/c", true},
		{"**/c", "c", true},
		{"a/**/c", "a/c", true},
		{"a/**/c", "b/c", false},
		{"a/**", "a", false},
		{"a/**/b/**/c", "a/x/b/y/z/c", true},
		{"[", "a", false},
	} {
		if got := MatchParts(strings.Split(test.pattern, "/"), strings.Split(test.name, "/")); got != test.want {
			t.Errorf("%s matches %s: %v", test.pattern, test.name, got)
		}
	}
}
