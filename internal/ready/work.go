package ready

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// A program that starts works; one that has started waits for something to come from
// outside, and uses next to no processor time. So a container that nobody can ask is
// believed sooner than after settleTime when it has been at rest for a while.
const (
	restTime  = 200 * time.Millisecond // how long it rests: the pause between two readings
	youngTime = 300 * time.Millisecond // how long it runs at least: its first work may be to wait for a disk
	restShare = 100                    // at rest it uses less than one hundredth of a processor
)

// reading is how much processor time a container has used up to a moment.
type reading struct {
	spent time.Duration
	at    time.Time
	ended bool // there is no process, whatever the engine says of the container
	err   error
}

var errNoAccount = errors.New("the engine counts no processor time")

// work reads what a container has used. One answer takes an engine about 5 ms.
func work(ctx context.Context, e Engine, id string) reading {
	result, err := e.ContainerStats(ctx, id, client.ContainerStatsOptions{})
	if err != nil {
		return reading{err: err}
	}
	defer func() { _ = result.Body.Close() }() // only read from
	var stats container.StatsResponse
	if err := json.NewDecoder(result.Body).Decode(&stats); err != nil {
		return reading{err: err}
	}
	if stats.Read.IsZero() {
		return reading{ended: true, at: time.Now()}
	}
	spent := time.Duration(stats.CPUStats.CPUUsage.TotalUsage) //nolint:gosec // nanoseconds of one program; 292 years fit
	if spent == 0 {
		return reading{err: errNoAccount}
	}
	return reading{spent: spent, at: time.Now()}
}

// wantsWork says that a reading can add to what is known.
func (e *evidence) wantsWork() bool {
	return e.probe.Kind == Running && e.runsFor.is() && !e.uncounted
}

// works takes a reading. Where none can be had no more are asked for, and time alone
// tells. A busy engine calls a container running for seconds after its process has
// ended: that time does not count.
func (e *evidence) works(r reading) {
	switch {
	case r.err != nil, r.ended && r.at.Sub(e.began) > patientTime:
		e.uncounted, e.restsFor = true, since{}
		return
	case r.ended:
		e.runsFor, e.worked, e.restsFor = since(r.at), reading{}, since{}
		return
	}
	before := e.worked
	e.worked = r
	if before.at.IsZero() {
		return
	}
	rests := r.spent >= before.spent && r.spent-before.spent < r.at.Sub(before.at)/restShare
	e.restsFor.mark(rests, before.at)
}

// settled says that a container which nobody can ask runs, as far as can be told.
func (e *evidence) settled(now time.Time) bool {
	return e.runsFor.lasted(settleTime, now) ||
		e.runsFor.lasted(youngTime, now) && e.restsFor.lasted(restTime, now)
}
