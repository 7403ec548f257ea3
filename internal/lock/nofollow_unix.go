//go:build unix

package lock

import "syscall"

// noFollow lets the opening of a link fail.
const noFollow = syscall.O_NOFOLLOW
