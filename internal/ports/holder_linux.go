package ports

import (
	"context"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// identify fills in the processes that hold the ports, as far as this user may
// see them.
func identify(_ context.Context, held []Holder) { identifyIn(os.DirFS("/proc"), held) }

// identifyIn reads proc(5): the socket tables lead from port to inode, and the
// open files of the processes from inode to process.
func identifyIn(proc fs.FS, held []Holder) {
	byInode := holdersByInode(proc, held)
	if len(byInode) == 0 {
		return
	}
	processes, _ := fs.ReadDir(proc, ".") // nothing to see is as good as an error
	for _, process := range processes {
		pid, err := strconv.Atoi(process.Name())
		if err != nil {
			continue
		}
		for _, inode := range openSockets(proc, process.Name()) {
			for _, h := range byInode[inode] {
				if h.PID == 0 {
					name, _ := fs.ReadFile(proc, process.Name()+"/comm")
					h.PID, h.Process = pid, strings.TrimSpace(string(name))
				}
			}
		}
	}
}

// holdersByInode finds the inodes of the sockets that hold the ports.
func holdersByInode(proc fs.FS, held []Holder) map[string][]*Holder {
	byInode := map[string][]*Holder{}
	for i := range held {
		for _, table := range []string{"net/" + held[i].Protocol, "net/" + held[i].Protocol + "6"} {
			content, err := fs.ReadFile(proc, table)
			if err != nil {
				continue
			}
			for _, inode := range socketInodes(string(content), held[i].Port, held[i].Protocol) {
				byInode[inode] = append(byInode[inode], &held[i])
			}
		}
	}
	return byInode
}

// openSockets lists the inodes of the sockets that a process has open.
func openSockets(proc fs.FS, process string) []string {
	var inodes []string
	files, _ := fs.ReadDir(proc, process+"/fd") // other users' processes are closed to us
	for _, file := range files {
		link, _ := fs.ReadLink(proc, process+"/fd/"+file.Name()) // it may have been closed meanwhile
		if inode, ok := strings.CutPrefix(link, "socket:["); ok {
			inodes = append(inodes, strings.TrimSuffix(inode, "]"))
		}
	}
	return inodes
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
