package composefile

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/devup-cli/devup/internal/fail"
)

var update = flag.Bool("update", false, "write testdata/bad.golden anew")

// badCase is a broken config: a compose.yaml, or the sections of an archive.
type badCase struct{ name, text string }

// badCases are those of testdata/bad.txt, and what no text file can show.
func badCases(t testing.TB) []badCase {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "bad.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []badCase
	for _, part := range strings.Split("\n"+string(content), "\n=== ")[1:] {
		name, text, _ := strings.Cut(part, "\n")
		cases = append(cases, badCase{name, text})
	}
	const fine = "services:\n  web: {image: nginx}\n"
	var wide strings.Builder
	for _, unit := range utf16.Encode([]rune("\uFEFF" + fine)) {
		wide.WriteString(string([]byte{byte(unit), byte(unit >> 8)}))
	}
	return append(
		cases,
		badCase{"UTF-16 without an end", wide.String()[:wide.Len()-1]},
		badCase{"a BOM before a mistake", "\uFEFFservices:\n  web: {imag: nginx}\n"},
		badCase{"a picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00"},
		badCase{"a zero byte", "services:\n  web: {image: \"ng\x00inx\"}\n"},
		badCase{"Latin-1", "services:\n  web: {image: nginx, hostname: m\xfcller}\n"},
		badCase{"lists in lists, too deep", "services:\n  web:\n    command: " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "\n"},
		badCase{"mappings in mappings, too deep", "services:\n  web:\n    x-a: " + strings.Repeat("{a: ", 20000) + "1" + strings.Repeat("}", 20000) + "\n"},
		badCase{"Windows line ends and a mistake", "services:\r\n  web:\r\n    imag: nginx\r\n"},
	)
}

// noLine are the cases whose sentence can name no line, with the reason.
var noLine = map[string]string{
	"empty file":             "there is no line to name",
	"only a comment":         "there is nothing in it to point at",
	"only a document marker": "there is nothing in it to point at",
	"UTF-16 without an end":  "the bytes are no text, so they have no lines",
	"a picture":              "the bytes are no text, so they have no lines",
}

// goish are words of libraries that say nothing to the user.
var goish = regexp.MustCompile(`(?i)unmarshal|reflect|!!|strconv|parsing "|goroutine|mapstructure|%!|\bnil\b|interface|schema|invalid syntax|\[\]|additional propert|decod|(?:^|[^.a-z])yaml: |cast|invalid compose project`)

// TestBadInput holds every broken config against the rules for an error, and all
// sentences against a file in which a user can read them.
func TestBadInput(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, c := range badCases(t) {
		text := c.text
		if !strings.HasPrefix(text, "-- ") {
			text = "-- compose.yaml --\n" + text
		}
		dir := directory(t, text)
		_, _, err := load(t.Context(), Options{Dir: dir}, "")
		if err == nil {
			t.Errorf("%s: loads, and should not", c.name)
			continue
		}
		e := failure(t, err)
		checkSentence(t, c.name, e, dir)
		fmt.Fprintf(&all, "=== %s\n%s\n", c.name, strings.ReplaceAll(e.Error(), dir+string(filepath.Separator), ""))
		if e.Hint != "" {
			fmt.Fprintf(&all, "hint: %s\n", e.Hint)
		}
	}
	golden := filepath.Join("testdata", "bad.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(all.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := all.String(); got != string(want) {
		t.Errorf("the sentences differ from %s (rewrite it with -update and read it):\n%s", golden, firstDifference(got, string(want)))
	}
}

// checkSentence holds one error against what every error must be.
func checkSentence(t *testing.T, name string, e *fail.Error, dir string) {
	t.Helper()
	problem := func(what string) { t.Errorf("%s: %s: %s (hint: %s)", name, what, e, e.Hint) }
	switch {
	case e.Code.Exit() != 2:
		problem(fmt.Sprintf("exit code %d, not 2", e.Code.Exit()))
	case e.File == "" || !filepath.IsAbs(e.File):
		problem("no file")
	case e.Line <= 0 && noLine[name] == "":
		problem("no line")
	case e.Line > 0 && noLine[name] != "":
		problem("a line after all")
	}
	for _, text := range []string{e.Message, e.Hint} {
		switch {
		case strings.ContainsAny(text, "\n\r\x00"):
			problem("more than one line")
		case goish.MatchString(text):
			problem("words of a library: " + goish.FindString(text))
		case strings.Contains(text, dir):
			problem("the path is in the message too")
		case len(text) > 240:
			problem("too long")
		}
	}
	if !e.CauseShown && errors.Unwrap(e) != nil && !strings.Contains(name, "env") {
		problem("the cause would be shown too")
	}
}

// firstDifference shows where two texts part.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		a, b := "", ""
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, a, b)
		}
	}
	return "nowhere"
}
