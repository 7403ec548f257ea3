//go:build e2e

package build

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

// world is an engine and what a test made on it.
type world struct {
	*client.Client
	t      *testing.T
	mu     sync.Mutex
	events []event.Event
}

func newWorld(t *testing.T) *world {
	t.Helper()
	c, err := client.New(client.FromEnv)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Ping(t.Context(), client.PingOptions{NegotiateAPIVersion: true}); err != nil {
		t.Fatalf("these tests need an engine in DOCKER_HOST: %v", err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &world{Client: c, t: t}
}

func (w *world) sink(e event.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

// states are the last states of the steps whose name has the text.
func (w *world) states(text string) []event.State {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := map[string]event.State{}
	var order []string
	for _, e := range w.events {
		if e.Kind == event.Step && strings.Contains(e.Name, text) {
			if _, ok := last[e.ID]; !ok {
				order = append(order, e.ID)
			}
			last[e.ID] = e.State
		}
	}
	var states []event.State
	for _, id := range order {
		states = append(states, last[id])
	}
	return states
}

func (w *world) options() Options {
	w.events = nil
	return Options{BuildKit: true, Sink: w.sink, LookupEnv: os.LookupEnv}
}

// spec is an image of the given files; it is removed when the test ends.
func (w *world) spec(service string, files map[string]string) Spec {
	w.t.Helper()
	dir := w.t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
			w.t.Fatal(err)
		}
	}
	s := Spec{
		Service: service, Project: thisRun, Root: dir, Context: dir,
		Dockerfile: filepath.Join(dir, "Dockerfile"), Image: thisRun + "-" + service,
	}
	w.t.Cleanup(func() { w.remove(s.Image) })
	return s
}

func (w *world) remove(image string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.t.Context()), time.Minute)
	defer cancel()
	_, _ = w.ImageRemove(ctx, image, client.ImageRemoveOptions{Force: true, PruneChildren: true})
}

func (w *world) run(o Options, specs ...Spec) map[string]string {
	w.t.Helper()
	ids, err := Run(w.t.Context(), w, specs, o)
	if err != nil {
		if e, ok := errors.AsType[*fail.Error](err); ok {
			w.t.Fatalf("%v\n%s\nhint: %s", err, strings.Join(e.Lines, "\n"), e.Hint)
		}
		w.t.Fatal(err)
	}
	return ids
}

// unique makes a step's result new to the engine's cache.
func unique(t *testing.T) string { return "# " + t.TempDir() }

// noSecretIn searches every byte of the saved image, and for files that a mount
// left behind.
func (w *world) noSecretIn(image string) {
	w.t.Helper()
	saved, err := w.ImageSave(w.t.Context(), []string{image})
	if err != nil {
		w.t.Fatal(err)
	}
	defer saved.Close()
	archive, layers := tar.NewReader(saved), 0
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			w.t.Fatal(err)
		}
		content := bufio.NewReader(archive)
		var plain io.Reader = content
		if magic, _ := content.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
			if plain, err = gzip.NewReader(content); err != nil {
				w.t.Fatal(err)
			}
		}
		var needle finder
		layer := tar.NewReader(io.TeeReader(plain, &needle))
		for {
			entry, err := layer.Next()
			if err != nil {
				break // the end, or no tar at all
			}
			layers++
			if strings.HasPrefix(entry.Name, "run/secrets/") && entry.Size > 0 {
				w.t.Errorf("%s was left in a layer", entry.Name)
			}
		}
		_, _ = io.Copy(&needle, plain)
		if needle.found {
			w.t.Errorf("%s holds a secret", header.Name)
		}
	}
	if layers < 100 {
		w.t.Fatalf("only %d files of the saved image were looked at", layers)
	}
}

// finder finds the secrets in what is written to it.
type finder struct {
	tail  []byte
	found bool
}

func (f *finder) Write(data []byte) (int, error) {
	needle := []byte("TOP-SECRET")
	text := append(f.tail, data...)
	f.found = f.found || bytes.Contains(text, needle)
	f.tail = bytes.Clone(text[max(0, len(text)-len(needle)+1):])
	return len(data), nil
}
