package untrusted

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestReadFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "outside")
	for name, content := range map[string]string{filepath.Join(dir, "small"): "12345678", filepath.Join(dir, "large"): "123456789", outside: "secret"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"link": "small", "out": outside, "gone": "nothing"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	for _, c := range []struct {
		name, content  string
		err, errInRoot error
	}{
		{name: "small", content: "12345678"},
		{name: "link", content: "12345678"},
		{name: "large", err: LimitError(8), errInRoot: LimitError(8)},
		{name: ".", err: ErrNotRegular},
		{name: "gone", err: fs.ErrNotExist, errInRoot: fs.ErrNotExist},
		{name: "out", content: "secret", errInRoot: ErrOutside},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			content, err := ReadFile(filepath.Join(dir, c.name), 8)
			if !errors.Is(err, c.err) || err == nil && string(content) != c.content {
				t.Errorf("ReadFile(%q) = %q, %v; want %q, %v", c.name, content, err, c.content, c.err)
			}
			content, err = ReadFileFS(FS(root), c.name, 8)
			if c.name != "." && (!errors.Is(err, c.errInRoot) || err == nil && string(content) != c.content) {
				t.Errorf("ReadFileFS(%q) = %q, %v; want %q, %v", c.name, content, err, c.content, c.errInRoot)
			}
		})
	}
}

// TestReadEntry: a link is not followed, wherever it leads.
func TestReadEntry(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("12345678"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"link": "file", "out": "/etc/hostname", "gone": "nothing"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if content, err := ReadEntry(root, "file", 8); err != nil || string(content) != "12345678" {
		t.Errorf("ReadEntry(file) = %q, %v", content, err)
	}
	if _, err := ReadEntry(root, "file", 7); !errors.Is(err, LimitError(7)) {
		t.Errorf("ReadEntry(file) = %v, want %v", err, LimitError(7))
	}
	for _, name := range []string{"link", "out", "gone", "."} {
		if content, err := ReadEntry(root, name, 8); !errors.Is(err, ErrNotRegular) {
			t.Errorf("ReadEntry(%s) = %q, %v; want %v", name, content, err, ErrNotRegular)
		}
	}
	if _, err := ReadEntry(root, "missing", 8); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadEntry(missing) = %v", err)
	}
}
