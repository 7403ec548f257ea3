//go:build unix

package untrusted

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestSpecialFiles: a pipe has no writer and /dev/zero no end, so that a read which does
// not look first would not return.
func TestSpecialFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "zero")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(os.DevNull, filepath.Join(dir, "null")); err != nil {
		t.Fatal(err)
	}
	if content, err := ReadFile(filepath.Join(dir, "null"), 8); err != nil || len(content) > 0 {
		t.Errorf("ReadFile(null) = %q, %v, want nothing", content, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{"pipe", "zero"} {
		if _, err := ReadFile(filepath.Join(dir, name), 8); !errors.Is(err, ErrNotRegular) {
			t.Errorf("ReadFile(%s): %v, want %v", name, err, ErrNotRegular)
		}
	}
	if _, err := ReadEntry(root, "pipe", 8); !errors.Is(err, ErrNotRegular) {
		t.Errorf("ReadEntry(pipe): %v, want %v", err, ErrNotRegular)
	}
	for _, fsys := range []fs.FS{FS(root), DirFS(dir)} {
		if _, err := fs.ReadDir(fsys, "pipe"); err == nil {
			t.Error("ReadDir(pipe) gives no error")
		}
		if list, err := fs.ReadDir(fsys, "."); err != nil || len(list) != 3 || list[0].Name() != "null" {
			t.Errorf("ReadDir(.) = %v, %v, want 3 entries by name", list, err)
		}
	}
	if _, err := ReadFileFS(FS(root), "pipe", 8); !errors.Is(err, ErrNotRegular) {
		t.Errorf("ReadFileFS(pipe): %v, want %v", err, ErrNotRegular)
	}
	for _, name := range []string{"pipe", "zero"} {
		if _, err := ReadFileFS(DirFS(dir), name, 8); !errors.Is(err, ErrNotRegular) {
			t.Errorf("ReadFileFS(DirFS, %s): %v, want %v", name, err, ErrNotRegular)
		}
	}
}
