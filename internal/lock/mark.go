package lock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/devup-cli/devup/internal/atomicfile"
	"github.com/devup-cli/devup/internal/owner"
)

// ErrRaised says that another process has a mark of that name.
var ErrRaised = errors.New("another process has it")

// Mark is something that this process says to others for as long as it lives, however
// it ends.
type Mark struct {
	file *flock.Flock
	path string
}

// markTimeout is the most time that a check of a mark takes: for that long it may seem taken.
const markTimeout = time.Second

// Raise makes the mark of that name in the directory dir, which is made when needed. It
// says nothing until [Mark.Say]. The error is [ErrRaised], the context's, or one of the
// file system. The caller calls Lower.
func Raise(ctx context.Context, dir, name string) (*Mark, error) {
	if err := owner.PrivateDir(dir); err != nil {
		return nil, err
	}
	m := &Mark{file: fileAt(filepath.Join(dir, name+".lock")), path: filepath.Join(dir, name+markEnding)}
	within, cancel := context.WithTimeout(ctx, markTimeout)
	defer cancel()
	if taken, err := m.file.TryLockContext(within, pause); !taken {
		_ = m.file.Close() // there is nothing in it
		if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
			err = ErrRaised
		}
		return nil, err
	}
	return m, nil
}

const markEnding = ".mark"

// Say replaces what the mark says. No reader sees a half of it.
func (m *Mark) Say(content []byte) error { return atomicfile.Replace(m.path, content) }

// Lower takes the mark away. It may be called more than once.
func (m *Mark) Lower() {
	if m.file.Locked() {
		_ = os.Remove(m.path) // it no longer counts
	}
	_ = m.file.Close() // the lock goes with the file, even if Close fails
}

// Raised gives what the marks in a directory say, by name. Those whose process has ended
// are not among them.
func Raised(dir string) map[string][]byte {
	said := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return said // there has been none yet
	}
	for _, entry := range entries {
		name, ok := strings.CutSuffix(entry.Name(), markEnding)
		if !ok {
			continue
		}
		file := fileAt(filepath.Join(dir, name+".lock"))
		free, err := file.TryRLock()
		_ = file.Close() // the lock goes with the file, even if Close fails
		if free || err != nil {
			continue
		}
		if content, err := os.ReadFile(filepath.Join(dir, entry.Name())); err == nil {
			said[name] = content
		}
	}
	return said
}
