package dashboard

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// world is a dashboard that serves a fake source.
type world struct {
	source *fakeSource
	url    string
}

func newWorld(t *testing.T, adjust ...func(*Options)) *world {
	t.Helper()
	w := &world{source: &fakeSource{changed: make(chan struct{}), state: State{Projects: []Project{shop(2, false)}}}}
	o := Options{Source: w.source, Act: w.source.Act, Token: "secret"}
	for _, change := range adjust {
		change(&o)
	}
	server := httptest.NewServer(New(t.Context(), o))
	t.Cleanup(server.Close)
	w.url = server.URL
	if got := w.get(t, "/"); !strings.Contains(got, "<title>devup</title>") {
		t.Fatalf("the page is %q", got)
	}
	return w
}

func (w *world) get(t *testing.T, path string) string {
	t.Helper()
	response, err := http.Get(w.url + withToken(path))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// withToken is a path as the page asks for it.
func withToken(path string) string {
	before := "?"
	if strings.Contains(path, "?") {
		before = "&"
	}
	return path + before + "token=secret"
}

// listen opens a stream and gives its events; leave closes it.
func (w *world) listen(t *testing.T, path string) (events <-chan message, leave func()) {
	t.Helper()
	response, err := http.Get(w.url + withToken(path))
	if err != nil {
		t.Fatal(err)
	}
	found := make(chan message, 100)
	go func() {
		defer close(found)
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 8<<20)
		var m message
		for lines.Scan() {
			if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				m.event = event
			}
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				m.data = []byte(data)
				found <- m
			}
		}
	}()
	return found, func() { response.Body.Close() }
}

// await gives the next event of a kind that holds.
func await(t *testing.T, events <-chan message, event string, holds func(string) bool) string {
	t.Helper()
	limit := time.After(time.Minute)
	for {
		select {
		case m, open := <-events:
			switch {
			case !open:
				t.Fatalf("the stream ended without %s", event)
			case m.event == event && holds(string(m.data)):
				return string(m.data)
			}
		case <-limit:
			t.Fatalf("no %s came", event)
		}
	}
}

func anything(string) bool { return true }

// TestWhoMayAsk: a name that leads here, another site or port, and a browser without the token get nothing.
func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Origins = []string{"https://x-7070.app.github.dev"} })
	for _, test := range []struct {
		name, method, path, host, origin string
		known                            bool
		want                             int
	}{
		{"the page", "GET", "/", "", "", true, 200},
		{"at another port, as through a tunnel", "GET", "/", "localhost:9999", "", true, 200},
		{"at a name below localhost", "GET", "/", "devup.localhost", "", true, 200},
		{"in the workspace", "GET", "/", "x-7070.app.github.dev", "", true, 200},
		{"a script of the page, which is no secret", "GET", "/app.js", "", "", false, 200},
		{"with another token", "GET", "/api/runs?token=x", "", "", false, 401},
		{"the state without the token", "GET", "/api/events", "", "", false, 401},
		{"an action without the token", "POST", "/api/act", "", "SELF", false, 401},
		{"a name of a stranger that leads to this machine", "GET", "/", "rebind.example:80", "", true, 403},
		{"an address that is not this machine's loopback", "GET", "/", "192.0.2.1", "", true, 403},
		{"an action of the page", "POST", "/api/act", "", "SELF", true, 200},
		{"an action of the page in the workspace", "POST", "/api/act", "", "https://x-7070.app.github.dev", true, 200},
		{"an action of a page at another port", "POST", "/api/act", "", "http://localhost:1", true, 403},
		{"an action of a site whose name is a part of the workspace's", "POST", "/api/act", "", "https://x-7070.app.github.de", true, 403},
		{"an action of another site", "POST", "/api/act", "", "https://example.com", true, 403},
		{"an action without an origin", "POST", "/api/act", "", "", true, 403},
		{"an action of a sandboxed page", "POST", "/api/act", "", "null", true, 403},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path := test.path
			if test.known {
				path = withToken(path)
			}
			r, err := http.NewRequestWithContext(t.Context(), test.method, w.url+path, strings.NewReader(`{"project": "shop", "service": "web", "verb": "restart"}`))
			if err != nil {
				t.Fatal(err)
			}
			r.Host = test.host
			r.Header.Set("Content-Type", "application/json")
			if test.origin != "" {
				r.Header.Set("Origin", strings.Replace(test.origin, "SELF", w.url, 1))
			}
			response, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != test.want {
				t.Errorf("status %d, want %d", response.StatusCode, test.want)
			}
			if h := response.Header; h.Get("Access-Control-Allow-Origin") != "" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("headers: %v", h)
			}
		})
	}
}

