package stack

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

func ports(s Service) string { return strconv.Itoa(s.HostPort) + ":" + strconv.Itoa(s.Port.Number) }

func TestPortNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"3000": 3000, `"80"`: 80, "'1'": 1, "65535": 65535, "65536": 0, "0": 0, "-1": 0, "": 0, "a": 0, "99999999999999999999": 0} {
		if got, ok := PortNumber(text); ok != (want != 0) || ok && got != want {
			t.Errorf("PortNumber(%q) = %d, %v; want %d", text, got, ok, want)
		}
	}
}

// TestPortIn: better patterns first, then nearer files; numbers that are no port are none.
func TestPortIn(t *testing.T) {
	t.Parallel()
	better, worse := lazyregexp.New(`listen\((\d+)\)`), lazyregexp.New(`port = (\d+)`)
	for _, test := range []struct{ name, files, want string }{
		{"the better pattern", "-- a --\nport = 1000\n-- b --\n\nlisten(2000)\n", "2000 b:2 port 2000"},
		{"the nearer file", "-- a --\nx\n-- b --\nport = 1000\n-- c --\nport = 2000\n", "1000 b:1 port 1000"},
		{"what is no port", "-- a --\nlisten(70000)\n-- b --\nlisten(3000)\n", "3000 b:1 port 3000"},
		{"nothing", "-- a --\nx\n", ""},
	} {
		var sources []tree.File
		for _, file := range txtar.Parse([]byte(test.files)).Files {
			sources = append(sources, tree.File{Path: file.Name, Text: string(file.Data)})
		}
		got := ""
		if port, ok := PortIn(sources, better, worse); ok {
			got = fmt.Sprintf("%d %s:%d %s", port.Number, port.Evidence.File, port.Evidence.Line, port.Evidence.Text)
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, pattern, want string }{
		{"a = 5", `a = (\d)`, "5 true"}, {"a = x", `a = (\d)`, " false"}, {"", `(.*)`, " false"}, {"ab", `a(c?)`, " true"},
	} {
		group, found := Match(test.text, test.pattern)
		if got := fmt.Sprint(group, " ", found); got != test.want {
			t.Errorf("%q in %q: %s, want %s", test.pattern, test.text, got, test.want)
		}
	}
}

func TestGroup(t *testing.T) {
	t.Parallel()
	text := "xay"
	match := lazyregexp.New(`(a)|(b)`).FindStringSubmatchIndex(text)
	if got := Group(text, match, 1) + "|" + Group(text, match, 2); got != "a|" {
		t.Errorf("got %s, want a|", got)
	}
}

// TestWantedInJSON: fields of other forms lose only themselves, and the first key counts.
func TestWantedInJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{`{"a": {"x": "1"}, "b": {"x": "2"}}`, "1 true"},
		{`{"b": {"x": "2"}}`, "2 true"},
		{`{"a": ["x"], "b": {"x": "2"}}`, "2 true"},
		{`{"a": {"x": {"version": "1"}}}`, " true"},
		{`{"c": {"x": "1"}}`, " false"},
		{`{"a": {"x": "1"}`, " false"},
		{`["x"]`, " false"},
		{"", " false"},
	} {
		versions, found := WantedInJSON(test.text, "x", "a", "b")
		if got := fmt.Sprint(versions, " ", found); got != test.want {
			t.Errorf("%s: %s, want %s", test.text, got, test.want)
		}
	}
}

func TestLess(t *testing.T) {
	t.Parallel()
	ordered := []Version{{}, Release(0, 9), Release(1, 0), Release(1, 10), Release(2, 1)}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := a.Less(b); got != (i < j) {
				t.Errorf("%v less than %v: %v", a, b, got)
			}
		}
	}
}

func TestImageTag(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"20": "20 false", "3.11.4": "3.11.4 false", "20-alpine": "20-alpine true", "lts": "lts false", "lts-slim": "lts-slim true", "": " false", "a b": " false", "1.2.3.4": "1.2.3.4 false",
	} {
		tag, whole := ImageTag(version)
		if got := fmt.Sprint(tag, " ", whole); got != want {
			t.Errorf("ImageTag(%q) = %s, want %s", version, got, want)
		}
	}
}

func TestParts(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"20": "20 0 false", "3.11.4": "3 11 true", "lts": "0 0 false", "": "0 0 false", "18.x": "18 0 true"} {
		major, minor, exact := Parts(version)
		if got := fmt.Sprint(major, minor, exact); got != want {
			t.Errorf("Parts(%q) = %s, want %s", version, got, want)
		}
	}
}

// TestVersionFiles: those of the service before those of the root, in the order of their names.
func TestVersionFiles(t *testing.T) {
	t.Parallel()
	const files = "-- .toyrc --\n1\n-- .tool-versions --\nother 9\n# toy 8\ntoy 2.0 2.1\n-- web/.toyrc --\n# ours\n\n 3 \n4\n-- web/.tool-versions --\nother 9\ntoy\n"
	fsys := fstest.MapFS{}
	for _, file := range txtar.Parse([]byte(files)).Files {
		fsys[file.Name] = &fstest.MapFile{Data: file.Data}
	}
	all := func(string) bool { return true }
	root, err := tree.Walk(fsys, tree.Files{Interesting: all, Manifest: all})
	if err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{
		".":   ".toyrc:1|.tool-versions:2.0",
		"web": "web/.toyrc:3|web/.tool-versions:toy|.toyrc:1|.tool-versions:2.0",
		"api": ".toyrc:1|.tool-versions:2.0",
	} {
		var got []string
		for _, e := range (&App{Tree: root, Service: Service{Dir: dir}}).VersionFiles("toy", ".toyrc", ".none", ".tool-versions") {
			got = append(got, e.File+":"+e.Text)
		}
		if text := strings.Join(got, "|"); text != want {
			t.Errorf("%s: %s, want %s", dir, text, want)
		}
	}
}

// FuzzVersions: whatever a version file holds, what is taken of it is a tag.
func FuzzVersions(f *testing.F) {
	for _, seed := range []string{"v18.x\n", "toy 3.1\n", "# a\n\nlts/*", "3.11.4", "1.2.3.4", "20-alpine", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		version := PlainVersion(versionFileText(text, "toy"))
		tag, whole := ImageTag(version)
		if version != string(tag) || whole {
			t.Errorf("%q: version %q, tag %q, whole %v", text, version, tag, whole)
		}
		if major, minor, _ := Parts(version); major < 0 || major > 99 || minor < 0 || minor > 999 {
			t.Errorf("%q: %d.%d", text, major, minor)
		}
	})
}
