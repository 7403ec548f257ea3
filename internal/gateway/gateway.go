// Package gateway serves a whole project from one origin: a reverse proxy that leads
// path prefixes to the services behind them, so that a browser never makes a request
// across origins and one port is all that has to be opened.
//
// [New] gives the handler, [Gateway.Set] hands it other routes while it serves. [Serve] is what
// the process that holds it does. Commands control that process with a [Manager].
//
// It terminates no TLS, caches nothing and buffers nothing: what a service sends goes
// out at once, of any size.
package gateway

import (
	"context"
	"log"
	"net/http"
	"net/http/httputil"
	"sync"
	"sync/atomic"
	"time"
)

// Config is what a gateway serves. It is a plain value that travels as JSON.
type Config struct {
	Listen  string   `json:"listen"`            // address and port: "127.0.0.1:8080"
	Routes  []Route  `json:"routes"`            // in any order: the longest prefix wins
	Origins []string `json:"origins,omitempty"` // where browsers reach it other than at localhost: "https://x-8080.app.github.dev", tunnels
	// BehindProxy says that a platform's proxy is in front of the gateway, whose
	// X-Forwarded-* headers are to be believed.
	BehindProxy bool `json:"behind,omitempty"`
	Wanted      int  `json:"wanted"`          // the port that was asked for, which Listen may have had to move from
	Asked       bool `json:"asked,omitempty"` // by a flag: the files do not say that there is a gateway
}

// Route leads what lies at and below a path to a service.
type Route struct {
	Prefix   string `json:"prefix"`   // "/" or "/api", without a slash at its end
	Service  string `json:"service"`  // what people call it
	Upstream string `json:"upstream"` // its host and port: "127.0.0.1:4567"
	Strip    bool   `json:"strip,omitempty"`
}

// Gateway is the handler. It is safe for concurrent use.
type Gateway struct {
	table atomic.Pointer[table]
	proxy httputil.ReverseProxy
	// readsForwarded holds the upstreams that are known to compare a request's Origin
	// with X-Forwarded-Host instead of Host.
	readsForwarded sync.Map
}

// New makes a gateway that writes what goes wrong with upstreams to failures.
func New(c Config, failures *log.Logger) *Gateway {
	g := &Gateway{}
	g.Set(c)
	g.proxy = httputil.ReverseProxy{
		Rewrite:        g.forward,
		ModifyResponse: g.answer,
		ErrorHandler:   (&proxyError{failures}).answer,
		Transport:      retry{newTransport()},
		FlushInterval:  -1, // at once
		BufferPool:     &buffers{},
		ErrorLog:       failures,
	}
	return g
}

// Set hands the gateway other routes. Requests that are on their way keep theirs.
func (g *Gateway) Set(c Config) { g.table.Store(newTable(c)) }

// ServeHTTP sends a request on to the service that its path belongs to, or refuses it.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w = lastAnswer(w, r)
	t := g.table.Load()
	if refused := t.refuse(r); refused != nil {
		refused.write(w)
		return
	}
	segments, plain := segmentsOf(r.URL)
	if !plain {
		refusal{http.StatusBadRequest, "the path is invalid"}.write(w)
		return
	}
	route, found := t.match(segments)
	if !found {
		refusal{http.StatusNotFound, "no service of the project serves this path"}.write(w)
		return
	}
	if r.Header.Get("Upgrade") != "" && !isWebSocket(r.Header) {
		r.Header.Del("Upgrade") // any other protocol (h2c) would run past the routes
	}
	v := t.requestInfo(r, route)
	g.proxy.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestInfoKey{}, v)))
}

// Server is an [http.Server] for a gateway: no limit on how long a request or an answer
// takes, as both may be streams, but on how long a client may keep it waiting for headers.
func Server(h http.Handler, failures *log.Logger) *http.Server {
	return &http.Server{
		Handler: h, ErrorLog: failures,
		ReadHeaderTimeout: 30 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
}

// buffers are what streams are copied through.
type buffers struct{ pool sync.Pool }

func (b *buffers) Get() []byte {
	if kept, ok := b.pool.Get().(*[]byte); ok {
		return *kept
	}
	return make([]byte, 32<<10)
}

func (b *buffers) Put(buffer []byte) { b.pool.Put(&buffer) }
