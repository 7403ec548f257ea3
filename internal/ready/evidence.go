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
// judges; asking is done by attendant. Times are passed in.
type evidence struct {
	probe Probe
	began time.Time

	last      answer    // of the published port
	heard     time.Time // when that was; zero for never
	erringFor since     // answers of 500 and above, without another between

	state     state
	runsFor   since
	illFor    since // the healthcheck says unhealthy
	inside    sockets
	looked    time.Time // when inside was read; zero for never
	blind     bool      // inside cannot be read
	shutFor   since     // listens on loopback only
	astrayFor since     // listens, but not where it is published

	strandedFor since // crashed, and waits for an edit

	worked    reading // the last one; zero for none
	restsFor  since   // uses next to no processor time
	uncounted bool    // nobody counts its processor time
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
	settleTime   = 2 * time.Second  // a container without a port runs
	loopbackTime = 5 * time.Second  // only loopback is listened on
	astrayTime   = 30 * time.Second // another port is listened on; a slow program may open a minor port first
	erringTime   = 20 * time.Second // 500 and above; a program may need its database for a moment
	illTime      = 10 * time.Second // unhealthy
	strandedTime = 2 * time.Second  // a watcher waits for an edit after a crash
	patientTime  = 30 * time.Second // a crash loop whose cause may pass, such as a database that is not up yet
)

func (e *evidence) hear(a answer, now time.Time) {
	e.last, e.heard = a, now
	e.erringFor.mark(a.outcome == serverError, now)
}

