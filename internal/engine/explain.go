package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/fail"
)

// explain turns the problems of all addresses into one error: the address that came
// nearest to being an engine, and what to do about it.
func explain(m machine, problems []problem) *fail.Error {
	nearest := problems[0]
	for _, p := range problems[1:] {
		if fixability(p.cause) > fixability(nearest.cause) {
			nearest = p
		}
	}
	t := nearest.target
	where := t.endpoint.Host
	if t.chosen {
		where += " (" + t.source + ")"
	}
	switch nearest.cause {
	case tooOld:
		return fail.New(fail.EngineTooOld, "update the engine to Docker 20.10 or newer",
			"the engine at %s speaks API %s at most; devup needs %s or newer", where, nearest.text, client.MinAPIVersion)
	case tooNew:
		return fail.New(fail.EngineTooOld, "unset DOCKER_API_VERSION",
			"DOCKER_API_VERSION asks for more than the engine at %s speaks, which is %s", where, nearest.text)
	case foreign:
		return fail.New(fail.NoEngine, undo(t), "what answers at %s is not a container engine: %s", where, nearest.text)
	case silent:
		return fail.New(fail.NoEngine, hintSilent+orUndo(t), "the engine at %s does not answer within %s", where, nearest.text)
	case denied:
		return fail.New(fail.EngineDenied, deniedHint(m, t), "you may not use the engine at %s: permission denied", where)
	}
	if s, ok := startOf(m, kindsOf(problems)); ok {
		return stopped(m, t, s, where)
	}
	if t.chosen {
		return fail.New(fail.NoEngine, "start that engine"+orUndo(t), "no engine at %s: %s", where, nearest.what())
	}
	if nearest.cause == unreachable {
		return fail.New(fail.NoEngine, undo(t), "the engine at %s cannot be reached: %s", where, nearest.text)
	}
	return fail.New(fail.NoEngine, installHint(m), "no container engine is installed on this machine")
}

// stopped is the error for an engine that is there but does not run.
func stopped(m machine, t target, s start, where string) *fail.Error {
	cause := &Stopped{Product: string(s.kind), Startable: s.command != nil}
	hint := "start it: `" + s.say + "`"
	if strings.Contains(s.say, " from the ") {
		hint = s.say
	}
	if m.platform == wsl && s.kind == docker && !m.systemd {
		hint += ", or start Docker Desktop with its WSL integration"
	}
	if t.chosen {
		return withCauseShown(cause, hint+orUndo(t), "no engine at %s: %s is installed, but not running", where, s.kind)
	}
	return withCauseShown(cause, hint, "%s is installed, but not running", s.kind)
}

func withCauseShown(cause error, hint, format string, args ...any) *fail.Error {
	e := fail.Wrap(cause, fail.NoEngine, hint, format, args...)
	e.CauseShown = true
	return e
}

// Stopped is the cause of an error of [Connect] where an engine is installed, but does
// not run.
type Stopped struct {
	Product   string // "Docker"
	Startable bool   // [Options.Start] may start it; else the user must
}

// Error names the product.
func (s *Stopped) Error() string { return s.Product + " does not run" }

// what is the problem in a few words.
func (p problem) what() string {
	switch p.cause {
	case missing:
		return "the socket does not exist"
	case refused:
		return "nothing listens there"
	default:
		return p.text
	}
}

// fixability ranks causes: the nearer to a working engine, the easier to fix.
func fixability(c cause) int {
	ranks := []cause{missing, refused, unreachable, foreign, silent, denied, tooNew, tooOld}
	for rank, ranked := range ranks {
		if ranked == c {
			return rank
		}
	}
	return -1
}

// deniedHint is how the user comes to be allowed to use the socket.
func deniedHint(m machine, t target) string {
	switch {
	case m.goos == "windows":
		return "run Docker Desktop as the same user, or add yourself to the group docker-users and log in again"
	case m.goos == "darwin" || (t.kind != docker && t.kind != ""):
		return "see who owns it: `ls -l " + strings.TrimPrefix(t.endpoint.Host, "unix://") + "`" + orUndo(t)
	case m.inGroup:
		return "you are in the group docker, but this session is older than that: log out and in again, or run `newgrp docker`" + orUndo(t)
	default:
		return fmt.Sprintf("run `sudo %s`, then log out and in again (or run `newgrp docker` in this terminal)%s", joinGroup, orUndo(t))
	}
}

// undo is how to leave the chosen address, as a hint of its own.
func undo(t target) string {
	if !t.chosen {
		return "set DOCKER_HOST to an engine that works"
	}
	return t.undo
}

func orUndo(t target) string {
	if !t.chosen {
		return ""
	}
	return ", or " + t.undo
}

// kindsOf gives the products at the places that have no engine running, so that
// starting one of them would help. Where a socket is there but denied, only the user's
// own Docker would: Podman is no answer to that.
func kindsOf(problems []problem) []kind {
	var kinds []kind
	anyDenied := slices.ContainsFunc(problems, func(p problem) bool { return p.cause == denied })
	for _, p := range problems {
		idle := p.cause == missing || p.cause == refused
		if p.target.kind != "" && idle && (!anyDenied || p.target.kind != podman) {
			kinds = append(kinds, p.target.kind)
		}
	}
	return kinds
}
