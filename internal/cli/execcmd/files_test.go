package execcmd

import (
	"archive/tar"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/test/cmdtest"
)

// archive is a tar archive of one file.
func archive(t *testing.T, name, content string) string {
	t.Helper()
	var b bytes.Buffer
	files := tar.NewWriter(&b)
	if err := files.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content))}); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(files, content)
	_ = files.Close()
	return b.String()
}

// unpacked are the entries of an archive: "name=content".
func unpacked(t *testing.T, packed []byte) string {
	t.Helper()
	var all []string
	reader := tar.NewReader(bytes.NewReader(packed))
	for {
		h, err := reader.Next()
		if err != nil {
			return strings.Join(all, " ")
		}
		content, _ := io.ReadAll(reader)
		all = append(all, h.Name+"="+string(content))
	}
}

// newFiles gives a project of which web has files in two containers.
func newFiles(t *testing.T) *cmdtest.World {
	t.Helper()
	w := cmdtest.New(t, shop+"-- note.txt --\nhello\n")
	for _, state := range []string{"running", "exited"} {
		w.Has("web", state, func(c *fakeengine.Container) {
			c.Files = map[string]container.PathStat{
				"/": {Name: "/", Mode: fs.ModeDir}, "/app": {Name: "app", Mode: fs.ModeDir, LinkTarget: "/app"}, "/app/log": {Name: "log", Size: 8},
				"/link": {Name: "link", Mode: fs.ModeSymlink, LinkTarget: "app"}, "/circle": {Name: "circle", Mode: fs.ModeSymlink, LinkTarget: "/circle"},
			}
		})
	}
	w.Has("web", "exited", func(c *fakeengine.Container) {
		c.Name, c.Options.Config.Labels[plan.LabelOneOff] = "shop-web-run-1", "True"
	})
	return w
}

// TestCopyIn copies into all containers of a service, running or not.
func TestCopyIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ to, args, want, where string }{
		{"web:/app", "", "note.txt=hello\n", "shop-web-1 shop-web-2"},
		{"web:/app/new", "", "new=hello\n", "shop-web-1 shop-web-2"},
		{"web:/link", "", "note.txt=hello\n", "shop-web-1 shop-web-2"},
		{"web:/app", "--index=2", "note.txt=hello\n", "shop-web-2"},
		{"web:/app/log", "", "log=hello\n", "shop-web-1 shop-web-2"},
	} {
		w := newFiles(t)
		args := append([]string{"cp"}, strings.Fields(test.args)...)
		r := w.Command(NewCp, append(args, filepath.Join(w.Dir, "note.txt"), test.to)...).Fine(t)
		var where []string
		for _, name := range []string{"shop-web-1", "shop-web-2", "shop-web-run-1"} {
			c, _ := w.Container(name)
			if len(c.Copied) == 0 {
				continue
			}
			where = append(where, name)
			if got := unpacked(t, c.Copied); got != test.want {
				t.Errorf("%s: %q, want %q", test.to, got, test.want)
			}
		}
		if got := strings.Join(where, " "); got != test.where {
			t.Errorf("%s: into %s, want %s", test.to, got, test.where)
		}
		r.Says(t, "copied")
	}
}

// TestCopyInArchive: an archive on stdin is unpacked in each container.
func TestCopyInArchive(t *testing.T) {
	t.Parallel()
	w := newFiles(t)
	w.Stdin = archive(t, "a", "x")
	w.Command(NewCp, "cp", "-", "web:/app").Fine(t)
	for _, name := range []string{"shop-web-1", "shop-web-2"} {
		if c, _ := w.Container(name); unpacked(t, c.Copied) != "a=x" {
			t.Errorf("%s: %q", name, c.Copied)
		}
	}
}

// TestCopyOut copies a file or a directory of the first container.
func TestCopyOut(t *testing.T) {
	t.Parallel()
	w := newFiles(t)
	w.Command(NewCp, "cp", "web:/app/log", filepath.Join(w.Dir, "got")).Fine(t)
	if got := w.Read("got"); got != "/app/log" {
		t.Errorf("got %q", got)
	}
	w.Command(NewCp, "cp", "web:/app/log", w.Dir).Fine(t)
	if got := w.Read("log"); got != "/app/log" {
		t.Errorf("log %q", got)
	}
	w.Command(NewCp, "cp", "web:/app", filepath.Join(w.Dir, "dir")).Fine(t)
	if info, err := os.Stat(filepath.Join(w.Dir, "dir")); err != nil || !info.IsDir() {
		t.Errorf("%v", err)
	}
	if r := w.Command(NewCp, "cp", "web:/app/log", "-").Fine(t); unpacked(t, []byte(r.Out)) != "log=/app/log" {
		t.Errorf("printed %q", r.Out)
	}
}

// TestCopyRefuses what is no copy, and names what is missing on either side.
func TestCopyRefuses(t *testing.T) {
	t.Parallel()
	w := newFiles(t)
	note := filepath.Join(w.Dir, "note.txt")
	for _, test := range []struct {
		from, to string
		code     fail.Code
		word     string
	}{
		{"web:/a", "db:/b", fail.Usage, "from one service to another"},
		{note, "there", fail.Usage, "SERVICE:PATH"},
		{"web:", "there", fail.Usage, "path is missing"},
		{note, "wbe:/app", fail.UnknownService, "wbe"},
		{note, "db:/app", fail.Failed, "db has no container"},
		{note, "web:/none/", fail.Failed, "/none/"},
		{note, "web:/none/file", fail.Failed, "/none/"},
		{w.Dir, "web:/app/log", fail.Failed, "/app/log"},
		{filepath.Join(w.Dir, "none"), "web:/app", fail.Failed, "none"},
		{note, "web:/circle", fail.Failed, "circle"},
		{"-", "web:/app/log", fail.Failed, "/app/log"},
		{"web:/none", w.Dir, fail.Failed, "/none"},
		{"web:/app", note, fail.Failed, "note.txt"},
	} {
		r := w.Command(NewCp, "cp", test.from, test.to)
		if r.Code() != test.code {
			t.Errorf("%s to %s: %q, %v", test.from, test.to, r.Code(), r.Error)
		}
		r.Says(t, test.word)
	}
	if r := w.Command(NewCp, "cp", note); r.Code() != fail.Usage {
		t.Errorf("one path: %v", r.Error)
	}
}

// TestAbsoluteIn: a link of a container leads on from where it is.
func TestAbsoluteIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ link, target, want string }{{"/a/b", "c", "/a/c"}, {"/a/b", "/c", "/c"}, {"/a/b", "../c", "/c"}, {"link", "c", "c"}} {
		if got := absoluteIn(test.link, test.target); got != test.want {
			t.Errorf("%s to %s: %s", test.link, test.target, got)
		}
	}
}
