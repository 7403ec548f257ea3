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
