//go:build !linux

package ports

import (
	"os/exec"
	"strconv"
	"strings"
)

// identify asks lsof, which macOS has: without it, as on Windows, who holds a port is not
// known. The ports of one call are of one protocol.
func identify(held []Holder) {
	var list []string
	for _, h := range held {
		list = append(list, strconv.Itoa(h.Port))
	}
	args := []string{"-nP", "-Fpcn", "-i" + strings.ToUpper(held[0].Protocol) + ":" + strings.Join(list, ",")}
	if held[0].Protocol == "tcp" {
		args = append(args, "-sTCP:LISTEN")
	}
	out, _ := exec.Command("lsof", args...).Output() //nolint:noctx // it reads tables of the kernel; that it finds nothing is an error too
	readLsof(string(out), held)
}
