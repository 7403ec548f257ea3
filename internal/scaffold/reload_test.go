package scaffold_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/devup-cli/devup/templates"
)

var shellLine = regexp.MustCompile(`(?m)^(?:RUN printf '%s\\n'|   ) '(.*?)'(?: \\| > )`)

// TestReload: the program reload takes what it builds and what it runs as words, and no shell
// reads the names in them.
func TestReload(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	text, err := templates.FS.ReadFile("parts/reload.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var script strings.Builder
	for _, match := range shellLine.FindAllStringSubmatch(string(text), -1) {
		script.WriteString(strings.NewReplacer("{{.Install.Sources}}", "-name x", "/tmp/.built", "./.built").Replace(match[1]) + "\n")
	}
	name := filepath.Join(dir, "reload")
	if err := os.WriteFile(name, []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		words []string
		want  string
		code  int
	}{
		{[]string{"printf", "built %s.\n", "./a b;id", "$(id)", "--", "sh", "-c", `printf "ran %s.\n" "$@"; exit 3`, "sh", "it's", "--", "$(id)"}, "built ./a b;id.\nbuilt $(id).\nran it's.\nran --.\nran $(id).\n", 3},
		{[]string{"sh", "-c", "echo no; exit 4", "--", "echo", "ran"}, "no\n", 1},
	} {
		cmd := exec.CommandContext(t.Context(), sh, append([]string{name}, test.words...)...)
		cmd.Dir = dir
		out, err := cmd.Output()
		exit, _ := errors.AsType[*exec.ExitError](err)
		if exit == nil || exit.ExitCode() != test.code || string(out) != test.want {
			t.Errorf("%q: %v, %q, want %d, %q", test.words, err, out, test.code, test.want)
		}
	}
}
