package gateway

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/daemon"
)

// TestFailuresOfRequestsAreShort: a client chooses the path and the method, and a body
// that breaks off makes the request fail.
func TestFailuresOfRequestsAreShort(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{"/": &recorder{}})
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	failures := daemon.NewFailureLog(log.New(file, "", 0))
	front := httptest.NewServer(New(w.config, failures.Logger()))
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
	failures.Flush()
	content, err := os.ReadFile(file.Name())
	got := string(content)
	if err != nil || !strings.Contains(got, "aaa...: web: ") || !strings.Contains(got, "times: 2\n") || len(got) > 1000 {
		t.Errorf("the log has %d bytes: %.1000q", len(got), got)
	}
}
