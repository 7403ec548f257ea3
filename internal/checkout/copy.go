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

// Copy makes a file from another one. Neither lies outside of the directory, also not by a
// link, and To does not exist. The error is the file system's or that of Fill.
func Copy(dir string, f NewFile) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	content, mode, err := readIn(root, filepath.Clean(f.From))
	if err != nil {
		return err
	}
	if f.Private {
		mode = 0o600
	}
	if f.Fill != nil {
		if content, err = f.Fill(content); err != nil {
			return err
		}
	}
	return createIn(root, filepath.FromSlash(f.To), content, mode)
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
