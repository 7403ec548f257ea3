package setup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Files gives a hash of the files that patterns match: it differs where a name or a content
// does. Nil stands for a project whose files are not looked at.
type Files func(patterns []string) string

// The bounds of what is read for one step. Beyond them only names and sizes count.
const (
	maxFiles   = 10_000
	maxContent = 64 << 20
)

// databases are the files of SQLite, which steps change themselves.
var databases = lazyregexp.New(`\.(?:db|sqlite3?)(?:-journal|-wal|-shm)?$`)

var errEnough = errors.New("enough files")

// FilesIn looks for files below the root of a project, without following links.
func FilesIn(project fs.FS) Files {
	return func(patterns []string) string {
		sum, left, size := sha256.New(), maxFiles, int64(maxContent)
		add := func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil //nolint:nilerr // what cannot be read has not changed
			case entry.IsDir() && entry.Name() == "__pycache__":
				return fs.SkipDir
			case entry.IsDir() || databases.MatchString(name):
				return nil
			}
			if left--; left < 0 {
				return errEnough
			}
			fmt.Fprintf(sum, "%q", name)
			if content, err := untrusted.ReadFileFS(project, name, size); err == nil {
				size -= int64(len(content))
				fmt.Fprintf(sum, " %d\n%s", len(content), content)
			} else if info, err := entry.Info(); err == nil {
				fmt.Fprintf(sum, " %d bytes\n", info.Size())
			}
			return nil
		}
		for _, pattern := range patterns {
			names, _ := fs.Glob(project, pattern) // its only error is a bad pattern, which loading refuses
			slices.Sort(names)
			for _, name := range names {
				_ = fs.WalkDir(project, name, add) // errEnough alone
			}
		}
		return hex.EncodeToString(sum.Sum(nil)[:8])
	}
}