// TestNothingIsAskedWithoutAPage: the engine is left alone before a page is opened, and asked once for
// all of them.
func TestNothingIsAskedWithoutAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if n := w.source.asked.Load(); n != 0 {
		t.Errorf("%d requests before a page was open", n)
	}
	first, leaveFirst := w.listen(t, "/api/events")
	await(t, first, "state", anything)
	second, leaveSecond := w.listen(t, "/api/events")
	await(t, second, "state", anything)
	w.source.set(func() { w.source.state.Projects = []Project{shop(2, true)} })
	for _, events := range []<-chan message{first, second} {
		await(t, events, "state", func(data string) bool { return strings.Contains(data, "flask_cors") })
	}
	leaveFirst()
	leaveSecond()
}

// TestTheReadingEnds: with the last page, what asks the source ends.
func TestTheReadingEnds(t *testing.T) {
	t.Parallel()
	source := &fakeSource{changed: make(chan struct{})}
	h := newHub(t.Context(), source)
	for range 2 {
		first, leaveFirst := h.join()
		await(t, first, "state", anything)
		_, leaveSecond := h.join()
		leaveFirst()
		source.set(func() { source.state.Version = "2" }) // it is still read for the second
		leaveSecond()
		h.reading.Wait()
	}
}

// TestTheSourceFails: the page says why, and goes on when it is well again.
func TestTheSourceFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	events, leave := w.listen(t, "/api/events")
	defer leave()
	await(t, events, "state", anything)
	w.source.set(func() { w.source.failure = errors.New("no engine answers") })
	await(t, events, "problem", func(data string) bool { return data == `"no engine answers"` })
	w.source.set(func() { w.source.failure = nil })
	await(t, events, "state", anything)
}

// TestLogs: no line is lost, in whatever batches they come.
func TestLogs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const lines = 20_000
	for i := range lines {
		w.source.lines = append(w.source.lines, Line{Service: "web", Text: strings.Repeat("x", i%200)})
	}
	events, leave := w.listen(t, "/api/logs?project=shop&tail=all")
	defer leave()
	count := 0
	for m := range events {
		if m.event == "end" {
			break
		}
		var batch []Line
		if err := json.Unmarshal(m.data, &batch); err != nil {
			t.Fatal(err)
		}
		for _, l := range batch {
			if len(l.Text) != count%200 {
				t.Fatalf("line %d is not the next one", count)
			}
			count++
		}
	}
	if count != lines {
		t.Errorf("%d lines came of %d", count, lines)
	}
}

func TestDownload(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.source.lines = []Line{{Service: "web", Time: "2026-01-02T03:04:05Z", Text: "ready"}}
	if got := w.get(t, "/api/logs?project=shop&download=1"); got != "2026-01-02T03:04:05Z web | ready\n" {
		t.Errorf("the file is %q", got)
	}
}

// TestActions: what fails says why, and what is no action is refused.
func TestActions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body string
		readOnly   bool
		status     int
		want       string
		done       int
	}{
		{"restart", `{"project": "shop", "service": "web", "verb": "restart"}`, false, 200, `{"text":"restarted"}`, 1},
		{"a failure", `{"project": "shop", "service": "broken", "verb": "restart"}`, false, 500, `{"error":"port 5432 is taken"}`, 1},
		{"half an object", `{"project": "sh`, false, 400, "no such action", 0},
		{"where actions are off", `{"project": "shop", "service": "web", "verb": "restart"}`, true, 403, "read-only", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(o *Options) {
				if test.readOnly {
					o.Act = nil
				}
			})
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+withToken("/api/act"), strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Origin", w.url)
			r.Header.Set("Content-Type", "application/json")
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, _ := io.ReadAll(response.Body)
			if response.StatusCode != test.status || !strings.Contains(string(body), test.want) || len(w.source.acted) != test.done {
				t.Errorf("status %d, %s, done %d times", response.StatusCode, body, len(w.source.acted))
			}
		})
	}
}

func TestQR(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.get(t, "/api/qr?text=http://localhost:3000"); !strings.HasPrefix(got, "\x89PNG") {
		t.Errorf("the code is %.20q", got)
	}
	if got := w.get(t, "/api/qr?text="+strings.Repeat("x", maxQR+1)); !strings.Contains(got, "no such code") {
		t.Errorf("a long text gives %.20q", got)
	}
}
