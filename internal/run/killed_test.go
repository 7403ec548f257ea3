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
// asked again only about what took all of its time.
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
		looks  int // one before each stop, and one after each that took long
	}{
		{"stops in time", plan.Stop, 9 * time.Second, ended(0), nil, nil, 0, 2},
		{"is killed", plan.Stop, defaultGrace, ended(137), nil, nil, 1, 4},
		{"just makes it", plan.Stop, defaultGrace, ended(0), nil, nil, 0, 4},
		{"is killed after the time that was asked for", plan.Stop, second, ended(137), &second, nil, 1, 4},
		{"is to be killed at once", plan.Stop, second, ended(137), &none, nil, 0, 0},
		{"has less time than the files say", plan.Stop, defaultGrace, ended(137), nil, &two, 1, 4},
		{"restarts in time", plan.RestartOnly, 9 * time.Second, again(0), nil, nil, 0, 2},
		{"restarts slowly", plan.RestartOnly, 11 * time.Second, again(2 * time.Second), nil, nil, 0, 4},
		{"is killed to restart", plan.RestartOnly, 12 * time.Second, again(2 * time.Second), nil, nil, 1, 4},
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
				_, err := Engine{Processes: engine, Containers: engine}.Apply(t.Context(), nil, todo, Options{StopTimeout: test.asked, Sink: func(e event.Event) {
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