func (e *evidence) see(s state, now time.Time) {
	if e.state.known && !s.started.Equal(e.state.started) { // another process: its sockets are not the old one's
		e.inside, e.looked, e.blind, e.shutFor, e.astrayFor = sockets{}, time.Time{}, false, since{}, since{}
		e.strandedFor, e.worked, e.restsFor, e.runsFor = since{}, reading{}, since{}, since{}
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
	e.illFor.mark(s.health == container.Unhealthy, now)
}

func (e *evidence) peer(s sockets, err error, now time.Time) {
	e.looked, e.inside, e.blind = now, s, err != nil
	here := slices.Contains(s.loopback, e.probe.Target)
	e.shutFor.mark(err == nil && here, now)
	e.astrayFor.mark(err == nil && !here && !s.reachable(e.probe.Target) && len(e.strays()) > 0, now)
}

// wantsPeer says that a look inside the container can add to what is known: not
// while errors or answers come from it.
func (e *evidence) wantsPeer() bool {
	switch e.probe.Kind {
	case HTTP, TCP:
		return e.last.outcome != answered && e.last.outcome != serverError && e.last.outcome != otherWords
	default:
		return false
	}
}

// strays are the ports other than the published one that are listened on, as
// far as they may be the program's main port.
func (e *evidence) strays() []int {
	const ephemeral = 32768
	var found []int
	for _, port := range slices.Concat(e.inside.outside, e.inside.loopback) {
		if port != e.probe.Target && !project.Debugs(port) && port < ephemeral {
			found = append(found, port)
		}
	}
	return found
}

// ruling is what the evidence says. The zero ruling is: wait on.
type ruling struct {
	ready   bool
	warning bool      // with ready: text is worth reading
	text    string    // with ready: a few words; with code: the sentence without the service's name
	code    fail.Code // the service has failed
	hint    string    // with code: what to do; may be empty
	passing bool      // with code: the failure may pass by itself if its cause is one that does
}

// judge rules on what is known at a time.
func (e *evidence) judge(now time.Time) ruling {
	if e.state.known {
		if r := e.judgeState(now); r != (ruling{}) {
			return r
		}
	}
	switch e.probe.Kind {
	case HTTP, TCP:
		if r := e.judgeAnswer(now); r != (ruling{}) {
			return r
		}
		return e.judgeInside(now)
	default:
		return ruling{}
	}
}

// judgeState rules on the container itself.
func (e *evidence) judgeState(now time.Time) ruling {
	s, p := e.state, e.probe
	switch {
	case s.ended() && !s.gone && s.exit == 0 && s.trouble == "" && (p.Kind == Completed || p.OneShot):
		return ruling{ready: true, text: "completed"}
	case s.ended():
		return e.stopped()
	case s.looping():
		return ruling{code: fail.Exited, text: s.how(), passing: now.Sub(e.began) < patientTime}
	case s.health == container.Unhealthy && (p.Kind == Health || p.MustHealthy):
		if e.illFor.lasted(illTime, now) {
			return e.unhealthy()
		}
	case p.Kind == Health && s.health == container.Healthy:
		return ruling{ready: true, text: "healthy"}
	case p.Kind == Running, p.Kind == Health && (s.health == "" || s.health == container.NoHealthcheck):
		if e.settled(now) {
			return ruling{ready: true, text: "running"}
		}
	}
	return ruling{}
}

func (e *evidence) stopped() ruling {
	r := ruling{code: fail.Exited, text: e.state.how()}
	if e.state.trouble != "" {
		r.text += ": " + firstLine(e.state.trouble)
	}
	if e.state.exit == 0 && !e.state.gone && !e.state.oom && e.probe.Target > 0 {
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

func (e *evidence) unhealthy() ruling {
	r := ruling{code: fail.Unhealthy, text: "fails its own healthcheck"}
	if e.state.check != "" {
		r.text += " (" + e.state.check + ")"
	}
	return r
}

// judgeAnswer rules on what came from the published port.
func (e *evidence) judgeAnswer(now time.Time) ruling {
	if e.heard.IsZero() {
		return ruling{}
	}
	switch e.last.outcome {
	case answered:
		return e.answers(fmt.Sprintf("answers %d", e.last.status))
	case otherWords:
		return e.answers("listens")
	case open:
		// Before the engine was asked for anything this is believed: the proxy would
		// have closed. Later one look inside settles it, where one is possible.
		if !e.state.known || e.blind || e.inside.reachable(e.probe.Target) {
			return e.answers("listens")
		}
	case closed:
		// Somebody listens inside, and has closed a connection since: it speaks another
		// protocol, such as TLS.
		if e.inside.reachable(e.probe.Target) && e.heard.After(e.looked) {
			return e.answers("listens")
		}
	case serverError:
		if e.erringFor.lasted(erringTime, now) {
			return ruling{
				code: fail.ServerError,
				text: fmt.Sprintf("answers %d on %s", e.last.status, e.probe.address()),
			}
		}
	}
	return ruling{}
}

// answers makes the ruling for a port that answers, which the healthcheck may
// still qualify.
func (e *evidence) answers(text string) ruling {
	switch {
	case e.probe.MustHealthy && (!e.state.known || e.state.health == container.Unhealthy || e.state.health == container.Starting):
		return ruling{}
	case e.state.health == container.Unhealthy:
		text += ", but its healthcheck fails"
		if e.state.check != "" {
			text += ": " + e.state.check
		}
		return ruling{ready: true, warning: true, text: text}
	}
	return ruling{ready: true, text: text}
}

// judgeInside rules on the sockets inside the container, once they have stayed
// as they are for a while.
func (e *evidence) judgeInside(now time.Time) ruling {
	switch {
	case e.strandedFor.lasted(strandedTime, now):
		return ruling{code: fail.Exited, text: "has crashed, and its watcher waits for a file to change"}
	case e.shutFor.lasted(loopbackTime, now):
		return e.shut()
	case !e.astrayFor.lasted(astrayTime, now):
		return ruling{}
	}
	for _, other := range e.probe.Others {
		if e.inside.reachable(other.Target) {
			return ruling{
				ready: true, warning: true,
				text: fmt.Sprintf("listens on %d, but nothing on its published port %d", other.Target, e.probe.Target),
			}
		}
	}
	return e.astray()
}

func (e *evidence) shut() ruling {
	return ruling{
		code: fail.ListensOnLoopback,
		text: fmt.Sprintf("listens on port %d of 127.0.0.1 only, which is not reachable from outside its container", e.probe.Target),
		hint: "make it listen on 0.0.0.0",
	}
}

func (e *evidence) astray() ruling {
	strays := e.strays()
	r := ruling{
		code: fail.NotListening,
		text: fmt.Sprintf("listens on %s, not on %d", numbers(strays), e.probe.Target),
		hint: fmt.Sprintf("make it listen on %d, or publish the port that it uses", e.probe.Target),
	}
	if len(strays) == 1 {
		r.hint = fmt.Sprintf("make it listen on %d, or publish \"%d:%d\"", e.probe.Target, e.probe.Port, strays[0])
	}
	if !e.inside.reachable(strays[0]) {
		r.text = fmt.Sprintf("listens on port %d of 127.0.0.1 only, not on port %d of 0.0.0.0", strays[0], e.probe.Target)
	}
	return r
}

// tooLate rules when the time is up.
func (e *evidence) tooLate(waited time.Duration) ruling {
	after := " after " + waited.Round(time.Second).String()
	p := e.probe
	switch {
	case e.state.status == container.StateRestarting:
		return ruling{code: fail.Exited, text: e.state.how()}
	case p.Kind == Completed:
		return ruling{code: fail.NotReady, text: "has not completed" + after, hint: "a longer --wait-timeout gives it more time"}
	case e.illFor.is() && (p.Kind == Health || p.MustHealthy):
		return e.unhealthy()
	case p.Kind == Health:
		return ruling{code: fail.Unhealthy, text: "has not passed its healthcheck" + after, hint: "a longer --wait-timeout gives it more time"}
	case p.Kind == Running:
		return ruling{code: fail.NotReady, text: "does not run" + after}
	case e.erringFor.is():
		return ruling{code: fail.ServerError, text: fmt.Sprintf("answers %d on %s", e.last.status, p.address())}
	case e.shutFor.is():
		return e.shut()
	case e.astrayFor.is():
		return e.astray()
	case e.inside.reachable(p.Target), e.last.outcome == silent && (e.looked.IsZero() || e.blind):
		return ruling{
			code: fail.NoAnswer, text: fmt.Sprintf("accepts connections on port %d but has not answered%s", p.Target, after),
			hint: "a longer --wait-timeout gives it more time",
		}
	default:
		return ruling{
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
	case e.erringFor.is():
		return fmt.Sprintf("answers %d", e.last.status)
	case e.shutFor.is():
		return fmt.Sprintf("listens on 127.0.0.1:%d only", p.Target)
	case e.astrayFor.is():
		return fmt.Sprintf("listens on %s, not yet on %d", numbers(e.strays()), p.Target)
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
