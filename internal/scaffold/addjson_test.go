package scaffold

import (
	"strings"
	"testing"
)

func TestAddToDeepJSONEndsNothing(t *testing.T) {
	t.Parallel()
	ours := []byte(`{"features": {"a": {}}}`)
	for _, depth := range []int{maxContainers - 3, 300_000} {
		have := `{"x":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + "}"
		merged, ok := addToJSON([]byte(have), ours)
		if want := depth < maxContainers; ok != want || ok && !strings.Contains(string(merged), "features") {
			t.Errorf("%d deep: ok %v, want %v", depth, ok, want)
		}
	}
}
