package daemon

import (
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// control carries out the request of a client that knows the token:
//
//	GET /     says the state
//	PUT /     takes another config, and says the state
//	DELETE /  ends the process; answered when its port is free, and no later request is
func (p *Process[C]) control(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if subtle.ConstantTimeCompare([]byte(token), []byte(p.state.Token)) != 1 {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	select {
	case <-p.ended:
		w.WriteHeader(http.StatusGone)
		return
	default:
	}
	switch {
	case r.Method == http.MethodGet:
	case r.Method == http.MethodPut && p.Change != nil:
		var c C
		if err := json.NewDecoder(io.LimitReader(r.Body, maxState)).Decode(&c); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if err := p.change(c); err != nil {
			p.Log.Print(err)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
	case r.Method == http.MethodDelete:
		_ = p.Server.Close() // frees the port
		defer p.end(errStopRequested)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	_ = json.NewEncoder(w).Encode(p.current()) // the client may be gone
}

// change takes another config. Connections stay.
func (p *Process[C]) change(wanted C) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Config = p.Change(p.state.Config, wanted)
	return p.state.write(p.File)
}
