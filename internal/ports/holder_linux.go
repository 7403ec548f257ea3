package ports

import (
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// identify fills in the processes that hold the ports, as far as this user may
// see them.
func identify(held []Holder) { identifyIn(os.DirFS("/proc"), held) }

// identifyIn reads proc(5): the socket tables lead from port to inode, and the
// open files of the processes from inode to process.
func identifyIn(proc fs.FS, held []Holder) {
	inodes := map[string][]*Holder{}
	for i := range held {
		for _, table := range []string{"net/" + held[i].Protocol, "net/" + held[i].Protocol + "6"} {
			content, err := fs.ReadFile(proc, table)
			if err != nil {
				continue
			}
			for _, inode := range socketInodes(string(content), held[i].Port, held[i].Protocol) {
				inodes[inode] = append(inodes[inode], &held[i])
			}
		}
	}
	if len(inodes) == 0 {
		return
	}
	processes, _ := fs.ReadDir(proc, ".") // nothing to see is as good as an error
	for _, process := range processes {
		pid, err := strconv.Atoi(process.Name())
		if err != nil {
			continue
		}
		files, _ := fs.ReadDir(proc, process.Name()+"/fd") // other users' processes are closed to us
		for _, file := range files {
			link, err := fs.ReadLink(proc, process.Name()+"/fd/"+file.Name())
			if err != nil {
				continue
			}
			for _, h := range inodes[strings.TrimSuffix(strings.TrimPrefix(link, "socket:["), "]")] {
				if h.PID == 0 {
					name, _ := fs.ReadFile(proc, process.Name()+"/comm")
					h.PID, h.Process = pid, strings.TrimSpace(string(name))
				}
			}
		}
	}
}

// socketInodes lists the inodes of the sockets in a table of /proc/net that
// listen on the port.
func socketInodes(table string, port int, protocol string) []string {
	const listening, unconnected = "0A", "07"
	state := listening
	if protocol == "udp" {
		state = unconnected
	}
	var inodes []string
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 10 || fields[3] != state {
			continue
		}
		_, hex, _ := strings.Cut(fields[1], ":")
		if n, err := strconv.ParseUint(hex, 16, 16); err == nil && int(n) == port {
			inodes = append(inodes, fields[9])
		}
	}
	return inodes
}
