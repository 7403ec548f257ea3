package npm

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/tree/treetest"
)

// treeOf is the repository of an archive of "-- name --" sections. A text without sections is
// the root's package.json.
func treeOf(t *testing.T, archive string) *tree.Tree {
	t.Helper()
	if !strings.HasPrefix(archive, "-- ") {
		archive = "-- package.json --\n" + archive
	}
	return treetest.Of(t, archive)
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
