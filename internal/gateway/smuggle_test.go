package gateway

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// recorder is what a service has received, a line for each request.
type recorder struct {
	mu    sync.Mutex
	lines []string
}

func (h *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lines = append(h.lines, fmt.Sprintf("%s %s %q whole=%v", r.Method, r.URL.Path, body, err == nil))
}

func (h *recorder) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.lines, "\n")
}

// TestSmuggling sends what two parsers could cut into requests in two ways. The service
// must never receive the request for /secret.
func TestSmuggling(t *testing.T) {
	t.Parallel()
	const inner = "GET /secret HTTP/1.1\r\nHost: localhost\r\n\r\n"
	for _, test := range []struct{ name, head, body, received string }{
		{"both lengths", "Content-Length: 4\nTransfer-Encoding: chunked", "0\r\n\r\n", `POST / "" whole=true`},
		{"both lengths, the other way", fmt.Sprintf("Transfer-Encoding: chunked\nContent-Length: %d", len(inner)+5), "0\r\n\r\n", `POST / "" whole=true`},
		{"two lengths", "Content-Length: 0\nContent-Length: 10", "", ""},
		{"a length with a sign", "Content-Length: +10", "0123456789", ""},
		{"a list of lengths", "Content-Length: 0, 10", "0123456789", ""},
		{"two encodings", "Transfer-Encoding: chunked\nTransfer-Encoding: identity", "0\r\n\r\n", ""},
		{"an unknown encoding", "Transfer-Encoding: xchunked", "0\r\n\r\n", ""},
		{"a space before the colon", "Transfer-Encoding : chunked\nContent-Length: 0", "", ""},
		{"a folded header", "Transfer-Encoding:\n chunked\nContent-Length: 4", "0\r\n\r\n", `POST / "" whole=true`},
		{"a header name with a control", "X\x00: y\nContent-Length: 0", "", ""},
		{"a bad chunk", "Transfer-Encoding: chunked", "g\r\nabc\r\n0\r\n\r\n", `POST / "" whole=false`},
		{"a chunk with a sign", "Transfer-Encoding: chunked", "-1\r\nabc\r\n0\r\n\r\n", `POST / "" whole=false`},
		{"a chunk that is too long", "Transfer-Encoding: chunked", "fffffffffffffffff\r\nabc\r\n0\r\n\r\n", `POST / "" whole=false`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			service := &recorder{}
			w := serve(t, map[string]http.Handler{"/": service})
			c := dial(t, w.address)
			go func() { // the gateway may hang up in the middle
				_, _ = io.WriteString(c, strings.ReplaceAll("POST / HTTP/1.1\nHost: localhost\n"+test.head, "\n", "\r\n")+"\r\n\r\n"+test.body)
			}()
			status, _ := read(t, bufio.NewReader(c))
			got := service.text()
			if test.received == "" && (got != "" || status != http.StatusBadRequest && status != http.StatusNotImplemented) {
				t.Errorf("status %d, and the service heard %s", status, got)
			}
			if strings.Contains(test.received, "=true") && got != test.received {
				t.Errorf("status %d, and the service heard %s; want %s", status, got, test.received)
			}
			if strings.Contains(test.received, "=false") && (status < 400 || strings.Contains(got, "=true")) {
				t.Errorf("status %d, and the service heard %s", status, got)
			}
		})
	}
}

// TestConnectionsWithAmbiguousBodiesAreClosed: what follows a request that may have two
// lengths is not a request, no matter what it says. Others keep the connection.
func TestConnectionsWithAmbiguousBodiesAreClosed(t *testing.T) {
	t.Parallel()
	const next = "GET /next HTTP/1.1\r\nHost: localhost\r\n\r\n"
	for _, test := range []struct {
		name, request string
		status        int
		closed        bool
	}{
		{"one length", "POST / HTTP/1.1\nHost: localhost\nContent-Length: 1\n\nx", http.StatusOK, false},
		{"both lengths", "POST / HTTP/1.1\nHost: localhost\nContent-Length: 60\nTransfer-Encoding: chunked\n\n0\n\n", http.StatusOK, true},
		{"both lengths, and an early hint", "POST /hint HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\nContent-Length: 60\n\n0\n\n", http.StatusOK, true},
		{"both lengths, refused", "POST / HTTP/1.1\nHost: evil.example\nContent-Length: 60\nTransfer-Encoding: chunked\n\n0\n\n", http.StatusMisdirectedRequest, true},
		{"both lengths in HTTP/1.0", "POST / HTTP/1.0\nHost: localhost\nConnection: keep-alive\nTransfer-Encoding: chunked\nContent-Length: 5\n\n0\n\n", http.StatusOK, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			service := &recorder{}
			w := serve(t, map[string]http.Handler{"/": service, "/hint": http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
				out.WriteHeader(http.StatusEarlyHints)
				_, _ = io.WriteString(out, "hint")
			})})
			c := dial(t, w.address)
			_, _ = io.WriteString(c, strings.ReplaceAll(test.request, "\n", "\r\n")+next)
			answers := bufio.NewReader(c)
			status, _ := read(t, answers)
			for status == http.StatusEarlyHints {
				status, _ = read(t, answers)
			}
			response, err := http.ReadResponse(answers, nil)
			if err == nil {
				_ = response.Body.Close()
			}
			if status != test.status || (err != nil) != test.closed {
				t.Errorf("status %d, want %d; then %v, want a closed connection: %v", status, test.status, err, test.closed)
			}
			if got := service.text(); strings.Contains(got, "next") == test.closed {
				t.Errorf("the service heard %s", got)
			}
		})
	}
}

func TestOtherProtocolsAreNotTunnelled(t *testing.T) {
	t.Parallel()
	got := make(chan http.Header, 1)
	w := serve(t, map[string]http.Handler{"/": http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		got <- r.Header
		out.WriteHeader(http.StatusSwitchingProtocols)
	})})
	status, _ := w.raw(t, "GET / HTTP/1.1\nHost: localhost\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAMAAABkAAQAAP__\n\n")
	if h := <-got; h.Get("Upgrade") != "" || h.Get("Http2-Settings") != "" || h.Get("Connection") != "" {
		t.Errorf("the service heard %v", h)
	}
	if status != http.StatusBadGateway {
		t.Errorf("an unasked switch of protocols gives the status %d", status)
	}
}
