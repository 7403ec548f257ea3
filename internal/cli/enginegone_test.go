package cli

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/devup-cli/devup/internal/errno"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/logs"
)

// TestLost: what only says that the engine is no longer there is told from failures of
// their own, which stay to be read.
func TestLost(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		err  error
		want bool
	}{
		{"a build without its engine", fail.New(fail.EngineGone, "", "the engine went away"), true},
		{"logs without their engine", fmt.Errorf("%w: %w", logs.ErrEngineGone, io.EOF), true},
		{"an answer that breaks off", fmt.Errorf("list images: %w", io.ErrUnexpectedEOF), true},
		{"a pull that breaks off", fail.Wrap(io.ErrUnexpectedEOF, fail.ImageMissing, "", "the image redis cannot be pulled"), true},
		{"a connection that is reset", fmt.Errorf("wait for web: %w", errno.Cut[0]), true},
		{"a build that fails", fail.New(fail.BuildFailed, "", "RUN make ended with exit code 2"), false},
		{"a service that ends", fail.Wrap(io.EOF, fail.Exited, "", "web stopped"), false},
		{"a file that is cut off", fail.Wrap(io.ErrUnexpectedEOF, fail.Config, "", "devup.yaml ends in the middle"), false},
		{"anything else", errors.New("no such network"), false},
	} {
		if got := lost(fail.Failures(test.err)[0]); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
