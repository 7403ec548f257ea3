package engine

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/devup-cli/devup/internal/event"
)

// fake is a small engine on a real socket.
type fake struct {
	headers map[string]string // of every answer
	info    string            // the answer to /info

	mu       sync.Mutex
	requests []string
}

func docker28() *fake {
	return &fake{
		headers: map[string]string{"Api-Version": "1.51", "Builder-Version": "2", "Ostype": "linux"},
		info:    `{"ServerVersion":"28.5.2","OSType":"linux","OperatingSystem":"Debian GNU/Linux 12 (bookworm)","NCPU":2,"SecurityOptions":["name=seccomp,profile=builtin"]}`,
	}
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.requests = append(f.requests, r.Method+" "+r.URL.Path)
	f.mu.Unlock()
	for name, value := range f.headers {
		w.Header().Set(name, value)
	}
	if strings.HasSuffix(r.URL.Path, "/info") {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(f.info))
	}
}

func (f *fake) seen() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.requests)
}

// shortDir is a directory whose name is short enough for sockets.
func shortDir(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs unix sockets as engines have them")
	}
	dir, err := os.MkdirTemp("", "e") //nolint:usetesting // t.TempDir puts the test's name into the path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// serve lets the fake listen on a socket and gives its host string.
func serve(t *testing.T, handler http.Handler, socket string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(socket), 0o700); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	return "unix://" + socket
}

// here is a connector for a machine whose usual sockets all lie in home: those
// of the system may belong to a real engine.
func here(home string, pairs ...string) connector {
	s := system{goos: "linux", uid: 1000, home: home, env: environment(append(pairs, "XDG_RUNTIME_DIR", home+"/run")...)}
	return connector{
		system: s, files: fstest.MapFS{}, sink: event.Discard,
		usual: slices.DeleteFunc(candidates(s), func(c candidate) bool { return !strings.Contains(c.host, home) }),
		run: func(_ context.Context, command []string) ([]byte, error) {
			return nil, errors.New("not allowed to run " + strings.Join(command, " "))
		},
		local: time.Minute, remote: time.Minute, every: time.Millisecond, limit: time.Minute, // only a failure takes so long
	}
}

// stale leaves a socket on which nothing listens any more.
func stale(t *testing.T, socket string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(socket), 0o700); err != nil {
		t.Fatal(err)
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	_ = listener.Close()
}

func writeFile(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// writeContext makes a docker context as `docker context create` does.
func writeContext(t *testing.T, home, name, host string) {
	t.Helper()
	meta, err := json.Marshal(map[string]any{
		"Name": name, "Metadata": map[string]any{"Description": "a box"},
		"Endpoints": map[string]any{"docker": map[string]any{"Host": host, "SkipTLSVerify": false}},
	})
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(home, ".docker/contexts/meta", digest(name), "meta.json"), string(meta))
}
