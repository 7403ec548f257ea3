package pip

import (
	"fmt"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/tree/treetest"
)

// treeIn is the repository of an archive of "-- name --" sections.
func treeIn(t *testing.T, archive string) *tree.Tree {
	t.Helper()
	return treetest.Of(t, archive)
}

// shown is evidence in one line.
func shown(e tree.Evidence) string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, e.Line)
	}
	return strings.TrimSpace(place + " " + e.Text)
}
