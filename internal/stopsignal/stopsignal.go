// Package stopsignal tells whether the first process of a container can hear the signal that
// stops it. The kernel drops a signal to the first process of a PID namespace that has no handler for
// it: no grace period changes that, and who stops the container need not wait for it.
//
// It reads the process's signal masks from /proc of this machine, where the engine's processes
// are in it, and else by a command in the container. It stops nothing.
package stopsignal

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/containerexec"
)

// Proc is /proc of this machine; nil where it has none.
func Proc() fs.FS {
	if runtime.GOOS != "linux" {
		return nil
	}
	return os.DirFS("/proc")
}

// timeout is how long a command in a container may take to read the masks.
const timeout = 2 * time.Second

// Unheard reports whether a container, as the engine describes it, has a first process of its own
// that the stop signal does not reach. It has to be asked before the signal is sent: a process
// that shuts down may have taken its handler back. Where it cannot be told the answer is false.
// So it is for a process that ignores the signal on purpose, and for a shell that began a moment
// ago. proc is /proc of this machine, nil for
// none.
func Unheard(ctx context.Context, e containerexec.Engine, proc fs.FS, c container.InspectResponse) bool {
	if c.State == nil || !c.State.Running || c.State.Paused || c.HostConfig == nil || c.HostConfig.PidMode != "" {
		return false
	}
	name := ""
	if c.Config != nil {
		name = c.Config.StopSignal
	}
	signal := number(name)
	if signal == 0 {
		return false
	}
	status, ok := onMachine(proc, c)
	if !ok {
		if status, ok = inContainer(ctx, e, c.ID); !ok {
			return false
		}
	}
	return !handled(status, signal) && !prepares(status, c.State.StartedAt)
}

// settled is how long after its start a shell may still be about to give way to a program.
const settled = time.Minute

// prepares reports whether the first process is a shell that may be preparing what its program
// needs, such as the files of a new database: within its grace period it may get done, and it
// must not be cut off before.
func prepares(status, startedAt string) bool {
	name := ""
	for line := range strings.Lines(status) {
		if value, ok := strings.CutPrefix(line, "Name:"); ok {
			name = strings.TrimSpace(value)
			break
		}
	}
	started, err := time.Parse(time.RFC3339Nano, startedAt)
	script := strings.HasSuffix(name, ".sh") || strings.Contains(name, "entrypoi")
	return err == nil && time.Since(started) < settled && (script || slices.Contains([]string{"sh", "bash", "ash", "dash", "zsh", "busybox"}, name))
}

// numbers are the signals by which containers are stopped, as Linux numbers them on the usual
// machines. One that is missing counts as heard.
var numbers = map[string]int{
	"": 15, "TERM": 15, "INT": 2, "QUIT": 3, "HUP": 1, "USR1": 10, "USR2": 12, "WINCH": 28,
	"RTMIN+3": 37, "ABRT": 6, "ALRM": 14, "PWR": 30,
}

// number is the number of a signal's name; 0 where it is not known.
func number(name string) int {
	if n, err := strconv.Atoi(name); err == nil && n > 0 && n < 64 {
		return n
	}
	return numbers[strings.TrimPrefix(strings.ToUpper(name), "SIG")]
}

// onMachine reads the status of the container's first process here, and makes sure that it is that
// process: an engine on another machine, or in another PID namespace, has other numbers.
func onMachine(proc fs.FS, c container.InspectResponse) (status string, ok bool) {
	if proc == nil || c.State.Pid <= 1 || c.ID == "" {
		return "", false
	}
	dir := strconv.Itoa(c.State.Pid)
	group, err := fs.ReadFile(proc, dir+"/cgroup")
	if err != nil || !bytes.Contains(group, []byte(c.ID)) {
		return "", false
	}
	text, err := fs.ReadFile(proc, dir+"/status")
	return string(text), err == nil
}

// inContainer reads the status of the first process in the container itself.
func inContainer(ctx context.Context, e containerexec.Engine, id string) (status string, ok bool) {
	if e == nil {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, errs := &bounded{}, &bounded{}
	code, err := containerexec.Run(ctx, e, id, containerexec.Command{Words: []string{"cat", "/proc/1/status"}}, out, errs)
	return out.String(), err == nil && code == 0
}

// handled reports whether a process catches the signal, waits for it (then it is blocked) or
// ignores it on purpose, by its status in /proc. What the status does not say counts as handled.
func handled(status string, signal int) bool {
	masks := 0
	for line := range strings.Lines(status) {
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "SigCgt", "SigBlk", "SigIgn":
		default:
			continue
		}
		mask, err := strconv.ParseUint(strings.TrimSpace(value), 16, 64)
		if err != nil || mask&(1<<(signal-1)) != 0 {
			return true
		}
		masks++
	}
	return masks < 3
}

// bounded keeps the beginning of what is written to it: a status is short.
type bounded struct{ strings.Builder }

// Write never fails.
func (b *bounded) Write(p []byte) (int, error) {
	const enough = 16 << 10
	if rest := enough - b.Len(); rest > 0 {
		b.Builder.Write(p[:min(rest, len(p))])
	}
	return len(p), nil
}
