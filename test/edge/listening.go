package edge

import (
	"bufio"
	"cmp"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

// listening are the TCP ports that something on this machine listens on, as an editor
// finds them out too. It is empty where there is no /proc.
func listening() []int {
	found := map[int]bool{}
	for _, name := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		file, err := os.Open(name)
		if err != nil {
			continue
		}
		for lines := bufio.NewScanner(file); lines.Scan(); {
			// sl local_address rem_address st …: "0: 0100007F:0BB8 00000000:0000 0A"
			fields := strings.Fields(lines.Text())
			if len(fields) < 4 || fields[3] != "0A" {
				continue
			}
			_, number, _ := strings.Cut(fields[1], ":")
			if port, err := strconv.ParseInt(number, 16, 32); err == nil {
				found[int(port)] = true
			}
		}
		_ = file.Close()
	}
	return sortedKeys(found)
}

func listens(port int) bool { return slices.Contains(listening(), port) }

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
