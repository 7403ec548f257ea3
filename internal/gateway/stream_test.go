package gateway

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/websocket"
	"golang.org/x/sync/errgroup"
)

func TestWebSockets(t *testing.T) {
	t.Parallel()
	var origin atomic.Value
	w := serve(t, map[string]http.Handler{"/": names("web"), "/ws": websocket.Server{
		Handshake: func(_ *websocket.Config, r *http.Request) error { origin.Store(r.Header.Get("Origin")); return nil },
		Handler:   func(c *websocket.Conn) { _, _ = io.Copy(c, c) },
	}})
	c, err := websocket.Dial("ws://"+w.address+"/ws", "", "http://"+w.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, message := range []string{"hot", "reload"} {
		if err := websocket.Message.Send(c, message); err != nil {
			t.Fatal(err)
		}
		var back string
		if err := websocket.Message.Receive(c, &back); err != nil || back != message {
			t.Errorf("%q came back as %q, %v", message, back, err)
		}
		// Its routes change, and the connection stays.
		w.gateway.Set(Config{Listen: w.address, Routes: w.config.Routes[:1]})
	}
	if origin.Load() != "http://"+w.local("ws") {
		t.Errorf("the service heard the Origin %v", origin.Load())
	}
}

func TestEventsArriveAtOnce(t *testing.T) {
	t.Parallel()
	next := make(chan bool)
	w := serve(t, map[string]http.Handler{"/": http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			_, _ = fmt.Fprintf(out, "data: %d\n\n", i)
			_ = http.NewResponseController(out).Flush()
			<-next // nothing more is sent before this was seen
		}
	})})
	lines := bufio.NewReader(w.ask(t, "GET", "/", "Accept: text/event-stream", nil).Body)
	for i := range 3 {
		line, err := lines.ReadString('\n')
		if err != nil || line != fmt.Sprintf("data: %d\n", i) {
			t.Fatalf("event %d: %q, %v", i, line, err)
		}
		_, _ = lines.ReadString('\n')
		next <- true
	}
}

func TestTrailers(t *testing.T) {
	t.Parallel()
	received := make(chan string, 1)
	w := serve(t, map[string]http.Handler{"/": http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		received <- r.Trailer.Get("Sum")
		out.Header().Set("Trailer", "Grpc-Status")
		_, _ = io.WriteString(out, "body")
		out.Header().Set("Grpc-Status", "0")
	})})
	c := dial(t, w.address)
	_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: localhost\r\nTE: trailers\r\nTrailer: Sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nSum: 42\r\n\r\n")
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	if sum := <-received; sum != "42" || response.Trailer.Get("Grpc-Status") != "0" {
		t.Errorf("the service heard the trailer %q, the client %v", sum, response.Trailer)
	}
}

// TestTrailersMakeNoClaims: some servers merge trailers into the headers, where a client's
// word on the host or the address it came from would be believed.
func TestTrailersMakeNoClaims(t *testing.T) {
	t.Parallel()
	received := make(chan http.Header, 1)
	w := serve(t, map[string]http.Handler{"/": http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		received <- r.Trailer
	})})
	c := dial(t, w.address)
	_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: localhost\r\nTrailer: Sum, X-Forwarded-Host\r\nTransfer-Encoding: chunked\r\n\r\n"+
		"3\r\nabc\r\n0\r\nSum: 42\r\nX-Forwarded-Host: evil.example\r\nHost: evil.example\r\nForwarded: host=evil.example\r\n\r\n")
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got := <-received; len(got) != 1 || got.Get("Sum") != "42" {
		t.Errorf("the service heard the trailers %v, want Sum alone", got)
	}
}

func TestContinueComesFromTheService(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{"/": http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		out.WriteHeader(http.StatusRequestEntityTooLarge) // without reading the body
	})})
	status, _ := w.raw(t, "POST / HTTP/1.1\nHost: localhost\nExpect: 100-continue\nContent-Length: 1000\n\n")
	if status != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", status)
	}
}

// zeros is a body of zeros.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestLargeBodies sends 1 GiB each way, and holds that the heap does not grow with it. Clients and
// service are in this process, so it measures all of them.
func TestLargeBodies(t *testing.T) {
	const size = 1 << 30
	w := serve(t, map[string]http.Handler{"/": http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			n, _ := io.Copy(io.Discard, r.Body)
			_, _ = fmt.Fprint(out, n)
			return
		}
		_, _ = io.Copy(out, io.LimitReader(zeros{}, size))
	})})
	before := inUse()
	most := make(chan uint64)
	stop := make(chan bool)
	go func() {
		var seen uint64
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-tick.C:
				seen = max(seen, inUse())
			case <-stop:
				tick.Stop()
				most <- seen
				return
			}
		}
	}()
	if got := textOf(t, w.ask(t, "PUT", "/", "", io.LimitReader(zeros{}, size))); got != fmt.Sprint(size) {
		t.Errorf("the service read %s bytes", got)
	}
	if n, err := io.Copy(io.Discard, w.ask(t, "GET", "/", "", nil).Body); n != size || err != nil {
		t.Errorf("the client read %d bytes, %v", n, err)
	}
	close(stop)
	if grown := int64(<-most) - int64(before); grown > 32<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
}

func inUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestAThousandAtOnce(t *testing.T) {
	t.Parallel()
	const many = 1000
	all := make(chan bool)
	var inside atomic.Int32
	w := serve(t, map[string]http.Handler{"/": http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if inside.Add(1) == many {
			close(all) // they are all in the service at the same time
		}
		select {
		case <-all:
		case <-time.After(time.Minute):
		}
		_, _ = io.WriteString(out, r.URL.Path)
	})})
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: many}}
	defer client.CloseIdleConnections()
	var group errgroup.Group
	for i := range many {
		group.Go(func() error {
			response, err := client.Get(fmt.Sprintf("%s/%d", w.url, i))
			if err != nil {
				return err
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err == nil && string(body) != fmt.Sprintf("/%d", i) {
				err = fmt.Errorf("%d: got %q", i, body)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	if inside.Load() != many {
		t.Errorf("the service heard %d requests", inside.Load())
	}
}

func TestARestartInTheMiddle(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{"/": names("web"), "/api": names("api")})
	address := freeAddress(t)
	w.gateway.Set(Config{Listen: w.address, Routes: []Route{{Prefix: "/api", Service: "api", Upstream: address}, w.routeOf("/")}})

	const page = "Accept: text/html,*/*"
	if r := w.ask(t, "GET", "/api/x", page, nil); r.StatusCode != 503 || !strings.Contains(textOf(t, r), `http-equiv="refresh"`) {
		t.Errorf("a page of a service that is away: %d %v", r.StatusCode, r.Header)
	}
	for _, call := range []struct{ method, headers string }{{"GET", "Accept: */*"}, {"GET", page + "\nSec-Fetch-Mode: cors"}, {"POST", page}} {
		r := w.ask(t, call.method, "/api/x", call.headers, nil)
		if text := textOf(t, r); r.StatusCode != 503 || text != "devup: api does not answer yet; `devup logs api` shows what it does\n" {
			t.Errorf("%v of a service that is away: %d %q", call, r.StatusCode, text)
		}
	}
	if got := textOf(t, w.ask(t, "GET", "/", "", nil)); got != "web /" {
		t.Errorf("meanwhile the other service says %q", got)
	}
	stop := listen(t, address, names("first"))
	if got := textOf(t, w.ask(t, "GET", "/api/x", "", nil)); got != "first /api/x" {
		t.Errorf("when it is back: %q", got)
	}
	stop()
	listen(t, address, names("second"))
	if got := textOf(t, w.ask(t, "GET", "/api/x", "", nil)); got != "second /api/x" {
		t.Errorf("after its restart: %q", got)
	}
}

// awayAtFirst simulates a server that cannot be reached at the first try.
type awayAtFirst struct{ tries int }

func (a *awayAtFirst) RoundTrip(*http.Request) (*http.Response, error) {
	if a.tries++; a.tries == 1 {
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	}
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

// TestARestartingServerIsAskedAgain: what can be repeated is, once.
func TestARestartingServerIsAskedAgain(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]int{"GET": 2, "HEAD": 2, "DELETE": 2, "POST": 1} {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://localhost/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		server := &awayAtFirst{}
		response, err := retry{server}.RoundTrip(r)
		if err == nil {
			_ = response.Body.Close()
		}
		if server.tries != want || (err == nil) != (want == 2) {
			t.Errorf("%s: %d tries, %v; want %d", method, server.tries, err, want)
		}
	}
}

// TestAForwarderThatHangsUp simulates the engine's port forwarder, which takes every
// connection and hangs up while nothing listens in the container.
func TestAForwarderThatHangsUp(t *testing.T) {
	t.Parallel()
	w := serve(t, map[string]http.Handler{"/": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })})
	if r := w.ask(t, "GET", "/", "Accept: text/html", nil); r.StatusCode != 503 || !strings.Contains(textOf(t, r), "This page tries again") {
		t.Errorf("status %d", r.StatusCode)
	}
}

func (w *world) routeOf(prefix string) Route {
	for _, r := range w.config.Routes {
		if r.Prefix == prefix {
			return r
		}
	}
	return Route{}
}

// lastPort begins somewhere below the ports that the system gives to connections.
var lastPort atomic.Int32

func init() { lastPort.Store(int32(10000 + os.Getpid()*37%9000)) }

func freeAddress(t *testing.T) string {
	t.Helper()
	for range 1000 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(int(lastPort.Add(1))))
		if l, err := net.Listen("tcp", address); err == nil {
			_ = l.Close()
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}

// listen serves at an address until the test's end, or until it is called off.
func listen(t *testing.T, address string, h http.Handler) (stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Error(err)
		return func() {}
	}
	server := &http.Server{Handler: h}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return func() { _ = server.Close() }
}
