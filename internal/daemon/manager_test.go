package daemon

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// endless repeats one character.
type endless string

func (e endless) Read(p []byte) (int, error) {
	return copy(p, strings.Repeat(string(e), len(p))), nil
}

// TestAnEndlessState simulates another program that has the port of a process that was
// killed.
func TestAnEndlessState(t *testing.T) {
	t.Parallel()
	var written atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"token": "`)
		n, _ := io.Copy(w, endless("a"))
		written.Store(n)
	}))
	k := Manager[struct{}]{File: filepath.Join(t.TempDir(), "shop.json")}
	s := State[struct{}]{Control: other.Listener.Addr().String()}
	if err := s.write(k.File); err != nil {
		t.Fatal(err)
	}
	if _, serves := k.Observe(t.Context()); serves {
		t.Error("it is taken for the process")
	}
	other.Close() // waits for the handler
	if n := written.Load(); n > 64*maxState {
		t.Errorf("%d MiB of it were read", n>>20)
	}
}

// TestAnEndedProcessAnswersNothing: it may still be there for a moment after the answer that it
// ends, and is not taken for one that serves.
func TestAnEndedProcessAnswersNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	p := &Process[struct{}]{Server: &http.Server{}, state: State[struct{}]{Token: "t", PID: 1}, end: cancel, ended: ctx.Done()} //nolint:gosec // it serves nothing
	control := httptest.NewServer(http.HandlerFunc(p.control))
	defer control.Close()
	p.state.Control = control.Listener.Addr().String()
	m := Manager[struct{}]{File: filepath.Join(t.TempDir(), "shop.json")}
	if err := p.state.write(m.File); err != nil {
		t.Fatal(err)
	}
	if _, serves := m.Observe(t.Context()); !serves {
		t.Error("it does not serve before its end")
	}
	if err := m.Stop(t.Context(), p.state); err != nil {
		t.Error(err)
	}
	if _, serves := m.Observe(t.Context()); serves {
		t.Error("it serves after its end")
	}
}
