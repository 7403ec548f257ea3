package scaffold_test

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/scaffold"
)

// TestClones: the Dockerfiles and the devup.yaml of clones, from testdata/clones/<name>.txtar to
// testdata/clone-<name>.txtar.
func TestClones(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/clones/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives in testdata/clones: %v", err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fsys := fstest.MapFS{}
		for _, file := range archive.Files {
			fsys[file.Name] = &fstest.MapFile{Data: file.Data}
		}
		repo, err := detect.Scan(fsys)
		if err != nil {
			t.Fatal(err)
		}
		var files []scaffold.File
		for _, file := range render(t, repo) {
			base := filepath.Base(file.Path)
			isDockerfile := strings.HasPrefix(base, "Dockerfile") && !strings.HasSuffix(base, ".dockerignore")
			if isDockerfile {
				parseDockerfile(t, file)
			}
			if isDockerfile || base == "devup.yaml" {
				files = append(files, file)
			}
		}
		golden(t, "clone-"+strings.TrimSuffix(filepath.Base(name), ".txtar"), files)
	}
}
