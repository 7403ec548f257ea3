package composefile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

// TestABadEnvFileShowsNothingOfItself: what is wrong is said by the line, and neither
// the error nor its cause, which --json shows, holds a value.
func TestABadEnvFileShowsNothingOfItself(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"compose.yaml": "services: {web: {image: nginx, env_file: quote}}",
		"vars":         "A=b\nPASS-WORD SECRET\n",
		"quote":        "A=b\nPASSWORD=\"SECRET\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	none := func(string) (string, bool) { return "", false }
	_, _, byConfig := load(t.Context(), Options{Dir: dir}, "")
	_, byFlag := EnvFile(filepath.Join(dir, "vars"), none)
	_, unclosed := EnvFile(filepath.Join(dir, "quote"), none)
	for _, test := range []struct {
		name string
		err  error
		code fail.Code
	}{
		{"named by the config", byConfig, fail.Config},
		{"named by a flag", byFlag, fail.Usage},
		{"a quote that is not closed", unclosed, fail.Usage},
	} {
		e, ok := errors.AsType[*fail.Error](test.err)
		if !ok || e.Code != test.code || e.Line != 2 {
			t.Errorf("%s: got %v, want code %s and line 2", test.name, test.err, test.code)
			continue
		}
		text := e.Error() + e.Hint
		if e.Cause != nil {
			text += e.Cause.Error()
		}
		if strings.Contains(text, "SECRET") {
			t.Errorf("%s: the error shows a value: %s", test.name, text)
		}
	}
}
