// Package treetest makes repositories for tests.
package treetest

import (
	"encoding/binary"
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

// Index is an index of git, of version 2, that tracks the files of the names, which are sorted.
func Index(names ...string) []byte {
	const header = 62
	index := binary.BigEndian.AppendUint32([]byte("DIRC\x00\x00\x00\x02"), uint32(len(names)))
	for _, name := range names {
		entry := append(binary.BigEndian.AppendUint16(make([]byte, header-2), uint16(len(name))), name...)
		index = append(append(index, entry...), make([]byte, 8-len(entry)%8)...)
	}
	return index
}
