package ports

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"testing"
)

func TestBound(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"127.0.0.1:0", "0.0.0.0:0", "[::1]:0"} {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Logf("%s: %v", address, err) // a machine without IPv6
			continue
		}
		port := listener.Addr().(*net.TCPAddr).Port
		held := Bound(t.Context(), "tcp", []Address{{Port: port}})
		if len(held) != 1 || held[0].Port != port || held[0].Protocol != "tcp" {
			t.Errorf("%s: held %+v, want port %d", listener.Addr(), held, port)
		}
		if runtime.GOOS == "linux" && len(held) == 1 && (held[0].PID != os.Getpid() || held[0].Process == "") {
			t.Errorf("held by %q (%d), want this process, %d", held[0].Process, held[0].PID, os.Getpid())
		}
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		if held := Bound(t.Context(), "tcp", []Address{{Port: port}}); len(held) != 0 {
			t.Errorf("after closing, port %d is held by %+v", port, held)
		}
	}
}

func TestBoundUDP(t *testing.T) {
	t.Parallel()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	port := conn.LocalAddr().(*net.UDPAddr).Port
	if held := Bound(t.Context(), "udp", []Address{{Port: port}}); len(held) != 1 {
		t.Errorf("held %+v, want port %d", held, port)
	}
}

func TestLowPortsThatMayNotBeBoundAreNotHeld(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root may bind every port")
	}
	if held := Bound(t.Context(), "tcp", []Address{{Port: 1}}); len(held) != 0 {
		t.Errorf("held %+v", held)
	}
}

// TestBoundAtAnAddress: a listener holds a port for the addresses that it listens on.
func TestBoundAtAnAddress(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has all of 127.0.0.0/8")
	}
	for _, test := range []struct{ listens, wants, held string }{
		{"127.0.0.1", "127.0.0.2", ""},
		{"127.0.0.2", "127.0.0.2", "127.0.0.2"},
		{"127.0.0.2", "127.0.0.1", ""},
		{"0.0.0.0", "127.0.0.2", "127.0.0.2"},
		{"127.0.0.1", "::ffff:127.0.0.1", "127.0.0.1"},
		{"127.0.0.1", "", "127.0.0.1"},
		{"127.0.0.1", "::1", "127.0.0.1"}, // "localhost" is both
	} {
		listener, err := net.Listen("tcp4", test.listens+":0")
		if err != nil {
			t.Fatal(err)
		}
		port := listener.Addr().(*net.TCPAddr).Port
		got := ""
		for _, h := range Bound(t.Context(), "tcp", []Address{{test.wants, port}}) {
			got = h.HostIP
		}
		_ = listener.Close()
		if got != test.held {
			t.Errorf("listener on %s, wanted %q: held at %q, want %q", test.listens, test.wants, got, test.held)
		}
	}
}

// TestProbeHosts: the addresses that a system is asked for.
func TestProbeHosts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ hostIP, system, want string }{
		{"192.168.1.5", "linux", "[192.168.1.5]"},
		{"192.168.1.5", "darwin", "[192.168.1.5 0.0.0.0 ::]"},
		{"127.0.0.1", "linux", "[127.0.0.1 ::1]"},
		{"", "linux", "[127.0.0.1 ::1 0.0.0.0 ::]"},
		{"0.0.0.0", "windows", "[127.0.0.1 ::1 0.0.0.0 ::]"},
		{"no address", "linux", "[127.0.0.1 ::1 0.0.0.0 ::]"},
	} {
		if got := fmt.Sprint(probeHosts(test.hostIP, test.system)); got != test.want {
			t.Errorf("%q on %s: %s, want %s", test.hostIP, test.system, got, test.want)
		}
	}
}
