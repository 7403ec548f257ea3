package ports

import (
	"context"
	"io"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strconv"

	"github.com/devup-cli/devup/internal/errno"
)

// Address is a host port and the address of this machine that it is bound to.
type Address struct {
	HostIP string // empty or a wildcard address means all
	Port   int
}

// Bound says which of the addresses cannot be bound on this machine, for "tcp" or "udp",
// and who has them as far as that can be found out. It binds each for a moment. HostIP of
// a holder is the address that was refused. With a context it is the [Probe] of commands.
func Bound(ctx context.Context, protocol string, wanted []Address) []Holder {
	var held []Holder
	for _, w := range wanted {
		for _, host := range probeHosts(w.HostIP, runtime.GOOS) {
			if bound(protocol, host, w.Port) {
				held = append(held, Holder{Port: w.Port, Protocol: protocol, HostIP: host.String()})
				break
			}
		}
	}
	if len(held) > 0 {
		identify(ctx, held)
	}
	return held
}

var (
	loopbacks = []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}
	wildcards = []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}
)

// probeHosts are the addresses to try for a port that is to be bound to one, on a system.
// For all of them a wildcard alone does not do: on some systems it can be bound although
// a loopback address is held.
//
// A listener on a wildcard address conflicts with every address. Linux refuses the address
// itself then. Other systems do not, and there the wildcard addresses are tried too; on
// Linux these are also refused because of a listener on a third address.
func probeHosts(hostIP, system string) []netip.Addr {
	ip, err := netip.ParseAddr(hostIP)
	ip = ip.Unmap()
	if err != nil || ip.IsUnspecified() {
		return slices.Concat(loopbacks, wildcards)
	}
	hosts := []netip.Addr{ip}
	if slices.Contains(loopbacks, ip) {
		hosts = loopbacks // see overlap
	}
	if system != "linux" {
		hosts = slices.Concat(hosts, wildcards)
	}
	return hosts
}

// bound reports whether another program has the address. Every other reason why it
// cannot be bound (no IPv6, no privilege for a low port) is not an answer.
func bound(protocol string, host netip.Addr, port int) bool {
	network := protocol + "4"
	if host.Is6() {
		network = protocol + "6"
	}
	address := net.JoinHostPort(host.String(), strconv.Itoa(port))
	var socket io.Closer
	var err error
	if protocol == "udp" {
		socket, err = net.ListenPacket(network, address) //nolint:noctx // binding a literal address does not wait
	} else {
		socket, err = net.Listen(network, address) //nolint:noctx // as above
	}
	if err != nil {
		return errno.AddressInUse.In(err)
	}
	_ = socket.Close() // nothing came or went
	return false
}
