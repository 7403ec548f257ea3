// Package failtest holds the sentences of errors against files in which they can be read, for
// tests.
package failtest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/fail"
)

var update = flag.Bool("update", false, "write the golden files again")

// Case is a broken project: a compose.yaml, or the sections of an archive.
type Case struct{ Name, Text string }

// Archive is the case as an archive of "-- name --" sections.
func (c Case) Archive() string {
	if strings.HasPrefix(c.Text, "-- ") {
		return c.Text
	}
	return "-- compose.yaml --\n" + c.Text
}

// Cases reads a file of cases, each below a line "=== NAME".
func Cases(t testing.TB, file string) []Case {
	t.Helper()
	content, err := os.ReadFile(file) //nolint:forbidigo // a file of the tests
	if err != nil {
		t.Fatal(err)
	}
	var cases []Case
	for _, part := range strings.Split("\n"+string(content), "\n=== ")[1:] {
		name, text, _ := strings.Cut(part, "\n")
		cases = append(cases, Case{name, text})
	}
	return cases
}

// Sentence is what a user reads of the case's error in dir.
func Sentence(c Case, e *fail.Error, dir string) string {
	text := fmt.Sprintf("=== %s\n%s\n", c.Name, strings.ReplaceAll(e.Error(), dir+string(filepath.Separator), ""))
	if e.Hint != "" {
		text += "hint: " + e.Hint + "\n"
	}
	return text
}

// Golden compares sentences with a file, or writes it with -update.
func Golden(t testing.TB, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file) //nolint:forbidigo // a file of the tests
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the sentences differ from %s (-want +got; write it with -update and read it):\n%s", file, diff)
	}
}
