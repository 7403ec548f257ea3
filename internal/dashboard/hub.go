package dashboard

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

// hub reads the state while at least one page is open, once for all of them.
type hub struct {
	source Source
	life   context.Context //nolint:containedctx // that of the server, which the reading outlives a request by

	mu     sync.Mutex
	pages  map[chan message]bool
	last   map[string]message // by event, for a page that comes later
	cancel context.CancelFunc // of the reading; nil while no page is open

	reading sync.WaitGroup
}

// message is one server-sent event.
type message struct {
	event string
	data  []byte
}

// How often the page learns what has no event of the engine.
const (
	stateEvery = 5 * time.Second        // whether services answer
	usageEvery = 2 * time.Second        // processor and memory
	settle     = 150 * time.Millisecond // after an event of the engine, which comes with others
)

func newHub(life context.Context, source Source) *hub {
	return &hub{source: source, life: life, pages: map[chan message]bool{}, last: map[string]message{}}
}

// join adds a page. Its channel holds the newest messages; leave ends the reading with the last page.
func (h *hub) join() (messages <-chan message, leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	page := make(chan message, 8)
	for _, m := range h.last {
		page <- m
	}
	h.pages[page] = true
	if h.cancel == nil {
		var ctx context.Context
		ctx, h.cancel = context.WithCancel(h.life)
		h.reading.Go(func() { h.read(ctx) })
	}
	return page, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.pages, page)
		if len(h.pages) == 0 && h.cancel != nil {
			h.cancel()
			h.cancel = nil
			clear(h.last)
		}
	}
}

// read reads state and usage until the last page is closed.
func (h *hub) read(ctx context.Context) {
	changed := make(chan struct{}, 1)
	poke := func() {
		select {
		case changed <- struct{}{}:
		default: // one is pending
		}
	}
	var group sync.WaitGroup
	group.Go(func() {
		for ctx.Err() == nil {
			_ = h.source.Changes(ctx, poke) // the engine is away: the state says so
			rest(ctx, time.Second)
			poke()
		}
	})
	group.Go(func() {
		for ctx.Err() == nil {
			if usage, err := h.source.Usage(ctx); err == nil {
				h.send(ctx, "usage", usage)
			}
			rest(ctx, usageEvery)
		}
	})
	for ctx.Err() == nil {
		if state, err := h.source.State(ctx); err == nil {
			h.send(ctx, "state", state)
		} else if ctx.Err() == nil {
			h.send(ctx, "problem", err.Error())
		}
		select {
		case <-changed:
			rest(ctx, settle)
		case <-time.After(stateEvery):
		case <-ctx.Done():
		}
	}
	group.Wait()
}

// rest waits, unless ctx ends first.
func rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// send hands a message to all pages. A page that does not keep up gets the newest instead of an older one.
func (h *hub) send(ctx context.Context, event string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		return // values of this package, which JSON can hold
	}
	m := message{event, data}
	h.mu.Lock()
	defer h.mu.Unlock()
	if ctx.Err() != nil {
		return // the pages that were meant are closed
	}
	h.last[event] = m
	for page := range h.pages {
		select {
		case page <- m:
			continue
		default:
		}
		select {
		case <-page:
		default:
		}
		select {
		case page <- m:
		default:
		}
	}
}
