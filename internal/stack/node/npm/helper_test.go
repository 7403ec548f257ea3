package npm

import (
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// treeOf is the repository of an archive of "-- name --" sections. A text without sections is
// the root's package.json.
func treeOf(t *testing.T, archive string) *tree.Tree {
	t.Helper()
	if !strings.HasPrefix(archive, "-- ") {
		archive = "-- package.json --\n" + archive
	}
	fsys := fstest.MapFS{}
	for _, file := range txtar.Parse([]byte(archive)).Files {
		fsys[file.Name] = &fstest.MapFile{Data: file.Data}
	}
	all := func(string) bool { return true }
	root, err := tree.Walk(fsys, tree.Files{Interesting: all, Manifest: all})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// appIn is the app in a directory of the repository, not yet described.
func appIn(t *testing.T, archive, dir string) *stack.App {
	t.Helper()
	return &stack.App{Tree: treeOf(t, archive), Service: stack.Service{Dir: dir}}
}

// packageNeeding is a package.json with a dependency, as in "vite:5.0.0".
func packageNeeding(dependency string) string {
	name, version, _ := strings.Cut(dependency, ":")
	return `{"dependencies": {"` + name + `": "` + version + `"}}`
}
