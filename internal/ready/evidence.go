package ready

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// evidence is all that has been learned about one service. It only collects and
// evaluates; the prober asks. Times are passed in.
type evidence struct {
	probe Probe
	began time.Time

	last           answer    // of the published port
	answeredAt     time.Time // when that was; zero for never
	serverErrorFor since     // answers of 500 and above, without another between

	state        state
	runsFor      since
	unhealthyFor since // the healthcheck says unhealthy
	sockets      sockets
	inspectedAt  time.Time // when inside was read; zero for never
	unreadable   bool      // inside cannot be read
	loopbackFor  since     // listens on loopback only
	wrongPortFor since     // listens, but not where it is published

	crashedFor since // crashed, and waits for an edit

	lastUsage cpuUsage // the last one; zero for none
	idleFor   since    // uses next to no processor time
	noUsage   bool     // the engine counts no processor time for it
}

// since is the time from which on something has been so; the zero value says
// that it is not so.
type since time.Time

func (s *since) mark(is bool, now time.Time) {
	switch {
	case !is:
		*s = since{}
	case time.Time(*s).IsZero():
		*s = since(now)
	}
}

func (s since) is() bool { return !time.Time(s).IsZero() }

func (s since) lasted(d time.Duration, now time.Time) bool {
	return s.is() && now.Sub(time.Time(s)) >= d
}

// How long something must have been so before it is believed.
const (
	stableTime      = 2 * time.Second  // a container without a port runs
	workerTime      = 5 * time.Second  // the same, of a stack
	loopbackTime    = 5 * time.Second  // only loopback is listened on
	wrongPortTime   = 30 * time.Second // another port is listened on; a slow program may open a minor port first
	serverErrorTime = 20 * time.Second // 500 and above; a program may need its database for a moment
	unhealthyTime   = 10 * time.Second // unhealthy
	crashedTime     = 2 * time.Second  // a watcher waits for an edit after a crash
	transientTime   = 30 * time.Second // a crash loop whose cause may be transient, such as a database that is not up yet
)

func (e *evidence) recordAnswer(a answer, now time.Time) {
	e.last, e.answeredAt = a, now
	e.serverErrorFor.mark(a.outcome == serverError, now)
}

func (e *evidence) recordState(s state, now time.Time) {
	if another(e.state, s) { // process: its sockets are not the old one's
		e.sockets, e.inspectedAt, e.unreadable, e.loopbackFor, e.wrongPortFor = sockets{}, time.Time{}, false, since{}, since{}
		e.crashedFor, e.lastUsage, e.idleFor, e.runsFor = since{}, cpuUsage{}, since{}, since{}
	}
	e.state = s
	if e.probe.Kind == Running && s.health != "" && s.health != container.NoHealthcheck { // the image has a check of its own
		e.probe.Kind = Health
	}
	runs := s.known && s.status == container.StateRunning
	if runs && !e.runsFor.is() && !s.started.IsZero() && s.started.Before(now) {
		e.runsFor = since(s.started)
	}
	e.runsFor.mark(runs, now)
	e.unhealthyFor.mark(s.health == container.Unhealthy, now)
}

// another reports whether the container runs another process than before.
func another(before, s state) bool {
	if before.listed || s.listed {
		return before.listed && s.restarts > 0
	}
	return before.known && !s.started.Equal(before.started)
}

func (e *evidence) recordSockets(s sockets, err error, now time.Time) {
	e.inspectedAt, e.sockets, e.unreadable = now, s, err != nil
	here := slices.Contains(s.loopback, e.probe.Target)
	e.loopbackFor.mark(err == nil && here, now)
	e.wrongPortFor.mark(err == nil && !here && !s.reachable(e.probe.Target) && len(e.otherPorts()) > 0, now)
}

// needsInspection reports whether an inspection can add to what is known: not
// while errors or answers come from it.
func (e *evidence) needsInspection() bool {
	switch e.probe.Kind {
	case HTTP, TCP:
		return e.last.outcome != answered && e.last.outcome != serverError && e.last.outcome != notHTTP
	default:
		return false
	}
}

// otherPorts are the ports other than the published one that are listened on, as
// far as they may be the program's main port. Those of other services in its network are not.
func (e *evidence) otherPorts() []int {
	const ephemeral = 32768
	var found []int
	for _, port := range slices.Concat(e.sockets.outside, e.sockets.loopback) {
		if port != e.probe.Target && !slices.Contains(e.probe.Neighbors, port) && !project.Debugs(port) && port < ephemeral {
			found = append(found, port)
		}
	}
	return found
}

