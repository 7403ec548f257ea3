// Package doctor looks for what keeps devup from working on a machine: the
// engine, disk space, clocks, limits, ports, the reach to registries from here and
// from a build, intercepted TLS, the workspace, and what is wrong with a project's
// config, variables and files.
//
// [Checks] lists the checks for what it is handed, [Run] runs them side by side.
// A check says what it found and what to do about it; it changes nothing. What
// devup can fix itself is a [Finding.Fix], which the caller may run. A [Report]
// holds it all for others to read, and a [secret.Mask] keeps secrets out of that.
//
// Each check has a file of its own, which begins with it.
package doctor

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Level says how bad a finding is. Its text is part of the JSON output.
type Level string

// The levels.
const (
	OK      Level = "ok"
	Warning Level = "warning" // devup works, but something may surprise
	Problem Level = "problem" // devup does not work until this is fixed

	needless Level = "needless" // there is nothing to check here; never leaves the package
)

// Check looks at one thing. Run must return soon after its context is done.
type Check struct {
	Name string
	Run  func(ctx context.Context) Finding
}

// Finding is what a check found.
type Finding struct {
	Name    string        // the check's
	Level   Level         // the zero value counts as OK
	Text    string        // what was found, in one line; empty when all is well and there is nothing to add
	Details []string      // what belongs to that, a line each; nil for nothing
	Hint    string        // what to do about it; empty when there is nothing to do
	Fix     *Fix          // nil where only the user can fix it
	Took    time.Duration // how long the check took
}

// Fix is what devup can do about a finding. What needs the rights of root is
// no fix but a command in the hint, for the user to run.
type Fix struct {
	Does string // what it does, as a command: "start Docker"
	Safe bool   // it can lose and change nothing of the user's, so it needs no question
	Do   func(ctx context.Context) error
}

// Run runs all checks at once, each for no longer than timeout, and gives their
// findings in the order of the checks, without those for which there was nothing to
// check. It waits for all of them.
func Run(ctx context.Context, checks []Check, timeout time.Duration) []Finding {
	findings := make([]Finding, len(checks))
	var running sync.WaitGroup
	for i, check := range checks {
		running.Go(func() {
			began := time.Now()
			limited, cancel := context.WithTimeout(ctx, timeout)
			defer cancel()
			found := check.Run(limited)
			found.Name, found.Took = check.Name, time.Since(began)
			if found.Level == "" {
				found.Level = OK
			}
			findings[i] = found
		})
	}
	running.Wait()
	return slices.DeleteFunc(findings, func(f Finding) bool { return f.Level == needless })
}

// Worst is the worst level of the findings; OK when there are none.
func Worst(findings []Finding) Level {
	for _, level := range []Level{Problem, Warning} {
		if slices.ContainsFunc(findings, func(f Finding) bool { return f.Level == level }) {
			return level
		}
	}
	return OK
}

func good(text string) Finding          { return Finding{Level: OK, Text: text} }
func warning(text, hint string) Finding { return Finding{Level: Warning, Text: text, Hint: hint} }
func problem(text, hint string) Finding { return Finding{Level: Problem, Text: text, Hint: hint} }
func nothing() Finding                  { return Finding{Level: needless} }

func (f Finding) with(details []string) Finding { f.Details = details; return f }
func (f Finding) fixed(by Fix) Finding          { f.Fix = &by; return f }
