package tree

import (
	"encoding/binary"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/devup-cli/devup/internal/untrusted"
)

// maxIndex bounds git's index, which has some 100 bytes for each file.
const maxIndex = 64 << 20

// trackedOf knows the files that git tracks. Such a file counts although .gitignore names it: people
// commit a .env and then name it there, and a clone has it all the same.
func trackedOf(fsys fs.FS) func() []string {
	return sync.OnceValue(func() []string {
		content, err := untrusted.ReadFileFS(fsys, ".git/index", maxIndex)
		if err != nil { // no clone, a linked work tree, or a directory in one
			return nil
		}
		return trackedIn(content)
	})
}

// IsTracked says whether git tracks a file. It is false where no index says so, too.
func (t *Tree) IsTracked(name string) bool { return t.isTracked(name, false) }

// isTracked says whether git tracks a file, or a file in a directory.
func (t *Tree) isTracked(name string, directory bool) bool {
	if t.tracked == nil {
		return false
	}
	if directory {
		name += "/"
	}
	all := t.tracked()
	i, found := slices.BinarySearch(all, name)
	return found || directory && i < len(all) && strings.HasPrefix(all[i], name)
}

// The layout of an index: https://git-scm.com/docs/index-format
const (
	indexHeader  = 12
	entryHeader  = 62 // of an entry with a hash of SHA-1
	flagExtended = 1 << 14
)

// What the paths of an index may take in memory: in version 4 an entry says only what it does
// not have in common with the one before.
const (
	maxPath  = 4096 // PATH_MAX of Linux
	maxPaths = 256 << 20
)

// trackedIn are the paths in an index of git, sorted; nil for one that cannot be read.
func trackedIn(index []byte) []string {
	if len(index) < indexHeader || string(index[:4]) != "DIRC" {
		return nil
	}
	version := binary.BigEndian.Uint32(index[4:])
	if version < 2 || version > 4 {
		return nil
	}
	var all []string
	previous, rest, left := "", index[indexHeader:], maxPaths
	for range binary.BigEndian.Uint32(index[8:]) {
		name, size := entryIn(rest, version, previous)
		if left -= len(name); name == "" || len(name) > maxPath || left < 0 {
			return nil
		}
		all, previous, rest = append(all, name), name, rest[size:]
	}
	slices.Sort(all)
	return all
}

// entryIn is the path of the first entry, and the entry's size; an empty path where there is none.
func entryIn(rest []byte, version uint32, previous string) (name string, size int) {
	at := entryHeader
	if len(rest) <= at+2 {
		return "", 0
	}
	if binary.BigEndian.Uint16(rest[at-2:])&flagExtended != 0 {
		at += 2
	}
	kept := ""
	if version == 4 { // the path without what it has in common with the one before
		removed, n := stripped(rest[at:])
		if n == 0 || removed > len(previous) {
			return "", 0
		}
		kept, at = previous[:len(previous)-removed], at+n
	}
	end := slices.Index(rest[at:], 0)
	if end < 0 {
		return "", 0
	}
	name, size = kept+string(rest[at:at+end]), at+end+1
	if version < 4 {
		size = (at + end + 8) / 8 * 8 // at least one zero
	}
	if size > len(rest) {
		return "", 0
	}
	return name, size
}

// stripped is a number as git writes that of an offset in a pack, and how many bytes it takes; no
// bytes for one that is too long.
func stripped(rest []byte) (number, bytes int) {
	for i, b := range rest[:min(len(rest), 4)] {
		number = number<<7 | int(b&0x7f)
		if b&0x80 == 0 {
			return number, i + 1
		}
		number++
	}
	return 0, 0
}
