// Package lock lets one devup at a time change a project on an engine, so that two that
// are started together do not create the same container twice.
//
// The lock is the system's, on a file of the user: it ends with the process, however that
// ends. It is advisory: it coordinates one user's devup processes on one machine. Where no
// file can be locked, work goes on without it.
package lock

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/devup-cli/devup/internal/owner"
)

// pause is the time between two tries while another process holds the lock.
const pause = 100 * time.Millisecond

// Held is a lock that was acquired. The zero value holds nothing.
type Held struct {
	file      *flock.Flock
	off       func() error // gives an error once the holder was canceled
	Contended bool         // another process held it: what was read before may have changed
	// Changed is when the last holder released it, at the latest; the zero time when
	// none did. What was read before that may have changed.
	Changed time.Time
	// Killed says that the last holder was killed or canceled: the engine may still be
	// busy with what that one asked for.
	Killed bool
}

// Acquire acquires the lock of a project on an engine, in the directory dir, which is made
// when needed and belongs to the user alone. While another process holds it, Acquire calls waiting once and waits. ctx is
// the one that the holder works under: when it has ended at the release, the next
// holder learns that this one was canceled. The error is the context's; what hinders
// the lock itself is not one.
func Acquire(ctx context.Context, dir, engine, project string, waiting func()) (Held, error) {
	if dir == "" || owner.PrivateDir(dir) != nil {
		return Held{}, nil
	}
	held := Held{off: ctx.Err, file: fileAt(filepath.Join(dir, Name(engine, project)+".lock"))}
	_, missing := os.Lstat(held.file.Path())
	taken, err := held.file.TryLock()
	if err == nil && !taken {
		held.Contended = true
		waiting()
		_, err = held.file.TryLockContext(ctx, pause)
	}
	if ctx.Err() != nil {
		held.Release()
		return Held{}, context.Cause(ctx)
	}
	if err != nil {
		return Held{}, nil //nolint:nilerr // the lock is advisory
	}
	if held.removed() {
		_ = held.file.Close() // no other process sees this lock
		return Acquire(ctx, dir, engine, project, waiting)
	}
	if info, err := held.file.Stat(); err == nil && missing == nil { // a new file has had no holder
		held.Changed = info.ModTime()
	}
	_, err = os.Lstat(held.busy())
	if held.Killed = err == nil; !held.Killed {
		held.raiseBusy()
	}
	return held, nil
}

// fileAt is the lock on a file, which a link at its place does not lead away from.
func fileAt(name string) *flock.Flock {
	return flock.New(name, flock.SetFlag(os.O_CREATE|os.O_RDONLY|noFollow))
}

// raiseBusy makes the file that a kill leaves behind. Without it, a kill is not noticed.
func (h Held) raiseBusy() {
	if file, err := os.OpenFile(h.busy(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
		_ = file.Close() // nothing was written
	}
}

// Name is a name for a file about a project on an engine, which another engine's project of
// the same name does not share.
func Name(engine, project string) string {
	at := sha256.Sum256([]byte(engine))
	return project + "-" + hex.EncodeToString(at[:4])
}

// removed reports whether the file was removed between its opening and the lock on it,
// which [Left.Remove] can do: the next one would lock another file.
func (h Held) removed() bool {
	locked, err := h.file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(h.file.Path())
	return err != nil || !os.SameFile(locked, there)
}

// Release lets the next one go on. It may be called more than once. The file stays:
// removing it would let two others lock two different files.
func (h Held) Release() {
	if h.file != nil {
		if h.file.Locked() {
			if h.off() == nil {
				_ = os.Remove(h.busy())
			}
			now := time.Now()
			_ = os.Chtimes(h.file.Path(), now, now) // without it, the next one only seems unused
		}
		_ = h.file.Close() // the lock goes with the file, even if Close fails
	}
}

// busy is the file that exists while the lock is held, and after that only
// when they were killed or called off.
func (h Held) busy() string { return h.file.Path() + ".busy" }
