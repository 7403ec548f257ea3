//go:build unix

package run

import (
	"os"
	"syscall"
)

// inheritOwner gives name the owner of parent, as far as this process may: a
// folder that `sudo devup` makes in a person's checkout is the person's.
func inheritOwner(name, parent string) error {
	info, err := os.Stat(parent)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	return os.Chown(name, int(owner.Uid), int(owner.Gid))
}
