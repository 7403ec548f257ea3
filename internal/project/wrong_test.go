package project

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata/wrong.golden anew")

// wrongCase is a project that only this package refuses: a compose.yaml, or the sections of an
// archive.
type wrongCase struct{ name, text string }

func wrongCases(t testing.TB) []wrongCase {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "wrong.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []wrongCase
	for _, part := range strings.Split("\n"+string(content), "\n=== ")[1:] {
		name, text, _ := strings.Cut(part, "\n")
		cases = append(cases, wrongCase{name, text})
	}
	return cases
}

// TestWrongProjects holds the sentences against a file in which a user can read them. What is
// wrong with any Compose file is tested in package composefile.
func TestWrongProjects(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, c := range wrongCases(t) {
		text := c.text
		if !strings.HasPrefix(text, "-- ") {
			text = "-- compose.yaml --\n" + text
		}
		dir := directory(t, text)
		_, err := Load(t.Context(), Options{Dir: dir})
		if err == nil {
			t.Errorf("%s: loads, and should not", c.name)
			continue
		}
		e := failure(t, err)
		if e.Code.Exit() != 2 || !filepath.IsAbs(e.File) || e.Line <= 0 || strings.ContainsAny(e.Message+e.Hint, "\r\n") || strings.Contains(e.Message+e.Hint, dir) {
			t.Errorf("%s: exit code %d, at %s:%d: %s (hint: %s)", c.name, e.Code.Exit(), e.File, e.Line, e.Message, e.Hint)
		}
		fmt.Fprintf(&all, "=== %s\n%s\n", c.name, strings.ReplaceAll(e.Error(), dir+string(filepath.Separator), ""))
		if e.Hint != "" {
			fmt.Fprintf(&all, "hint: %s\n", e.Hint)
		}
	}
	golden := filepath.Join("testdata", "wrong.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(all.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(all.String(), "\n")); diff != "" {
		t.Errorf("the sentences differ from %s (-want +got; write it anew with -update and read it):\n%s", golden, diff)
	}
}
