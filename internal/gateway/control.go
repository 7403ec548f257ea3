package gateway

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
)

// process is a gateway that serves, and its control interface:
//
//	GET /     says its state
//	PUT /     takes another config on the same address, and says its state
//	DELETE /  ends it; answered when its port is free
type process struct {
	options  Options
	failures *failureLog
	gateway  *Gateway
	server   *http.Server
	end      context.CancelCauseFunc

	mu    sync.Mutex
	state State
}

// ServeHTTP carries out the request of a client that knows the token.
func (p *process) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if subtle.ConstantTimeCompare([]byte(token), []byte(p.state.Token)) != 1 {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	switch r.Method {
	case http.MethodGet:
	case http.MethodPut:
		var c Config
		if err := json.NewDecoder(io.LimitReader(r.Body, maxState)).Decode(&c); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if err := p.change(c); err != nil {
			p.options.Log.Print(err)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
	case http.MethodDelete:
		_ = p.server.Close() // frees the port
		defer p.end(errStopRequested)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = json.NewEncoder(w).Encode(p.state) // the client may be gone
}

// change takes another config. Connections stay.
func (p *process) change(c Config) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.Listen = p.state.Listen
	p.state.Config = c
	p.gateway.Set(c)
	p.options.Log.Printf("serves now: %v", c.Routes)
	return p.state.write(p.options.File)
}

func (p *process) upstreams() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, r := range p.state.Routes {
		all = append(all, r.Upstream)
	}
	return all
}
