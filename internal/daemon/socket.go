package daemon

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
)

// socketPrefix begins the address of a process that takes control requests at a Unix socket. Without
// it, the address is that of a TCP port on loopback.
const socketPrefix = "unix:"

// maxSocket is the longest path of a socket that every system takes, in bytes: macOS has
// room for 104 with a NUL at the end, Linux for 108.
const maxSocket = 103

// listenForControl opens the address at which the process of a state file takes control requests: a
// socket in the file's directory, which no other user of the machine can connect to, or a
// port on loopback where the system or the length of the path rules that out. There the
// token alone protects.
func listenForControl(ctx context.Context, file string) (on net.Listener, address string, err error) {
	var binding net.ListenConfig
	if path := socketOf(file); len(path) <= maxSocket {
		_ = os.Remove(path) // of a process that was killed
		if on, err = binding.Listen(ctx, "unix", path); err == nil {
			if socket, ok := on.(*net.UnixListener); ok {
				socket.SetUnlinkOnClose(false) // the process that comes after this one may have the path by then
			}
			_ = os.Chmod(path, 0o600) // the directory is private as well
			return on, socketPrefix + path, nil
		}
	}
	if on, err = binding.Listen(ctx, "tcp", "127.0.0.1:0"); err != nil {
		return nil, "", fmt.Errorf("listen for orders: %w", err)
	}
	return on, on.Addr().String(), nil
}

// socketOf is the socket that belongs to a state file.
func socketOf(file string) string { return strings.TrimSuffix(file, ".json") + ".sock" }

// transport connects to a process that takes control requests at an address, past any proxy.
func transport(control string) *http.Transport {
	network, address := "tcp", control
	if path, ok := strings.CutPrefix(control, socketPrefix); ok {
		network, address = "unix", path
	}
	return &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var dialer net.Dialer
			return dialer.DialContext(ctx, network, address)
		},
	}
}
