package run

import (
	"context"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
)

// defaultGrace is how long an engine waits for a container to stop by default.
const defaultGrace = 10 * time.Second

// warnKilled warns, once a service, that a container was killed: at once for the reason
// unheard, or because it did not stop within its grace period, with the likely reason and a
// fix. The engine is asked only where the stop took that long; took does not count hooks.
func (a *applier) warnKilled(ctx context.Context, c plan.Container, unheard string, took time.Duration) {
	text := unheard
	if text == "" {
		text = a.explainStop(ctx, c, took)
	}
	if text == "" {
		return
	}
	if _, told := a.warned.LoadOrStore(c.Service, true); told {
		return
	}
	a.options.Sink(event.Event{Kind: event.Note, ID: "stop " + c.Service, Name: c.Service, State: event.Warning, Text: text})
}

// explainStop says why a container was killed after its grace period; empty where it was not.
func (a *applier) explainStop(ctx context.Context, c plan.Container, took time.Duration) string {
	if grace := a.gracePeriod(c.Service); grace <= 0 || took < grace {
		return ""
	}
	found, err := a.engine.Containers.ContainerInspect(ctx, c.ID, client.ContainerInspectOptions{})
	if err != nil || !killed(found.Container, took, a.options.StopTimeout) {
		return ""
	}
	return explainKilled(found.Container, gracePeriodOf(found.Container, a.options.StopTimeout))
}

// gracePeriod is how long a container of the service has to stop, as far as the files tell.
func (a *applier) gracePeriod(service string) time.Duration {
	switch own := a.service(service).StopGracePeriod; {
	case a.options.StopTimeout != nil:
		return *a.options.StopTimeout
	case own != nil:
		return wholeSeconds(time.Duration(*own))
	default:
		return defaultGrace
	}
}

// wholeSeconds rounds up, as the engine counts no less.
func wholeSeconds(d time.Duration) time.Duration {
	return time.Duration(math.Ceil(d.Seconds())) * time.Second
}

// gracePeriodOf is how long a container has to stop; asked replaces its own time.
func gracePeriodOf(c container.InspectResponse, asked *time.Duration) time.Duration {
	switch {
	case asked != nil:
		return wholeSeconds(*asked)
	case c.Config != nil && c.Config.StopTimeout != nil:
		return time.Duration(*c.Config.StopTimeout) * time.Second
	default:
		return defaultGrace
	}
}

// killed says that the engine had to kill a container, which took so long to stop, or to
// restart: then it runs again, and its exit code is gone. How long the new start took
// comes from the engine's clock alone, which need not be ours.
func killed(c container.InspectResponse, took time.Duration, asked *time.Duration) bool {
	const bySIGKILL = 137
	if c.State == nil || c.State.OOMKilled || gracePeriodOf(c, asked) < 0 { // negative: it is waited for without end
		return false
	}
	if c.State.Running {
		ended, _ := time.Parse(time.RFC3339Nano, c.State.FinishedAt) // the zero time where it never did
		started, _ := time.Parse(time.RFC3339Nano, c.State.StartedAt)
		return !ended.IsZero() && took-started.Sub(ended) >= gracePeriodOf(c, asked)
	}
	return c.State.ExitCode == bySIGKILL && took >= gracePeriodOf(c, asked)
}

// explainKilled says why a container was killed after its grace period, and how to fix it.
// It leaves out the command's arguments: one may be a password.
func explainKilled(c container.InspectResponse, grace time.Duration) string {
	program, kind := firstProcess(slices.Concat([]string{c.Path}, c.Args))
	if c.HostConfig != nil && c.HostConfig.Init != nil && *c.HostConfig.Init {
		kind = initProcess
	}
	reason, fix := "", ""
	switch kind {
	case initProcess:
		reason = "its program ignores the signal, or takes longer to end"
		fix = "set a longer `stop_grace_period`, or a `stop_signal` that it ends on"
	case shellCommand:
		reason = "its first process is a shell, which does not pass the signal on"
		fix = "set `init: true` in the service, or put `exec` before the last command of the shell"
	case shellScript:
		reason = "its first process is the script " + program + ", and a shell does not pass the signal on"
		fix = "begin the script's last command with `exec`, or set `init: true` in the service"
	default:
		reason = "its first process, " + program + ", has no handler for the signal, ignores it, or takes longer to end"
		fix = "set `init: true` in the service, or a longer `stop_grace_period` if it needs the time"
	}
	return fmt.Sprintf("did not stop on %s and was killed after %s: %s; %s", stopSignalOf(c), grace, reason, fix)
}

// processKind says what passes signals on to the program of a container, or does not.
type processKind int

const (
	ownProcess   processKind = iota // the program is the first process
	initProcess                     // an init, which passes signals on
	shellCommand                    // sh -c "…"
	shellScript                     // a script
)

// shells are the programs that run a shell command or a script.
var shells = []string{"sh", "bash", "ash", "dash", "zsh"}

// firstProcess tells from a command what its first process is.
func firstProcess(command []string) (name string, kind processKind) {
	for i, word := range command {
		name = path.Base(word)
		rest := command[i+1:]
		switch {
		case name == "docker-entrypoint.sh" && len(rest) > 0: // of official images: they end in exec "$@"
			continue
		case slices.Contains([]string{"tini", "tini-static", "dumb-init", "docker-init", "catatonit", "init", "s6-svscan"}, name):
			return name, initProcess
		case slices.Contains(shells, name) && len(rest) > 0:
			if strings.HasPrefix(rest[0], "-") {
				return name, shellCommand
			}
			return path.Base(rest[0]), shellScript
		case strings.HasSuffix(name, ".sh"):
			return name, shellScript
		}
		return name, ownProcess
	}
	return name, ownProcess
}
