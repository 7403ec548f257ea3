package ready

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

const socketsHead = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

func TestParseSockets(t *testing.T) {
	t.Parallel()
	line := func(address, state string) string {
		return "   0: " + address + " 00000000:0000 " + state + " 00000000:00000000 00:00000000 00000000     0        0 5489 1 0 100 0 0 10 0\n"
	}
	tests := []struct{ name, text, want string }{
		{"any address", socketsHead + line("00000000:11D7", "0A"), "[4567] []"},
		{"loopback", socketsHead + line("0100007F:1388", "0A"), "[] [5000]"},
		{"another loopback address", socketsHead + line("0200007F:1388", "0A"), "[] [5000]"},
		{"the engine's name server", socketsHead + line("0B00007F:A3F1", "0A"), "[] []"},
		{"an established connection", socketsHead + line("020012AC:11D7", "01"), "[] []"},
		{"IPv6 any", socketsHead + line("00000000000000000000000000000000:0BB8", "0A"), "[3000] []"},
		{"IPv6 loopback", socketsHead + line("00000000000000000000000001000000:0BB8", "0A"), "[] [3000]"},
		{"IPv4 loopback in IPv6", socketsHead + line("0000000000000000FFFF00000100007F:0BB8", "0A"), "[] [3000]"},
		{"both, which is reachable", socketsHead + line("0100007F:0BB8", "0A") + line("00000000:0BB8", "0A"), "[3000] []"},
		{"one address of the container", socketsHead + line("020012AC:1F90", "0A"), "[8080] []"},
		{"broken lines", socketsHead + "   0: xyz 0 0A\n 1: 0100:1F90 0 0A\n 2: 00000000:FFFFF 0 0A\n\n", "[] []"},
	}
	for _, test := range tests {
		found, err := parseSockets(test.text)
		if got := fmt.Sprint(found.outside, found.loopback); err != nil || got != test.want {
			t.Errorf("%s: got %s, %v; want %s", test.name, got, err, test.want)
		}
	}
}

func TestParseSocketsOfNoTable(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "OCI runtime exec failed: exec: \"cat\": executable file not found in $PATH", "   0: 00000000:11D7 0 0A"} {
		if _, err := parseSockets(text); !errors.Is(err, errUnknown) {
			t.Errorf("%q: got %v, want %v", text, err, errUnknown)
		}
	}
}

func FuzzParseSockets(f *testing.F) {
	f.Add(socketsHead + "   0: 00000000:11D7 00000000:0000 0A 0 0 0 0")
	f.Add(socketsHead + "   0: 0000000000000000FFFF00000100007F:0BB8 0 0A")
	f.Fuzz(func(t *testing.T, text string) {
		found, _ := parseSockets(text)
		for _, port := range slices.Concat(found.outside, found.loopback) {
			if port < 0 || port > 65535 {
				t.Errorf("port %d", port)
			}
		}
		for _, port := range found.loopback {
			if found.reachable(port) {
				t.Errorf("port %d is both reachable and on loopback only", port)
			}
		}
	})
}
