package ports

import (
	"net"
	"os"
	"runtime"
	"testing"
)

func TestListening(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"127.0.0.1:0", "0.0.0.0:0", "[::1]:0"} {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Logf("%s: %v", address, err) // a machine without IPv6
			continue
		}
		port := listener.Addr().(*net.TCPAddr).Port
		held := Listening(t.Context(), []int{port})
		if len(held) != 1 || held[0].Port != port || held[0].Protocol != "tcp" {
			t.Errorf("%s: held %+v, want port %d", listener.Addr(), held, port)
		}
		if runtime.GOOS == "linux" && len(held) == 1 && (held[0].PID != os.Getpid() || held[0].Process == "") {
			t.Errorf("held by %q (%d), want this process, %d", held[0].Process, held[0].PID, os.Getpid())
		}
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		if held := Listening(t.Context(), []int{port}); len(held) != 0 {
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
	if held := Bound(t.Context(), "udp", []int{port}); len(held) != 1 {
		t.Errorf("held %+v, want port %d", held, port)
	}
}

func TestLowPortsThatMayNotBeBoundAreNotHeld(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root may bind every port")
	}
	if held := Listening(t.Context(), []int{1}); len(held) != 0 {
		t.Errorf("held %+v", held)
	}
}
