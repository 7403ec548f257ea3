package errno

import "golang.org/x/sys/windows"

// The kinds of failure that devup explains or passes over.
var (
	AddressInUse = Kind{windows.WSAEADDRINUSE}
	Refused      = Kind{windows.WSAECONNREFUSED}
	Cut          = Kind{windows.WSAECONNRESET, windows.WSAECONNABORTED, windows.ERROR_BROKEN_PIPE, windows.ERROR_NO_DATA, windows.ERROR_PIPE_NOT_CONNECTED}
	NoReader     = Kind{windows.ERROR_BROKEN_PIPE, windows.ERROR_NO_DATA, windows.ERROR_INVALID_HANDLE}
	DiskFull     = Kind{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED}
	ReadOnly     = Kind{windows.ERROR_WRITE_PROTECT}
)
