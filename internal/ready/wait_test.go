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
	"testing"
	"testing/synctest"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
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
	spent    func(time.Duration) time.Duration // processor time after a while; nil: nobody counts it
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

func (w *world) ContainerLogs(_ context.Context, id string, o client.ContainerLogsOptions) (client.ContainerLogsResult, error) {
	w.called("logs " + id)
	if since, _ := time.Parse(time.RFC3339Nano, o.Since); !w.spoke.IsZero() && w.spoke.Before(since) {
		return io.NopCloser(strings.NewReader("")), nil
	}
	return io.NopCloser(bytes.NewReader(frame(w.logs[id]))), nil
}

func (w *world) ContainerStats(_ context.Context, id string, _ client.ContainerStatsOptions) (client.ContainerStatsResult, error) {
	w.called("stats " + id)
	if w.spent == nil {
		return client.ContainerStatsResult{}, errors.New("no stats")
	}
	text := fmt.Sprintf(`{"cpu_stats":{"cpu_usage":{"total_usage":%d}}}`, w.spent(time.Since(w.began)))
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
	waiter := newWaiter(w, o)
	waiter.knock = func(_ context.Context, p Probe, _ time.Duration) answer { return w.answer(p, time.Since(began)) }
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

func TestWaitAsksNoEngineWhenAllAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.answer = always(answer{answered, 404})
		api, worker := web(), Probe{Service: "worker", Container: "c3", Kind: Running, Settled: true}
		api.Service, api.Container, api.Kind = "db", "c2", TCP
		last, took, err := w.run(t.Context(), Options{}, web(), api, worker)
		if err != nil || took != 0 || len(w.calls) > 0 {
			t.Errorf("got %v after %v with calls %v; want nil at once without calls", err, took, w.calls)
		}
		if want := "db done: answers 404\nweb done: answers 404\nworker done: running"; last != want {
			t.Errorf("events\n got %s\nwant %s", last, want)
		}
	})
}

