package ui

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

// TestDescribeShowsPathsAsSeenFromHere: errors name files as the documentation does.
func TestDescribeShowsPathsAsSeenFromHere(t *testing.T) {
	t.Parallel()
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		filepath.Join(here, "sub", "compose.yaml"):        filepath.Join("sub", "compose.yaml"),
		filepath.Join(filepath.Dir(here), "compose.yaml"): filepath.Join(filepath.Dir(here), "compose.yaml"),
		"compose.yaml": "compose.yaml",
	} {
		if got, want := describe(&fail.Error{Message: "bad", File: file, Line: 3}, theme{}, 0), "error: "+want+":3: bad\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDescribeShowsTheBestEvidence(t *testing.T) {
	t.Parallel()
	cause := errors.New("failed to solve: exit code: 1")
	failure := fail.Wrap(cause, fail.BuildFailed, "", "the image of web cannot be built")
	if got, want := describe(failure, theme{}, 0), "error: the image of web cannot be built\n  failed to solve: exit code: 1\n"; got != want {
		t.Errorf("without lines %q, want %q", got, want)
	}
	failure.Lines = []string{"npm error code EUSAGE"}
	if got, want := describe(failure, theme{}, 0), "error: the image of web cannot be built\n  | npm error code EUSAGE\n"; got != want {
		t.Errorf("with lines %q, want %q", got, want)
	}
}

// TestObjectShowsTheCauseOnce: a program gets a cause that says more than the message.
func TestObjectShowsTheCauseOnce(t *testing.T) {
	t.Parallel()
	cause := errors.New("exit code: 1")
	shown := fail.Wrap(cause, fail.BuildFailed, "", "the image of web cannot be built")
	shown.CauseShown = true
	lines := fail.Wrap(cause, fail.BuildFailed, "", "the image of web cannot be built")
	lines.Lines = []string{"npm error"}
	for _, c := range []struct {
		name string
		err  *fail.Error
		want string
	}{
		{"none", fail.New(fail.Failed, "", "it failed"), ""},
		{"that says more", fail.Wrap(cause, fail.BuildFailed, "", "the image of web cannot be built"), "exit code: 1"},
		{"after lines", lines, "exit code: 1"},
		{"that is told", shown, ""},
		{"that the message holds", fail.Wrap(cause, fail.BuildFailed, "", "web cannot be built: exit code: 1"), ""},
	} {
		if got := Object(c.err).Cause; got != c.want {
			t.Errorf("a cause %s: %q, want %q", c.name, got, c.want)
		}
	}
}
