package ready

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
)

// world is an engine with its containers, and the ports that they publish. What
// happens in it is set with the methods.
type world struct {
	mu       sync.Mutex
	calls    []string
	state    map[string]container.InspectResponse
	logs     map[string]string
	spoke    time.Time // when what logs hold was printed; the zero time is after any other
	sockets  string    // what cat prints; empty: there is no cat
	answer   func(Probe, time.Duration) answer
	spent    func(time.Duration) time.Duration // processor time after a while, negative without a process; nil: it is not counted
	messages chan events.Message
	began    time.Time
}

func newWorld() *world {
	return &world{
		state: map[string]container.InspectResponse{}, logs: map[string]string{},
		messages: make(chan events.Message, 10), began: time.Now(),
		answer: func(Probe, time.Duration) answer { return answer{outcome: closed} },
	}
}

func (w *world) called(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, what)
}

// becomes changes a container and sends the event of it.
func (w *world) becomes(id string, s container.State, restarts int) {
	w.mu.Lock()
	w.state[id] = container.InspectResponse{State: &s, RestartCount: restarts}
	w.mu.Unlock()
	w.messages <- events.Message{Actor: events.Actor{ID: id}}
}

func (w *world) ContainerInspect(_ context.Context, id string, _ client.ContainerInspectOptions) (client.ContainerInspectResult, error) {
	w.called("inspect " + id)
	w.mu.Lock()
	defer w.mu.Unlock()
	c, ok := w.state[id]
	if !ok {
		c.State = &container.State{Status: container.StateRunning, StartedAt: w.began.Format(time.RFC3339Nano)}
	}
	return client.ContainerInspectResult{Container: c}, nil
}

// ContainerList has the containers of the filter that run. Those that nothing is said of do.
func (w *world) ContainerList(_ context.Context, o client.ContainerListOptions) (client.ContainerListResult, error) {
	w.called("list")
	w.mu.Lock()
	defer w.mu.Unlock()
	var list client.ContainerListResult
	for id := range o.Filters["id"] {
		c := container.Summary{ID: id, State: container.StateRunning, Status: "Up Less than a second"}
		if s := w.state[id].State; s != nil {
			if c.State = s.Status; s.Health != nil {
				c.Health = &container.HealthSummary{Status: s.Health.Status}
			}
		}
		if c.State == container.StateRunning || c.State == container.StateRestarting {
			list.Items = append(list.Items, c)
		}
	}
	return list, nil
}

func (w *world) ContainerLogs(_ context.Context, id string, o client.ContainerLogsOptions) (client.ContainerLogsResult, error) {
	w.called("logs " + id)
	if since, _ := time.Parse(time.RFC3339Nano, o.Since); !w.spoke.IsZero() && w.spoke.Before(since) {
		return io.NopCloser(strings.NewReader("")), nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return io.NopCloser(bytes.NewReader(frame(w.logs[id]))), nil
}

func (w *world) ContainerStats(_ context.Context, id string, _ client.ContainerStatsOptions) (client.ContainerStatsResult, error) {
	w.called("stats " + id)
	if w.spent == nil {
		return client.ContainerStatsResult{}, errors.New("no stats")
	}
	spent := w.spent(time.Since(w.began))
	text := fmt.Sprintf(`{"read":%q,"cpu_stats":{"cpu_usage":{"total_usage":%d}}}`, time.Now().Format(time.RFC3339Nano), spent)
	if spent < 0 {
		text = `{"read":"0001-01-01T00:00:00Z"}`
	}
	return client.ContainerStatsResult{Body: io.NopCloser(strings.NewReader(text))}, nil
}

func (w *world) Events(context.Context, client.EventsListOptions) client.EventsResult {
	w.called("events")
	return client.EventsResult{Messages: w.messages, Err: make(chan error)}
}

func (w *world) ExecCreate(context.Context, string, client.ExecCreateOptions) (client.ExecCreateResult, error) {
	w.called("exec")
	if w.sockets == "" {
		return client.ExecCreateResult{}, errors.New("no cat")
	}
	return client.ExecCreateResult{ID: "x"}, nil
}

func (w *world) ExecAttach(context.Context, string, client.ExecAttachOptions) (client.ExecAttachResult, error) {
	here, there := net.Pipe()
	there.Close()
	response := client.HijackedResponse{Conn: here, Reader: bufio.NewReader(bytes.NewReader(frame(w.sockets)))}
	return client.ExecAttachResult{HijackedResponse: response}, nil
}

// frame is text as the engine sends what a program printed.
func frame(text string) []byte {
	size := len(text)
	return append([]byte{1, 0, 0, 0, byte(size >> 24), byte(size >> 16), byte(size >> 8), byte(size)}, text...)
}

func listens(addresses ...string) string {
	text := socketsHead
	for _, a := range addresses {
		text += "   0: " + a + " 00000000:0000 0A 00000000:00000000\n"
	}
	return text
}

// run waits for the probes and gives the last event of each service, how long it
// took, and the error.
func (w *world) run(ctx context.Context, o Options, probes ...Probe) (last string, took time.Duration, err error) {
	reports := map[string]string{}
	var mu sync.Mutex
	o.Sink = func(e event.Event) {
		mu.Lock()
		defer mu.Unlock()
		reports[e.Name] = fmt.Sprintf("%s %s: %s", e.Name, e.State, e.Text)
	}
	began := time.Now()
	waiter := newWaiter(Engine{w, w}, o)
	waiter.probeOnce = func(_ context.Context, p Probe, _ time.Duration) answer { return w.answer(p, time.Since(began)) }
	err = waiter.wait(ctx, probes)
	var texts []string
	for _, text := range reports {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return strings.Join(texts, "\n"), time.Since(began), err
}

func web() Probe {
	return Probe{Service: "web", Number: 1, Container: "c1", Kind: HTTP, Host: "127.0.0.1", Port: 8080, Target: 3000, Path: "/"}
}

func after(d time.Duration, a answer) func(Probe, time.Duration) answer {
	return func(_ Probe, elapsed time.Duration) answer {
		if elapsed < d {
			return answer{outcome: closed}
		}
		return a
	}
}

func always(a answer) func(Probe, time.Duration) answer { return after(0, a) }

// later changes the container c1 after a while.
func (w *world) later(d time.Duration, s container.State, restarts int) {
	time.AfterFunc(d, func() { w.becomes("c1", s, restarts) })
}
