package ready

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/fail"
)

func TestWaitAsksNoEngineWhenAllAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.answer = always(answer{outcome: answered, status: 404})
		api, worker := web(), Probe{Service: "worker", Container: "c3", Kind: Running, WasReady: true}
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
		hint  string        // part of the hint; each but a whole one names a command, that for the log unless it says another
		cause string        // the stable reason
		by    time.Duration // at the latest
	}{
		{
			name:  "answers after a while",
			world: func(w *world) { w.answer = after(20*time.Second, answer{outcome: answered, status: 200}) },
			want:  "web done: answers 200", by: 21 * time.Second,
		},
		{
			name:  "speaks another protocol",
			world: func(w *world) { w.answer = after(time.Second, answer{outcome: notHTTP}) },
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
			name:  "a relay in front of what does not listen yet",
			probe: func(p *Probe) { p.Path = "/health" },
			world: func(w *world) {
				w.answer = func(_ Probe, since time.Duration) answer {
					if since < 10*time.Second {
						return answer{outcome: closed}
					}
					return answer{outcome: answered, status: 200}
				}
				w.sockets = listens("00000000:0BB8")
			},
			want: "web done: answers 200", by: 13 * time.Second,
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
			want:  "web listens on port 3000 of 127.0.0.1 only, which is not reachable from outside its container",
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
			hint: "set MONGODB_URL", cause: "env-missing", by: 8 * time.Second,
		},
		{
			name:  "crashed under a watcher, in a network with a database",
			probe: func(p *Probe) { p.Neighbors = []int{5432} },
			world: func(w *world) {
				w.sockets = listens("00000000:1538", "0B00007F:8888")
				w.logs["c1"] = "Error: Cannot find module 'cors'\nFailed running 'server.js'\n"
			},
			code: fail.Exited, want: "web has crashed, and its watcher waits for a file to change: Node finds no package named cors",
			hint: "package.json", cause: "module-missing", by: 8 * time.Second,
		},
		{
			name: "restarted by its watcher",
			world: func(w *world) {
				w.answer, w.sockets = after(15*time.Second, answer{outcome: answered, status: 200}), listens("0B00007F:8888")
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
				w.answer = always(answer{outcome: serverError, status: 500})
				w.logs["c1"] = "Traceback (most recent call last):\n  File \"/web/app.py\", line 6, in home\n    return os.environ[\"HOME_URL\"]\nKeyError: 'HOME_URL'\n"
			},
			code: fail.ServerError, want: "web answers 500 on http://127.0.0.1:8080/: the variable HOME_URL is not set (app.py:6)",
			hint: "set HOME_URL", cause: "env-missing", by: 21 * time.Second,
		},
		{
			name: "errors, and says why only in its answer",
			world: func(w *world) {
				w.answer = always(answer{serverError, 500, `<pre>{"sqlMessage":"relation \"posts\" does not exist"}</pre>`})
				w.logs["c1"] = "Server is running\n"
			},
			code: fail.ServerError, want: "web answers 500 on http://127.0.0.1:8080/: the database has no table posts",
			hint: "run the migrations", cause: "table-missing", by: 21 * time.Second,
		},
		{
			name: "errors only until its database is up",
			world: func(w *world) {
				w.answer = func(_ Probe, elapsed time.Duration) answer {
					if elapsed < 15*time.Second {
						return answer{outcome: serverError, status: 500}
					}
					return answer{outcome: answered, status: 200}
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
			hint: "flask-cors", cause: "module-missing", by: 700 * time.Millisecond,
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
			hint: "flask-cors", cause: "module-missing", by: 700 * time.Millisecond,
		},
		{
			name: "ends, as Podman says it",
			world: func(w *world) {
				w.later(time.Second, container.State{Status: "stopped"}, 0)
			},
			code: fail.Exited, want: "web stopped with exit code 0 before anything answered on port 3000", by: time.Second,
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
			code: fail.Exited, want: "web was killed because the machine ran out of memory", hint: "give the engine more memory, or stop what else runs there", cause: "memory", by: time.Second,
		},
		{
			name: "is killed",
			world: func(w *world) {
				w.later(time.Second, container.State{Status: container.StateExited, ExitCode: 139}, 0)
			},
			code: fail.Exited, want: "web was ended by SIGSEGV (exit code 139)", hint: "it printed nothing that would say why: `devup run web sh`", by: time.Second,
		},
		{
			name: "a crash loop",
			world: func(w *world) {
				w.logs["c1"], w.spoke = "ModuleNotFoundError: No module named 'jwt'\n", time.Now()
				w.later(time.Second, container.State{Status: container.StateRestarting, ExitCode: 1, StartedAt: time.Now().Add(time.Second).Format(time.RFC3339Nano)}, 3)
			},
			code: fail.Exited, want: "web stops over and over (3 restarts, exit code 1): Python finds no module named jwt",
			hint: "PyJWT", cause: "module-missing", by: time.Second,
		},
		{
			name: "a crash loop of unknown cause",
			world: func(w *world) {
				w.logs["c1"] = "the flux capacitor is empty\n"
				w.later(time.Second, container.State{Status: container.StateRestarting, ExitCode: 1}, 3)
			},
			code: fail.Exited, want: "web stops over and over (3 restarts, exit code 1)",
			hint: "devup does not know the cause: above is what it printed last", cause: "crash-loop", by: time.Second,
		},
		{
			name: "a crash loop that a database ends",
			world: func(w *world) {
				w.logs["c1"] = "Error: connect ECONNREFUSED db:5432\n"
				w.later(time.Second, container.State{Status: container.StateRestarting, ExitCode: 1}, 4)
				w.later(9*time.Second, container.State{Status: container.StateRunning}, 4)
				w.answer = after(10*time.Second, answer{outcome: answered, status: 200})
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
			name:  "a worker that has ended, and the engine hears of it late",
			probe: func(p *Probe) { p.Kind, p.Port, p.Target = Running, 0, 0 },
			world: func(w *world) {
				w.spent = func(time.Duration) time.Duration { return -1 }
				w.later(4*time.Second, container.State{Status: container.StateExited, ExitCode: 3}, 0)
			},
			code: fail.Exited, want: "web stopped with exit code 3", hint: "it printed nothing that would say why: `devup run web sh`", by: 4 * time.Second,
		},
		{
			name:  "a worker that fails after some work",
			probe: func(p *Probe) { p.Kind, p.Port, p.Target = Running, 0, 0 },
			world: func(w *world) {
				w.spent = func(d time.Duration) time.Duration { return d/20 + time.Millisecond } // with a slow disk
				w.later(1500*time.Millisecond, container.State{Status: container.StateExited, ExitCode: 1}, 0)
			},
			code: fail.Exited, want: "web stopped with exit code 1", hint: "it printed nothing that would say why: `devup run web sh`", by: 1500 * time.Millisecond,
		},
		{
			name: "a lying healthcheck",
			world: func(w *world) {
				w.later(time.Second, container.State{Status: container.StateRunning, Health: &container.Health{Status: container.Unhealthy}}, 0)
				w.answer = after(2*time.Second, answer{outcome: answered, status: 200})
			},
			want: "web warning: answers 200, but its healthcheck fails", by: 3 * time.Second,
		},
		{
			name:  "a healthcheck that others depend on",
			probe: func(p *Probe) { p.MustHealthy = true },
			world: func(w *world) {
				log := []*container.HealthcheckResult{{ExitCode: 1, Output: "no table\n"}}
				w.later(time.Second, container.State{Status: container.StateRunning, Health: &container.Health{Status: container.Unhealthy, Log: log}}, 0)
				w.answer = after(2*time.Second, answer{outcome: answered, status: 200})
			},
			code: fail.Unhealthy, want: "web fails its own healthcheck (no table)", by: 12 * time.Second,
		},
		{
			name:  "a healthcheck that the list lacks",
			probe: func(p *Probe) { p.MustHealthy, p.HealthCheck = true, true },
			world: func(w *world) {
				w.unlisted = true
				w.state["c1"] = container.InspectResponse{State: &container.State{Status: container.StateRunning, Health: &container.Health{Status: container.Unhealthy}}}
				w.answer = after(0, answer{outcome: answered, status: 200})
			},
			code: fail.Unhealthy, want: "web fails its own healthcheck", by: 12 * time.Second,
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
				f, ok := errors.AsType[*fail.Error](err)
				if ok && (!strings.Contains(f.Hint, test.hint) || f.Hint != test.hint && !strings.Contains(f.Hint, "devup logs web") && !strings.Contains(test.hint, "`devup ")) {
					t.Errorf("hint %q lacks %q or the command that shows more", f.Hint, test.hint)
				}
				if ok && f.Reason != test.cause {
					t.Errorf("reason %q, want %q", f.Reason, test.cause)
				}
			})
		})
	}
}

