package build

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const precious = "what only the host has"

// swappable is a context, and a function that puts links to the host's files in the place
// of a directory and of a file in it, as a container does that has it mounted.
func swappable(t *testing.T) (s Spec, swap func()) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("links need a right there")
	}
	host := checkout(t, map[string]string{"below/secret": precious, "secret": precious})
	dir := checkout(t, map[string]string{"Dockerfile": "FROM a\nCOPY . /\n", "a": "first", "src/below/secret": "harmless", "z": "harmless"})
	return specOf(dir), func() {
		for _, err := range []error{
			os.Rename(filepath.Join(dir, "src"), filepath.Join(dir, "moved")), os.Symlink(host, filepath.Join(dir, "src")),
			os.Remove(filepath.Join(dir, "z")), os.Symlink(filepath.Join(host, "secret"), filepath.Join(dir, "z")),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestAContextThatIsSwappedWhileItIsSent: what takes the place of files and directories after
// they were listed leads to no file of the host, with either builder.
func TestAContextThatIsSwappedWhileItIsSent(t *testing.T) {
	t.Parallel()
	t.Run("listed", func(t *testing.T) {
		t.Parallel()
		s, swap := swappable(t)
		dir := open(t, s)
		var names []string
		err := dir.Walk(t.Context(), "", func(name string, _ fs.DirEntry, err error) error {
			if name == "a" {
				swap()
			}
			names = append(names, name)
			return err
		})
		if err == nil && slices.Contains(names, filepath.Join("src", "secret")) {
			t.Errorf("files of the host are listed: %q", names)
		}
	})
	t.Run("read", func(t *testing.T) {
		t.Parallel()
		s, swap := swappable(t)
		dir := open(t, s)
		var names []string
		err := dir.Walk(t.Context(), "", func(name string, _ fs.DirEntry, err error) error {
			names = append(names, name)
			return err
		})
		if want := []string{"Dockerfile", "a", "src", "src/below", "src/below/secret", "z"}; err != nil || !slices.Equal(names, want) {
			t.Fatalf("got %q, %v, want %q", names, err, want)
		}
		swap()
		for _, name := range names {
			if file, err := dir.Open(name); err == nil {
				content, _ := io.ReadAll(file) // what could be read
				_ = file.Close()
				if strings.Contains(string(content), precious) {
					t.Errorf("%s has the content of a file of the host", name)
				}
			}
		}
	})
	t.Run("classic", func(t *testing.T) {
		t.Parallel()
		s, swap := swappable(t)
		var sent bytes.Buffer
		err := writeTar(t.Context(), &trigger{Writer: &sent, at: "first", do: swap}, s, definition{}, nil)
		if strings.Contains(sent.String(), precious) {
			t.Errorf("a file of the host is sent (%v)", err)
		}
	})
}

// TestLinksOfAContextAreSentAsLinks: they are read nowhere, and a pipe is not waited for.
func TestLinksOfAContextAreSentAsLinks(t *testing.T) {
	t.Parallel()
	s, swap := swappable(t)
	swap()
	dir := open(t, s)
	modes := map[string]fs.FileMode{}
	err := dir.Walk(t.Context(), "", func(name string, entry fs.DirEntry, err error) error {
		if err == nil {
			modes[name] = entry.Type() & fs.ModeType
		}
		return err
	})
	if err != nil || modes["src"] != fs.ModeSymlink || modes["z"] != fs.ModeSymlink || len(modes) != 7 {
		t.Errorf("got %v, %v", modes, err)
	}
	if _, err := dir.Open("z"); err == nil {
		t.Error("a link is read")
	}
}

func open(t *testing.T, s Spec) *contextDir {
	t.Helper()
	dir, err := s.open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := dir.Close(); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// trigger does something once, when a text is written.
type trigger struct {
	io.Writer
	at string
	do func()
}

func (w *trigger) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	if w.do != nil && bytes.Contains(b, []byte(w.at)) {
		w.do()
		w.do = nil
	}
	if err == nil && n < len(b) {
		err = errors.New("short write")
	}
	return n, err
}
