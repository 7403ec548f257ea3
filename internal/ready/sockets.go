package ready

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/containerexec"
)

// sockets are the TCP ports that are listened on inside a container.
type sockets struct {
	outside  []int // reachable from the container's network
	loopback []int // on 127.0.0.1 or ::1 only
}

// errUnknown says that the sockets of a container cannot be seen: it has no cat,
// or it does not run at the moment.
var errUnknown = errors.New("the container's sockets cannot be read")

// execTimeout bounds one inspection of a container.
const execTimeout = 5 * time.Second

// listening reads which sockets are listened on inside a container.
func listening(ctx context.Context, e containerexec.Attacher, container string) (sockets, error) {
	ctx, cancel := context.WithTimeout(ctx, execTimeout)
	defer cancel()
	const most = 16 << 20
	table, err := containerexec.Text(ctx, e, container, []string{"cat", "/proc/net/tcp", "/proc/net/tcp6"}, most)
	if err != nil {
		return sockets{}, err
	}
	return parseSockets(string(table))
}

// parseSockets reads the text of /proc/net/tcp and /proc/net/tcp6. A text
// without their head line is not a table of sockets: errUnknown.
func parseSockets(text string) (sockets, error) {
	var found sockets
	heads := 0
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) > 1 && fields[1] == "local_address":
			heads++
		case len(fields) > 3 && fields[3] == "0A": // TCP_LISTEN in include/net/tcp_states.h
			if address, ok := parseSocket(fields[1]); ok {
				found.add(address)
			}
		}
	}
	if heads == 0 {
		return sockets{}, errUnknown
	}
	slices.Sort(found.outside)
	found.outside = slices.Compact(found.outside)
	slices.Sort(found.loopback)
	found.loopback = slices.DeleteFunc(slices.Compact(found.loopback), found.reachable)
	return found, nil
}

// engineDNS is where the engine's own name server listens in the network of
// every container on a user-defined network. It does not belong to the service.
var engineDNS = netip.MustParseAddr("127.0.0.11")

func (s *sockets) add(a netip.AddrPort) {
	switch ip := a.Addr().Unmap(); {
	case ip == engineDNS:
	case ip.IsLoopback():
		s.loopback = append(s.loopback, int(a.Port()))
	default:
		s.outside = append(s.outside, int(a.Port()))
	}
}

// reachable reports whether the port is listened on for more than the container itself.
func (s sockets) reachable(port int) bool { return slices.Contains(s.outside, port) }

// parseSocket reads an address such as "0100007F:1F90". The kernel prints the
// address as words in the order of the machine's bytes, and every machine that
// devup knows of is little-endian.
func parseSocket(text string) (netip.AddrPort, bool) {
	host, port, found := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	number, portErr := strconv.ParseUint(port, 16, 16)
	if !found || cmp.Or(err, portErr) != nil || len(raw)%4 != 0 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		slices.Reverse(raw[i : i+4])
	}
	ip, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(ip, uint16(number)), ok
}
