package ready

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"
)

// serve accepts connections and hands each to speak, which must close it.
func serve(t *testing.T, speak func(net.Conn)) (host string, port int) {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go speak(conn)
		}
	}()
	return addressOf(t, listener.Addr())
}

func addressOf(t *testing.T, a net.Addr) (string, int) {
	t.Helper()
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		t.Fatalf("%v is no TCP address", a)
	}
	return tcp.IP.String(), tcp.Port
}

// plenty is time that no answer here takes, however busy the machine is.
const plenty = time.Minute

func TestProbeHTTP(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	for path, status := range map[string]int{"/ok": 200, "/none": 404, "/moved": 302, "/broken": 500, "/busy": 503, "/denied": 401} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/broken") // must not be followed
			w.WriteHeader(status)
			if status >= http.StatusInternalServerError {
				_, _ = io.WriteString(w, "sorry")
			}
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	host, port := addressOf(t, server.Listener.Addr())
	for path, want := range map[string]answer{
		"/ok": {answered, 200, ""}, "/none": {answered, 404, ""}, "/moved": {answered, 302, ""}, "/denied": {answered, 401, ""},
		"/broken": {serverError, 500, "sorry"}, "/busy": {serverError, 503, "sorry"},
	} {
		if got := probeOnce(t.Context(), Probe{Kind: HTTP, Host: host, Port: port, Path: path}, plenty); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}

// TestProbeHost checks that a dev server is asked for a name that it allows.
func TestProbeHost(t *testing.T) {
	t.Parallel()
	hosts := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { hosts <- r.Host }))
	t.Cleanup(server.Close)
	host, port := addressOf(t, server.Listener.Addr())
	probeOnce(t.Context(), Probe{Kind: HTTP, Host: host, Port: port, Path: "/"}, plenty)
	if got, _, _ := net.SplitHostPort(<-hosts); got != "localhost" {
		t.Errorf("Host is %s, want localhost", got)
	}
}

func TestProbeOtherServers(t *testing.T) {
	t.Parallel()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	secureHost, securePort := addressOf(t, secure.Listener.Addr())
	tests := []struct {
		name  string
		speak func(net.Conn)
		http  outcome
		tcp   outcome
	}{
		{"a proxy without a server", func(c net.Conn) { c.Close() }, closed, closed},
		{"one that greets, as MySQL does", func(c net.Conn) { _, _ = io.WriteString(c, "J\x00\x00\x00\n8.0.36\x00"); drain(c) }, notHTTP, open},
		{"one that answers, as Redis does", func(c net.Conn) { _, _ = c.Read(make([]byte, 1)); _, _ = io.WriteString(c, "-ERR wrong\r\n"); drain(c) }, notHTTP, open},
		{"one that waits", func(c net.Conn) { drain(c) }, silent, open},
	}
	for _, test := range tests {
		host, port := serve(t, test.speak)
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			timeout, hold := plenty, holdTime
			if test.http == silent {
				timeout = 400 * time.Millisecond
			}
			if test.tcp == closed {
				hold = plenty
			}
			if got := probeOnce(t.Context(), Probe{Kind: HTTP, Host: host, Port: port, Path: "/"}, timeout); got.outcome != test.http {
				t.Errorf("over HTTP: got %d, want %d", got.outcome, test.http)
			}
			if got := probeTCP(t.Context(), net.JoinHostPort(host, strconv.Itoa(port)), hold); got.outcome != test.tcp {
				t.Errorf("over TCP: got %d, want %d", got.outcome, test.tcp)
			}
		})
	}
	t.Run("one that wants TLS", func(t *testing.T) {
		t.Parallel()
		got := probeOnce(t.Context(), Probe{Kind: HTTP, Host: secureHost, Port: securePort, Path: "/"}, plenty)
		if want := (answer{outcome: answered, status: 400}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	})
	t.Run("nobody", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(nil)
		host, port := addressOf(t, server.Listener.Addr())
		server.Close()
		for _, kind := range []Kind{HTTP, TCP} {
			if got := probeOnce(t.Context(), Probe{Kind: kind, Host: host, Port: port, Path: "/"}, plenty); got.outcome != refused {
				t.Errorf("%s: got %d, want %d", kind, got.outcome, refused)
			}
		}
	})
}

// drain reads until the other side closes.
func drain(c net.Conn) {
	defer c.Close()
	_, _ = io.Copy(io.Discard, c)
}
