package workspace

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strings"
)

// sshTarget is what the user gives to ssh to come here. SSH_CONNECTION holds the
// client's address and port, then this machine's, as the session came in.
func sshTarget(p probe) string {
	fields := strings.Fields(p.env("SSH_CONNECTION"))
	if len(fields) != 4 || net.ParseIP(strings.SplitN(fields[2], "%", 2)[0]) == nil {
		return ""
	}
	target := fields[2]
	if user := cmp.Or(p.env("USER"), p.env("LOGNAME")); user != "" {
		target = user + "@" + target
	}
	if fields[3] != "22" {
		target = "-p " + fields[3] + " " + target
	}
	return target
}

// Forward is the command that brings ports to the user's own machine, where it
// is to be run; empty where browsers reach them without.
func (p Info) Forward(ports []int) string {
	if p.Provider != "ssh" || len(ports) == 0 {
		return ""
	}
	sorted := slices.Clone(ports)
	slices.Sort(sorted)
	var b strings.Builder
	b.WriteString("ssh")
	for _, port := range slices.Compact(sorted) {
		fmt.Fprintf(&b, " -L %d:localhost:%d", port, port)
	}
	return b.String() + " " + cmp.Or(p.Name, "HOST")
}
