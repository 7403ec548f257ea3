package build

import (
	"strings"
	"testing"
)

// TestStepName: a step is named in one line that a screen holds.
func TestStepName(t *testing.T) {
	t.Parallel()
	long := "[dev 1/3] RUN printf " + strings.Repeat("ä", 2*longestName)
	for name, want := range map[string]string{
		"[stage-1 2/3] RUN   make\t all": "[2/3] RUN make all",
		"[dev 1/3] RUN <<EOF\nmake\nEOF": "[dev 1/3] RUN <<EOF …",
		long:                             string([]rune(long)[:longestName]) + " …",
	} {
		if got := stepName(name); got != want {
			t.Errorf("%q is called %q, want %q", name, got, want)
		}
	}
}
