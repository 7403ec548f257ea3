package scaffold_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/scaffold"
)

func newFile(path string) scaffold.Change {
	return scaffold.Change{File: scaffold.File{Path: path, Content: []byte("ours\n")}, State: scaffold.New}
}

func TestWriteCreatesNewFilesOnly(t *testing.T) {
	t.Parallel()
	dir, root := openRoot(t)
	theirs := filepath.Join(dir, "theirs")
	if err := os.WriteFile(theirs, []byte("theirs\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	differs := newFile("theirs")
	differs.State = scaffold.Differs
	same := newFile("absent")
	same.State = scaffold.Same
	written, err := scaffold.Write(root, []scaffold.Change{newFile("a/b/new"), differs, same, newFile("top")})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"a/b/new", "top"}, written); d != "" {
		t.Error(d)
	}
	for path, want := range map[string]string{"a/b/new": "ours\n", "top": "ours\n", "theirs": "theirs\n"} {
		if got, err := os.ReadFile(filepath.Join(dir, path)); err != nil || string(got) != want {
			t.Errorf("%s holds %q (%v), want %q", path, got, err, want)
		}
	}
	if _, err := os.Lstat(filepath.Join(dir, "absent")); err == nil {
		t.Error("a file whose state is same was written")
	}
}

func TestWriteNeverReplaces(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(path string) error{
		"a file":        func(path string) error { return os.WriteFile(path, []byte("theirs"), 0o644) },
		"a directory":   func(path string) error { return os.Mkdir(path, 0o755) },
		"a broken link": func(path string) error { return os.Symlink("nowhere", path) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, root := openRoot(t)
			if err := make(filepath.Join(dir, "x")); err != nil {
				t.Skip(err)
			}
			written, err := scaffold.Write(root, []scaffold.Change{newFile("x"), newFile("later")})
			if err == nil || len(written) != 0 {
				t.Errorf("wrote %v, error %v", written, err)
			}
			if _, err := os.Lstat(filepath.Join(dir, "nowhere")); err == nil {
				t.Error("it was written through the link")
			}
			if got, err := os.ReadFile(filepath.Join(dir, "x")); err == nil && string(got) != "theirs" {
				t.Errorf("the file holds %q now", got)
			}
		})
	}
}

func TestWriteStaysInside(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	dir, root := openRoot(t)
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	for _, path := range []string{"link/x", "link/sub/x", "../x"} {
		if _, err := scaffold.Write(root, []scaffold.Change{newFile(path)}); err == nil {
			t.Errorf("%s was written", path)
		}
	}
	if entries, _ := os.ReadDir(outside); len(entries) != 0 {
		t.Errorf("outside the root there is now %v", entries)
	}
}

func TestWriteDenied(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("nothing is denied to this user")
	}
	dir, root := openRoot(t)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	_, err := scaffold.Write(root, []scaffold.Change{newFile("x")})
	if fail.CodeOf(err) != fail.Denied {
		t.Errorf("error %v has code %s, want %s", err, fail.CodeOf(err), fail.Denied)
	}
}

func openRoot(t *testing.T) (string, *os.Root) {
	t.Helper()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return dir, root
}
