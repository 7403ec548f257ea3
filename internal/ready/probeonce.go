package ready

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// outcome is what came of asking a service once.
type outcome int

const (
	refused     outcome = iota // nothing accepts the connection
	closed                     // accepted, then closed without a word: a port proxy with nothing behind it, or a server that expects TLS
	silent                     // accepted and held open, but no answer within the time
	open                       // accepted and held open, where only that was asked for
	answered                   // an HTTP answer below 500
	serverError                // an HTTP answer of 500 and above
	notHTTP                    // an answer, but not HTTP
)

// answer is the outcome with the HTTP status, where there was one.
type answer struct {
	outcome outcome
	status  int
	said    string // with a serverError
}

// holdTime is how long an idle connection must stay open before
// it counts: the engine's port proxy accepts first and closes as soon as it has
// found that nothing listens inside.
const holdTime = 250 * time.Millisecond

// probeOnce asks p once and waits no longer than timeout for an answer.
func probeOnce(ctx context.Context, p Probe, timeout time.Duration) answer {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if p.Kind == TCP {
		return probeTCP(ctx, p.hostport(), holdTime)
	}
	return probeHTTP(ctx, p)
}

// probeHTTP sends a GET as a browser on the user's machine would. Dev servers
// refuse names that they don't know, so the Host is always localhost. It speaks
// over a plain connection because net/http's client prints to the standard
// logger when a server greets first, as databases do, and reports an early close in several ways.
func probeHTTP(ctx context.Context, p Probe) answer {
	conn, done, err := dial(ctx, p.hostport())
	if err != nil {
		return answer{outcome: outcomeOf(err)}
	}
	defer done()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address(), http.NoBody)
	if err != nil {
		return answer{outcome: refused}
	}
	req.Host = net.JoinHostPort("localhost", strconv.Itoa(p.Port))
	req.Close = true
	req.Header.Set("Accept", "text/html,application/json;q=0.9,*/*;q=0.8")
	req.Header.Set("User-Agent", "devup")
	writeErr := req.Write(conn) // a server may have answered and closed before it has read all
	reader := bufio.NewReader(io.LimitReader(conn, 1<<20))
	if _, err := reader.Peek(1); err != nil {
		return answer{outcome: outcomeOf(cmp.Or(writeErr, err))}
	}
	for {
		res, err := http.ReadResponse(reader, req)
		switch {
		case err != nil && ctx.Err() != nil:
			return answer{outcome: silent}
		case err != nil:
			return answer{outcome: notHTTP}
		case res.StatusCode < http.StatusOK:
			continue // 103 and its like come before the answer
		case res.StatusCode >= http.StatusInternalServerError:
			said, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10)) // a dev server writes its traceback with the page
			return answer{serverError, res.StatusCode, string(said)}
		default:
			return answer{outcome: answered, status: res.StatusCode}
		}
	}
}

// dial connects. The connection fails as soon as ctx ends; done closes it.
func dial(ctx context.Context, address string) (conn net.Conn, done func(), err error) {
	var dialer net.Dialer
	conn, err = dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	return conn, func() { stop(); conn.Close() }, nil
}

// probeTCP connects, sends nothing, and checks whether the connection stays open for a time.
func probeTCP(ctx context.Context, address string, hold time.Duration) answer {
	conn, done, err := dial(ctx, address)
	if err != nil {
		return answer{outcome: outcomeOf(err)}
	}
	defer done()
	holding, cancel := context.WithTimeout(ctx, hold)
	defer cancel()
	defer context.AfterFunc(holding, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })()
	switch _, err := conn.Read(make([]byte, 1)); {
	case ctx.Err() != nil:
		return answer{outcome: silent}
	case err == nil, errors.Is(err, os.ErrDeadlineExceeded):
		return answer{outcome: open}
	default:
		return answer{outcome: closed}
	}
}

// outcomeOf reads an error of a connection that has brought nothing.
func outcomeOf(err error) outcome {
	var op *net.OpError
	switch {
	case errors.As(err, &op) && op.Op == "dial":
		return refused
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, os.ErrDeadlineExceeded):
		return silent
	default:
		return closed // by an end or a reset
	}
}
