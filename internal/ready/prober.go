package ready

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

// Times of one service's waiting.
const (
	firstTimeout     = time.Second      // for the first answer, before the container's state is known
	maxTimeout       = 30 * time.Second // a dev server holds a request until it has compiled
	firstPause       = 50 * time.Millisecond
	lastPause        = 500 * time.Millisecond
	serverErrorPause = 2 * time.Second         // each error may be a traceback in the program's log
	firstInspection  = 1500 * time.Millisecond // most programs listen by then
	inspectPause     = 2500 * time.Millisecond
	lateInspectPause = 10 * time.Second // pause once a program has proved to be slow
)

// prober waits for one service. It asks; evidence evaluates.
type prober struct {
	*waiter
	probe    Probe
	evidence evidence
	view     *view
	reported string // the progress that was reported last
}

// await waits for one service. It returns nil when the service is ready, and also
// when the wait was cancelled; then ctx says why.
func (pr *prober) await(ctx context.Context) *fail.Error {
	p := pr.probe
	pr.report()
	if p.WasReady && (p.Kind == Running || p.Kind == Health || p.Kind == Completed) {
		pr.emit(p, event.Done, "running")
		return nil
	}
	if pr.hasPort() {
		pr.evidence.recordAnswer(pr.probeOnce(ctx, p, firstTimeout), time.Now())
		if r := pr.evidence.evaluate(time.Now()); r.ready {
			return pr.conclude(ctx, r)
		}
	}
	pr.view = pr.watch.follow(ctx, p.Container)
	pr.evidence.recordState(pr.view.now(), time.Now())
	return pr.loop(ctx)
}

// confirm says whether a service that was ready has ended while others were waited for, as far as
// the events say.
func (pr *prober) confirm(ctx context.Context) *fail.Error {
	now := pr.watch.views[pr.probe.Container].now()
	if pr.probe.Kind == Completed || !now.ended() && (pr.view == nil || pr.hasPort()) {
		return nil
	}
	pr.evidence.recordState(now, time.Now())
	if r := pr.evidence.evaluateState(time.Now()); r.code != "" {
		return pr.conclude(ctx, r)
	}
	return nil
}

// hasPort reports whether the service has a published port to ask.
func (pr *prober) hasPort() bool { return pr.probe.Kind == HTTP || pr.probe.Kind == TCP }

// loop asks, and takes what comes, until the evidence suffices or the time is up.
func (pr *prober) loop(ctx context.Context) *fail.Error {
	inner, cancel := context.WithCancel(ctx)
	q := pr.newQuestions()
	defer q.busy.Wait()
	defer cancel()
	deadline := time.NewTimer(pr.timeout - time.Since(pr.began))
	tick := time.NewTicker(lastPause) // results that depend on time alone
	defer tick.Stop()
	defer stopAll(deadline, q.probeTimer, q.inspectTimer, q.usageTimer)
	for {
		if r := pr.evidence.evaluate(time.Now()); r.ready || r.code != "" {
			if done, failure := pr.act(ctx, r); done {
				return failure
			}
		}
		pr.report()
		select {
		case <-ctx.Done():
			pr.reportCancelled(ctx)
			return nil
		case <-deadline.C:
			return pr.conclude(ctx, pr.evidence.timedOut(pr.timeout))
		case <-pr.view.changed:
			pr.evidence.recordState(pr.view.now(), time.Now())
		case <-tick.C:
		case <-q.probeTimer.C:
			q.ask(inner)
		case got := <-q.answers:
			q.takeAnswer(inner, got)
		case <-q.inspectTimer.C:
			if pr.evidence.needsInspection() && !q.inspecting {
				q.inspect(inner)
			} else {
				q.inspectTimer.Reset(inspectPause)
			}
		case result := <-q.inspections:
			q.takeInspection(result)
		case <-q.usageTimer.C:
			q.requestUsage(inner)
		case read := <-q.usages:
			pr.evidence.recordUsage(read)
			q.usageTimer.Reset(usagePause)
		}
	}
}

// questions are what a prober asks in the background: when the next one is due, and where the
// answers arrive.
type questions struct {
	*prober
	busy        sync.WaitGroup
	answers     chan answer
	inspections chan inspection
	usages      chan cpuUsage

	probeTimer, inspectTimer, usageTimer *time.Timer
	pause, timeout                       time.Duration // until the next probe, and for its answer
	inspecting                           bool
}

func (pr *prober) newQuestions() *questions {
	q := &questions{
		prober: pr, answers: make(chan answer, 1), inspections: make(chan inspection, 1), usages: make(chan cpuUsage, 1),
		probeTimer: time.NewTimer(firstPause), inspectTimer: time.NewTimer(firstInspection), usageTimer: time.NewTimer(0),
		pause: firstPause, timeout: 5 * time.Second,
	}
	if !pr.hasPort() {
		q.probeTimer.Stop()
	}
	if pr.probe.Kind != Running {
		q.usageTimer.Stop()
	}
	return q
}