// TestWaitConfirmsWorkers: a container without a port that ends after it was believed to run has
// failed: one of a stack soon after its start, any other while others are waited for.
func TestWaitConfirmsWorkers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, stack string
		ends        time.Duration
		web         bool
		want        string
	}{
		{name: "a worker of a stack", stack: "python", ends: 3 * time.Second, want: "worker stopped with exit code 1"},
		{name: "while another service starts", ends: 8 * time.Second, web: true, want: "worker stopped with exit code 1"},
		{name: "later", stack: "python", ends: time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				w.answer = after(20*time.Second, answer{outcome: answered, status: 200})
				probes := []Probe{{Service: "worker", Container: "c1", Kind: Running, Stack: test.stack}}
				if test.web {
					api := web()
					api.Container = "c2"
					probes = append(probes, api)
				}
				ended := time.AfterFunc(test.ends, func() { w.becomes("c1", container.State{Status: container.StateExited, ExitCode: 1}, 0) })
				defer ended.Stop()
				_, took, err := w.run(t.Context(), Options{}, probes...)
				got := ""
				if err != nil {
					got = err.Error()
				}
				if got != test.want || took > 21*time.Second {
					t.Errorf("after %v: got %q, want %q", took, got, test.want)
				}
			})
		})
	}
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
// second: one subscription, one list.
func TestWaitCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.answer = after(time.Second, answer{outcome: answered, status: 200})
		other := web()
		other.Service, other.Container = "other", "c2"
		if _, _, err := w.run(t.Context(), Options{}, web(), other); err != nil {
			t.Fatal(err)
		}
		slices.Sort(w.calls)
		if got, want := strings.Join(w.calls, ", "), "events, list"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// TestWaitConfirmsAnswers: a service that answered and ended while others were waited for has failed.
func TestWaitConfirmsAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.answer = func(p Probe, elapsed time.Duration) answer {
			if p.Container == "c2" && elapsed < 20*time.Second {
				return answer{outcome: closed}
			}
			return answer{outcome: answered, status: 200}
		}
		api := web()
		api.Service, api.Container = "api", "c2"
		w.later(8*time.Second, container.State{Status: container.StateExited, ExitCode: 0}, 0)
		_, took, err := w.run(t.Context(), Options{}, web(), api)
		if want := "web stopped with exit code 0"; err == nil || err.Error() != want || took > 21*time.Second {
			t.Errorf("after %v: %v, want %q", took, err, want)
		}
	})
}
