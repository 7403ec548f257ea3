package pip

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/devup-cli/devup/internal/tree"
)

// treeIn is the repository of an archive of "-- name --" sections.
func treeIn(t *testing.T, archive string) *tree.Tree {
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

// shown is evidence in one line.
func shown(e tree.Evidence) string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, e.Line)
	}
	return strings.TrimSpace(place + " " + e.Text)
}