func (q *questions) ask(ctx context.Context) {
	wait := q.timeout
	q.busy.Go(func() { send(ctx, q.answers, q.probeOnce(ctx, q.probe, wait)) })
}

func (q *questions) takeAnswer(ctx context.Context, got answer) {
	q.evidence.recordAnswer(got, time.Now())
	q.pause, q.timeout = q.backOff(q.pause, q.timeout)
	q.probeTimer.Reset(q.pause)
	if got.outcome == open && !q.inspecting && time.Since(q.evidence.inspectedAt) > time.Second {
		q.inspect(ctx) // one inspection settles it
	}
}

func (q *questions) inspect(ctx context.Context) {
	q.inspecting = true
	now := q.evidence.state
	q.busy.Go(func() { send(ctx, q.inspections, q.inspectContainer(ctx, now)) })
}

func (q *questions) takeInspection(result inspection) {
	q.inspecting = false
	q.evidence.recordSockets(result.sockets, result.err, time.Now())
	q.evidence.crashedFor.mark(result.crashed, time.Now())
	q.inspectTimer.Reset(q.inspectPause())
}

// requestUsage reads the processor time, or tries later where that cannot help yet.
func (q *questions) requestUsage(ctx context.Context) {
	if !q.evidence.needsUsage() {
		q.usageTimer.Reset(lastPause)
		return
	}
	q.busy.Go(func() { send(ctx, q.usages, readUsage(ctx, q.engine.Containers, q.probe.Container)) })
}

// send gives a value to the loop, unless that has ended.
func send[T any](ctx context.Context, to chan<- T, value T) {
	select {
	case to <- value:
	case <-ctx.Done():
	}
}

func stopAll(timers ...*time.Timer) {
	for _, t := range timers {
		t.Stop()
	}
}

// backOff gives the next pause between two questions, and how long to wait for
// the answer to the next.
func (pr *prober) backOff(pause, timeout time.Duration) (time.Duration, time.Duration) {
	switch pr.evidence.last.outcome {
	case serverError:
		return min(max(2*pause, lastPause), serverErrorPause), timeout
	case silent:
		timeout = min(2*timeout, maxTimeout)
	}
	return min(pause*5/4, lastPause), timeout
}

// inspection is what was read inside the container: its sockets and, where nothing
// listens yet, its last lines.
type inspection struct {
	sockets sockets
	err     error
	crashed bool // the program has crashed, and what restarts it waits for an edit
}

// inspectContainer reads inside the container once. It must not touch the evidence, which
// the loop goes on collecting; s is the container's state as it was.
func (pr *prober) inspectContainer(ctx context.Context, s state) inspection {
	found, err := listening(ctx, pr.engine.Exec, pr.probe.Container)
	result := inspection{sockets: found, err: err}
	ofOthers := func(port int) bool { return slices.Contains(pr.probe.Neighbors, port) }
	if ports := slices.Concat(found.outside, found.loopback); err == nil && len(slices.DeleteFunc(ports, ofOthers)) == 0 {
		result.crashed = crashed(pr.log(ctx, s, watcherLines))
	}
	return result
}

func (pr *prober) inspectPause() time.Duration {
	if pr.evidence.unreadable || time.Since(pr.began) > wrongPortTime && !pr.evidence.loopbackFor.is() {
		return lateInspectPause
	}
	return inspectPause
}

// act acts on a result. It gives false when the failure may yet pass.
func (pr *prober) act(ctx context.Context, r result) (bool, *fail.Error) {
	if !r.transient {
		return true, pr.conclude(ctx, r)
	}
	failure, cause := pr.failure(ctx, r)
	if cause.Transient {
		return false, nil
	}
	pr.emit(pr.probe, event.Failed, r.text)
	return true, failure
}

// conclude reports the end and makes the error, where it is one.
func (pr *prober) conclude(ctx context.Context, r result) *fail.Error {
	if r.ready {
		r = pr.compiling(ctx, r)
	}
	switch {
	case r.ready && r.warning:
		pr.emit(pr.probe, event.Warning, r.text)
		return nil
	case r.ready:
		pr.emit(pr.probe, event.Done, r.text)
		return nil
	}
	failure, _ := pr.failure(ctx, r)
	if ctx.Err() == nil {
		pr.emit(pr.probe, event.Failed, r.text)
	}
	return failure
}

// report says what is being waited for, when that has changed.
func (pr *prober) report() {
	if text := pr.evidence.progress(); text != pr.reported {
		pr.reported = text
		pr.emit(pr.probe, event.Working, text)
	}
}

// reportCancelled reports a service that is no longer waited for.
func (pr *prober) reportCancelled(ctx context.Context) {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errGrace):
		pr.emit(pr.probe, event.Warning, "still starting")
	case errors.Is(cause, errAway):
		pr.emit(pr.probe, event.Failed, errAway.Error())
	}
}
