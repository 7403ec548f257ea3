package dashboard

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// idleMonitor ends a dashboard that is open in no page and that has nothing to show. `devup down` ends it at
// once with the last project; this is for projects that were removed in another way.
type idleMonitor struct {
	empty func(context.Context) (bool, error)

	mu    sync.Mutex
	open  int       // requests that are under way
	since time.Time // when the last one ended, or the engine was asked last
}

// askAfter is how long no page must have been open before the engine is asked.
const askAfter = time.Hour

// noting notes which requests are under way.
func (l *idleMonitor) noting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.add(1)
		defer l.add(-1)
		next.ServeHTTP(w, r)
	})
}

func (l *idleMonitor) add(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open += n
	l.since = time.Now()
}

// needed tells whether a page is open or was a while ago, or the engine has a project.
func (l *idleMonitor) needed(ctx context.Context) bool {
	l.mu.Lock()
	quiet := l.open == 0 && time.Since(l.since) > askAfter
	l.mu.Unlock()
	if !quiet {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	none, err := l.empty(ctx)
	if err != nil || !none {
		l.add(0)
		return true
	}
	return false
}
