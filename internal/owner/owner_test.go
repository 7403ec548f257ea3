//go:build unix

package owner

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPrivateDir(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := filepath.Join(dir, "open")
	link := filepath.Join(dir, "link")
	file := filepath.Join(dir, "file")
	for _, err := range []error{os.Mkdir(open, 0o700), os.Chmod(open, 0o755), os.Symlink(open, link), os.WriteFile(file, nil, 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{filepath.Join(dir, "new", "below"), open} {
		if err := PrivateDir(name); err != nil {
			t.Errorf("PrivateDir(%s) = %v", name, err)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v; want mode 0700", name, info, err)
		}
	}
	for _, name := range []string{link, file} {
		if PrivateDir(name) == nil {
			t.Errorf("PrivateDir(%s) = nil, want an error", name)
		}
	}
	if os.Geteuid() != 0 {
		return // only root can make files of others
	}
	foreign := filepath.Join(dir, "foreign")
	if err := os.Mkdir(foreign, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(foreign, 65533, 65533); err != nil {
		t.Fatal(err)
	}
	if PrivateDir(foreign) == nil {
		t.Error("a directory of another user is accepted")
	}
}

// TestInherit: the owner of a link changes, never that of the file that it leads to.
func TestInherit(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can change owners")
	}
	dir := t.TempDir()
	victim := filepath.Join(t.TempDir(), "victim")
	for _, err := range []error{os.WriteFile(victim, nil, 0o600), os.Chown(dir, 65533, 65533), os.Symlink(victim, filepath.Join(dir, "link")), os.Symlink("nowhere", filepath.Join(dir, "dangling"))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	from, err := root.Stat(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"link", "dangling"} {
		if err := Inherit(root, name, from); err != nil {
			t.Errorf("Inherit(%s) = %v", name, err)
		}
		if info, err := root.Lstat(name); err != nil || !Same(info, from) {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if info, err := os.Stat(victim); err != nil || !Mine(info) {
		t.Errorf("the victim's owner changed: %v", err)
	}
}

func TestForeign(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "devup")
	check := func(what string, want bool) {
		t.Helper()
		if got := Foreign(dir); got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	check("a directory that is not there", false)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	check("one's own directory", false)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	check("one that all may write to", true)
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		t.Skip("only root gives a directory away")
	}
	if err := os.Chown(dir, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	check("one of another user", true)
	if err := os.Chown(filepath.Dir(dir), 65534, 65534); err != nil {
		t.Fatal(err)
	}
	check("one in the home of the user who runs sudo", false)
}
