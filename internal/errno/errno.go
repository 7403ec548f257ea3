// Package errno says what a failed system call failed of, on every system. On Windows the
// constants of package syscall are invented numbers that no call returns.
package errno

import (
	"errors"
	"slices"
	"syscall"
)

// Kind is the numbers that systems give one kind of failure.
type Kind []syscall.Errno

// In reports whether err is a failure of the kind, or wraps one.
func (k Kind) In(err error) bool {
	return slices.ContainsFunc(k, func(number syscall.Errno) bool { return errors.Is(err, number) })
}
