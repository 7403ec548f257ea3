package stack

import (
	"slices"
	"testing"
)

// TestRebuild: what a command builds with comes back word by word.
func TestRebuild(t *testing.T) {
	t.Parallel()
	build := []string{"cargo", "build", "--bin", "a b;id"}
	command := Reload(build, "/target/a b;id")
	if want := []string{"reload", "cargo", "build", "--bin", "a b;id", "--", "/target/a b;id"}; !slices.Equal(command, want) {
		t.Errorf("%q, want %q", command, want)
	}
	if got := Rebuild(command); !slices.Equal(got, build) {
		t.Errorf("builds with %q, want %q", got, build)
	}
	for _, other := range [][]string{nil, {"--"}, {"npm", "run", "--", "x"}, {"reload", "x"}} {
		if got := Rebuild(other); got != nil {
			t.Errorf("%q builds with %q", other, got)
		}
	}
}
