package checkout

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/devup-cli/devup/internal/atomicfile"
	"github.com/devup-cli/devup/internal/owner"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Refused is the error for a .devup that devup neither reads nor writes.
type Refused struct {
	Name string // what is at fault, as seen from the checkout
	Why  string // goes behind the name in a sentence
	Do   string // an imperative
}

// Error is "NAME WHY".
func (r *Refused) Error() string { return r.Name + " " + r.Why }

// dir is a checkout or its .devup, open. What takes its place later changes nothing of it.
type dir struct {
	*os.Root
	checkout fs.FileInfo
}

// open opens the directory where it can be trusted. The error is a [*Refused], the file
// system's, or one that wraps [fs.ErrNotExist].
func (c *Checkout) open(ctx context.Context) (*dir, error) {
	above, err := c.openRoot()
	if err != nil {
		return nil, err
	}
	defer above.Close()
	d, err := above.open()
	if err != nil {
		return nil, err
	}
	if err = d.check(); err == nil && c.isTracked(ctx) {
		err = &Refused{Dir, "is tracked by git", "run `git rm -r --cached " + Dir + "`"}
	}
	if err != nil {
		_ = d.Close() // nothing was written
		return nil, err
	}
	return d, nil
}

// openRoot opens the checkout itself.
func (c *Checkout) openRoot() (*dir, error) {
	root, err := os.OpenRoot(c.root)
	if err != nil {
		return nil, err
	}
	info, err := root.Stat(".")
	if err != nil {
		_ = root.Close() // nothing was written
		return nil, err
	}
	return &dir{root, info}, nil
}

// open opens .devup of a checkout without following a link in its place.
func (d *dir) open() (*dir, error) {
	entry, err := d.Lstat(Dir)
	if err != nil {
		return nil, err
	}
	if !entry.IsDir() {
		return nil, refuse(Dir, entry, "is not a directory")
	}
	root, err := d.OpenRoot(Dir)
	if err != nil {
		return nil, err
	}
	opened, err := root.Stat(".")
	if err == nil && !os.SameFile(entry, opened) {
		err = &Refused{Dir, "was replaced meanwhile", "try again"}
	}
	if err != nil {
		_ = root.Close() // nothing was written
		return nil, err
	}
	return &dir{root, d.checkout}, nil
}

// check refuses a directory of another user, and files in it that are not devup's own.
func (d *dir) check() error {
	for _, name := range []string{".", ignoreFile, stateFile, answersFile, TokenFile} {
		shown := Dir + "/" + name
		if name == "." {
			shown = Dir
		}
		entry, err := d.Lstat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case name != "." && !entry.Mode().IsRegular():
			return refuse(shown, entry, "is not a regular file")
		case !owner.Mine(entry) && !owner.Same(entry, d.checkout):
			return &Refused{shown, "belongs to another user", "remove it"}
		}
	}
	return nil
}

func refuse(name string, entry fs.FileInfo, why string) *Refused {
	if entry.Mode()&fs.ModeSymlink != 0 {
		why = "is a symbolic link"
	}
	return &Refused{name, why, "remove it"}
}

// make is [Checkout.open] for writing: it makes the directory where there is none, and has
// git ignore it.
func (c *Checkout) make(ctx context.Context) (*dir, error) {
	d, err := c.open(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		if err := c.makeDir(); err != nil {
			return nil, err
		}
		d, err = c.open(ctx)
	}
	if err != nil {
		return nil, err
	}
	const all = "*\n"
	if text, err := untrusted.ReadEntry(d.Root, ignoreFile, untrusted.MaxText); err == nil && string(text) == all {
		return d, nil
	}
	if err := d.write(ignoreFile, []byte(all)); err != nil {
		_ = d.Close() // the error says it
		return nil, err
	}
	return d, nil
}

func (c *Checkout) makeDir() error {
	above, err := c.openRoot()
	if err != nil {
		return err
	}
	defer above.Close()
	if err := above.Mkdir(Dir, 0o700); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil // another devup made it
		}
		return err
	}
	return owner.Inherit(above.Root, Dir, above.checkout)
}

// write replaces a file, which only the owner of the checkout may read.
func (d *dir) write(name string, content []byte) error {
	if err := atomicfile.ReplaceIn(d.Root, name, content, 0o600); err != nil {
		return err
	}
	return owner.Inherit(d.Root, name, d.checkout)
}

// state reads what is kept; nothing where it cannot be read or understood. Ports that no
// devup keeps are left out.
func (d *dir) state() State {
	text, err := untrusted.ReadEntry(d.Root, stateFile, untrusted.MaxText)
	var s State
	if err != nil || json.Unmarshal(text, &s) != nil || s.Version != version {
		return State{}
	}
	for name, p := range s.Projects {
		p.Ports = slices.DeleteFunc(p.Ports, func(port Port) bool { return !port.valid() })
		s.Projects[name] = p
	}
	return s
}
