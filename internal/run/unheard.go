package run

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/containerexec"
	"github.com/devup-cli/devup/internal/plan"
)

// stopTimeoutOf is how long the engine waits before it kills a container: not at all where
// the container cannot receive the signal that stops it, since waiting would change nothing.
// nil keeps the container's own time. Ask before the signal is sent: a process may give its
// handler up when it has handled the signal.
func (a *applier) stopTimeoutOf(ctx context.Context, c plan.Container) (timeout *int, unheard string) {
	if a.options.StopTimeout != nil && *a.options.StopTimeout == 0 {
		return a.stopTimeout(), ""
	}
	found, err := a.engine.Containers.ContainerInspect(ctx, c.ID, client.ContainerInspectOptions{})
	if err != nil || found.Container.State == nil || !found.Container.State.Running || found.Container.State.Paused {
		return a.stopTimeout(), ""
	}
	signal := stopSignalOf(found.Container)
	if !ownsFirstProcess(found.Container) || !a.firstProcessOf(ctx, found.Container).misses(signal) {
		return a.stopTimeout(), ""
	}
	return new(int), explainUnheard(found.Container)
}

// stopSignalOf is the name of the signal that stops a container.
func stopSignalOf(c container.InspectResponse) string {
	if c.Config != nil && c.Config.StopSignal != "" {
		return c.Config.StopSignal
	}
	return "SIGTERM"
}

// ownsFirstProcess says that the container's program is the first process of a process
// namespace. Only such a process is spared by a signal that it does not handle. One that is
// not healthy yet may be filling its volumes, and keeps the time to end that.
func ownsFirstProcess(c container.InspectResponse) bool {
	if c.State.Health != nil && c.State.Health.Status == container.Starting {
		return false
	}
	h := c.HostConfig
	return h != nil && (h.PidMode == "" || h.PidMode == "private") && (h.Init == nil || !*h.Init)
}

// enoughToRead is how long a container has to print two small files.
const enoughToRead = 2 * time.Second

// firstProcessOf reads what the kernel knows of a container's first process: in /proc of
// this machine where the engine's processes are there, else inside the container. The zero
// value where neither can be read.
func (a *applier) firstProcessOf(ctx context.Context, c container.InspectResponse) kernelProcess {
	if c.State.Pid <= 0 {
		return kernelProcess{}
	}
	if p, ok := localProcess("/proc", c.State.Pid, c.ID); ok {
		return p
	}
	ctx, cancel := context.WithTimeout(ctx, enoughToRead)
	defer cancel()
	const most = 4 << 20 // a command line may have 2 MiB
	status, err := containerexec.Text(ctx, a.engine.Exec, c.ID, []string{"cat", "/proc/1/status", "/proc/1/cmdline"}, most)
	if err != nil {
		return kernelProcess{}
	}
	var words []byte
	if last := bytes.LastIndex(status, []byte("_ctxt_switches:")); last >= 0 { // the last line of the status
		if end := bytes.IndexByte(status[last:], '\n'); end >= 0 {
			status, words = status[:last], status[last+end+1:]
		}
	}
	return parseProcess(status, words)
}

// localProcess reads a process in the /proc of this machine. A process of the same number
// that belongs to something else, as with an engine elsewhere, is not in the control group
// of the container.
func localProcess(proc string, pid int, id string) (kernelProcess, bool) {
	read := func(name string) []byte {
		text, _ := os.ReadFile(filepath.Join(proc, strconv.Itoa(pid), name)) //nolint:gosec,forbidigo // a file of the kernel
		return text
	}
	if !bytes.Contains(read("cgroup"), []byte(id)) {
		return kernelProcess{}, false
	}
	return parseProcess(read("status"), read("cmdline")), true
}

// kernelProcess is what the kernel says of a process.
type kernelProcess struct {
	known   bool
	heard   uint64   // the signals that it handles, holds back to take them itself, or ignores on purpose
	command []string // its command line as it is now
}

// parseProcess reads /proc/PID/status and /proc/PID/cmdline (man 5 proc).
func parseProcess(status, cmdline []byte) kernelProcess {
	var p kernelProcess
	masks := 0
	for line := range bytes.Lines(status) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		if !slices.Contains([]string{"SigBlk", "SigCgt", "SigIgn"}, string(name)) {
			continue
		}
		if mask, err := strconv.ParseUint(string(bytes.TrimSpace(value)), 16, 64); err == nil {
			p.heard |= mask
			masks++
		}
	}
	p.known = masks == 3
	p.command = strings.Split(strings.TrimRight(string(cmdline), "\x00"), "\x00")
	return p
}

// misses says that the process never gets the signal. An entrypoint that will replace itself
// by its arguments is still preparing, and counts as one that hears.
func (p kernelProcess) misses(signal string) bool {
	number, ok := stopSignals[strings.TrimPrefix(strings.ToUpper(signal), "SIG")]
	return ok && p.known && p.heard&(1<<(number-1)) == 0 && !prepares(p.command)
}

// prepares says that a command is a shell that runs a script with arguments, as the
// entrypoints of official images do.
func prepares(command []string) bool {
	return len(command) > 2 && slices.Contains(shells, path.Base(command[0])) && !strings.HasPrefix(command[1], "-")
}

// stopSignals are the signals that images stop on, by name and number (man 7 signal).
// SIGKILL is none of them: every process gets it.
var stopSignals = map[string]int{
	"HUP": 1, "INT": 2, "QUIT": 3, "USR1": 10, "USR2": 12, "TERM": 15, "WINCH": 28,
	"1": 1, "2": 2, "3": 3, "10": 10, "12": 12, "15": 15, "28": 28,
}

// explainUnheard says why a container was killed at once, and how it would stop by itself.
func explainUnheard(c container.InspectResponse) string {
	reason, fix := "", "set `init: true` in the service"
	switch program, kind := firstProcess(slices.Concat([]string{c.Path}, c.Args)); kind {
	case shellCommand:
		reason = "its first process is a shell, which does not pass the signal on"
		fix += ", or put `exec` before the last command of the shell"
	case shellScript:
		reason = "its first process is the script " + program + ", and a shell does not pass the signal on"
		fix += ", or begin the script's last command with `exec`"
	default:
		reason = "its first process, " + program + ", has no handler for it"
	}
	return fmt.Sprintf("does not hear %s and was killed at once: %s; for a clean stop, %s", stopSignalOf(c), reason, fix)
}
