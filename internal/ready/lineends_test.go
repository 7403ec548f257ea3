package ready

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/devup-cli/devup/internal/diagnose"
)

func TestWithLineEndCause(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"bad.sh": "#!/bin/sh\r\nexec x\r\n", "good.sh": "#!/bin/sh\nexec x\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for file, want := range map[string]string{"bad": "the script backend/bad.sh has Windows line ends (CRLF)", "good": "", "other": ""} {
		said := diagnose.Explain(diagnose.Run, []string{"[FATAL tini (7)] exec /app/" + file + ".sh failed: No such file or directory"}, 127, nil)
		if want == "" {
			want = said.Sentence
		}
		if got := (Source{Dir: dir, Name: "backend"}).withLineEndCause(said).Sentence; said.Reason == "" || got != want {
			t.Errorf("%s: got %q, want %q", file, got, want)
		}
	}
}
