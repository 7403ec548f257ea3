package composefile

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// TestBoundsAreExact: a file at a bound is read, and one above it is not.
func TestBoundsAreExact(t *testing.T) {
	t.Parallel()
	keys := func(n int) string { return "a:\n" + each(n, "  k%[1]d: a\n") }
	deep := func(n int) string { return nested("{a: ", n, "b", "}") + "\n" }
	variables := func(n int) string { return "a: '" + nested("${A:-", n, "b", "}") + "'\n" }
	for _, test := range []struct{ name, text, want string }{
		{"keys", keys(maxKeys), ""},
		{"keys too many", keys(maxKeys + 1), "2: a mapping has more than 10000 keys"},
		{"depth", deep(maxDepth), ""},
		{"too deep", deep(maxDepth + 1), "1: mappings and lists are nested more than 100 deep"},
		{"variables in each other", variables(maxNested), ""},
		{"variables in each other, too deep", variables(maxNested + 1), "1: variables are nested more than 50 deep"},
		{"an alias", "a: &a [1]\nb: *a\nc: *a\n", ""},
		{"an alias in itself", "a: &a\n  - *a\n", "2: an alias repeats the part in which it stands"},
		{"a second document", "a: 1\n---\n" + deep(maxDepth+1), "3: mappings and lists are nested more than 100 deep"},
		{"a line of many variables", "a: '" + strings.Repeat("${A}", 4000) + "'\n", ""},
		{"a line of too many variables", "a: '" + strings.Repeat("${A}", 5000) + "'\n", "1: a line has too many variables for its length"},
		{"many variables on lines of their own", "a: |\n" + strings.Repeat("  ${A}\n", 5000), ""},
		{"an empty file", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := parsedFiles(t, test.text)[0].bounded()
			got := ""
			if e, ok := errors.AsType[*fail.Error](err); ok {
				got = fmt.Sprintf("%d: %s", e.Line, e.Message)
			}
			if got != test.want || err != nil && !refused(err) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestNesting(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "$A": 0, "${A}": 1, "${A}${B}": 1, "${A:-${B}}": 2, "${A:-${B:-${C}}}${D}": 3, "}}${A": 1, "$ {A}": 0, "${A:-{}${B}}": 1} {
		if got := nesting(text); got != want {
			t.Errorf("nesting(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestMentions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"$A": true, "${A}": true, "x${A:-b}": true, "$AB": false, "${AB}": false, "A": false, "BA $BA": false, "$AB $A": true, "${B:-A}": false, "${B:-$A}": true, "": false, "$A1": false, "$A-": true,
	} {
		if got := mentions(text, "A"); got != want {
			t.Errorf("%q mentions A: %v", text, got)
		}
	}
}

// TestFilesThatAreNotRead: what a file is that devup does not read, with its place.
func TestFilesThatAreNotRead(t *testing.T) {
	t.Parallel()
	dir := directory(t, "-- sub/ --\n-- large --\n"+strings.Repeat("x", 100)+"\n-- small --\nx\n")
	for name, want := range map[string]string{"sub": "the file is a directory", "large": "the file is larger than", "small": "", "missing": ""} {
		_, err := untrusted.ReadFile(filepath.Join(dir, name), 50)
		e := notRead(filepath.Join(dir, name), err)
		switch {
		case want == "" && e != nil:
			t.Errorf("%s: %v, and compose-go says what is wrong", name, e)
		case want != "" && (e == nil || !strings.HasPrefix(e.Message, want) || !refused(err) || filepath.Base(e.File) != name):
			t.Errorf("%s: %v, want %s", name, e, want)
		}
		if e == nil {
			continue
		}
		named := namedAt("/x/compose.yaml", 7, name, err)
		if named == nil || named.Line != 7 {
			t.Errorf("%s: %v, want it at line 7", name, named)
		}
	}
}

// TestIncludeOfADirectory: names in an included file are relative to what the include says.
func TestIncludeOfADirectory(t *testing.T) {
	t.Parallel()
	const included = "-- sub/a.yaml --\nservices: {db: {build: ./db, env_file: a.env}}\n"
	for _, test := range []struct{ name, entry, files, want string }{
		{"a name", "sub/a.yaml", included + "-- sub/a.env --\nA=sub\n", "sub/db A=sub"},
		{"a directory", "{path: sub/a.yaml, project_directory: other}", included + "-- other/a.env --\nA=other\n", "other/db A=other"},
		{"the directory of the project", "{path: sub/a.yaml, project_directory: .}", included + "-- a.env --\nA=top\n", "db A=top"},
		{"a variable", "{path: '${P:-sub}/a.yaml'}", included + "-- sub/a.env --\nA=sub\n", "sub/db A=sub"},
		{"two files of one entry", "{path: [sub/a.yaml, sub/b.yaml]}", included + "-- sub/a.env --\nA=sub\n-- sub/b.yaml --\nservices: {db: {environment: {B: 1}}}\n", "sub/db A=sub B=1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, "-- compose.yaml --\ninclude: ["+test.entry+"]\nservices: {}\n"+test.files)
			model, _ := loaded(t, dir, Options{})
			db := model.Project.Services["db"]
			context, err := filepath.Rel(dir, db.Build.Context)
			if err != nil {
				t.Fatal(err)
			}
			env := map[string]string{}
			for name, value := range db.Environment {
				env[name] = *value
			}
			if got := filepath.ToSlash(context) + " " + pairs(env); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestSentencesOfRules: errors of compose-go that few files reach, as sentences with their places.
func TestSentencesOfRules(t *testing.T) {
	t.Parallel()
	files := parsedFiles(t, "-- /x/compose.yaml --\nservices:\n  web:\n    image: a\n    ports:\n      - 1\n      - x:80\n    restart: [no]\nvolumes:\n  data:\n    external: true\n    driver: local\n")
	for _, test := range []struct{ text, want, hint string }{
		{"cannot override services.web.image", "3: services.web.image is of another kind here than in the file below it", "write it as it is written there, or put !override before the value"},
		{"services.web.restart must be a string", "7: services.web.restart must be a text, not a list", "for example restart: unless-stopped"},
		{`volumes.data: conflicting parameters "external" and "driver" specified`, "11: volumes.data is external, so devup does not create it, and driver says how to", "keep one of the two"},
		{"services.web: image|build attributes are mutually exclusive", "2: services.web has more than one of image, build", ""},
		{"services.web: one of image|build must be set", "2: services.web says neither image nor build", ""},
		{"invalid hostPort: x", `6: "x:80" is not a port mapping: "x" is not a port of the host (a number from 1 to 65535)`, `for example "3000:3000": the host's port, then the container's`},
	} {
		e, ok := errors.AsType[*fail.Error](Explain(errors.New(test.text), files))
		if !ok {
			t.Fatalf("%s: no failure", test.text)
		}
		if got := fmt.Sprintf("%d: %s", e.Line, e.Message); got != test.want || e.Hint != test.hint {
			t.Errorf("%s:\ngot  %s (hint: %s)\nwant %s (hint: %s)", test.text, got, e.Hint, test.want, test.hint)
		}
	}
}