// result is the outcome of an evaluation. The zero value means: keep waiting.
type result struct {
	ready     bool
	warning   bool      // with ready: text is worth reading
	text      string    // with ready: a few words; with code: the sentence without the service's name
	code      fail.Code // the service has failed
	hint      string    // with code: what to do; may be empty
	transient bool      // with code: the failure may pass by itself if its cause is one that does
}

// evaluate gives the result at a time.
func (e *evidence) evaluate(now time.Time) result {
	if e.state.known {
		if r := e.evaluateState(now); r != (result{}) {
			return r
		}
	}
	switch e.probe.Kind {
	case HTTP, TCP:
		if r := e.evaluateAnswer(now); r != (result{}) {
			return r
		}
		return e.evaluateSockets(now)
	default:
		return result{}
	}
}

// evaluateState gives the result of the container's state.
func (e *evidence) evaluateState(now time.Time) result {
	s, p := e.state, e.probe
	switch {
	case s.ended() && !s.gone && s.exit == 0 && s.engineError == "" && (p.Kind == Completed || p.OneShot):
		return result{ready: true, text: "completed"}
	case s.ended():
		return e.stopped()
	case s.looping():
		return result{code: fail.Exited, text: s.describeEnd(), transient: now.Sub(e.began) < transientTime}
	case s.health == container.Unhealthy && (p.Kind == Health || p.MustHealthy):
		if e.unhealthyFor.lasted(unhealthyTime, now) {
			return e.unhealthy()
		}
	case p.Kind == Health && s.health == container.Healthy:
		return result{ready: true, text: "healthy"}
	case p.Kind == Running, p.Kind == Health && (s.health == "" || s.health == container.NoHealthcheck):
		if e.stable(now) {
			return result{ready: true, text: "running"}
		}
	}
	return result{}
}

func (e *evidence) stopped() result {
	r := result{code: fail.Exited, text: e.state.describeEnd()}
	if e.state.engineError != "" {
		r.text += ": " + firstLine(e.state.engineError)
	}
	if e.state.exit == 0 && !e.state.gone && !e.state.oom && e.probe.Target > 0 && e.last.outcome != answered {
		r.text += fmt.Sprintf(" before anything answered on port %d", e.probe.Target)
		r.hint = "its command must stay in the foreground"
	}
	switch {
	case e.state.oom && e.state.memory > 0 && e.probe.Limit != "":
		r.hint = "raise " + e.probe.Limit + ", or reduce what it needs"
	case e.state.oom && e.state.memory > 0:
		r.hint = "raise `mem_limit` of the service (or `deploy.resources.limits.memory`), or reduce what it needs"
	case e.state.oom:
		r.hint = "give the engine more memory, or stop what else runs there"
	}
	if e.state.terminated() {
		r.hint = "start it again with `devup up`; it was stopped, or the engine was"
	}
	return r
}

func (e *evidence) unhealthy() result {
	r := result{code: fail.Unhealthy, text: "fails its own healthcheck"}
	if e.state.check != "" {
		r.text += " (" + e.state.check + ")"
	}
	return r
}

// evaluateAnswer gives the result of the published port's last answer.
func (e *evidence) evaluateAnswer(now time.Time) result {
	if e.answeredAt.IsZero() {
		return result{}
	}
	switch e.last.outcome {
	case answered:
		return e.answers(fmt.Sprintf("answers %d", e.last.status))
	case notHTTP:
		return e.answers("listens")
	case open:
		// Before the engine was asked for anything this is believed: the proxy would
		// have closed. Later one inspection settles it, where one is possible.
		if !e.state.known || e.unreadable || e.sockets.reachable(e.probe.Target) {
			return e.answers("listens")
		}
	case closed:
		// The program listens inside, and has closed a connection since: it speaks another
		// protocol, such as TLS. Where a path says that it speaks HTTP, what listens is a relay.
		if e.probe.Path == "/" && e.sockets.reachable(e.probe.Target) && e.answeredAt.After(e.inspectedAt) {
			return e.answers("listens")
		}
	case serverError:
		if e.serverErrorFor.lasted(serverErrorTime, now) {
			return result{
				code: fail.ServerError,
				text: fmt.Sprintf("answers %d on %s", e.last.status, e.probe.address()),
			}
		}
	}
	return result{}
}

// answers makes the result for a port that answers, which the healthcheck may
// still qualify.
func (e *evidence) answers(text string) result {
	switch {
	case e.probe.MustHealthy && (!e.state.known || e.state.health == container.Unhealthy || e.state.health == container.Starting):
		return result{}
	case e.state.health == container.Unhealthy:
		text += ", but its healthcheck fails"
		if e.state.check != "" {
			text += ": " + e.state.check
		}
		return result{ready: true, warning: true, text: text}
	}
	return result{ready: true, text: text}
}

