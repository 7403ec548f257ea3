package fakeengine

import (
	"encoding/json"
	"io"
	"maps"
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

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/system"
)

// apiVersion is that of a [Server].
const apiVersion = "1.51"

// Server answers the engine's API with a machine and its images. It has what devup's
// commands ask for, and no more. The fields are set before it serves.
type Server struct {
	Machine *Machine
	Images  *Images
	Info    system.Info
	Before  func(call string) // is called before each call is answered; nil for nothing

	mu    sync.Mutex
	calls []string
}

// Serve lets the server listen until the test ends, and gives the address for DOCKER_HOST.
func (s *Server) Serve(t *testing.T) (host string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the fake engine listens on a unix socket")
	}
	dir, err := os.MkdirTemp("", "e") //nolint:usetesting // the name of a socket is short, and t.TempDir has the test's in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(s)
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	return "unix://" + listener.Addr().String()
}

// Calls are the calls since the last call of it, in their order, such as
// "GET /containers/json". Pings are left out.
func (s *Server) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := s.calls
	s.calls = nil
	return calls
}

// ServeHTTP answers one call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Api-Version", apiVersion)
	w.Header().Set("Ostype", "linux")
	r.URL.Path = strings.TrimPrefix(r.URL.Path, "/v"+apiVersion)
	if r.URL.Path == "/_ping" {
		_, _ = io.WriteString(w, "OK")
		return
	}
	call := r.Method + " " + s.named(r.URL.Path)
	s.mu.Lock()
	s.calls = append(s.calls, call)
	s.mu.Unlock()
	if s.Before != nil {
		s.Before(call)
	}
	s.routes().ServeHTTP(w, r)
}

// named is a path with the container's name in the place of its ID.
func (s *Server) named(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) > 2 && parts[1] == "containers" {
		if c, ok := s.Machine.Container(parts[2]); ok {
			parts[2] = c.Name
		}
	}
	return strings.Join(parts, "/")
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	routes := map[string]http.HandlerFunc{
		"GET /info":      func(w http.ResponseWriter, _ *http.Request) { answer(w, s.info(), nil) },
		"GET /events":    s.events,
		"GET /system/df": s.diskUsage,
	}
	maps.Copy(routes, s.containerRoutes())
	maps.Copy(routes, s.processRoutes())
	maps.Copy(routes, s.sharedRoutes())
	maps.Copy(routes, s.imageRoutes())
	for _, pattern := range slices.Sorted(maps.Keys(routes)) {
		mux.HandleFunc(pattern, routes[pattern])
	}
	return mux
}

func (s *Server) info() system.Info {
	info := s.Info
	if info.OSType == "" {
		info.OSType, info.Architecture, info.ServerVersion = "linux", "x86_64", "28.0.0"
	}
	return info
}

// answer sends a value, or an error as the engine does.
func answer(w http.ResponseWriter, value any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(statusOf(err))
		value = map[string]string{"message": err.Error()}
	} else if value == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	_ = json.NewEncoder(w).Encode(value) // a client that went away
}

func statusOf(err error) int {
	switch {
	case cerrdefs.IsNotFound(err):
		return http.StatusNotFound
	case cerrdefs.IsConflict(err):
		return http.StatusConflict
	case cerrdefs.IsPermissionDenied(err):
		return http.StatusForbidden
	case cerrdefs.IsInvalidArgument(err):
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

// body reads the body of a call.
func body[T any](r *http.Request) (value T, err error) {
	err = json.NewDecoder(r.Body).Decode(&value)
	return value, err
}

// filters are those of a list: their values by their names.
func filters(r *http.Request) map[string][]string {
	var sets map[string]map[string]bool
	_ = json.Unmarshal([]byte(r.URL.Query().Get("filters")), &sets) // without any, all is meant
	found := map[string][]string{}
	for name, set := range sets {
		found[name] = slices.Sorted(maps.Keys(set))
	}
	return found
}

// labelled tells whether labels are as filters want them.
func labelled(labels map[string]string, wanted []string) bool {
	for _, pair := range wanted {
		name, value, valued := strings.Cut(pair, "=")
		if has, ok := labels[name]; !ok || valued && has != value {
			return false
		}
	}
	return true
}
