package node

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
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

// manifestFrom is a package.json of a text.
func manifestFrom(t *testing.T, text string) *npm.Manifest {
	t.Helper()
	p, err := npm.ParseManifest("package.json", text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// packageWith is a package.json of scripts and dependencies: "dev=vite; start=node x.js" and
// "vite@5.0.0 react".
func packageWith(scripts, dependencies string) string {
	list := func(text, sep, cut string) string {
		var pairs []string
		for item := range strings.SplitSeq(text, sep) {
			if name, value, _ := strings.Cut(strings.TrimSpace(item), cut); name != "" {
				pairs = append(pairs, `"`+name+`": "`+value+`"`)
			}
		}
		return "{" + strings.Join(pairs, ", ") + "}"
	}
	return `{"scripts": ` + list(scripts, ";", "=") + `, "dependencies": ` + list(dependencies, " ", ":") + "}\n"
}
