package gateway

import (
	"bufio"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// world is a gateway that serves, with a server for each of its routes.
type world struct {
	url     string // of the gateway: http://127.0.0.1:PORT
	address string
	gateway *Gateway
	config  Config
	at      map[string]string // the upstream of each service
}

// serve starts a gateway and its services. A prefix that ends in "!" is stripped.
func serve(t *testing.T, services map[string]http.Handler, adjust ...func(*Config)) *world {
	t.Helper()
	w := &world{at: map[string]string{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.address = listener.Addr().String()
	w.url, w.config.Listen = "http://"+w.address, w.address
	for prefix, handler := range services {
		upstream := httptest.NewServer(handler)
		t.Cleanup(upstream.Close)
		prefix, strip := strings.CutSuffix(prefix, "!")
		name := "web"
		if prefix != "/" {
			name = strings.Trim(prefix, "/")
		}
		w.at[name] = upstream.Listener.Addr().String()
		w.config.Routes = append(w.config.Routes, Route{Prefix: prefix, Service: name, Upstream: w.at[name], Strip: strip})
	}
	for _, change := range adjust {
		change(&w.config)
	}
	quiet := log.New(io.Discard, "", 0)
	w.gateway = New(w.config, quiet)
	server := Server(w.gateway, quiet)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return w
}

// local is the upstream's own address as the gateway calls it.
func (w *world) local(service string) string {
	_, port, _ := net.SplitHostPort(w.at[service])
	return "localhost:" + port
}

func (w *world) port() string {
	_, port, _ := net.SplitHostPort(w.address)
	return port
}

// names is a handler that answers with its name and the path that it was asked for.
func names(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, name+" "+r.URL.EscapedPath())
	})
}

// raw writes a request as it is and reads one answer.
func (w *world) raw(t *testing.T, text string) (status int, body string) {
	t.Helper()
	c := dial(t, w.address)
	if _, err := io.WriteString(c, strings.ReplaceAll(text, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	return read(t, bufio.NewReader(c))
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	return c
}

func read(t *testing.T, from *bufio.Reader) (status int, body string) {
	t.Helper()
	response, err := http.ReadResponse(from, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	all, _ := io.ReadAll(response.Body) // what an answer that breaks off has
	return response.StatusCode, string(all)
}

// ask makes a request with headers "Name: value", one a line. Host is one of them.
func (w *world) ask(t *testing.T, method, path, headers string, body io.Reader) *http.Response {
	t.Helper()
	r, err := http.NewRequest(method, w.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(headers) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if name == "Host" {
			r.Host = value
		} else if name != "" {
			r.Header[name] = append(r.Header[name], value)
		}
	}
	transport := &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return nil, nil }, DisableKeepAlives: true}
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

func textOf(t *testing.T, r *http.Response) string {
	t.Helper()
	all, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}