func TestWait(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		probe func(*Probe)
		world func(*world)
		code  fail.Code     // empty: it becomes ready
		want  string        // message, or the last event
		hint  string        // part of the hint
		by    time.Duration // at the latest
	}{
		{
			name:  "answers after a while",
			world: func(w *world) { w.answer = after(20*time.Second, answer{answered, 200}) },
			want:  "web done: answers 200", by: 21 * time.Second,
		},
		{
			name:  "speaks another protocol",
			world: func(w *world) { w.answer = after(time.Second, answer{outcome: otherWords}) },
			want:  "web done: listens", by: 2 * time.Second,
		},
		{
			name: "wants TLS and closes",
			world: func(w *world) {
				w.answer, w.sockets = always(answer{outcome: closed}), listens("00000000:0BB8")
			},
			want: "web done: listens", by: 3 * time.Second,
		},
		{
			name:  "a database behind a proxy that accepts all",
			probe: func(p *Probe) { p.Kind = TCP },
			world: func(w *world) {
				w.answer, w.sockets = after(time.Second, answer{outcome: open}), listens("00000000:0BB8")
			},
			want: "web done: listens", by: 3 * time.Second,
		},
		{
			name:  "a database in an image without cat",
			probe: func(p *Probe) { p.Kind = TCP },
			world: func(w *world) { w.answer = after(time.Second, answer{outcome: open}) },
			want:  "web done: listens", by: 3 * time.Second,
		},
		{
			name:  "loopback only",
			probe: func(p *Probe) { p.Stack = "vite" },
			world: func(w *world) { w.sockets = listens("0100007F:0BB8", "0B00007F:8888") },
			code:  fail.ListensOnLoopback,
			want:  "web listens on port 3000 of 127.0.0.1 only, which nobody outside its container can reach",
			hint:  "vite --host", by: 8 * time.Second,
		},
		{
			name:  "another port",
			world: func(w *world) { w.sockets = listens("00000000:1388", "00000000:240D") },
			code:  fail.NotListening, want: "web listens on 5000, not on 3000",
			hint: `publish "8080:5000"`, by: 35 * time.Second,
		},
		{
			name:  "another port that is published too",
			probe: func(p *Probe) { p.Others = []Published{{"127.0.0.1", 5000, 5000}} },
			world: func(w *world) { w.sockets = listens("00000000:1388") },
			want:  "web warning: listens on 5000, but nothing on its published port 3000", by: 35 * time.Second,
		},
		{
			name: "crashed under a watcher that waits for an edit",
			world: func(w *world) {
				w.sockets = listens("0B00007F:8888")
				w.logs["c1"] = "[nodemon] starting `node server.js`\nMake sure there is a MONGODB_URL environment variable set.\n[nodemon] app crashed - waiting for file changes before starting...\n"
			},
			code: fail.Exited, want: "web has crashed, and its watcher waits for a file to change: the variable MONGODB_URL is not set",
			hint: "set MONGODB_URL", by: 8 * time.Second,
		},
		{
			name: "restarted by its watcher",
			world: func(w *world) {
				w.answer, w.sockets = after(15*time.Second, answer{answered, 200}), listens("0B00007F:8888")
				w.logs["c1"] = "[nodemon] app crashed - waiting for file changes before starting...\n[nodemon] restarting due to changes...\n"
			},
			want: "web done: answers 200", by: 16 * time.Second,
		},
		{
			name:  "nothing",
			world: func(w *world) { w.sockets = listens("0B00007F:8888") },
			code:  fail.NotListening, want: "web does not listen on port 3000 after 3m0s",
			hint: "devup logs web", by: 3 * time.Minute,
		},
		{
			name:  "accepts and is silent",
			world: func(w *world) { w.answer = always(answer{outcome: silent}) },
			code:  fail.NoAnswer, want: "web accepts connections on port 3000 but has not answered after 3m0s", by: 3 * time.Minute,
		},
		{
			name: "errors, with the line",
			world: func(w *world) {
				w.answer = always(answer{serverError, 500})
				w.logs["c1"] = "Traceback (most recent call last):\n  File \"/web/app.py\", line 6, in home\n    return os.environ[\"HOME_URL\"]\nKeyError: 'HOME_URL'\n"
			},
			code: fail.ServerError, want: "web answers 500 on http://127.0.0.1:8080/: the variable HOME_URL is not set (app.py:6)",
			hint: "set HOME_URL", by: 21 * time.Second,
		},
		{
			name: "errors only until its database is up",
			world: func(w *world) {
				w.answer = func(_ Probe, elapsed time.Duration) answer {
					if elapsed < 15*time.Second {
						return answer{serverError, 500}
					}
					return answer{answered, 200}
				}
			},
			want: "web done: answers 200", by: 18 * time.Second,
		},
		{
			name: "exits",
			world: func(w *world) {
				w.logs["c1"] = "boot\n\x1b[31mModuleNotFoundError: No module named 'flask_cors'\x1b[0m\r\n"
				w.later(700*time.Millisecond, container.State{Status: container.StateExited, ExitCode: 1}, 0)
			},
			code: fail.Exited, want: "web stopped with exit code 1: Python finds no module named flask_cors",
			hint: "flask-cors", by: 700 * time.Millisecond,
		},
		{
			name: "exits, and the engine notes its start after its only words",
			world: func(w *world) {
				w.logs["c1"], w.spoke = "ModuleNotFoundError: No module named 'flask_cors'\n", time.Now()
				w.later(700*time.Millisecond, container.State{
					Status: container.StateExited, ExitCode: 1, StartedAt: time.Now().Add(300 * time.Millisecond).Format(time.RFC3339Nano),
				}, 0)
			},
			code: fail.Exited, want: "web stopped with exit code 1: Python finds no module named flask_cors",
			hint: "flask-cors", by: 700 * time.Millisecond,
		},
		{
			name: "exits with 0",
			world: func(w *world) {
				w.later(time.Second, container.State{Status: container.StateExited}, 0)
			},
			code: fail.Exited, want: "web stopped with exit code 0 before anything answered on port 3000", by: time.Second,
		},
		{
			name: "needs too much memory",
			world: func(w *world) {
				w.later(time.Second, container.State{Status: container.StateExited, ExitCode: 137, OOMKilled: true}, 0)
			},
			code: fail.Exited, want: "web was killed because the machine ran out of memory", by: time.Second,
		},
		{
			name: "is killed",
			world: func(w *world) {
				w.later(time.Second, container.State{Status: container.StateExited, ExitCode: 139}, 0)
			},
			code: fail.Exited, want: "web was ended by SIGSEGV (exit code 139)", by: time.Second,
		},
		{
			name: "a crash loop",
			world: func(w *world) {
				w.logs["c1"] = "ModuleNotFoundError: No module named 'jwt'\n"
				w.later(time.Second, container.State{Status: container.StateRestarting, ExitCode: 1}, 3)
			},
			code: fail.Exited, want: "web stops over and over (3 restarts, exit code 1): Python finds no module named jwt",
			hint: "PyJWT", by: time.Second,
		},
		{
			name: "a crash loop that a database ends",
			world: func(w *world) {
				w.logs["c1"] = "Error: connect ECONNREFUSED db:5432\n"
				w.later(time.Second, container.State{Status: container.StateRestarting, ExitCode: 1}, 4)
				w.later(9*time.Second, container.State{Status: container.StateRunning}, 4)
				w.answer = after(10*time.Second, answer{answered, 200})
			},
			want: "web done: answers 200", by: 11 * time.Second,
		},
		{
			name:  "a job",
			probe: func(p *Probe) { p.Kind, p.Port, p.Target = Completed, 0, 0 },
			world: func(w *world) { w.later(5*time.Second, container.State{Status: container.StateExited}, 0) },
			want:  "web done: completed", by: 5 * time.Second,
		},
		{
			name:  "a one-off without a port",
			probe: func(p *Probe) { p.Kind, p.Port, p.Target, p.OneShot = Running, 0, 0, true },
			world: func(w *world) { w.later(time.Second, container.State{Status: container.StateExited}, 0) },
			want:  "web done: completed", by: time.Second,
		},
		{
			name:  "a worker",
			probe: func(p *Probe) { p.Kind, p.Port, p.Target = Running, 0, 0 },
			want:  "web done: running", by: 3 * time.Second,
		},
		{
			name:  "a worker at rest",
			probe: func(p *Probe) { p.Kind, p.Port, p.Target = Running, 0, 0 },
			world: func(w *world) {
				w.spent = func(d time.Duration) time.Duration { return min(d, 300*time.Millisecond) + time.Millisecond }
			},
			want: "web done: running", by: 700 * time.Millisecond,
		},
		{
			name:  "a worker that fails after some work",
			probe: func(p *Probe) { p.Kind, p.Port, p.Target = Running, 0, 0 },
			world: func(w *world) {
				w.spent = func(d time.Duration) time.Duration { return d/20 + time.Millisecond } // with a slow disk
				w.later(1500*time.Millisecond, container.State{Status: container.StateExited, ExitCode: 1}, 0)
			},
			code: fail.Exited, want: "web stopped with exit code 1", by: 1500 * time.Millisecond,
		},
		{
			name: "a lying healthcheck",
			world: func(w *world) {
				w.later(time.Second, container.State{Status: container.StateRunning, Health: &container.Health{Status: container.Unhealthy}}, 0)
				w.answer = after(2*time.Second, answer{answered, 200})
			},
			want: "web warning: answers 200, but its healthcheck fails", by: 3 * time.Second,
		},
		{
			name:  "a healthcheck that others depend on",
			probe: func(p *Probe) { p.MustHealthy = true },
			world: func(w *world) {
				log := []*container.HealthcheckResult{{ExitCode: 1, Output: "no table\n"}}
				w.later(time.Second, container.State{Status: container.StateRunning, Health: &container.Health{Status: container.Unhealthy, Log: log}}, 0)
				w.answer = after(2*time.Second, answer{answered, 200})
			},
			code: fail.Unhealthy, want: "web fails its own healthcheck (no table)", by: 12 * time.Second,
		},
		{
			name:  "a healthcheck without a port",
			probe: func(p *Probe) { p.Kind, p.Port, p.Target = Health, 0, 0 },
			world: func(w *world) {
				w.state["c1"] = container.InspectResponse{State: &container.State{Status: container.StateRunning, Health: &container.Health{Status: container.Starting}}}
				w.later(4*time.Second, container.State{Status: container.StateRunning, Health: &container.Health{Status: container.Healthy}}, 0)
			},
			want: "web done: healthy", by: 4 * time.Second,
		},
		{
			name:  "the image has a healthcheck",
			probe: func(p *Probe) { p.Kind, p.Port, p.Target = Running, 0, 0 },
			world: func(w *world) {
				w.state["c1"] = container.InspectResponse{State: &container.State{Status: container.StateRunning, Health: &container.Health{Status: container.Starting}}}
				w.later(4*time.Second, container.State{Status: container.StateRunning, Health: &container.Health{Status: container.Healthy}}, 0)
			},
			want: "web done: healthy", by: 4 * time.Second,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w, p := newWorld(), web()
				if test.probe != nil {
					test.probe(&p)
				}
				if test.world != nil {
					test.world(w)
				}
				last, took, err := w.run(t.Context(), Options{}, p)
				got := last
				if err != nil {
					got = err.Error()
				}
				if got != test.want || took > test.by {
					t.Errorf("after %v\n got %s\nwant %s by %v", took, got, test.want, test.by)
				}
				if code := codeOf(err); code != test.code {
					t.Errorf("code %q, want %q", code, test.code)
				}
				if f, ok := errors.AsType[*fail.Error](err); ok && (!strings.Contains(f.Hint, test.hint) || !strings.Contains(f.Hint, "devup logs web")) {
					t.Errorf("hint %q lacks %q or the command that shows more", f.Hint, test.hint)
				}
			})
		})
	}
}

