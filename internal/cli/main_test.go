package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

// TestInterruption: Ctrl-C is told once, however many waited for something.
func TestInterruption(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"one", context.Canceled, "interrupted"},
		{"one of several", errors.Join(context.Canceled), "interrupted"},
		{"several", errors.Join(context.Canceled, fmt.Errorf("look: %w", context.Canceled)), "interrupted"},
		{"something else, which the end brought", errors.New("closed"), "interrupted"},
		{"next to a failure", errors.Join(fail.New(fail.Exited, "", "web stopped"), context.Canceled), "web stopped; interrupted"},
	} {
		var got []string
		for _, e := range fail.Failures(interruption(c.err)) {
			got = append(got, e.Error())
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s: %q, want %q", c.name, text, c.want)
		}
	}
}
