package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSimplest(t *testing.T) {
	t.Parallel()
	got := simplest([]string{
		"mount /data changed", "mount /conf changed", "network back changed", "network front changed",
		"volume at /data: a → b", "network back is replaced",
	})
	want := []string{"mount /conf changed", "network front changed", "volume at /data: a → b", "network back is replaced"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("causes (-want +got):\n%s", diff)
	}
}
