package ready

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// A program that starts works; one that has started waits for something to come from
// outside, and uses next to no processor time. So a container without a port to ask is
// believed sooner than after stableTime when it has been at rest for a while.
const (
	usagePause = 150 * time.Millisecond // between two readings
	idleTime   = 200 * time.Millisecond // how long it rests
	minRunTime = 300 * time.Millisecond // how long it runs at least: its first work may be to wait for a disk
	idleShare  = 100                    // at rest it uses less than one hundredth of a processor
)

// cpuUsage is how much processor time a container has used up to a moment.
type cpuUsage struct {
	spent time.Duration
	at    time.Time
	ended bool // there is no process, even if the engine calls the container running
	err   error
}

var errNoCPUTime = errors.New("the engine counts no processor time")

// readUsage reads what a container has used: where this machine's kernel counts it, else from
// the engine, which needs about 5 ms for an answer.
func readUsage(ctx context.Context, e Containers, id string) cpuUsage {
	if spent := counted("/sys/fs/cgroup", id); spent > 0 {
		return cpuUsage{spent: spent, at: time.Now()}
	}
	result, err := e.ContainerStats(ctx, id, client.ContainerStatsOptions{})
	if err != nil {
		return cpuUsage{err: err}
	}
	defer func() { _ = result.Body.Close() }() // only read from
	var stats container.StatsResponse
	if err := json.NewDecoder(result.Body).Decode(&stats); err != nil {
		return cpuUsage{err: err}
	}
	if stats.Read.IsZero() {
		return cpuUsage{ended: true, at: time.Now()}
	}
	spent := time.Duration(stats.CPUStats.CPUUsage.TotalUsage) //nolint:gosec // nanoseconds of one program; 292 years fit
	if spent == 0 {
		return cpuUsage{err: errNoCPUTime}
	}
	return cpuUsage{spent: spent, at: time.Now()}
}

// counted is the processor time in the control group of a container, of version 2 or 1; zero
// where this machine has none of it.
func counted(groups, id string) time.Duration {
	if len(id) != 64 { // a name is part of another
		return 0
	}
	for pattern, unit := range map[string]time.Duration{"*/*%s*/cpu.stat": time.Microsecond, "cpuacct/*/*%s*/cpuacct.usage": time.Nanosecond} {
		found, _ := filepath.Glob(filepath.Join(groups, fmt.Sprintf(pattern, id)))
		for _, file := range found {
			text, _ := os.ReadFile(file) //nolint:gosec,forbidigo // a file of the kernel
			line, _, _ := strings.Cut(strings.TrimPrefix(string(text), "usage_usec "), "\n")
			if n, err := strconv.ParseInt(line, 10, 64); err == nil {
				return time.Duration(n) * unit
			}
		}
	}
	return 0
}

// needsUsage reports whether a reading can add to what is known.
func (e *evidence) needsUsage() bool {
	return e.probe.Kind == Running && e.runsFor.is() && !e.noUsage
}

// recordUsage takes a reading. Where none can be had no more are asked for, and time alone decides.
// A busy engine calls a container running for seconds after its process has
// ended: that time does not count.
func (e *evidence) recordUsage(r cpuUsage) {
	switch {
	case r.err != nil, r.ended && r.at.Sub(e.began) > transientTime:
		e.noUsage, e.idleFor = true, since{}
		return
	case r.ended:
		e.runsFor, e.lastUsage, e.idleFor = since(r.at), cpuUsage{}, since{}
		return
	}
	before := e.lastUsage
	e.lastUsage = r
	if before.at.IsZero() {
		return
	}
	idle := r.spent >= before.spent && r.spent-before.spent < r.at.Sub(before.at)/idleShare
	e.idleFor.mark(idle, before.at)
}

// stable reports whether a container without a port to ask runs, as far as can be known. The
// worker of a stack loads its code and looks for its queue before it fails.
func (e *evidence) stable(now time.Time) bool {
	if e.probe.Stack != "" {
		return e.runsFor.lasted(workerTime, now)
	}
	return e.runsFor.lasted(stableTime, now) ||
		e.runsFor.lasted(minRunTime, now) && e.idleFor.lasted(idleTime, now)
}
