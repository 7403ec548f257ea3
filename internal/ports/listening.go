package ports

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"
)

// Listening says which of the TCP ports cannot be bound on this machine, and who
// has them as far as that can be found out. It binds each for a moment.
func Listening(ctx context.Context, ports []int) []Holder { return Bound(ctx, "tcp", ports) }

// Bound is [Listening] for "tcp" or "udp": with a context the [Probe] of commands.
func Bound(ctx context.Context, protocol string, ports []int) []Holder {
	var held []Holder
	for _, port := range ports {
		for _, address := range probeAddresses(protocol) {
			if bound(address.network, address.host, port) {
				held = append(held, Holder{Port: port, Protocol: protocol})
				break
			}
		}
	}
	if len(held) > 0 {
		identify(ctx, held)
	}
	return held
}

type probeAddress struct{ network, host string }

// probeAddresses are what is tried. A wildcard alone does not do: on some
// systems it can be bound beside a listener on a loopback address.
func probeAddresses(protocol string) []probeAddress {
	return []probeAddress{
		{protocol + "4", "127.0.0.1"},
		{protocol + "6", "::1"},
		{protocol + "4", "0.0.0.0"},
		{protocol + "6", "::"},
	}
}

// bound tells whether somebody else has the address. Every other reason why it
// cannot be bound (no IPv6, no privilege for a low port) is not an answer.
func bound(network, host string, port int) bool {
	address := net.JoinHostPort(host, strconv.Itoa(port))
	var socket io.Closer
	var err error
	if strings.HasPrefix(network, "udp") {
		socket, err = net.ListenPacket(network, address) //nolint:noctx // binding a literal address does not wait
	} else {
		socket, err = net.Listen(network, address) //nolint:noctx // as above
	}
	if err != nil {
		return inUse(err)
	}
	_ = socket.Close() // nothing came or went
	return false
}

// windowsInUse is WSAEADDRINUSE; syscall.EADDRINUSE is an invented number there.
const windowsInUse = syscall.Errno(10048)

func inUse(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, windowsInUse)
}
