package ports

import (
	"os"
	"path/filepath"
	"testing"
)

func TestIdentify(t *testing.T) {
	t.Parallel()
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0000000000000000 100 0 0 10 0
   1: 0100007F:0BB9 0100007F:9999 01 00000000:00000000 00:00000000 00000000  1000        0 222 1 0000000000000000 100 0 0 10 0
   2: 0100007F:0BBA 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 999 1 0000000000000000 100 0 0 10 0
`
	held := []Holder{{Port: 3000, Protocol: "tcp"}, {Port: 3001, Protocol: "tcp"}, {Port: 3002, Protocol: "tcp"}}
	identifyIn(os.DirFS(proc(t, table)), held)
	for i, want := range []string{"vite (process 42)", "another program", "another program"} {
		if got := held[i].String(); got != want {
			t.Errorf("port %d is held by %s, want %s", held[i].Port, got, want)
		}
	}
}

// proc makes a small /proc: process 42 "vite" has the sockets 111 and 222.
func proc(t *testing.T, tcp string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"net/tcp": tcp, "42/comm": "vite\n", "42/fd/.keep": "", "self/comm": "x"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for fd, target := range map[string]string{"3": "/dev/null", "4": "socket:[111]", "5": "socket:[222]"} {
		if err := os.Symlink(target, filepath.Join(dir, "42/fd", fd)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