// evaluateSockets gives the result of the sockets inside the container, once they have
// stayed as they are for a while.
func (e *evidence) evaluateSockets(now time.Time) result {
	switch {
	case e.crashedFor.lasted(crashedTime, now):
		return result{code: fail.Exited, text: "has crashed, and its watcher waits for a file to change"}
	case e.loopbackFor.lasted(loopbackTime, now):
		return e.loopbackOnly()
	case !e.wrongPortFor.lasted(wrongPortTime, now):
		return result{}
	}
	for _, other := range e.probe.Others {
		if e.sockets.reachable(other.Target) {
			return result{
				ready: true, warning: true,
				text: fmt.Sprintf("listens on %d, but nothing on its published port %d", other.Target, e.probe.Target),
			}
		}
	}
	return e.wrongPort()
}

func (e *evidence) loopbackOnly() result {
	return result{
		code: fail.ListensOnLoopback,
		text: fmt.Sprintf("listens on port %d of 127.0.0.1 only, which is not reachable from outside its container", e.probe.Target),
		hint: "make it listen on 0.0.0.0",
	}
}

func (e *evidence) wrongPort() result {
	otherPorts := e.otherPorts()
	r := result{
		code: fail.NotListening,
		text: fmt.Sprintf("listens on %s, not on %d", numbers(otherPorts), e.probe.Target),
		hint: fmt.Sprintf("make it listen on %d, or publish the port that it uses", e.probe.Target),
	}
	if len(otherPorts) == 1 {
		r.hint = fmt.Sprintf("make it listen on %d, or publish \"%d:%d\"", e.probe.Target, e.probe.Port, otherPorts[0])
	}
	if !e.sockets.reachable(otherPorts[0]) {
		r.text = fmt.Sprintf("listens on port %d of 127.0.0.1 only, not on port %d of 0.0.0.0", otherPorts[0], e.probe.Target)
	}
	return r
}

// timedOut gives the result when the time is up.
func (e *evidence) timedOut(waited time.Duration) result {
	after := " after " + waited.Round(time.Second).String()
	p := e.probe
	switch {
	case e.state.status == container.StateRestarting:
		return result{code: fail.Exited, text: e.state.describeEnd()}
	case p.Kind == Completed:
		return result{code: fail.NotReady, text: "has not completed" + after, hint: "a longer --wait-timeout gives it more time"}
	case e.unhealthyFor.is() && (p.Kind == Health || p.MustHealthy):
		return e.unhealthy()
	case p.Kind == Health:
		return result{code: fail.Unhealthy, text: "has not passed its healthcheck" + after, hint: "a longer --wait-timeout gives it more time"}
	case p.Kind == Running:
		return result{code: fail.NotReady, text: "does not run" + after}
	case e.serverErrorFor.is():
		return result{code: fail.ServerError, text: fmt.Sprintf("answers %d on %s", e.last.status, p.address())}
	case e.loopbackFor.is():
		return e.loopbackOnly()
	case e.wrongPortFor.is():
		return e.wrongPort()
	case e.sockets.reachable(p.Target), e.last.outcome == silent && (e.inspectedAt.IsZero() || e.unreadable):
		return result{
			code: fail.NoAnswer, text: fmt.Sprintf("accepts connections on port %d but has not answered%s", p.Target, after),
			hint: "a longer --wait-timeout gives it more time",
		}
	default:
		return result{
			code: fail.NotListening, text: fmt.Sprintf("does not listen on port %d%s", p.Target, after),
			hint: "a longer --wait-timeout gives it more time",
		}
	}
}

// progress says in a few words what is being waited for.
func (e *evidence) progress() string {
	p := e.probe
	switch {
	case e.state.status == container.StateRestarting:
		return fmt.Sprintf("restarting, exit code %d", e.state.exit)
	case p.Kind == Completed:
		return "working"
	case p.Kind == Running, !e.state.known:
		return "starting"
	case p.Kind == Health, e.last.outcome == answered:
		return "waiting for its healthcheck"
	case e.serverErrorFor.is():
		return fmt.Sprintf("answers %d", e.last.status)
	case e.loopbackFor.is():
		return fmt.Sprintf("listens on 127.0.0.1:%d only", p.Target)
	case e.wrongPortFor.is():
		return fmt.Sprintf("listens on %s, not yet on %d", numbers(e.otherPorts()), p.Target)
	case e.last.outcome == silent:
		return fmt.Sprintf("waiting for an answer on port %d", p.Target)
	default:
		return fmt.Sprintf("waiting for port %d", p.Target)
	}
}

// numbers joins ports for a sentence.
func numbers(ports []int) string {
	texts := make([]string, len(ports))
	for i, port := range ports {
		texts[i] = strconv.Itoa(port)
	}
	return strings.Join(texts, " and ")
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
