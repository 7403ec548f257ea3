//go:build unix

package up

import (
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/devup-cli/devup/internal/egress"
)

// TestTheContainersUserOwnsCredentials: root gives them away, and no other file.
func TestTheContainersUserOwnsCredentials(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	files := Mounts{StateDir: t.TempDir(), Project: "shop"}
	for mode, want := range map[fs.FileMode]uint32{0o600: 1234, 0o444: 0} {
		for range 2 { // the second time it is there
			name, err := files.keep(egress.File{Name: "devup-npmrc", Content: []byte("x"), Mode: mode}, 1234)
			if err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := info.Sys().(*syscall.Stat_t); !ok || got.Uid != want || info.Mode() != mode {
				t.Errorf("%s: %v, %+v, want user %d", name, info.Mode(), info.Sys(), want)
			}
		}
	}
}
