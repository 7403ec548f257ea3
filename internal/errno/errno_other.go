//go:build !windows

package errno

import "syscall"

// The kinds of failure that devup explains or passes over.
var (
	AddressInUse = Kind{syscall.EADDRINUSE}
	Refused      = Kind{syscall.ECONNREFUSED}              // nothing listens at the address
	Cut          = Kind{syscall.ECONNRESET, syscall.EPIPE} // the other end of a connection went away
	NoReader     = Kind{syscall.EPIPE, syscall.EBADF}      // an output that was closed
	DiskFull     = Kind{syscall.ENOSPC, syscall.EDQUOT}    // also: a quota is used up
	ReadOnly     = Kind{syscall.EROFS}                     // the file system takes no changes
)
