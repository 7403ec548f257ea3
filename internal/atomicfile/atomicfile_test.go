package atomicfile

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestReplace(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "state.json")
	for _, content := range []string{"first", "second"} {
		if err := Replace(name, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != content {
			t.Errorf("got %q, %v, want %q", got, err, content)
		}
	}
	if runtime.GOOS == "windows" {
		return // no modes there
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a new file has the mode %v, %v", info.Mode(), err)
	}
	if err := os.Chmod(name, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Replace(name, []byte("third")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("the mode is %v now, %v", info.Mode(), err)
	}
}

func TestWhatCannotBeReplacedStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "directory")
	if err := os.MkdirAll(filepath.Join(name, "inside"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Replace(name, []byte("text")); err == nil {
		t.Error("a directory was replaced")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left: %v, %v", entries, err)
	}
}

// TestLinksAreReplacedAndNotFollowed: neither the name of a file nor a directory in it
// leads to a file outside of the root.
func TestLinksAreReplacedAndNotFollowed(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	victim := filepath.Join(outside, "victim")
	for _, err := range []error{
		os.WriteFile(victim, []byte("precious"), 0o644),
		os.Symlink(victim, filepath.Join(dir, "state")),
		os.Symlink(filepath.Join(outside, "made"), filepath.Join(dir, "dangling")),
		os.Symlink(outside, filepath.Join(dir, "away")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{"state", "dangling"} {
		if err := ReplaceIn(root, name, []byte("new"), Keep); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if info, err := root.Lstat(name); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s is %v, %v; want a regular file", name, info.Mode(), err)
		}
	}
	if err := ReplaceIn(root, filepath.Join("away", "victim"), []byte("new"), Keep); err == nil {
		t.Error("a file behind a link out of the root was replaced")
	}
	if got, err := os.ReadFile(victim); err != nil || string(got) != "precious" {
		t.Errorf("the victim holds %q, %v", got, err)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 1 {
		t.Errorf("outside: %v, %v", entries, err)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{".half-state.json-123", ".half-other-1", "state.json"} {
		if err := root.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	Sweep(root, "state.json")
	for name, want := range map[string]bool{".half-state.json-123": false, ".half-other-1": true, "state.json": true} {
		if _, err := root.Lstat(name); (err == nil) != want {
			t.Errorf("%s: %v, want it there: %v", name, err, want)
		}
	}
}
