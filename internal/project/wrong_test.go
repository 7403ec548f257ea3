package project

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail/failtest"
)

// wrongCases are projects that only this package refuses.
func wrongCases(t testing.TB) []failtest.Case {
	t.Helper()
	return failtest.Cases(t, filepath.Join("testdata", "wrong.txt"))
}

// TestWrongProjects holds the sentences against a file in which a user can read them. What is
// wrong with any Compose file is tested in package composefile.
func TestWrongProjects(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, c := range wrongCases(t) {
		dir := directory(t, c.Archive())
		_, err := Load(t.Context(), Options{Dir: dir})
		if err == nil {
			t.Errorf("%s: loads, and should not", c.Name)
			continue
		}
		e := failure(t, err)
		if e.Code.Exit() != 2 || !filepath.IsAbs(e.File) || e.Line <= 0 || strings.ContainsAny(e.Message+e.Hint, "\r\n") || strings.Contains(e.Message+e.Hint, dir) {
			t.Errorf("%s: exit code %d, at %s:%d: %s (hint: %s)", c.Name, e.Code.Exit(), e.File, e.Line, e.Message, e.Hint)
		}
		all.WriteString(failtest.Sentence(c, e, dir))
	}
	failtest.Golden(t, filepath.Join("testdata", "wrong.golden"), all.String())
}
