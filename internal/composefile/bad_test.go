package composefile

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fail/failtest"
)

// badCases are those of testdata/bad.txt, and what no text file can show.
func badCases(t testing.TB) []failtest.Case {
	t.Helper()
	cases := failtest.Cases(t, filepath.Join("testdata", "bad.txt"))
	const fine = "services:\n  web: {image: nginx}\n"
	var wide strings.Builder
	for _, unit := range utf16.Encode([]rune("\uFEFF" + fine)) {
		wide.WriteString(string([]byte{byte(unit), byte(unit >> 8)}))
	}
	return append(
		cases,
		failtest.Case{Name: "UTF-16 without an end", Text: wide.String()[:wide.Len()-1]},
		failtest.Case{Name: "a BOM before a mistake", Text: "\uFEFFservices:\n  web: {imag: nginx}\n"},
		failtest.Case{Name: "a picture", Text: "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00"},
		failtest.Case{Name: "a zero byte", Text: "services:\n  web: {image: \"ng\x00inx\"}\n"},
		failtest.Case{Name: "Latin-1", Text: "services:\n  web: {image: nginx, hostname: m\xfcller}\n"},
		failtest.Case{Name: "lists in lists, too deep", Text: "services:\n  web:\n    command: " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "\n"},
		failtest.Case{Name: "mappings in mappings, too deep", Text: "services:\n  web:\n    x-a: " + strings.Repeat("{a: ", 20000) + "1" + strings.Repeat("}", 20000) + "\n"},
		failtest.Case{Name: "Windows line ends and a mistake", Text: "services:\r\n  web:\r\n    imag: nginx\r\n"},
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
		dir := directory(t, c.Archive())
		_, _, err := load(t.Context(), Options{Dir: dir}, "")
		if err == nil {
			t.Errorf("%s: loads, and should not", c.Name)
			continue
		}
		e := failure(t, err)
		checkSentence(t, c.Name, e, dir)
		all.WriteString(failtest.Sentence(c, e, dir))
	}
	failtest.Golden(t, filepath.Join("testdata", "bad.golden"), all.String())
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
