package doctor

import (
	"os"

	"golang.org/x/sys/windows"
)

// FreeSpace gives the room that the file system of dir has for this user.
func FreeSpace(dir string) (Space, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return Space{}, err
	}
	var free, total uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, &total, nil); err != nil {
		return Space{}, &os.PathError{Op: "GetDiskFreeSpaceEx", Path: dir, Err: err}
	}
	return Space{Free: int64(free), Total: int64(total)}, nil
}