// later changes the container c1 after a while.
func (w *world) later(d time.Duration, s container.State, restarts int) {
	time.AfterFunc(d, func() { w.becomes("c1", s, restarts) })
}

func codeOf(err error) fail.Code {
	if err == nil {
		return ""
	}
	return fail.CodeOf(err)
}

func TestWaitForSeveral(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.later(time.Second, container.State{Status: container.StateExited, ExitCode: 2}, 0)
		slow, dead := web(), web()
		slow.Service, slow.Container = "slow", "c2"
		dead.Service, dead.Container = "dead", "c3"
		time.AfterFunc(4*time.Second, func() { w.becomes("c3", container.State{Status: container.StateExited, ExitCode: 3}, 0) })
		last, took, err := w.run(t.Context(), Options{}, web(), slow, dead)
		want := "web stopped with exit code 2\ndead stopped with exit code 3"
		if inner := errors.Unwrap(err); inner == nil || inner.Error() != want || codeOf(err) != fail.NotReady {
			t.Errorf("got %v (%s), want %s", inner, codeOf(err), want)
		}
		if want := 11 * time.Second; took != want {
			t.Errorf("took %v, want %v: the first failure and the grace", took, want)
		}
		if want := "slow warning: still starting"; !strings.Contains(last, want) {
			t.Errorf("events\n got %s\nwant %s", last, want)
		}
	})
}

func TestWaitCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)
		if _, took, err := newWorld().run(ctx, Options{}, web()); !errors.Is(err, context.Canceled) || took != 5*time.Second {
			t.Errorf("got %v after %v, want %v after 5s", err, took, context.Canceled)
		}
	})
}

// TestWaitCalls holds the number of calls for a service that comes up in a
// second: one subscription, one look.
func TestWaitCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.answer = after(time.Second, answer{answered, 200})
		other := web()
		other.Service, other.Container = "other", "c2"
		if _, _, err := w.run(t.Context(), Options{}, web(), other); err != nil {
			t.Fatal(err)
		}
		slices.Sort(w.calls)
		if got, want := strings.Join(w.calls, ", "), "events, inspect c1, inspect c2"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}
