package lock

import (
	"os"
	"testing"
)

func TestLeftoversAreTheLocksThatNobodyHolds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	take := func(project string) Held {
		held, err := Acquire(t.Context(), dir, "unix:///x.sock", project, func() {})
		if err != nil {
			t.Fatal(err)
		}
		return held
	}
	done := take("my-shop")
	done.Release()
	held := take("held")
	killed := take("killed")
	_ = killed.file.Close() // as the system does it for a process that is killed

	left, err := Leftovers(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 2 || left[0].Project != "killed" || !left[0].Killed || left[1].Project != "my-shop" || left[1].Killed {
		t.Fatalf("got %+v", left)
	}
	for _, l := range left {
		if err := l.Remove(); err != nil {
			t.Error(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 { // the lock that is held, and its mark
		t.Errorf("%d files are left, %v", len(entries), err)
	}
	held.Release()
	if none, err := Leftovers(dir + "/none"); err != nil || len(none) != 0 {
		t.Errorf("a directory that is not there: %v, %v", none, err)
	}
}
