// Package owner says which user a file belongs to, and makes directories and files belong
// to the right one. Where the system knows no owners (Windows), every file belongs to
// everyone and nothing changes.
package owner

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Mine tells whether a file belongs to the user of this process.
func Mine(info fs.FileInfo) bool {
	uid, _, known := Of(info)
	return !known || uid == os.Geteuid()
}

// Same tells whether two files belong to one user.
func Same(a, b fs.FileInfo) bool {
	one, _, known := Of(a)
	other, _, _ := Of(b)
	return !known || one == other
}

// Inherit gives a file below root the owner and group of another, where this process runs
// as root and may: what `sudo devup` makes in a checkout belongs to the checkout's owner. A
// link is not followed.
func Inherit(root *os.Root, name string, from fs.FileInfo) error {
	uid, gid, known := Of(from)
	if !known || os.Geteuid() != 0 {
		return nil
	}
	if err := root.Lchown(name, uid, gid); !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil // a file system, or a container, without owners to give
}

// PrivateDir makes a directory that only the user of this process may read or change, or
// makes an existing one so. A link or a directory of another user is an error. For root it
// may also belong to the owner of the directory that it lies in: with sudo, that is often
// the user's home. The directories above are not looked at.
func PrivateDir(name string) error {
	if err := os.MkdirAll(name, 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(name)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s: not a directory", name)
	case !Mine(info) && !ownedAsParent(name, info):
		return fmt.Errorf("%s: belongs to another user", name)
	case info.Mode().Perm()&0o077 != 0:
		return os.Chmod(name, 0o700)
	}
	return nil
}

// Foreign tells whether there is a directory that another user made or could change: what
// is read there may be theirs, and what is written there may follow their links. As for
// [PrivateDir], one of the owner of the directory above is root's own.
func Foreign(name string) bool {
	info, err := os.Stat(name)
	if err != nil {
		return false
	}
	_, _, known := Of(info)
	return known && (info.Mode().Perm()&0o002 != 0 || !Mine(info) && !ownedAsParent(name, info))
}

// ownedAsParent tells, for root, whether a directory has the owner of the one it lies in.
func ownedAsParent(name string, info fs.FileInfo) bool {
	parent, err := os.Stat(filepath.Dir(name))
	return err == nil && os.Geteuid() == 0 && Same(parent, info)
}
