package lock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func never(t *testing.T) func() {
	t.Helper()
	return func() { t.Error("it waited") }
}

func TestSecondWaitsForFirst(t *testing.T) {
	t.Parallel()
	before := time.Now().Add(-time.Second) // file systems count more coarsely
	dir := filepath.Join(t.TempDir(), "made", "when", "needed")
	first, err := Acquire(t.Context(), dir, "unix:///e.sock", "cruddur", never(t))
	if err != nil || first.Contended {
		t.Fatalf("first: waited %v, error %v", first.Contended, err)
	}
	second, err := Acquire(t.Context(), dir, "unix:///e.sock", "cruddur", first.Release)
	if err != nil || !second.Contended {
		t.Fatalf("second: waited %v, error %v; want it to have waited", second.Contended, err)
	}
	second.Release()
	second.Release()
	third, err := Acquire(t.Context(), dir, "unix:///e.sock", "cruddur", never(t))
	if err != nil || third.Contended {
		t.Fatalf("third: waited %v, error %v", third.Contended, err)
	}
	if first.Changed != (time.Time{}) || third.Changed.Before(before) {
		t.Errorf("released at %v for the first and %v for the third; want never, and after %v", first.Changed, third.Changed, before)
	}
	third.Release()
}

func TestKilledHolderIsNoticed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, want := range []bool{false, false, true, false} {
		held, err := Acquire(t.Context(), dir, "e", "web", never(t))
		if err != nil || held.Killed != want {
			t.Errorf("take %d: killed %v, error %v; want %v", i+1, held.Killed, err, want)
		}
		if i == 1 { // as the system does when a process is killed
			_ = held.file.Close()
			continue
		}
		held.Release()
	}
}

func TestOthersDoNotWait(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, one := range [][2]string{{"unix:///a", "web"}, {"unix:///a", "shop"}, {"unix:///b", "web"}} {
		held, err := Acquire(t.Context(), dir, one[0], one[1], never(t))
		if err != nil {
			t.Fatal(err)
		}
		defer held.Release()
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := Acquire(t.Context(), dir, "e", "web", never(t))
	if err != nil {
		t.Fatal(err)
	}
	defer first.Release()
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Acquire(ctx, dir, "e", "web", cancel); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

func TestNoDirectoryIsNoHindrance(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", file, filepath.Join(file, "below")} {
		held, err := Acquire(t.Context(), dir, "e", "web", never(t))
		if err != nil {
			t.Errorf("%q: %v", dir, err)
		}
		held.Release()
	}
}

// TestCalledOffHolderIsNoticed: the engine goes on with what was asked of it before
// Ctrl-C, as after a kill.
func TestCalledOffHolderIsNoticed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, want := range []bool{false, true, false} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		held, err := Acquire(ctx, dir, "e", "web", never(t))
		if err != nil || held.Killed != want {
			t.Errorf("take %d: killed %v, error %v; want %v", i+1, held.Killed, err, want)
		}
		if i == 0 {
			cancel()
		}
		held.Release()
	}
}
