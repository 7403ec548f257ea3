package ready

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
)

// state is a container's state. The zero state is that of a container that was not inspected.
type state struct {
	known       bool
	listed      bool // all that is known is that it runs, and has no healthcheck
	gone        bool // it was removed
	status      container.ContainerState
	exit        int
	oom         bool
	engineError string // why the engine could not run it, in the engine's words
	restarts    int
	health      container.HealthStatus
	check       string // last line that a failed healthcheck printed
	started     time.Time
	tty         bool
	memory      int64 // limit in bytes; 0 for none
	binds       []bind
	confined    bool // by SELinux
}

func stateOf(c container.InspectResponse) state {
	s := state{
		known: true, status: c.State.Status, exit: c.State.ExitCode, oom: c.State.OOMKilled,
		engineError: c.State.Error, restarts: c.RestartCount, binds: bindsOf(c), confined: c.ProcessLabel != "",
	}
	s.started, _ = time.Parse(time.RFC3339Nano, c.State.StartedAt) // the zero time where it never started
	if c.State.Health != nil {
		s.health = c.State.Health.Status
		s.check = lastCheck(c.State.Health.Log)
	}
	if c.Config != nil {
		s.tty = c.Config.Tty
	}
	if c.HostConfig != nil {
		s.memory = c.HostConfig.Memory
	}
	return s
}

// begins reports whether a list of containers says all that is to be known of one: it has run for
// seconds, and has no healthcheck.
func begins(c container.Summary) bool {
	return c.State == container.StateRunning && strings.Contains(c.Status, "second") && (c.Health == nil || c.Health.Status == container.NoHealthcheck) && !strings.Contains(c.Status, "health")
}

// lastCheck is the last line that the last failed healthcheck printed.
func lastCheck(log []*container.HealthcheckResult) string {
	for _, l := range slices.Backward(log) {
		if l != nil && l.ExitCode != 0 {
			lines := strings.Split(strings.TrimSpace(l.Output), "\n")
			return strings.TrimSpace(lines[len(lines)-1])
		}
	}
	return ""
}

// ended reports whether the container's process is over and nothing starts it again.
func (s state) ended() bool {
	return s.gone || s.status == container.StateExited || s.status == "stopped" /* Podman */ || s.status == container.StateDead || s.status == container.StateRemoving
}

// manyRestarts is from how many restarts on a container is in a crash loop.
const manyRestarts = 3

// looping reports whether the engine restarts the container over and over.
func (s state) looping() bool {
	return s.status == container.StateRestarting && s.restarts >= manyRestarts
}

// explained reports whether the state alone says why the container has ended, no matter what
// its log says.
func (s state) explained() bool { return s.oom || s.gone || s.engineError != "" }

// signals are those that end programs in containers, by number.
var signals = map[int]string{
	1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
	11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM",
}

// terminated reports whether the container ended as one does that is stopped from outside.
func (s state) terminated() bool { return s.ended() && !s.gone && s.exit == fromSignal+15 }

// fromSignal is what a shell and the engine add to the number of a signal that ended a program.
const fromSignal = 128

// describeEnd says how the container ended: "stopped with exit code 1".
func (s state) describeEnd() string {
	signal, killed := signals[s.exit-fromSignal]
	switch {
	case s.gone:
		return "was removed by another program or user"
	case s.oom && s.memory > 0:
		return fmt.Sprintf("was killed because it needed more memory than its limit of %s", size(s.memory))
	case s.oom:
		return "was killed because the machine ran out of memory"
	case signal == "SIGKILL":
		return fmt.Sprintf("was ended by SIGKILL (exit code %d): it was killed, or the machine ran out of memory", s.exit)
	case killed:
		return fmt.Sprintf("was ended by %s (exit code %d)", signal, s.exit)
	case s.looping():
		return fmt.Sprintf("stops over and over (%d restarts, exit code %d)", s.restarts, s.exit)
	default:
		return fmt.Sprintf("stopped with exit code %d", s.exit)
	}
}

// size is a number of bytes for display.
func size(bytes int64) string {
	const mebi, gibi = 1 << 20, 1 << 30
	if bytes >= gibi && bytes%gibi == 0 {
		return fmt.Sprintf("%d GiB", bytes/gibi)
	}
	return fmt.Sprintf("%d MiB", bytes/mebi)
}
