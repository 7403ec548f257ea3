package composefile

import (
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"golang.org/x/tools/txtar"
)

// parsedFiles are the files of an archive, parsed. A text without sections is one file.
func parsedFiles(t *testing.T, archive string) []File {
	t.Helper()
	if !strings.HasPrefix(archive, "-- ") {
		archive = "-- compose.yaml --\n" + archive
	}
	var files []File
	for _, section := range txtar.Parse([]byte(archive)).Files {
		f := File{Path: section.Name, content: section.Data}
		if err := f.parse(); err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// TestLocate: the place where most of the keys lead to, in the file that counts.
func TestLocate(t *testing.T) {
	t.Parallel()
	const one = "-- a --\nx: 1\nservices:\n  web:\n    image: a\n    ports: [1, 2]\n    environment:\n      - A=b\n      - C\n"
	for _, test := range []struct{ name, files, keys, want string }{
		{"nothing", one, "", "a:1"},
		{"a key", one, "services web image", "a:4"},
		{"an index", one, "services web ports 1", "a:5"},
		{"an index in brackets", one, "services web ports [0]", "a:5"},
		{"an entry of a list by its name", one, "services web environment C", "a:8"},
		{"an entry of a list with a value", one, "services web environment A", "a:7"},
		{"as far as it goes", one, "services web build context", "a:3"},
		{"nowhere", one, "volumes data", "a:1"},
		{"the last file of equals", one + "-- b --\nservices: {web: {image: b}}\n", "services web image", "b:1"},
		{"the file that leads further", one + "-- b --\nservices: {web: {}}\n", "services web image", "a:4"},
		{"the last document of equals", "-- a --\nx: {y: 1}\n---\nx:\n  y: 2\n---\nz: 1\n", "x y", "a:4"},
		{"a document that leads less far", "-- a --\nx: {y: 1}\n---\nx: 2\n", "x y", "a:1"},
		{"an alias", "-- a --\nx: &x\n  image: a\nservices:\n  web: *x\n", "services web image", "a:2"},
		{"a merge key", "-- a --\nx: &x\n  image: a\n  init: true\nservices:\n  web:\n    <<: *x\n    init: false\n", "services web image", "a:2"},
		{"its own before what it merges", "-- a --\nx: &x\n  image: a\nservices:\n  web:\n    <<: *x\n    image: b\n", "services web image", "a:6"},
		{"several merge keys", "-- a --\nx: &x {a: 1}\ny: &y\n  b: 1\nz:\n  <<: [*x, *y]\n", "z b", "a:3"},
		{"an empty file", "-- a --\n-- b --\nx: 1\n", "x", "b:1"},
	} {
		file, line := Locate(parsedFiles(t, test.files), strings.Fields(test.keys)...)
		if got := fmt.Sprintf("%s:%d", file, line); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	if file, line := Locate(nil, "a"); file != "" || line != 0 {
		t.Errorf("without files: %s:%d", file, line)
	}
}

// TestNodeAt: the value of the last file that has one, as a kind in a word.
func TestNodeAt(t *testing.T) {
	t.Parallel()
	files := parsedFiles(t, "-- a --\na: {b: x}\nl: [1, 1.5]\nt: true\nn:\nq: \"5\"\nr: &r {s: 1}\ns: *r\n-- b --\na: {c: 1}\n")
	for keys, want := range map[string]string{
		"a b": "a text x", "a c": "a number 1", "l": "a list ", "l 1": "a number 1.5", "t": "true or false true", "n": "nothing ", "q": "a text 5", "r": "a mapping ", "s": "a mapping ", "a d": "none", "z": "none", "l 9": "none",
	} {
		got := "none"
		if n := NodeAt(files, strings.Fields(keys)); n != nil {
			got = kindOf(n) + " " + Target(n).Value
		}
		if got != want {
			t.Errorf("%s: %q, want %q", keys, got, want)
		}
	}
}

func TestMentionLine(t *testing.T) {
	t.Parallel()
	f := File{content: []byte("# ${A}\na: AB $AB\nb: x${A:-y}\nc: $A\nd: ${B}C\n")}
	for name, want := range map[string]int{"A": 3, "AB": 2, "B": 5, "C": 0, "x": 0} {
		if got := f.MentionLine(name); got != want {
			t.Errorf("%s is in line %d, want %d", name, got, want)
		}
	}
}

func TestKeysOfASection(t *testing.T) {
	t.Parallel()
	files := parsedFiles(t, "services: {web: {}, db: {}}\nvolumes: [a]\n")
	for section, want := range map[string]string{"services": "web db", "volumes": "", "networks": ""} {
		if got := strings.Join(files[0].keys(section), " "); got != want {
			t.Errorf("%s: %s, want %s", section, got, want)
		}
	}
	if got := new(File).keys("services"); got != nil {
		t.Errorf("an empty file has %v", got)
	}
}

// TestSplitPath: the loader's paths, of which only the files tell where a key ends.
func TestSplitPath(t *testing.T) {
	t.Parallel()
	files := parsedFiles(t, "services: {my.web: {ports: [1], labels: {a.b.c: 1}}}\n")
	for path, want := range map[string]string{
		"services.my.web.ports.0": "services|my.web|ports|0", "services.my.web.ports[0]": "services|my.web|ports|[0]", "services.my.web.ports.[]": "services|my.web|ports|[]",
		"services.my.web.labels.a.b.c": "services|my.web|labels|a.b.c", "services.db.image": "services|db|image", "": "",
	} {
		if got := strings.Join(splitPath(files, path), "|"); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// TestEntryOf: the entry of a list that holds a value, of which the loader says no number.
func TestEntryOf(t *testing.T) {
	t.Parallel()
	files := parsedFiles(t, "a: [x, y, $z, w]\nb: [{c: x}, {c: y}]\n")
	for _, test := range []struct{ keys, value, want string }{
		{"a", "y", "a 1"},
		{"a []", "w", "a 3"},
		{"a", "filled in", "a 2"},
		{"b [] c", "y", "b 1 c"},
		{"b [] c", "z", "b"},
		{"none", "x", "none"},
	} {
		if got := strings.Join(entryOf(files, strings.Fields(test.keys), test.value), " "); got != test.want {
			t.Errorf("%s of %s: %s, want %s", test.value, test.keys, got, test.want)
		}
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]string{
		"services web ports": "services.web.ports", "services web ports 1": "entry 2 of services.web.ports", "services web ports [0]": "entry 1 of services.web.ports",
		"services web ports 1 target": "target in entry 2 of services.web.ports", "services 0": "entry 1 of services", "0": "0",
	} {
		if got := place(strings.Fields(keys)); got != want {
			t.Errorf("%s: %s, want %s", keys, got, want)
		}
	}
}

// TestExamplesAreRight: each example for a hint is YAML that begins with its key.
func TestExamplesAreRight(t *testing.T) {
	t.Parallel()
	for key, example := range examples {
		var value map[string]any
		text, _, _ := strings.Cut(example, ", the ")
		text, _, _ = strings.Cut(text, " or "+key)
		if key == "version" || yaml.Unmarshal([]byte(text), &value) == nil && len(value) == 1 {
			continue
		}
		t.Errorf("%s: %s", key, example)
	}
}
