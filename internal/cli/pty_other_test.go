//go:build !unix

package cli

import (
	"errors"
	"io"
	"os"
)

// openTerminal fails: only unix has pseudo-terminals that a test can open.
func openTerminal() (master io.ReadWriteCloser, slave *os.File, err error) {
	return nil, nil, errors.ErrUnsupported
}
