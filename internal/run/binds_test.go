//go:build unix

package run

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/devup-cli/devup/internal/owner"
)

// TestMountPointsFollowNoLinks: a link in a bind source, which a clone brings or a
// container plants, makes devup neither make a directory elsewhere nor fail.
func TestMountPointsFollowNoLinks(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	app := filepath.Join(dir, "app")
	if err := errors.Join(
		os.MkdirAll(filepath.Join(app, "src"), 0o755),
		os.Symlink(outside, filepath.Join(app, "out")),
		os.Symlink("nowhere", filepath.Join(app, "dangling")),
		os.Symlink("src", filepath.Join(app, "inside")),
		os.Symlink(filepath.Join(outside, "source"), filepath.Join(dir, "source")),
		os.WriteFile(filepath.Join(app, "file"), nil, 0o600),
	); err != nil {
		t.Fatal(err)
	}
	p := load(t, `services: {web: {image: x, volumes: [
  "`+app+`:/app", "`+filepath.Join(dir, "source")+`:/source",
  /app/out/evil/deep, /app/dangling, /app/dangling/below, /app/inside/below, /app/file, /app/src/made/deep]}}`)
	if err := prepareBinds(p.Services["web"]); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("made outside: %v, %v", entries, err)
	}
	if _, err := os.Lstat(filepath.Join(app, "nowhere")); err == nil {
		t.Error("made what a link leads to")
	}
	if _, err := os.Stat(filepath.Join(app, "src", "made", "deep")); err != nil {
		t.Error("the mount point without a link was not made:", err)
	}
}

// TestMadeDirectoriesHaveTheOwnerOfTheirs: with sudo, those in a user's checkout are the
// user's.
func TestMadeDirectoriesHaveTheOwnerOfTheirs(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can change owners")
	}
	dir := t.TempDir()
	if err := os.Chown(dir, 65533, 65533); err != nil {
		t.Fatal(err)
	}
	if err := makeSource(filepath.Join(dir, "a", "b")); err != nil {
		t.Fatal(err)
	}
	want, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "a/b"} {
		if got, err := os.Stat(filepath.Join(dir, name)); err != nil || !owner.Same(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
