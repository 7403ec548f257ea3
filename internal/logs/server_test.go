package logs

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
)

// began is the time of the first message; each message is a second later than
// the one before unless it says otherwise.
var began = time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC)

// message is what a container printed at one moment.
type message struct {
	second int
	stderr bool
	text   string // with its line end, if it has one
}

// frame is the message as the engine sends it.
func (m message) frame() string {
	text := began.Add(time.Duration(m.second)*time.Second).Format("2006-01-02T15:04:05.000000000Z07:00") + " " + m.text
	header := [8]byte{0: 1}
	if m.stderr {
		header[0] = 2
	}
	binary.BigEndian.PutUint32(header[4:], uint32(len(text)))
	return string(header[:]) + text
}

func (m message) raw() string { return m.frame()[8:] }

// fakeContainer is a container of the fake engine. Its fields are guarded by the
// engine's lock.
type fakeContainer struct {
	tty      bool
	printed  []message
	running  bool
	breaks   bool          // the next stream breaks off after what there is
	changed  chan struct{} // closed and replaced at each change
	requests []string
}

// fakeEngine serves the three requests that Follow makes.
type fakeEngine struct {
	mu         sync.Mutex
	containers map[string]*fakeContainer
	starts     chan string    // IDs of containers that start
	changes    chan happening // what else becomes of containers
	asked      chan string    // the containers whose new lines were asked for
}

// serve starts the engine on a unix socket and connects to it.
func (e *fakeEngine) serve(t *testing.T) *client.Client {
	t.Helper()
	e.starts, e.changes, e.asked = make(chan string, 8), make(chan happening, 8), make(chan string, 100)
	for _, c := range e.containers {
		c.changed = make(chan struct{})
	}
	socket := filepath.Join(t.TempDir(), "engine.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1.51/containers/{id}/logs", e.logs)
	mux.HandleFunc("GET /v1.51/containers/{id}/json", e.inspect)
	mux.HandleFunc("GET /v1.51/events", e.events)
	server := httptest.NewUnstartedServer(mux)
	server.Listener = listener
	server.Start()
	c, err := client.New(client.WithHost("unix://"+socket), client.WithAPIVersion("1.51"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Close()
		server.CloseClientConnections()
		server.Close()
	})
	return c
}

func (e *fakeEngine) change(id string, f func(*fakeContainer)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.containers[id]
	f(c)
	close(c.changed)
	c.changed = make(chan struct{})
}

func (e *fakeEngine) logs(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("id") == "bad" {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `{"message":"configured logging driver does not support reading"}`)
		return
	}
	if r.PathValue("id") == "dying" {
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, `{"message":"can not get logs from container which is dead or marked for removal"}`)
		return
	}
	e.mu.Lock()
	c := e.containers[r.PathValue("id")]
	if c == nil {
		e.mu.Unlock()
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"message":"No such container"}`)
		return
	}
	q := r.URL.Query()
	c.requests = append(c.requests, q.Encode())
	if q.Get("follow") != "" {
		e.asked <- r.PathValue("id")
	}
	sent := 0
	if since := q.Get("since"); since != "" {
		var seconds int64
		_, _ = fmt.Sscan(since, &seconds)
		for sent < len(c.printed) && began.Unix()+int64(c.printed[sent].second) < seconds {
			sent++
		}
	}
	if q.Get("tail") == "0" {
		sent = len(c.printed)
	}
	for {
		for ; sent < len(c.printed); sent++ {
			text := c.printed[sent].frame()
			if c.tty {
				text = c.printed[sent].raw()
			}
			_, _ = io.WriteString(w, text)
		}
		broken := c.breaks
		c.breaks = false
		done, changed := broken || !c.running || q.Get("follow") == "", c.changed
		e.mu.Unlock()
		if done {
			return
		}
		w.(http.Flusher).Flush()
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
		e.mu.Lock()
	}
}

func (e *fakeEngine) inspect(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.containers[r.PathValue("id")]
	_ = json.NewEncoder(w).Encode(map[string]any{"Id": r.PathValue("id"), "State": map[string]any{"Running": c.running}})
}

func (e *fakeEngine) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.(http.Flusher).Flush()
	for {
		select {
		case id := <-e.starts:
			_ = json.NewEncoder(w).Encode(map[string]any{"Type": "container", "Action": "start", "Actor": map[string]any{"ID": id}})
			w.(http.Flusher).Flush()
		case h := <-e.changes:
			_ = json.NewEncoder(w).Encode(map[string]any{"Type": "container", "Action": h.action, "Actor": map[string]any{"ID": h.id, "Attributes": h.labels}})
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

// happening is an event of the engine.
type happening struct {
	action, id string
	labels     map[string]string
}

// lines collects what Follow reports.
type lines struct {
	mu  sync.Mutex
	all []string
	on  map[string]func()
}

// when calls f once the line is reported.
func (l *lines) when(line string, f func()) {
	if l.on == nil {
		l.on = map[string]func(){}
	}
	l.on[line] = f
}

func (l *lines) sink(e event.Event) {
	name := e.ID
	if name == "" {
		name = e.Name
	}
	line := name + "|" + e.Text
	if e.Stream == "stderr" {
		line = name + "!" + e.Text
	}
	l.mu.Lock()
	l.all = append(l.all, line)
	f := l.on[line]
	l.mu.Unlock()
	if f != nil {
		f()
	}
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.all, "\n")
}
