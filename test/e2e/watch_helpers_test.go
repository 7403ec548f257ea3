//go:build e2e

package e2e

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/client"
)

// output is what a command has printed so far.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// says is a condition for eventually: the command has printed a text so many times.
func (o *output) says(text string, times int) func() (bool, string) {
	return func() (bool, string) {
		said := o.String()
		return strings.Count(said, text) >= times, said
	}
}

// watched is a devup that follows files, until the test's end.
type watched struct {
	output
	cmd *exec.Cmd
}

// follow starts devup and waits until it watches.
func (c *checkout) follow(t *testing.T, args ...string) *watched {
	t.Helper()
	w := &watched{cmd: c.command(context.WithoutCancel(t.Context()), args...)}
	w.cmd.Stdout, w.cmd.Stderr = w, w
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = w.cmd.Wait() }()
	t.Cleanup(func() {
		_ = w.cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(waitLimit):
			t.Errorf("devup %q does not end after Ctrl-C:\n%s", args, w)
			_ = w.cmd.Process.Kill()
			<-ended
		}
		if t.Failed() {
			t.Logf("devup %q said:\n%s", args, w)
		}
	})
	eventually(t, func() (bool, string) {
		select {
		case <-ended:
			t.Fatalf("devup %q ended:\n%s", args, w)
		default:
		}
		return w.says("watching the files of", 1)()
	})
	return w
}

// inContainer gives what lies in a directory of a container: by path its kind,
// executable bit and content, and by path its owner.
func inContainer(t *testing.T, id, directory string) (tree, owners map[string]string) {
	t.Helper()
	from, err := docker.CopyFromContainer(t.Context(), id, client.CopyFromContainerOptions{SourcePath: directory})
	if err != nil {
		return map[string]string{"": err.Error()}, nil
	}
	defer from.Content.Close()
	tree, owners = map[string]string{}, map[string]string{}
	for archive := tar.NewReader(from.Content); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return tree, owners
		} else if err != nil { // files went away while the engine packed them
			return map[string]string{"": err.Error()}, nil
		}
		name := strings.TrimPrefix(path.Clean(h.Name), path.Base(directory))
		name = strings.TrimPrefix(name, "/")
		if name == "" {
			continue
		}
		owners[name] = fmt.Sprintf("%d:%d", h.Uid, h.Gid)
		switch h.Typeflag {
		case tar.TypeDir:
			tree[name] = "directory"
		case tar.TypeSymlink:
			tree[name] = "link " + h.Linkname
		default:
			content, err := io.ReadAll(archive)
			if err != nil {
				return map[string]string{"": err.Error()}, nil
			}
			tree[name] = fmt.Sprintf("file %v %s", h.Mode&0o100 != 0, content)
		}
	}
}

// onDisk gives what lies in a directory here, as inContainer does.
func onDisk(t *testing.T, directory string) map[string]string {
	t.Helper()
	tree := map[string]string{}
	err := filepath.WalkDir(directory, func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == directory {
			return err
		}
		if d.Name() == ".git" || d.Name() == "node_modules" {
			return fs.SkipDir
		}
		relative, _ := filepath.Rel(directory, name)
		info, err := d.Info()
		switch {
		case err != nil:
			return err
		case d.IsDir():
			tree[relative] = "directory"
		case info.Mode()&fs.ModeSymlink != 0:
			to, _ := os.Readlink(name)
			tree[relative] = "link " + to
		default:
			content, err := os.ReadFile(name)
			tree[relative] = fmt.Sprintf("file %v %s", info.Mode()&0o100 != 0, content)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// same is a condition for eventually: a directory in every container of a service holds
// what a directory here holds.
func (c *checkout) same(t *testing.T, service, inside, here string) func() (bool, string) {
	return func() (bool, string) {
		want, n := onDisk(t, c.path(here)), 0
		for _, container := range containers(t, c.name) {
			if container.Labels["com.docker.compose.service"] != service {
				continue
			}
			n++
			got, _ := inContainer(t, container.ID, inside)
			if !maps.Equal(got, want) {
				return false, container.Names[0] + ":\n" + cmp.Diff(want, got)
			}
		}
		return n > 0, "no container"
	}
}

func (c *checkout) git(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", c.dir, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}
