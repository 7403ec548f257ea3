// Package treetest makes repositories for tests.
package treetest

import (
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/devup-cli/devup/internal/tree"
)

// Of is the repository of an archive of "-- name --" sections, in which every file counts.
func Of(t *testing.T, archive string) *tree.Tree {
	t.Helper()
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
