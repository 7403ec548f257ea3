package lock

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAMarkIsSeenAsLongAsItsProcessLives(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "when", "needed")
	see := func(want map[string][]byte) {
		t.Helper()
		if diff := cmp.Diff(want, Raised(dir)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	see(map[string][]byte{})
	shop, err := Raise(t.Context(), dir, "shop")
	if err != nil {
		t.Fatal(err)
	}
	see(map[string][]byte{}) // it says nothing yet
	for _, text := range []string{"one", "two"} {
		if err := shop.Say([]byte(text)); err != nil {
			t.Fatal(err)
		}
		see(map[string][]byte{"shop": []byte(text)})
	}
	if _, err := Raise(t.Context(), dir, "shop"); !errors.Is(err, ErrRaised) {
		t.Errorf("a second one: %v", err)
	}
	killed, err := Raise(t.Context(), dir, "killed")
	if err != nil {
		t.Fatal(err)
	}
	if err := killed.Say([]byte("nobody is there")); err != nil {
		t.Fatal(err)
	}
	_ = killed.file.Close() // as the system does when a process is killed
	see(map[string][]byte{"shop": []byte("two")})
	shop.Lower()
	shop.Lower()
	see(map[string][]byte{})
	again, err := Raise(t.Context(), dir, "killed")
	if err != nil {
		t.Fatal(err)
	}
	again.Lower()
}
