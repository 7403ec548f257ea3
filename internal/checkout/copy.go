package checkout

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/devup-cli/devup/internal/untrusted"
)

// NewFile is a file of a checkout that is to be made from another one there.
type NewFile struct {
	From, To string // as seen from the checkout, with slashes
	Private  bool   // only its owner may read it; else it has the mode of From
	// Fill gives the content for To; nil for that of From.
	Fill func(from []byte) ([]byte, error)
}

// CopyError says why a file was not copied. It wraps the reason: [untrusted.ErrOutside],
// [untrusted.ErrNotRegular], a [untrusted.LimitError] or the file system's error.
type CopyError struct {
	From, To string
	Err      error
}

// Error names both files, the one at fault and the reason.
func (e *CopyError) Error() string {
	reason := e.Err.Error()
	if at, ok := errors.AsType[*fs.PathError](e.Err); ok {
		reason = at.Path + ": " + at.Err.Error()
	}
	return e.From + " cannot be copied to " + e.To + ": " + reason
}

// Unwrap is the reason.
func (e *CopyError) Unwrap() error { return e.Err }

// Copy makes a file from another one. Neither lies outside of the directory, also not by a
// link, and To does not exist. The error is a [*CopyError], or that of Fill.
func Copy(dir string, f NewFile) error {
	failed := func(err error) error {
		if err == nil {
			return nil
		}
		return &CopyError{f.From, f.To, untrusted.InRoot(err)}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return failed(err)
	}
	defer root.Close()
	content, mode, err := readIn(root, filepath.Clean(f.From))
	if err != nil {
		return failed(err)
	}
	if f.Private {
		mode = 0o600
	}
	if f.Fill != nil {
		if content, err = f.Fill(content); err != nil {
			return err
		}
	}
	return failed(createIn(root, filepath.FromSlash(f.To), content, mode))
}

// readIn reads a file with its mode. Links are followed as long as they stay in root.
func readIn(root *os.Root, name string) ([]byte, fs.FileMode, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, 0, err
	}
	content, err := untrusted.ReadFileFS(untrusted.FS(root), filepath.ToSlash(name), untrusted.MaxText)
	return content, info.Mode().Perm(), err
}

// createIn makes a file. One that could not be filled is taken away again.
func createIn(root *os.Root, name string, content []byte, mode fs.FileMode) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, root.Remove(name))
	}
	return nil
}
