package untrusted

import (
	"errors"
	"strings"
	"testing"
)

// TestParseShell: brackets of a clone's text do not end the program by a full stack.
func TestParseShell(t *testing.T) {
	t.Parallel()
	if file, err := ParseShell("npm ci && (cd web; npm ci)"); err != nil || len(file.Stmts) != 1 {
		t.Errorf("%v, %v", file, err)
	}
	for _, text := range []string{strings.Repeat("(", 900_000), strings.Repeat("${", 3000), strings.Repeat("if ", 300_000)} {
		if _, err := ParseShell(text); !errors.Is(err, ErrTooNested) {
			t.Errorf("%.10s…: %v", text, err)
		}
	}
}
