package execcmd

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestServiceAndPath(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string][2]string{
		"web:/app":     {"web", "/app"},
		"web:app":      {"web", "app"},
		"./web:/app":   {"", "./web:/app"},
		"/abs:x":       {"", "/abs:x"},
		"dir/file:txt": {"", "dir/file:txt"},
		"plain":        {"", "plain"},
		"-":            {"", "-"},
	} {
		service, path := serviceAndPath(arg)
		if got := [2]string{service, path}; got != want {
			t.Errorf("%s: got %q, want %q", arg, got, want)
		}
	}
}

// TestCopyRoundTrip: what is packed is unpacked the same, under the name that is meant.
func TestCopyRoundTrip(t *testing.T) {
	t.Parallel()
	from := filepath.Join(t.TempDir(), "from")
	for name, content := range map[string]string{"a.txt": "a", "sub/b.txt": "b"} {
		file := filepath.Join(from, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("sub/b.txt", filepath.Join(from, "link")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ source, packed, name, want string }{
		{from, "from", "to", "to to/a.txt to/link to/sub to/sub/b.txt"},
		{from + "/.", ".", ".", "a.txt link sub sub/b.txt"},
		{from, "from", ".", "a.txt link sub sub/b.txt"},
		{filepath.Join(from, "a.txt"), "a.txt", "renamed", "renamed"},
	} {
		var archive bytes.Buffer
		if err := pack(&archive, c.source, c.packed, false); err != nil {
			t.Fatal(err)
		}
		to := t.TempDir()
		if err := unpack(&archive, to, c.name, false); err != nil {
			t.Fatal(err)
		}
		var got []string
		_ = filepath.WalkDir(to, func(p string, _ fs.DirEntry, _ error) error {
			if below, _ := filepath.Rel(to, p); below != "." {
				got = append(got, filepath.ToSlash(below))
			}
			return nil
		})
		slices.Sort(got)
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s as %s:\n%s", c.source, c.name, diff)
		}
	}
}

// TestPackStaysInside: while a directory is packed, a container that has it mounted puts a link
// in the place of a directory in it.
func TestPackStaysInside(t *testing.T) {
	t.Parallel()
	outside, from := t.TempDir(), t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(outside, "key"), []byte("SECRET"), 0o600), os.Symlink(outside, filepath.Join(from, "sub"))); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(from)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	var archive bytes.Buffer
	if err := packOne(tar.NewWriter(&archive), root, filepath.Join("sub", "key"), "x"); err == nil || bytes.Contains(archive.Bytes(), []byte("SECRET")) {
		t.Errorf("a file of the outside is packed: %v", err)
	}
}

// TestUnpackStaysInside: an archive cannot write outside of the directory that is meant.
func TestUnpackStaysInside(t *testing.T) {
	t.Parallel()
	for _, headers := range [][]tar.Header{
		{{Name: "x/", Typeflag: tar.TypeDir, Mode: 0o755}, {Name: "x/../../evil", Typeflag: tar.TypeReg, Mode: 0o644}},
		{{Name: "x/", Typeflag: tar.TypeDir, Mode: 0o755}, {Name: "x/out", Typeflag: tar.TypeSymlink, Linkname: "../.."}, {Name: "x/out/evil", Typeflag: tar.TypeReg, Mode: 0o644}},
	} {
		var archive bytes.Buffer
		w := tar.NewWriter(&archive)
		for _, h := range headers {
			if err := w.WriteHeader(&h); err != nil {
				t.Fatal(err)
			}
		}
		_ = w.Close()
		parent := t.TempDir()
		to := filepath.Join(parent, "deep", "to")
		if err := os.MkdirAll(to, 0o755); err != nil {
			t.Fatal(err)
		}
		_ = unpack(&archive, to, "x", false) // an error or not: nothing may be outside
		for _, dir := range []string{parent, filepath.Join(parent, "deep")} {
			if _, err := os.Lstat(filepath.Join(dir, "evil")); err == nil {
				t.Errorf("wrote into %s", dir)
			}
		}
	}
}

func TestLanding(t *testing.T) {
	t.Parallel()
	here := t.TempDir()
	if err := os.WriteFile(filepath.Join(here, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		target              string
		directory, contents bool
		want                string
	}{
		{here, false, false, here + " base"},
		{here, true, false, here + " base"},
		{here, true, true, here + " ."},
		{here + "/new", true, true, here + "/ new"},
		{here + "/new", false, false, here + "/ new"},
		{here + "/new/", false, false, "there is no directory " + here + "/new/"},
		{here + "/file", false, false, here + "/ file"},
		{here + "/file", true, false, "a directory cannot be copied over the file " + here + "/file"},
		{here + "/no/new", false, false, "there is no directory " + here + "/no/"},
	} {
		dir, name, err := landing(c.target, "base", c.directory, c.contents)
		got := dir + " " + name
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.target, got, c.want)
		}
	}
}

// TestRepeatable: what can be read once is read in full by each of several readers.
func TestRepeatable(t *testing.T) {
	t.Parallel()
	for _, times := range []int{1, 3} {
		reader, discard, err := repeatable(strings.NewReader("an archive"), times)
		if err != nil {
			t.Fatal(err)
		}
		for n := range times {
			if got, err := io.ReadAll(reader()); string(got) != "an archive" || err != nil {
				t.Errorf("reader %d of %d: %q, %v", n+1, times, got, err)
			}
		}
		discard()
	}
}
