package ready

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"
)

// outcome is what came of asking a service once.
type outcome int

const (
	refused     outcome = iota // nobody accepts the connection
	closed                     // accepted, then closed without a word: a port proxy with nobody behind it, or a server that wants TLS
	silent                     // accepted and held open, but no answer within the time
	open                       // accepted and held open, where only that was asked for
	answered                   // an HTTP answer below 500
	serverError                // an HTTP answer of 500 and above
	otherWords                 // an answer, but not HTTP
)

// answer is the outcome with the HTTP status, where there was one.
type answer struct {
	outcome outcome
	status  int
}

// holdTime is how long a connection that nobody speaks on must stay open before
// it counts: the engine's port proxy accepts first and closes as soon as it has
// found nobody inside.
const holdTime = 250 * time.Millisecond

// knock asks p once and waits no longer than patience for an answer.
func knock(ctx context.Context, p Probe, patience time.Duration) answer {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if p.Kind == TCP {
		return knockTCP(ctx, p.hostport())
	}
	return knockHTTP(ctx, p)
}

// knockHTTP sends a GET as a browser on the person's machine would. Dev servers
// refuse names that they don't know, so the Host is always localhost.
func knockHTTP(ctx context.Context, p Probe) answer {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address(), http.NoBody)
	if err != nil {
		return answer{outcome: refused}
	}
	_, port, _ := net.SplitHostPort(p.hostport())
	req.Host = net.JoinHostPort("localhost", port)
	req.Header.Set("Accept", "text/html,application/json;q=0.9,*/*;q=0.8")
	req.Header.Set("User-Agent", "devup")
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: 1 << 20}
	defer transport.CloseIdleConnections()
	res, err := transport.RoundTrip(req) // not a client: no redirect, no proxy, no cookie
	if err != nil {
		return answer{outcome: whatFailed(err)}
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusInternalServerError {
		_, _ = io.CopyN(io.Discard, res.Body, 64<<10) // a dev server writes its traceback with the page
		return answer{serverError, res.StatusCode}
	}
	return answer{answered, res.StatusCode}
}

// knockTCP connects, says nothing, and looks whether the connection stays.
func knockTCP(ctx context.Context, address string) answer {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return answer{outcome: whatFailed(err)}
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	if err := conn.SetReadDeadline(time.Now().Add(holdTime)); err != nil {
		return answer{outcome: closed}
	}
	switch _, err := conn.Read(make([]byte, 1)); {
	case ctx.Err() != nil:
		return answer{outcome: silent}
	case err == nil, errors.Is(err, os.ErrDeadlineExceeded):
		return answer{outcome: open}
	default:
		return answer{outcome: closed}
	}
}

// whatFailed reads an error of a connection or a request.
func whatFailed(err error) outcome {
	var op *net.OpError
	switch {
	case strings.Contains(err.Error(), "malformed HTTP"): // net/http has no value for it
		return otherWords
	case errors.As(err, &op) && op.Op == "dial":
		return refused
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return closed
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, os.ErrDeadlineExceeded):
		return silent
	default:
		return otherWords
	}
}
