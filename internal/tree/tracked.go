package tree

import (
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/devup-cli/devup/internal/gitindex"
	"github.com/devup-cli/devup/internal/untrusted"
)

// maxIndex bounds git's index, which has some 100 bytes for each file.
const maxIndex = 64 << 20

// maxPaths bounds what its paths take in memory.
const maxPaths = 256 << 20

// trackedOf knows the files that git tracks. Such a file counts although .gitignore names it: people
// commit a .env and then name it there, and a clone has it all the same.
func trackedOf(fsys fs.FS) func() []string {
	return sync.OnceValue(func() []string {
		index, err := openIndex(fsys)
		if err != nil { // no clone, or a directory in one
			return nil
		}
		defer index.Close()
		return trackedIn(index)
	})
}

// openIndex opens git's index, which a linked work tree has in the directory that its file .git names.
func openIndex(fsys fs.FS) (fs.File, error) {
	text, err := untrusted.ReadFileFS(fsys, ".git", gitindex.MaxLink)
	if linked := gitindex.Linked(text); err == nil && filepath.IsAbs(linked) {
		return untrusted.Open(filepath.Join(linked, "index"))
	}
	return fsys.Open(".git/index")
}

// trackedIn are the paths in an index, as far as they are not too many: one says only what it
// does not have in common with the one before.
func trackedIn(index io.Reader) []string {
	var all []string
	left := maxPaths
	for name := range gitindex.Paths(io.LimitReader(index, maxIndex)) {
		if left -= len(name); left < 0 {
			return nil
		}
		all = append(all, name)
	}
	return all
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
