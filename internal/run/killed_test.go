package run

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
)

func TestExplainKilled(t *testing.T) {
	t.Parallel()
	const (
		own    = "has no handler for the signal, ignores it, or takes longer to end; set `init: true` in the service, or a longer `stop_grace_period` if it needs the time"
		shell  = "its first process is a shell, which does not pass the signal on; set `init: true` in the service, or put `exec` before the last command of the shell"
		longer = "its program ignores the signal, or takes longer to end; set a longer `stop_grace_period`, or a `stop_signal` that it ends on"
		script = ", and a shell does not pass the signal on; begin the script's last command with `exec`, or set `init: true` in the service"
	)
	yes := true
	for _, test := range []struct {
		name    string
		command string
		init    *bool
		signal  string
		want    string
	}{
		{"a program", "python3 -m flask run", nil, "", "its first process, python3, " + own},
		{"a program of an official image", "docker-entrypoint.sh node server.js", nil, "", "its first process, node, " + own},
		{"a command in shell form", "/bin/sh -c secret=1&&run", nil, "", shell},
		{"a script", "/app/start.sh", nil, "", "its first process is the script start.sh" + script},
		{"a script of a shell", "bash /app/start", nil, "", "its first process is the script start" + script},
		{"with an init", "/bin/sh -c run", &yes, "", longer},
		{"with an init of its own", "/usr/bin/tini -- python3", nil, "", longer},
		{"another signal", "python3", nil, "SIGINT", "its first process, python3, " + own},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			words := strings.Fields(test.command)
			c := container.InspectResponse{
				Path: words[0], Args: words[1:], HostConfig: &container.HostConfig{Init: test.init},
				Config: &container.Config{StopSignal: test.signal},
			}
			signal := "SIGTERM"
			if test.signal != "" {
				signal = test.signal
			}
			want := "did not stop on " + signal + " and was killed after 10s: " + test.want
			if got := explainKilled(c, defaultGrace); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// slowStop is an engine whose containers take a while to stop or to restart.
type slowStop struct {
	Processes // calls that no test expects panic
	Containers
	takes time.Duration
	says  container.InspectResponse
	asked int
}

func (s *slowStop) ContainerStop(context.Context, string, client.ContainerStopOptions) (client.ContainerStopResult, error) {
	<-time.After(s.takes)
	return client.ContainerStopResult{}, nil
}

func (s *slowStop) ContainerRestart(context.Context, string, client.ContainerRestartOptions) (client.ContainerRestartResult, error) {
	<-time.After(s.takes)
	return client.ContainerRestartResult{}, nil
}

func (s *slowStop) ContainerInspect(context.Context, string, client.ContainerInspectOptions) (client.ContainerInspectResult, error) {
	s.asked++
	return client.ContainerInspectResult{Container: s.says}, nil
}

// TestWarnKilled: what had to be killed is named once for each service, and the engine is
// asked only about what took all of its time.
func TestWarnKilled(t *testing.T) {
	t.Parallel()
	ended := func(code int) container.State { return container.State{ExitCode: code} }
	again := func(start time.Duration) container.State {
		at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		return container.State{Running: true, FinishedAt: at.Format(time.RFC3339Nano), StartedAt: at.Add(start).Format(time.RFC3339Nano)}
	}
	second, none, two := time.Second, time.Duration(0), 2
	for _, test := range []struct {
		name   string
		action plan.Action
		takes  time.Duration
		state  container.State
		asked  *time.Duration // --timeout
		own    *int           // of the container, in seconds
		notes  int
		looks  int
	}{
		{"stops in time", plan.Stop, 9 * time.Second, ended(0), nil, nil, 0, 0},
		{"is killed", plan.Stop, defaultGrace, ended(137), nil, nil, 1, 2},
		{"just makes it", plan.Stop, defaultGrace, ended(0), nil, nil, 0, 2},
		{"is killed after the time that was asked for", plan.Stop, second, ended(137), &second, nil, 1, 2},
		{"is to be killed at once", plan.Stop, second, ended(137), &none, nil, 0, 0},
		{"has less time than the files say", plan.Stop, defaultGrace, ended(137), nil, &two, 1, 2},
		{"restarts in time", plan.RestartOnly, 9 * time.Second, again(0), nil, nil, 0, 0},
		{"restarts slowly", plan.RestartOnly, 11 * time.Second, again(2 * time.Second), nil, nil, 0, 2},
		{"is killed to restart", plan.RestartOnly, 12 * time.Second, again(2 * time.Second), nil, nil, 1, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				engine := &slowStop{takes: test.takes, says: container.InspectResponse{
					Path: "python3", State: &test.state, Config: &container.Config{StopTimeout: test.own}, HostConfig: &container.HostConfig{},
				}}
				var notes []string
				todo := &plan.Plan{}
				for i, id := range []string{"one", "two"} { // two containers of one service
					op := plan.Op{Action: test.action, Name: id, Service: "web", Old: plan.Container{ID: id, Service: "web", State: "running"}}
					if i > 0 {
						op.After = []int{i - 1}
					}
					todo.Ops = append(todo.Ops, op)
				}
				_, err := Apply(t.Context(), Engine{Processes: engine, Containers: engine}, nil, todo, Options{StopTimeout: test.asked, Sink: func(e event.Event) {
					if e.Kind == event.Note {
						notes = append(notes, e.Name+" "+e.Text)
					}
				}})
				if err != nil || len(notes) != test.notes || engine.asked != test.looks {
					t.Errorf("got %q after %d looks, %v; want %d notes and %d looks", notes, engine.asked, err, test.notes, test.looks)
				}
			})
		})
	}
}

