package composefile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

// FuzzFiles holds the walk over the files that other files name against any texts: it ends,
// and what compose-go reads afterwards is an error in one sentence or a project.
func FuzzFiles(f *testing.F) {
	for _, seed := range [][3]string{
		{"include: [a.yaml]\nservices: {web: {image: a}}\n", "services: {db: {image: b}}\n", "A=b\n"},
		{"include: [{path: [a.yaml, compose.yaml], project_directory: x, env_file: a.env}]\n", "include: [{path: a.yaml}]\n", "A=${A}$A\n"},
		{"services: {web: {extends: {file: a.yaml, service: base}}}\n", "services: {base: {image: a, env_file: [{path: a.env, required: false}], extends: {file: compose.yaml, service: web}}}\n", "B"},
		{"services: {web: {image: a, label_file: [a.env], env_file: a.env}}\nx: &x {<<: *x}\n", "a: &a [*a]\n", "A='"},
		{"x: &x {include: ['$F']}\n<<: *x\n", "services: !reset null\n", "F=a.yaml\n"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, top, other, env string) {
		if len(top)+len(other)+len(env) > 8<<10 || strings.ContainsAny(top+other+env, "/~\\") || strings.Contains(top+other+env, "..") {
			t.Skip("what lies elsewhere on this machine is no matter of the texts")
		}
		for name, text := range map[string]string{"compose.yaml": top, "a.yaml": other, "a.env": env, ".env": env} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, _, err := load(t.Context(), Options{Dir: dir, Env: map[string]string{"F": "a.yaml"}}, "")
		if err == nil {
			return
		}
		e, ok := errors.AsType[*fail.Error](err)
		if !ok || e.Code.Exit() != 2 || strings.ContainsAny(e.Message, "\n\r") {
			t.Errorf("the error is none for a user: %v", err)
		}
	})
}
