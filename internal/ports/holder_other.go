//go:build !linux

package ports

import (
	"context"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// lsofTimeout is how long lsof may take: a network disk that does not answer holds it up.
const lsofTimeout = 2 * time.Second

// identify asks lsof, which macOS has: without it, as on Windows, who holds a port is not
// known. The ports of one call are of one protocol.
func identify(ctx context.Context, held []Holder) {
	var list []string
	for _, h := range held {
		list = append(list, strconv.Itoa(h.Port))
	}
	args := []string{"-nP", "-Fpcn", "-i" + strings.ToUpper(held[0].Protocol) + ":" + strings.Join(list, ",")}
	if held[0].Protocol == "tcp" {
		args = append(args, "-sTCP:LISTEN")
	}
	ctx, cancel := context.WithTimeout(ctx, lsofTimeout)
	defer cancel()
	lsof := exec.CommandContext(ctx, "lsof", args...)
	lsof.WaitDelay = lsofTimeout / 4 // a child of it may hold the pipe open
	out, _ := lsof.Output()          // that it finds nothing is an error too
	readLsof(string(out), held)
}
