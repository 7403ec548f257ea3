// Package page reads the tables of the documentation's pages, for tests that hold
// them to the code. Nothing but tests imports it.
package page

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Column gives the first column of every table of a Markdown page whose first
// heading is header, sorted. Cells are taken without their backquotes.
func Column(t *testing.T, file, header string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("^\\| `([^`]+)` \\|")
	var cells []string
	inside := false
	for line := range strings.Lines(string(text)) {
		switch match := row.FindStringSubmatch(line); {
		case strings.HasPrefix(line, "| "+header+" |"):
			inside = true
		case !strings.HasPrefix(line, "|"):
			inside = false
		case inside && match != nil:
			cells = append(cells, match[1])
		}
	}
	slices.Sort(cells)
	return cells
}

// Table holds the rows of the table whose first heading is header to those that the code
// gives; with update it writes them into the page instead.
func Table(t *testing.T, file, header string, rows []string, update bool) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), "| "+header+" |")
	head, rest, _ := strings.Cut(rest, "\n")
	rule, rest, _ := strings.Cut(rest, "\n")
	if !found {
		t.Fatalf("%s has no table with the heading %q", file, header)
	}
	after := rest
	for strings.HasPrefix(after, "|") {
		_, after, _ = strings.Cut(after, "\n")
	}
	want := strings.Join(rows, "\n") + "\n"
	if rest[:len(rest)-len(after)] == want {
		return
	}
	if !update {
		t.Errorf("the table %q of %s is not what the code gives: run the test with -update", header, file)
		return
	}
	if err := os.WriteFile(file, []byte(before+"| "+header+" |"+head+"\n"+rule+"\n"+want+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
