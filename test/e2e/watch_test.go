//go:build e2e

package e2e

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/client"
)

const sleeper = `
-- devup.yaml --
services:
  web:
    image: busybox:1.36
    init: true
    command: ["sleep", "600"]
    develop:
      watch:
        - {path: ./src, action: sync, target: /src, initial_sync: true}
-- src/a.txt --
a
`

// TestWatchSyncs: whatever is done to a watched directory, the container's directory ends
// up the same.
func TestWatchSyncs(t *testing.T) {
	t.Parallel()
	c := files(t, sleeper)
	c.write(t, "src/old/deep/er/x.txt", "x")
	c.write(t, "src/old/y.txt", "y")
	w := c.follow(t, "watch")
	same := c.same(t, "web", "/src", "src")
	eventually(t, same)
	do := func(name string, steps ...error) {
		t.Helper()
		for _, err := range steps {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		eventually(t, func() (bool, string) {
			ok, said := same()
			return ok, name + ": " + said + w.String()
		})
	}
	src := func(name string) string { return c.path("src/" + name) }
	write := func(name, content string) error { return os.WriteFile(src(name), []byte(content), 0o644) }
	do("edit", write("a.txt", "another"))
	do("new file", write("b.txt", "b"))
	do("exec bit", os.Chmod(src("b.txt"), 0o755))
	do("empty file", write("empty", ""))
	do("rename a file", os.Rename(src("b.txt"), src("c.txt")))
	do("save over", write(".tmp-save", "saved"), os.Rename(src(".tmp-save"), src("a.txt")))
	do("new directories", os.MkdirAll(src("n/e/s/t"), 0o755), write("n/e/s/t/f.txt", "f"))
	do("link", os.Symlink("a.txt", src("link")), os.Symlink("nowhere", src("dangling")))
	do("rename a directory", os.Rename(src("old"), src("new")))
	do("edit in the renamed directory", write("new/deep/er/x.txt", "x2"))
	do("another in the old place", os.MkdirAll(src("old/deep"), 0o755), write("old/deep/z.txt", "z"))
	do("edit there", write("old/deep/z.txt", "z2"))
	do("swap directories", os.Rename(src("old"), src("t")), os.Rename(src("new"), src("old")), os.Rename(src("t"), src("new")))
	do("edit after the swap", write("old/deep/er/x.txt", "x3"), write("new/deep/z.txt", "z3"))
	do("file to directory", os.Remove(src("a.txt")), os.Mkdir(src("a.txt"), 0o755), write("a.txt/in", "in"))
	do("directory to file", os.RemoveAll(src("a.txt")), write("a.txt", "file again"))
	do("remove a file", os.Remove(src("c.txt")))
	do("remove a directory", os.RemoveAll(src("old")))
	do("odd names", write("-rf", "x"), write("a b'c\"$d", "x"), write("ü", "x"))
	do("remove odd names", os.Remove(src("-rf")), os.Remove(src("a b'c\"$d")))
	do("big file", os.WriteFile(src("big"), bytes.Repeat([]byte("0123456789abcdef"), 2<<20), 0o644))
	do("remove the whole", os.RemoveAll(c.path("src")), os.Mkdir(c.path("src"), 0o755), write("a.txt", "back"))
	do("edit in the new whole", write("a.txt", "back again"))
}

// TestWatchCheckout: a checkout of another branch with a thousand files arrives whole,
// there and back.
func TestWatchCheckout(t *testing.T) {
	t.Parallel()
	c := files(t, sleeper)
	for i := range 1000 {
		c.write(t, fmt.Sprintf("src/d%d/e%d/f%d.txt", i%7, i%50, i), fmt.Sprint("one ", i))
	}
	c.git(t, "init", "-q", "-b", "one")
	c.git(t, "add", ".")
	c.git(t, "commit", "-qm", "one")
	c.git(t, "checkout", "-qb", "two")
	for i := range 1000 {
		old := fmt.Sprintf("src/d%d/e%d/f%d.txt", i%7, i%50, i)
		switch i % 4 {
		case 0: // moves with its directory's name
			if err := os.Remove(c.path(old)); err != nil {
				t.Fatal(err)
			}
			c.write(t, fmt.Sprintf("src/moved%d/e%d/f%d.txt", i%7, i%50, i), fmt.Sprint("one ", i))
		case 1:
			if err := os.Remove(c.path(old)); err != nil {
				t.Fatal(err)
			}
		default:
			c.write(t, old, fmt.Sprint("two ", i))
		}
	}
	c.git(t, "add", "-A")
	c.git(t, "commit", "-qm", "two")
	w := c.follow(t, "watch")
	same := c.same(t, "web", "/src", "src")
	eventually(t, same)
	for _, branch := range []string{"one", "two", "one"} {
		c.git(t, "checkout", "-q", branch)
		began := time.Now()
		eventually(t, func() (bool, string) { ok, said := same(); return ok, said + w.String() })
		t.Logf("checkout of %s: the same after %v", branch, time.Since(began).Round(time.Millisecond))
	}
	if strings.Contains(onDisk(t, c.path("src"))["d0/e0/f0.txt"], "two") {
		t.Error("the branches do not differ as the test thinks")
	}
}

// TestWatchLeavesOut: what is ignored stays where it is, and files in the container
// belong to the user that it runs as.
func TestWatchLeavesOut(t *testing.T) {
	t.Parallel()
	c := files(t, `
-- devup.yaml --
services:
  web:
    build: .
    init: true
    develop:
      watch:
        - path: .
          action: sync
          target: /app
          ignore: ["*.log", "!keep.log", "secret/"]
        - path: ./only
          action: sync
          target: /only
          include: ["**/*.py"]
-- Dockerfile --
FROM busybox:1.36
RUN echo 'app:x:1234:2345::/:/bin/sh' >> /etc/passwd && mkdir -p /app/node_modules /only && touch /app/node_modules/ours
USER app
CMD ["sleep", "600"]
-- .dockerignore --
dist
-- node_modules/theirs --
-- only/a --
`)
	w := c.follow(t, "watch")
	c.write(t, "node_modules/more", "x")
	c.write(t, "a.log", "x")
	c.write(t, "secret/s", "x")
	c.write(t, "dist/d", "x")
	c.write(t, ".git/HEAD", "x")
	c.write(t, "a.py.swp~", "x")
	c.write(t, "only/b.txt", "x")
	c.write(t, "only/sub/c.py", "x")
	c.write(t, "keep.log", "x")
	c.write(t, "sub/b.txt", "x")
	id := inspect(t, c.name, "web").ID
	var owners map[string]string
	want := []string{"keep.log", "node_modules", "node_modules/ours", "only", "only/b.txt", "only/sub", "only/sub/c.py", "sub", "sub/b.txt"}
	eventually(t, func() (bool, string) {
		var got map[string]string
		got, owners = inContainer(t, id, "/app")
		delete(got, "only") // is there only if it was new
		expected := slices.DeleteFunc(slices.Clone(want), func(s string) bool { return s == "only" })
		names := slices.Sorted(maps.Keys(got))
		return slices.Equal(names, expected), cmp.Diff(expected, names) + w.String()
	})
	if owners["sub/b.txt"] != "1234:2345" || owners["sub"] != "1234:2345" {
		t.Errorf("owners: %v", owners)
	}
	if got, _ := inContainer(t, id, "/only"); !slices.Equal(slices.Sorted(maps.Keys(got)), []string{"sub", "sub/c.py"}) {
		t.Errorf("/only holds %v", got)
	}
}

const actor = `
-- devup.yaml --
services:
  web:
    build: .
    init: true
    develop:
      watch:
        - {path: ./conf, action: sync+restart, target: /conf}
        - path: ./run
          action: sync+exec
          target: /run/it
          exec: {command: ["sh", "-c", "cat /run/it/x > /tmp/ran; echo RAN $$WHO in $$(pwd); exit 3"], working_dir: /tmp, environment: {WHO: me}}
        - {path: ./again, action: restart}
        - {path: ./built, action: rebuild}
-- Dockerfile --
FROM busybox:1.36
COPY built /built
RUN mkdir /conf && ! grep -q broken /built/f
CMD ["sleep", "600"]
-- conf/f --
-- run/x --
-- again/f --
-- built/f --
first
`

// TestWatchActs: each action does what it says, next to the logs, and a failed rebuild
// ends nothing.
func TestWatchActs(t *testing.T) {
	t.Parallel()
	c := files(t, actor)
	w := c.follow(t, "up", "--watch")
	started := func() string { return inspect(t, c.name, "web").State.StartedAt }
	holds := func(name, want string) func() (bool, string) {
		return func() (bool, string) {
			got, _ := inContainer(t, inspect(t, c.name, "web").ID, path.Dir(name))
			return strings.HasSuffix(got[path.Base(name)], want), fmt.Sprint(got) + w.String()
		}
	}

	before, id := started(), inspect(t, c.name, "web").ID
	c.write(t, "conf/f", "restarted")
	eventually(t, w.says("restarted", 1))
	if now := started(); now == before {
		t.Errorf("sync+restart: not restarted")
	}
	eventually(t, holds("/conf/f", "restarted"))

	before = started()
	c.write(t, "run/x", "executed")
	eventually(t, w.says("RAN me in /tmp", 1))
	eventually(t, w.says("ended with 3", 1))
	eventually(t, holds("/tmp/ran", "executed"))
	if started() != before {
		t.Errorf("sync+exec restarted the container")
	}

	c.write(t, "again/f", "x")
	eventually(t, func() (bool, string) { return started() != before, w.String() })

	c.write(t, "built/f", "broken")
	eventually(t, w.says("not rebuilt", 1))
	if inspect(t, c.name, "web").ID != id {
		t.Errorf("a failed build replaced the container")
	}
	c.write(t, "built/f", "second")
	eventually(t, func() (bool, string) {
		now := containers(t, c.name)
		return len(now) == 1 && now[0].ID != id && now[0].State == "running", w.String()
	})
	eventually(t, holds("/built/f", "second"))
	eventually(t, w.says("rebuilt", 2))
	c.write(t, "conf/f", "after")
	eventually(t, holds("/conf/f", "after"))
}

// TestWatchFindsContainers: every container of a service is synced, and one that took
// another's place.
func TestWatchFindsContainers(t *testing.T) {
	t.Parallel()
	c := files(t, strings.Replace(sleeper, "init: true", "init: true\n    scale: 2", 1))
	w := c.follow(t, "watch")
	same := c.same(t, "web", "/src", "src")
	eventually(t, same)
	if n := len(containers(t, c.name)); n != 2 {
		t.Fatalf("%d containers", n)
	}
	c.write(t, "src/b.txt", "b")
	eventually(t, same)
	c.replace(t, "devup.yaml", `"600"`, `"601"`)
	c.devup(t, "up", "--detach")
	c.write(t, "src/c.txt", "c")
	eventually(t, func() (bool, string) { ok, said := same(); return ok, said + w.String() })
}

// TestWatchWithoutRemover: an image without rm is told once, and gets files.
func TestWatchWithoutRemover(t *testing.T) {
	t.Parallel()
	c := files(t, strings.Replace(sleeper, "image: busybox:1.36", "build: .", 1)+`
-- Dockerfile --
FROM busybox:1.36 AS from
FROM scratch
COPY --from=from /bin/busybox /bin/sleep
`)
	w := c.follow(t, "watch")
	same := c.same(t, "web", "/src", "src")
	eventually(t, same)
	c.write(t, "src/b.txt", "b")
	eventually(t, same)
	for _, name := range []string{"src/a.txt", "src/b.txt"} {
		if err := os.Remove(c.path(name)); err != nil {
			t.Fatal(err)
		}
		eventually(t, w.says("has no rm", 1))
	}
	c.write(t, "src/c.txt", "c")
	eventually(t, func() (bool, string) {
		got, _ := inContainer(t, inspect(t, c.name, "web").ID, "/src")
		return got["c.txt"] != "", fmt.Sprint(got) + w.String()
	})
	if said := w.String(); strings.Count(said, "has no rm") != 1 {
		t.Errorf("said more than once:\n%s", said)
	}
}

// TestWatchSpeed prints how long it takes until an edit is in the container, and for
// comparison how long the engine takes to copy a file in when told to.
func TestWatchSpeed(t *testing.T) {
	c := files(t, sleeper)
	c.follow(t, "watch", "--quiet")
	eventually(t, c.same(t, "web", "/src", "src"))
	id := inspect(t, c.name, "web").ID
	var took, copied []time.Duration
	for i := range 15 {
		size := int64(i + 10)
		var archive bytes.Buffer
		w := tar.NewWriter(&archive)
		if err := errors.Join(w.WriteHeader(&tar.Header{Name: "tmp/a.txt", Mode: 0o644}), w.Close()); err != nil {
			t.Fatal(err)
		}
		copying := time.Now()
		if _, err := docker.CopyToContainer(t.Context(), id, client.CopyToContainerOptions{DestinationPath: "/", Content: &archive}); err != nil {
			t.Fatal(err)
		}
		copied = append(copied, time.Since(copying))
		began := time.Now()
		c.write(t, "src/a.txt", strings.Repeat("x", int(size)))
		for {
			found, err := docker.ContainerStatPath(t.Context(), id, client.ContainerStatPathOptions{Path: "/src/a.txt"})
			if err == nil && found.Stat.Size == size {
				break
			}
			if time.Since(began) > waitLimit {
				t.Fatalf("not visible within %v", waitLimit)
			}
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	slices.Sort(copied)
	t.Logf("edit until visible: median %v, fastest %v; the engine's own part of that: median %v, fastest %v",
		took[len(took)/2].Round(time.Millisecond/10), took[0].Round(time.Millisecond/10), copied[len(copied)/2].Round(time.Millisecond/10), copied[0].Round(time.Millisecond/10))
}
