package urls

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// directory writes the files of "-- name --" sections into a new directory and gives
// its path. A name that ends in / is a directory.
func directory(t testing.TB, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, section := range strings.Split("\n"+archive, "\n-- ")[1:] {
		name, content, ok := strings.Cut(section, " --\n")
		if !ok {
			name, content = strings.TrimSuffix(section, " --"), ""
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.TrimSuffix(content, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func load(t testing.TB, dir string, o project.Options) *project.Project {
	t.Helper()
	if o.Dir == "" {
		o.Dir = dir
	}
	p, err := project.Load(t.Context(), o)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return p
}

// loadText loads a devup.yaml alone.
func loadText(t testing.TB, text string) *project.Project {
	t.Helper()
	return load(t, directory(t, "-- devup.yaml --\n"+text), project.Options{})
}

// environmentOf shows a service's environment as sorted lines.
func environmentOf(p *project.Project, service string) string {
	var lines []string
	env := p.Services[service].Environment
	for _, key := range slices.Sorted(maps.Keys(env)) {
		if env[key] == nil {
			lines = append(lines, key)
			continue
		}
		lines = append(lines, key+"="+*env[key])
	}
	return strings.Join(lines, "\n")
}

func failure(t *testing.T, err error) *fail.Error {
	t.Helper()
	e, ok := err.(*fail.Error) //nolint:errorlint // Load promises the type itself
	if !ok {
		t.Fatalf("error %v (%T), want a fail.Error", err, err)
	}
	return e
}
