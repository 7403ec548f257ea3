package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"rsc.io/qr"
)

// stream is a response of server-sent events.
type stream struct {
	to      io.Writer
	control *http.ResponseController
}

func openStream(w http.ResponseWriter) stream {
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no") // proxies of workspaces are nginx
	s := stream{w, http.NewResponseController(w)}
	_ = s.control.Flush() // so that the browser sees it open
	return s
}

// send sends one event; the error is that the browser is gone.
func (s stream) send(m message) error {
	if _, err := fmt.Fprintf(s.to, "event: %s\ndata: %s\n\n", m.event, m.data); err != nil {
		return err
	}
	return s.control.Flush()
}

// alive is how often a stream without events says that it is there: proxies close silent ones.
const alive = 20 * time.Second

// events streams the state.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	messages, leave := s.hub.join()
	defer leave()
	out := openStream(w)
	tick := time.NewTicker(alive)
	defer tick.Stop()
	for {
		m := message{"alive", []byte("{}")}
		select {
		case m = <-messages:
		case <-tick.C:
		case <-r.Context().Done():
			return
		case <-s.hub.life.Done():
			return
		}
		if out.send(m) != nil {
			return
		}
	}
}

// Limits of a batch of log lines. A page takes up a batch at once.
const (
	batchLines = 500
	batchTime  = 60 * time.Millisecond
)

// logs streams log lines in batches. A browser that is slow slows the reading down; nothing is lost
// and no more than a batch is held.
func (s *server) logs(w http.ResponseWriter, r *http.Request) {
	v := r.URL.Query()
	q := LogQuery{
		Project: v.Get("project"), Services: v["service"], Tail: v.Get("tail"), Since: v.Get("since"), Until: v.Get("until"),
		Grep: v.Get("grep"), Follow: v.Get("follow") != "",
	}
	if v.Get("download") != "" {
		s.download(w, r, q)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	lines := make(chan Line, batchLines)
	var failed error
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(lines)
		failed = s.Source.Logs(ctx, q, func(l Line) {
			select {
			case lines <- l:
			case <-ctx.Done():
			}
		})
	})
	out := openStream(w)
	for open := true; open; {
		var batch []Line
		batch, open = nextBatch(ctx, lines)
		data, err := json.Marshal(batch)
		if err != nil || out.send(message{"lines", data}) != nil {
			break
		}
	}
	cancel()
	reading.Wait()
	if failed != nil && r.Context().Err() == nil {
		data, _ := json.Marshal(failed.Error()) // a string
		_ = out.send(message{"problem", data})
	}
	_ = out.send(message{"end", []byte("{}")})
}

// nextBatch waits for a line and takes what comes soon after; empty where the stream is silent.
func nextBatch(ctx context.Context, lines <-chan Line) (batch []Line, open bool) {
	batch = []Line{}
	silent := time.NewTimer(alive)
	defer silent.Stop()
	select {
	case l, more := <-lines:
		if !more {
			return batch, false
		}
		batch = append(batch, l)
	case <-silent.C:
		return batch, true
	case <-ctx.Done():
		return batch, false
	}
	full := time.NewTimer(batchTime)
	defer full.Stop()
	for len(batch) < batchLines {
		select {
		case l, more := <-lines:
			if !more {
				return batch, false
			}
			batch = append(batch, l)
		case <-full.C:
			return batch, true
		}
	}
	return batch, true
}

// download sends log lines as a text file.
func (s *server) download(w http.ResponseWriter, r *http.Request, q LogQuery) {
	q.Follow = false
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+safeName(q.Project)+`.log"`)
	err := s.Source.Logs(r.Context(), q, func(l Line) {
		_, _ = fmt.Fprintf(w, "%s %s | %s\n", l.Time, l.Service, l.Text) // the browser may be gone
	})
	if err != nil && r.Context().Err() == nil {
		_, _ = fmt.Fprintln(w, "devup: "+err.Error()) // as above
	}
}

// safeName is a project's name in a header.
func safeName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, name)
}

func (s *server) runs(w http.ResponseWriter, r *http.Request) {
	runs, err := s.Source.Runs(r.Context(), r.URL.Query().Get("project"))
	answer(w, runs, err)
}

func (s *server) config(w http.ResponseWriter, r *http.Request) {
	text, err := s.Source.Config(r.Context(), r.URL.Query().Get("project"), r.URL.Query().Get("service"))
	answer(w, map[string]string{"text": text}, err)
}

// maxQR is the longest text of a QR code, in bytes: URLs are shorter.
const maxQR = 500

// qr draws a text as a QR code.
func (s *server) qr(w http.ResponseWriter, r *http.Request) {
	text := r.URL.Query().Get("text")
	if len(text) == 0 || len(text) > maxQR {
		http.Error(w, "no such code", http.StatusBadRequest)
		return
	}
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = io.Copy(w, bytes.NewReader(code.PNG())) // the browser may be gone
}

// act does what the page asks for and answers with what it printed.
func (s *server) act(w http.ResponseWriter, r *http.Request) {
	var a Action
	if err := json.NewDecoder(io.LimitReader(r.Body, 64<<10)).Decode(&a); err != nil || !Verbs[a.Verb] {
		http.Error(w, "no such action", http.StatusBadRequest)
		return
	}
	if s.Act == nil {
		http.Error(w, "the setting dashboard is read-only: no page can change anything", http.StatusForbidden)
		return
	}
	text, err := s.Act(r.Context(), a)
	answer(w, map[string]string{"text": text}, err)
}

// answer sends a value as JSON, or the error as an object with its text.
func answer(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		v = map[string]string{"error": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(v) // the browser may be gone
}
