package expose

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/workspace"
)

// Client asks over HTTP the way of this machine. It follows no redirect and keeps
// no cookie.
type Client interface {
	Do(*http.Request) (*http.Response, error)
}

// Limits of a check. A proxy may need a moment until it believes that a port is
// public.
const (
	requestTime = 5 * time.Second
	atOnce      = 8
	checkTries  = 3
	checkPause  = time.Second
)

// Check asks the URL of every row whose service runs, from outside of its
// container and without a login, and gives the rows back with their Access and
// what to do about it. Where browsers reach ports through localhost nothing is
// asked, and no tunnel either: its name is new, and a resolver that is asked too
// early remembers that it does not exist.
func Check(ctx context.Context, client Client, ws workspace.Info, c workspace.Control, rows []Row) []Row {
	rows = slices.Clone(rows)
	if !ws.Remote {
		return rows
	}
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, r := range rows {
		if r.URL == "" || r.State != Running || r.tunneled {
			continue
		}
		group.Go(func() error {
			found := evaluateURL(ctx, client, r)
			if ctx.Err() == nil {
				rows[i] = r.with(found, ws, c)
			}
			return nil
		})
	}
	_ = group.Wait() // no goroutine fails
	return rows
}

// evaluateURL asks until a port that was just made public is, or for a few times.
func evaluateURL(ctx context.Context, client Client, r Row) result {
	for try := 1; ; try++ {
		found := checkOnce(ctx, client, r)
		if found.access == Reachable || found.access == HostRefused || !r.Public || r.Advice != "" || try == checkTries {
			return found
		}
		select {
		case <-ctx.Done():
			return found
		case <-time.After(checkPause):
		}
	}
}

// checkOnce asks the URL, and where its answer may be a proxy's, the port itself: an
// answer that is the same on both ways is the service's own.
func checkOnce(ctx context.Context, client Client, r Row) result {
	outside := ask(ctx, client, strings.TrimSuffix(r.URL, "/")+r.path())
	if outside.plain() && !outside.refuses {
		return result{access: Reachable}
	}
	inside := ask(ctx, client, "http://localhost:"+strconv.Itoa(r.Port)+r.path())
	return evaluate(outside, inside)
}

// path is what the service is asked for: what it answers below 500 when it is
// ready.
func (r Row) path() string {
	if r.ready == "" {
		return "/"
	}
	return r.ready
}

// answer is what came of a request.
type answer struct {
	status    int
	from      *url.URL // what was asked
	to        *url.URL // where a redirect leads; nil for none
	challenge string   // how the server asks for a login
	content   string   // the type of what it sent
	refuses   bool     // it says that it is not to be asked under this name
	err       error
}

// plain reports whether it is an answer that no proxy gives instead of a service.
func (a answer) plain() bool { return a.err == nil && a.status < http.StatusMultipleChoices }

func ask(ctx context.Context, client Client, address string) answer {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return answer{err: err}
	}
	request.Header.Set("User-Agent", "devup")
	response, err := client.Do(request)
	if err != nil {
		return answer{err: err}
	}
	const enough = 2 << 10                                        // a refusal is short, or says it in its title
	begin, _ := io.ReadAll(io.LimitReader(response.Body, enough)) // what came is read
	_ = response.Body.Close()
	a := answer{status: response.StatusCode, from: request.URL, challenge: response.Header.Get("WWW-Authenticate"), content: response.Header.Get("Content-Type"), refuses: refusesName(response.StatusCode, string(begin))}
	if a.status >= http.StatusMultipleChoices && a.status < http.StatusBadRequest {
		a.to, _ = response.Location() // nil for none, or for one that is no URL
	}
	return a
}
