package dataservice

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestPage: the table of the documentation has a row for every data service.
func TestPage(t *testing.T) {
	t.Parallel()
	const name = "../../../docs/data-services.md"
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range All() {
		row := fmt.Sprintf("| `%s` | %s | %s | `%s` |\n", s.Name, strings.Join(s.Aliases, ", "), s.Title, s.Image)
		if !strings.Contains(string(page), row) {
			t.Errorf("%s lacks\n%s", name, row)
		}
	}
}
