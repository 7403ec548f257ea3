package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/devup-cli/devup/internal/errno"
	"github.com/devup-cli/devup/internal/fail"
)

// Write creates the files that are [New], with the directories they need, and nothing
// else. It cannot replace a file, nor leave the root, also not through a symbolic
// link. It stops at the first failure and leaves no half-written file; written
// lists what was created, also then.
//
// The error is a [fail.Error]: [fail.Denied] when a file or directory may not be made,
// [fail.DiskFull] when no space is left, [fail.Failed] otherwise, as when the file
// came into being after [Compare].
func Write(root *os.Root, changes []Change) (written []string, err error) {
	for _, c := range changes {
		if c.State != New {
			continue
		}
		if err := create(root, c.File); err != nil {
			return written, explain(err, c.Path)
		}
		written = append(written, c.Path)
	}
	return written, nil
}

// create makes one file. A file that could not be filled is taken away again.
func create(root *os.Root, f File) (err error) {
	if dir := path.Dir(f.Path); dir != "." {
		if err := root.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	file, err := root.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(f.Content)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, root.Remove(f.Path))
	}
	return nil
}

// explain turns the error of a file operation into one that says what to do.
func explain(err error, name string) error {
	switch {
	case errors.Is(err, fs.ErrExist):
		return fail.Wrap(err, fail.Failed, "run devup init again: it shows what it would add to the file",
			"%s came into being while devup init ran, and stays as it is", name)
	case errors.Is(err, fs.ErrPermission), errno.ReadOnly.In(err):
		return fail.Wrap(err, fail.Denied, fmt.Sprintf("check who owns the directory and its parent: ls -ld . %q", path.Dir(name)),
			"%s may not be created", name)
	case errno.DiskFull.In(err):
		e := fail.Wrap(err, fail.DiskFull, "free some space and run devup init again",
			"no space is left to write %s", name)
		e.CauseShown = true
		return e
	default:
		return fail.Wrap(err, fail.Failed, "", "%s could not be created: %v", name, err)
	}
}
