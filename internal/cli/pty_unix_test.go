//go:build unix

package cli

import (
	"errors"
	"os"

	"github.com/containerd/console"
)

// openTerminal gives both ends of a new terminal of 240 columns.
func openTerminal() (master console.Console, slave *os.File, err error) {
	master, name, err := console.NewPty()
	if err != nil {
		return nil, nil, err
	}
	if err = master.Resize(console.WinSize{Width: 240, Height: 24}); err == nil {
		slave, err = os.OpenFile(name, os.O_RDWR, 0)
	}
	if err != nil {
		return nil, nil, errors.Join(err, master.Close())
	}
	return master, slave, nil
}