// TestUnheardStop: what never gets its stop signal is not waited for, with a warning for each
// service; what gets it keeps its time, and so does what has none.
func TestUnheardStop(t *testing.T) {
	t.Parallel()
	none := time.Duration(0)
	for _, test := range []struct {
		name     string
		unheard  bool
		action   plan.Action
		state    string
		asked    *time.Duration
		requests string
		events   string
	}{
		{"a stop", true, plan.Stop, "running", nil, "stop within 0s shop-web-1", "web warning never gets SIGTERM and was killed at once: its first process, sleep, has no handler for it; set `init: true` in the service for a clean stop; shop-web-1 done stopped"},
		{"a restart", true, plan.RestartOnly, "running", nil, "restart within 0s shop-web-1", "web warning never gets SIGTERM and was killed at once: its first process, sleep, has no handler for it; set `init: true` in the service for a clean stop; shop-web-1 done restarted"},
		{"a removal", true, plan.Remove, "running", nil, "stop within 0s shop-web-1; remove shop-web-1", "web warning never gets SIGTERM and was killed at once: its first process, sleep, has no handler for it; set `init: true` in the service for a clean stop; shop-web-1 done removed"},
		{"it hears", false, plan.Stop, "running", nil, "stop shop-web-1", "shop-web-1 done stopped"},
		{"paused", true, plan.Stop, "paused", nil, "stop shop-web-1", "shop-web-1 done stopped"},
		{"at once anyway", true, plan.Stop, "running", &none, "stop within 0s shop-web-1", "shop-web-1 done stopped"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			known, onMachine := old(test.state)
			onMachine.Options.Config.Cmd = []string{"sleep", "1000"}
			m := fakeengine.New()
			m.Add(onMachine)
			e := on(m)
			e.Unheard = func(context.Context, container.InspectResponse) bool { return test.unheard }
			var events []string
			_, err := Apply(t.Context(), e, nil, &plan.Plan{Ops: []plan.Op{{Action: test.action, Name: known.Name, Service: "web", Number: 1, Old: known}}}, Options{
				StopTimeout: test.asked, Sink: func(e event.Event) {
					if e.State != event.Working {
						events = append(events, strings.TrimSpace(e.Name+" "+string(e.State)+" "+e.Text))
					}
				},
			})
			if got := strings.Join(m.Requests(), "; "); err != nil || got != test.requests || strings.Join(events, "; ") != test.events {
				t.Errorf("%v\n%q\n%q", err, got, events)
			}
		})
	}
}
