package watch

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
)

// notFound is an error as the engine's client gives it for what does not exist.
type notFound struct{ error }

func (notFound) NotFound() {}

// fake is an engine that records its requests.
type fake struct {
	mu   sync.Mutex
	gone map[string]bool // containers that are no more
	user string
	log  []string
}

func (f *fake) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, fmt.Sprintf(format, args...))
}

// recorded gives what was recorded since, sorted.
func (f *fake) recorded() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	log := f.log
	f.log = nil
	slices.Sort(log)
	return strings.Join(log, "\n")
}

func (f *fake) ContainerInspect(_ context.Context, id string, _ client.ContainerInspectOptions) (client.ContainerInspectResult, error) {
	if f.gone[id] {
		return client.ContainerInspectResult{}, notFound{errors.New("no such container")}
	}
	return client.ContainerInspectResult{Container: container.InspectResponse{Config: &container.Config{User: f.user}}}, nil
}

func (f *fake) CopyFromContainer(_ context.Context, _ string, o client.CopyFromContainerOptions) (client.CopyFromContainerResult, error) {
	if o.SourcePath != "/" {
		return client.CopyFromContainerResult{}, notFound{errors.New("no such path")}
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	err := errors.Join(w.WriteHeader(&tar.Header{Name: "/", Typeflag: tar.TypeDir, Uid: 5, Gid: 6}), w.Close())
	return client.CopyFromContainerResult{Content: io.NopCloser(&b)}, err
}

func (f *fake) CopyToContainer(_ context.Context, id string, o client.CopyToContainerOptions) (client.CopyToContainerResult, error) {
	if f.gone[id] {
		return client.CopyToContainerResult{}, notFound{errors.New("no such container")}
	}
	for r := tar.NewReader(o.Content); ; {
		h, err := r.Next()
		if err != nil {
			return client.CopyToContainerResult{}, nil //nolint:nilerr // the end
		}
		f.note("%s: %s of %d:%d", id, h.Name, h.Uid, h.Gid)
	}
}

func (f *fake) ContainerRestart(_ context.Context, id string, _ client.ContainerRestartOptions) (client.ContainerRestartResult, error) {
	f.note("%s: restart", id)
	return client.ContainerRestartResult{}, nil
}

// TestWorker: every container gets what its service asks for, once, no matter what became of
// the containers meanwhile.
func TestWorker(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	rules := parse(t, strings.ReplaceAll("web sync W -> /w initial\napi sync+restart W/b -> /b", "W", dir))
	f := &fake{gone: map[string]bool{}}
	var now []Container
	run := func(id, service string) Container {
		return Container{ID: id, Name: id, Service: service, Running: true}
	}
	tree := newTree(rules, nopSource{}, event.Discard)
	tree.fill()
	w := newWorker(Engine{Containers: f}, rules, tree, Options{Sink: event.Discard, Containers: func(context.Context) ([]Container, error) { return now, nil }})
	step := func(name, want string, containers []Container, changed ...string) {
		t.Helper()
		now = containers
		var all []Change
		for _, c := range changed {
			all = append(all, Change{Path: filepath.Join(dir, c), Kind: Modified})
		}
		w.perform(t.Context(), Decide(rules, all))
		if diff := cmp.Diff(want, f.recorded()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	one, two, api := run("one", "web"), run("two", "web"), run("api", "api")
	step("the beginning", "one: w/ of 5:6\none: w/a of 5:6\none: w/b of 5:6", []Container{one, api})
	step("an edit", "one: w/a of 5:6", []Container{one, api}, "a")
	step("a second container gets all, the first what changed", "one: w/a of 5:6\ntwo: w/ of 5:6\ntwo: w/a of 5:6\ntwo: w/b of 5:6", []Container{one, two, api}, "a")
	step("two services, one restart", "api: b of 5:6\napi: restart\none: w/b of 5:6\ntwo: w/b of 5:6", []Container{one, two, api}, "b")
	f.gone["one"] = true
	step("one is no more, another in its place", "three: w/ of 5:6\nthree: w/a of 5:6\nthree: w/b of 5:6\ntwo: w/a of 5:6", []Container{two, run("three", "web"), api}, "a")
	f.gone["two"] = true
	step("two goes while it is still listed", "three: w/a of 5:6", []Container{two, run("three", "web"), api}, "a")
	if !w.retryNow {
		t.Error("what failed is not tried again")
	}
	step("what failed is done again", "four: w/ of 5:6\nfour: w/a of 5:6\nfour: w/b of 5:6\nthree: w/a of 5:6", []Container{run("four", "web"), run("three", "web")})
	step("nothing is left to do", "", []Container{run("four", "web"), run("three", "web")})
	f.gone["api"] = true
	step("what was to be restarted goes while it is still listed", "four: w/b of 5:6\nthree: w/b of 5:6", []Container{run("four", "web"), run("three", "web"), api}, "b")
	step("its successor is restarted with the new file", "api2: b of 5:6\napi2: restart", []Container{run("four", "web"), run("three", "web"), run("api2", "api")})
	f.user = "1000:1001"
	step("the container's own user", "five: w/ of 1000:1001\nfive: w/a of 1000:1001\nfive: w/b of 1000:1001", []Container{run("five", "web")})
}

// TestPack: what is sent has the files' kinds, bits, times and contents, and what is
// gone or cannot be read is left out.
func TestPack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.Mkdir(at("d"), 0o750), os.WriteFile(at("x"), []byte("run"), 0o755), os.Symlink("x", at("l"))); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	sent, unread, err := pack(&b, []Pair{{at("d"), "/t/d"}, {at("gone"), "/t/gone"}, {at("l"), "/t/l"}, {at("x"), "/t/x"}}, rootsAt(t, dir),
		func(target string) identity { return identity{len(target), 7} }, false)
	if err != nil || sent != 2 || len(unread) != 0 {
		t.Fatalf("sent %d, unread %v, %v", sent, unread, err)
	}
	var got []string
	for r := tar.NewReader(&b); ; {
		h, err := r.Next()
		if err != nil {
			break
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %o %d:%d %s%s", h.Name, h.Mode, h.Uid, h.Gid, h.Linkname, content))
		info, err := os.Lstat(at(strings.TrimSuffix(strings.TrimPrefix(h.Name, "t/"), "/")))
		if err != nil || !h.ModTime.Equal(info.ModTime()) {
			t.Errorf("%s: time %v, want %v (%v)", h.Name, h.ModTime, info.ModTime(), err)
		}
	}
	if diff := cmp.Diff([]string{"t/d/ 750 4:7 ", "t/l 777 4:7 x", "t/x 755 4:7 run"}, got); diff != "" {
		t.Error(diff)
	}
}

func rootsAt(t *testing.T, dir string) roots {
	t.Helper()
	from := openRoots([]Rule{{Path: filepath.Join(dir, "x"), Action: types.WatchActionSync}})
	t.Cleanup(from.close)
	return from
}

// TestPackLeavesTheCheckoutByNoLink: between the check of the files and their archive, a
// container that has the checkout mounted replaces a directory, and the watched one itself.
func TestPackLeavesTheCheckoutByNoLink(t *testing.T) {
	t.Parallel()
	above := t.TempDir()
	outside, checkout := filepath.Join(above, "home"), filepath.Join(above, "checkout")
	if err := errors.Join(os.MkdirAll(filepath.Join(outside, "src"), 0o755), os.MkdirAll(filepath.Join(checkout, "web", "src"), 0o755),
		os.WriteFile(filepath.Join(outside, "key"), []byte("SECRET"), 0o600), os.WriteFile(filepath.Join(outside, "src", "key"), []byte("SECRET"), 0o600)); err != nil {
		t.Fatal(err)
	}
	from := openRoots([]Rule{{Path: filepath.Join(checkout, "web"), Action: types.WatchActionSync, project: checkout}})
	defer from.close()
	for _, swapped := range []string{"web/src", "web"} {
		at := filepath.Join(checkout, filepath.FromSlash(swapped))
		if err := errors.Join(os.RemoveAll(at), os.Symlink(outside, at)); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		pairs := []Pair{{filepath.Join(checkout, "web", "src", "key"), "/t/a"}, {filepath.Join(checkout, "web", "key"), "/t/b"}}
		sent, _, err := pack(&b, pairs, from, func(string) identity { return identity{} }, false)
		if err != nil || sent > 0 || bytes.Contains(b.Bytes(), []byte("SECRET")) {
			t.Errorf("%s is a link: sent %d, %v, the outside in it: %v", swapped, sent, err, bytes.Contains(b.Bytes(), []byte("SECRET")))
		}
	}
}

func TestContentOfAChangingFile(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "ab", "abcd", "abcdef"} {
		var b bytes.Buffer
		w := writer{out: tar.NewWriter(&b)}
		if err := errors.Join(w.out.WriteHeader(&tar.Header{Name: "f", Size: 4}), w.content(strings.NewReader(text), 4), w.out.Close()); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestContentOfABrokenFile: a disk that fails in the middle of a file must not leave the
// rest of it empty in the container.
func TestContentOfABrokenFile(t *testing.T) {
	t.Parallel()
	w := &writer{out: tar.NewWriter(io.Discard)}
	broken := errors.New("input/output error")
	file := io.MultiReader(strings.NewReader("ab"), iotest.ErrReader(broken))
	if err := errors.Join(w.out.WriteHeader(&tar.Header{Name: "f", Size: 4}), w.content(file, 4)); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

func TestSplitArguments(t *testing.T) {
	t.Parallel()
	got := splitArguments([]string{"aaaa", "bbbb", "cccccccccccc", "d"}, 10)
	want := [][]string{{"aaaa", "bbbb"}, {"cccccccccccc"}, {"d"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEntryIn(t *testing.T) {
	t.Parallel()
	const passwd = "root:x:0:0:root:/root:/bin/sh\nbroken\napp:x:12:34::/:/bin/sh\n"
	for name, want := range map[string]string{"app": "12:34", "12": "12:34", "root": "0:0", "nobody": ""} {
		got := ""
		if fields := entryIn(strings.NewReader(passwd), name, 2); fields != nil {
			got = fields[2] + ":" + fields[3]
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
