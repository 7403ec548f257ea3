package gateway

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// buffer is a file that a gateway's process writes to.
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
			failures := newFailureLog(log.New(&file, "", 0))
			for _, failure := range test.failures {
				failures.logger().Print(failure)
			}
			failures.flush()
			if got := file.String(); got != test.want {
				t.Errorf("the log is\n%q, want\n%q", got, test.want)
			}
		})
	}
}

func TestFailureLogIsBounded(t *testing.T) {
	t.Parallel()
	var file buffer
	failures := newFailureLog(log.New(&file, "", log.LstdFlags))
	for i := range 2 * maxFailures / maxFailure {
		failures.logger().Print(i, strings.Repeat("x", 2*maxFailure))
	}
	got := file.String()
	if len(got) > maxFailures+2*maxFailure || !strings.HasSuffix(got, "failures fill 1MiB of this log; further ones are not written\n") {
		t.Errorf("the log has %d bytes and ends with %q", len(got), got[len(got)-100:])
	}
}

// TestFailuresOfRequestsAreShort: a client chooses the path and the method, and a body
// that breaks off makes the request fail.
func TestFailuresOfRequestsAreShort(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{"/": &recorder{}})
	var file buffer
	failures := newFailureLog(log.New(&file, "", 0))
	front := httptest.NewServer(New(w.config, failures.logger()))
	t.Cleanup(front.Close)

	long := strings.Repeat("a", 400_000)
	for range 3 {
		c := dial(t, front.Listener.Addr().String())
		go func() { // the gateway may hang up in the middle
			_, _ = io.WriteString(c, fmt.Sprintf("P%s /%s HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", long, long))
		}()
		if status, _ := read(t, bufio.NewReader(c)); status != http.StatusBadGateway {
			t.Errorf("status %d", status)
		}
	}
	failures.flush()
	got := file.String()
	if !strings.Contains(got, "aaa...: web: ") || !strings.Contains(got, "times: 2\n") || len(got) > 1000 {
		t.Errorf("the log has %d bytes: %.1000q", len(got), got)
	}
}
