package ready

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCounted reads the control groups of both versions, as engines name them.
func TestCounted(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("0a1b", 16)
	for file, text := range map[string]string{
		"system.slice/docker-" + id + ".scope/cpu.stat":        "usage_usec 1500\nuser_usec 1000\n",
		"machine.slice/libpod-" + id + ".scope/cpu.stat":       "usage_usec 1500\nuser_usec 1000\n",
		"docker/" + id + "/cpu.stat":                           "usage_usec 1500\n",
		"cpuacct/docker/" + id + "/cpuacct.usage":              "1500000\n",
		"cpuacct/system.slice/docker-" + id + "/cpuacct.usage": "1500000\n",
	} {
		groups := t.TempDir()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(groups, file)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(groups, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := counted(groups, id); got != 1500*time.Microsecond {
			t.Errorf("%s: %v", file, got)
		}
		if got := counted(groups, strings.Repeat("0a1c", 16)) + counted(groups, "0a1b"); got != 0 {
			t.Errorf("%s of another: %v", file, got)
		}
	}
}
