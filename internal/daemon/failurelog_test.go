package daemon

import (
	"bytes"
	"log"
	"strings"
	"sync"
	"testing"
)

// buffer is a file that a process writes to.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func TestFailureLog(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		failures []string
		want     string
	}{
		{"different", []string{"a", "b", "a"}, "a\nb\na\n"},
		{"repeated", []string{"a", "a", "a", "b"}, "a\nthe last failure was repeated, times: 2\nb\n"},
		{"repeated at the end", []string{"a", "a"}, "a\nthe last failure was repeated, times: 1\n"},
		{"several lines", []string{"a\nb\n"}, "a\n\tb\n"},
		{"sequences for the terminal", []string{"a\x1b]0;owned\x07\x1b[2Jb\r"}, "ab\n"},
		{"long", []string{strings.Repeat("a", maxFailure+1)}, strings.Repeat("a", maxFailure) + "...\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var file buffer
			failures := NewFailureLog(log.New(&file, "", 0))
			for _, failure := range test.failures {
				failures.Logger().Print(failure)
			}
			failures.Flush()
			if got := file.String(); got != test.want {
				t.Errorf("the log is\n%q, want\n%q", got, test.want)
			}
		})
	}
}

func TestFailureLogIsBounded(t *testing.T) {
	t.Parallel()
	var file buffer
	failures := NewFailureLog(log.New(&file, "", log.LstdFlags))
	for i := range 2 * maxFailures / maxFailure {
		failures.Logger().Print(i, strings.Repeat("x", 2*maxFailure))
	}
	got := file.String()
	if len(got) > maxFailures+2*maxFailure || !strings.HasSuffix(got, "failures fill 1MiB of this log; further ones are not written\n") {
		t.Errorf("the log has %d bytes and ends with %q", len(got), got[len(got)-100:])
	}
}
