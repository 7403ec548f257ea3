package gateway

import (
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// maxIdle is how many connections to one upstream are kept for the next requests.
const maxIdle = 1024

// idleTimeout is how long an unused connection is kept. It is shorter than what servers allow
// (gunicorn 2 s, Node 5 s): a request on a connection that the server is just closing
// would fail, and one with a body cannot be repeated.
const idleTimeout = 1500 * time.Millisecond

// newTransport speaks HTTP/1.1 to upstreams on this machine, past any proxy.
func newTransport() *http.Transport {
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		MaxIdleConnsPerHost:   maxIdle,
		IdleConnTimeout:       idleTimeout,
		ExpectContinueTimeout: time.Second,
		DisableCompression:    true, // the body is the browser's business
	}
}

// retry sends a request without a body once more when nothing listened: a server that
// restarts is away for a moment.
type retry struct{ to http.RoundTripper }

// pause is how long a restarting server gets.
const pause = 100 * time.Millisecond

func (a retry) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := a.to.RoundTrip(r)
	if !refusedConnection(err) || !repeatable(r) {
		return response, err
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return a.to.RoundTrip(r)
	case <-r.Context().Done():
		return nil, err
	}
}

// repeatable reports whether a request does the same when it is done twice.
func repeatable(r *http.Request) bool {
	if r.Body != nil && r.Body != http.NoBody {
		return false
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

// refusedConnection reports whether nothing listens at the upstream.
func refusedConnection(err error) bool {
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "dial"
}

// unavailable reports whether the upstream is unavailable: refused, or hung up on without an
// answer, as an engine's port forwarder does while nothing listens in the container.
func unavailable(err error) bool {
	failed, ok := errors.AsType[*net.OpError](err)
	return refusedConnection(err) || ok && failed.Op == "read" || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
