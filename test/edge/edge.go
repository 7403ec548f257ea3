// Package edge pretends, for tests, the edge of a cloud workspace: the TLS proxy through
// which browsers reach its ports, and the commands that open and close them. It behaves as
// Gitpod Classic, GitHub Codespaces and Ona are described and read to behave; what is not
// known of them it does not pretend.
//
//	e, err := edge.Start(ctx, edge.NewGitpod("name", "ws-eu1.gitpod.io"), "127.0.0.77:443")
//	e.Install(ctx, dir)         // gp, gh, gitpod: for the PATH
//	e.Hosts(), e.Certificate()  // so that the machine finds and believes it
//
// The edge has no state outside of the process and dir: its authority is made at the start,
// and the commands talk to it over a socket in dir.
package edge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Workspace is what the platforms differ in.
type Workspace interface {
	// Env are the variables that a shell of the workspace has, as KEY=value.
	Env() []string
	// Domain is what the host names of all its ports end with.
	Domain() string
	// Host is the host name of a port.
	Host(port int) string
	// admit says whether a request to a port may pass; if not, it has answered it.
	admit(w http.ResponseWriter, r *http.Request, port int) bool
	// forward sets what the platform changes about a request that passes.
	forward(r *httputil.ProxyRequest, port int)
	// run does what a command of the platform does.
	run(c Call) Answer
}

// Edge is one pretended workspace that is being served. Its methods may be called at any
// time from anywhere.
type Edge struct {
	workspace Workspace
	ip        string
	authority *authority
	servers   []*http.Server
	serving   sync.WaitGroup

	mu    sync.Mutex
	calls []string
	wrong []string
}

// Start serves a workspace at an address of this machine until [Edge.Close]. Browsers
// expect port 443.
func Start(ctx context.Context, w Workspace, address string) (*Edge, error) {
	a, err := newAuthority()
	if err != nil {
		return nil, fmt.Errorf("make an authority: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	ip, _, _ := net.SplitHostPort(listener.Addr().String())
	e := &Edge{workspace: w, ip: ip, authority: a}
	e.serve(&http.Server{
		Handler: http.HandlerFunc(e.answer), TLSConfig: a.config(), ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: silent(), // a browser that goes away in the middle is not worth a line
	}, listener)
	return e, nil
}

func (e *Edge) serve(s *http.Server, listener net.Listener) {
	e.servers = append(e.servers, s)
	e.serving.Go(func() {
		if s.TLSConfig != nil {
			_ = s.ServeTLS(listener, "", "") // until it is closed
			return
		}
		_ = s.Serve(listener)
	})
}

// Close stops serving and waits until that has ended.
func (e *Edge) Close() error {
	var all []error
	for _, s := range e.servers {
		all = append(all, s.Close())
	}
	e.serving.Wait()
	return errors.Join(all...)
}

// Certificate is the PEM of the authority that vouches for the edge.
func (e *Edge) Certificate() []byte { return e.authority.pem }

// Resolve is Chromium's --host-resolver-rules for the workspace.
func (e *Edge) Resolve() string { return "MAP *." + e.workspace.Domain() + " " + e.ip }

// Hosts are lines of /etc/hosts for the workspace's first ports. That file knows no
// wildcards, so that each port has a line.
func (e *Edge) Hosts() string {
	var lines strings.Builder
	for port := firstPort; port < lastPort; port++ {
		fmt.Fprintln(&lines, e.ip, e.workspace.Host(port))
	}
	return lines.String()
}

const firstPort, lastPort = 1024, 10_000

// answer sends a request to the service behind the port that its host names.
func (e *Edge) answer(w http.ResponseWriter, r *http.Request) {
	port, ok := e.port(r.Host)
	if !ok {
		http.Error(w, "no such workspace", http.StatusNotFound)
		return
	}
	if !e.workspace.admit(w, r, port) {
		return
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme, p.Out.URL.Host = "http", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
			p.SetXForwarded()
			p.Out.Header.Set("X-Forwarded-Proto", "https")
			p.Out.Header.Set("X-Forwarded-Host", r.Host)
			e.workspace.forward(p, port)
		},
		FlushInterval: -1, // streams arrive as they are sent
		ErrorLog:      silent(),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, "nothing answers on port "+strconv.Itoa(port), http.StatusBadGateway)
		},
	}
	proxy.ServeHTTP(w, r)
}

// port finds the port whose host this is.
func (e *Edge) port(host string) (int, bool) {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	for _, digits := range numbers.FindAllString(host, -1) {
		if port, err := strconv.Atoi(digits); err == nil && port > 0 && port < 1<<16 && e.workspace.Host(port) == host {
			return port, true
		}
	}
	return 0, false
}

// Calls are the commands that were run so far, with their arguments.
func (e *Edge) Calls() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.calls)
}

// Wrong are those of the calls that the real command would not understand: their caller
// has a mistake in it, whatever became of it.
func (e *Edge) Wrong() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.wrong)
}

func silent() *log.Logger { return log.New(io.Discard, "", 0) }
