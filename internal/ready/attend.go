package ready

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

// Times of one service's waiting.
const (
	firstPatience = time.Second      // for the first answer, before the container's state is known
	lastPatience  = 30 * time.Second // a dev server holds a request until it has compiled
	firstPause    = 50 * time.Millisecond
	lastPause     = 500 * time.Millisecond
	erringPause   = 2 * time.Second         // each error may be a traceback in somebody's log
	peerFirst     = 1500 * time.Millisecond // most programs listen by then
	peerPause     = 2500 * time.Millisecond
	peerLate      = 10 * time.Second // pause once a program has proved to be slow
)

// attendant waits for one service. It asks and listens; evidence judges.
type attendant struct {
	*waiter
	probe    Probe
	evidence evidence
	view     *view
	told     string // the progress that was reported last
}

// attend waits for one service. It gives nil when the service is ready, and also
// when the waiting was called off; then ctx says why.
func (w *waiter) attend(ctx context.Context, p Probe) *fail.Error {
	a := &attendant{waiter: w, probe: p, evidence: evidence{probe: p, began: w.began}}
	a.report()
	if p.Settled && (p.Kind == Running || p.Kind == Health || p.Kind == Completed) {
		a.tell(p, event.Done, "running")
		return nil
	}
	if a.asks() {
		a.evidence.hear(a.knock(ctx, p, firstPatience), time.Now())
		if r := a.evidence.judge(time.Now()); r.ready {
			return a.conclude(ctx, r)
		}
	}
	a.view = w.watch.follow(ctx, p.Container)
	return a.loop(ctx)
}

// asks says that the service has a published port to ask.
func (a *attendant) asks() bool { return a.probe.Kind == HTTP || a.probe.Kind == TCP }

// loop asks, and takes what comes, until the evidence suffices or the time is up.
func (a *attendant) loop(ctx context.Context) *fail.Error {
	inner, cancel := context.WithCancel(ctx)
	var busy sync.WaitGroup
	defer busy.Wait()
	defer cancel()
	answers, sightings, readings := make(chan answer, 1), make(chan sighting, 1), make(chan reading, 1)

	late := time.NewTimer(a.timeout - time.Since(a.began))
	again := time.NewTicker(lastPause) // rulings that depend on time alone
	defer again.Stop()
	knockAt, peerAt, workAt := time.NewTimer(firstPause), time.NewTimer(peerFirst), time.NewTimer(0)
	defer stopAll(late, knockAt, peerAt, workAt)
	if !a.asks() {
		knockAt.Stop()
	}
	if a.probe.Kind != Running {
		workAt.Stop()
	}
	pause, patience, peering := firstPause, 5*time.Second, false
	ask := func() {
		wait := patience
		busy.Go(func() { send(inner, answers, a.knock(inner, a.probe, wait)) })
	}
	peer := func() {
		peering = true
		now := a.evidence.state
		busy.Go(func() { send(inner, sightings, a.sight(inner, now)) })
	}

	for {
		if r := a.evidence.judge(time.Now()); r.ready || r.code != "" {
			if done, failure := a.settle(ctx, r); done {
				return failure
			}
		}
		a.report()
		select {
		case <-ctx.Done():
			a.calledOff(ctx)
			return nil
		case <-late.C:
			return a.conclude(ctx, a.evidence.tooLate(a.timeout))
		case <-a.view.changed:
			a.evidence.see(a.view.now(), time.Now())
		case <-again.C:
		case <-knockAt.C:
			ask()
		case heard := <-answers:
			a.evidence.hear(heard, time.Now())
			pause, patience = a.slower(pause, patience)
			knockAt.Reset(pause)
			if heard.outcome == open && !peering && time.Since(a.evidence.looked) > time.Second {
				peer() // one look settles it
			}
		case <-peerAt.C:
			if a.evidence.wantsPeer() && !peering {
				peer()
			} else {
				peerAt.Reset(peerPause)
			}
		case seen := <-sightings:
			peering = false
			a.evidence.peer(seen.sockets, seen.err, time.Now())
			a.evidence.strandedFor.mark(seen.stranded, time.Now())
			peerAt.Reset(a.peerPause())
		case <-workAt.C:
			a.readWork(inner, &busy, readings, workAt)
		case read := <-readings:
			a.evidence.works(read)
			workAt.Reset(restTime)
		}
	}
}

// readWork has the processor time read, or looks again later whether that would help.
func (a *attendant) readWork(ctx context.Context, busy *sync.WaitGroup, readings chan<- reading, again *time.Timer) {
	if !a.evidence.wantsWork() {
		again.Reset(lastPause)
		return
	}
	busy.Go(func() { send(ctx, readings, work(ctx, a.engine, a.probe.Container)) })
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

// slower gives the next pause between two questions, and how long to wait for
// the answer to the next.
func (a *attendant) slower(pause, patience time.Duration) (time.Duration, time.Duration) {
	switch a.evidence.last.outcome {
	case serverError:
		return min(max(2*pause, lastPause), erringPause), patience
	case silent:
		patience = min(2*patience, lastPatience)
	}
	return min(pause*5/4, lastPause), patience
}

// sighting is one look inside the container: at its sockets and, where nothing
// listens yet, at its last words.
type sighting struct {
	sockets  sockets
	err      error
	stranded bool // the program has crashed, and what restarts it waits for an edit
}

// sight looks inside the container once. It must not touch the evidence, which
// the loop goes on collecting; s is the container's state as it was.
func (a *attendant) sight(ctx context.Context, s state) sighting {
	found, err := listening(ctx, a.engine, a.probe.Container)
	seen := sighting{sockets: found, err: err}
	if err == nil && len(found.outside)+len(found.loopback) == 0 {
		seen.stranded = stranded(a.log(ctx, s, "5"))
	}
	return seen
}

func (a *attendant) peerPause() time.Duration {
	if a.evidence.blind || time.Since(a.began) > astrayTime && !a.evidence.shutFor.is() {
		return peerLate
	}
	return peerPause
}

// settle acts on a ruling. It gives false when the failure may yet pass.
func (a *attendant) settle(ctx context.Context, r ruling) (bool, *fail.Error) {
	if !r.passing {
		return true, a.conclude(ctx, r)
	}
	failure, cause := a.failure(ctx, r)
	if cause.Transient {
		return false, nil
	}
	a.tell(a.probe, event.Failed, r.text)
	return true, failure
}

// conclude reports the end and makes the error, where it is one.
func (a *attendant) conclude(ctx context.Context, r ruling) *fail.Error {
	if r.ready {
		r = a.compiling(ctx, r)
	}
	switch {
	case r.ready && r.warning:
		a.tell(a.probe, event.Warning, r.text)
		return nil
	case r.ready:
		a.tell(a.probe, event.Done, r.text)
		return nil
	}
	failure, _ := a.failure(ctx, r)
	if ctx.Err() == nil {
		a.tell(a.probe, event.Failed, r.text)
	}
	return failure
}

// report says what is being waited for, when that has changed.
func (a *attendant) report() {
	if text := a.evidence.progress(); text != a.told {
		a.told = text
		a.tell(a.probe, event.Working, text)
	}
}

// calledOff reports a service that nobody waits for any more.
func (a *attendant) calledOff(ctx context.Context) {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errGrace):
		a.tell(a.probe, event.Warning, "still starting")
	case errors.Is(cause, errAway):
		a.tell(a.probe, event.Failed, errAway.Error())
	}
}
