package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

func TestFailures(t *testing.T) {
	t.Parallel()
	web := &fail.Error{Code: fail.Exited, Service: "web", Message: "web stopped"}
	api := &fail.Error{Code: fail.NoAnswer, Service: "api", Message: "api is silent"}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"none", nil, ""},
		{"one", web, "exited web stopped"},
		{"wrapped", fmt.Errorf("up: %w", web), "exited up: web stopped"},
		{"joined", errors.Join(web, api), "exited web stopped; no-answer api is silent"},
		{"joined with a summary", fail.Wrap(errors.Join(web, api), fail.NotReady, "", "2 services failed"), "exited web stopped; no-answer api is silent; not-ready 2 services failed"},
		{"foreign", errors.New("broken pipe"), "failed broken pipe"},
		{"canceled", fmt.Errorf("list: %w", context.Canceled), "interrupted interrupted"},
	} {
		var got []string
		for _, e := range Failures(c.err) {
			got = append(got, string(e.Code)+" "+e.Error())
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s: %q, want %q", c.name, text, c.want)
		}
	}
}

func TestDescribeShowsTheBestEvidence(t *testing.T) {
	t.Parallel()
	cause := errors.New("failed to solve: exit code: 1")
	failure := fail.Wrap(cause, fail.BuildFailed, "", "the image of web cannot be built")
	if got, want := describe(failure, theme{}), "error: the image of web cannot be built\n  failed to solve: exit code: 1\n"; got != want {
		t.Errorf("without lines %q, want %q", got, want)
	}
	failure.Lines = []string{"npm error code EUSAGE"}
	if got, want := describe(failure, theme{}), "error: the image of web cannot be built\n  | npm error code EUSAGE\n"; got != want {
		t.Errorf("with lines %q, want %q", got, want)
	}
}

// TestObjectTellsTheCauseOnce: a program gets a cause that says more than the message.
func TestObjectTellsTheCauseOnce(t *testing.T) {
	t.Parallel()
	cause := errors.New("exit code: 1")
	told := fail.Wrap(cause, fail.BuildFailed, "", "the image of web cannot be built")
	told.Told = true
	lines := fail.Wrap(cause, fail.BuildFailed, "", "the image of web cannot be built")
	lines.Lines = []string{"npm error"}
	for _, c := range []struct {
		name string
		err  *fail.Error
		want string
	}{
		{"none", fail.New(fail.Failed, "", "it failed"), ""},
		{"that says more", fail.Wrap(cause, fail.BuildFailed, "", "the image of web cannot be built"), "exit code: 1"},
		{"beside lines", lines, "exit code: 1"},
		{"that is told", told, ""},
		{"that the message holds", fail.Wrap(cause, fail.BuildFailed, "", "web cannot be built: exit code: 1"), ""},
	} {
		if got := object(c.err).Cause; got != c.want {
			t.Errorf("a cause %s: %q, want %q", c.name, got, c.want)
		}
	}
}
