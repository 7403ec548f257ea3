package run

import (
	"errors"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
)

const hooked = `
services:
  web:
    image: x
    network_mode: none
    post_start:
      - {command: [migrate]}
      - {command: [warm, up], user: root}
    pre_stop:
      - {command: [drain]}
      - {command: [goodbye]}
`

// TestHooks: hooks run in their order, around what they belong to. One before a stop that
// fails keeps the container running; one after a start that fails fails the start.
func TestHooks(t *testing.T) {
	t.Parallel()
	known, onMachine := old("running")
	paused, _ := old("paused")
	op := func(a plan.Action, c plan.Container) plan.Op {
		return plan.Op{Action: a, Name: "shop-web-1", Service: "web", Number: 1, Old: c}
	}
	const in = " in shop-web-1"
	for _, test := range []struct {
		name     string
		op       plan.Op
		bad      string // the command that ends with 3, or "ended": the container has
		requests string
		events   string
		err      string
	}{
		{"after a start", op(plan.Create, plan.Container{}), "", "create shop-web-1; start shop-web-1; exec migrate" + in + "; exec warm up" + in, "shop-web-1 done started", ""},
		{"one after a start fails", op(plan.Create, plan.Container{}), "migrate", "create shop-web-1; start shop-web-1; exec migrate" + in, "shop-web-1 failed starting", "the post_start hook 1 of web ended with status 3"},
		{"the second after a start fails", op(plan.Create, plan.Container{}), "warm", "create shop-web-1; start shop-web-1; exec migrate" + in + "; exec warm up" + in, "shop-web-1 failed starting", "the post_start hook 2 of web ended with status 3"},
		{"before a stop", op(plan.Stop, known), "", "exec drain" + in + "; exec goodbye" + in + "; stop shop-web-1", "shop-web-1 done stopped", ""},
		{"one before a stop fails", op(plan.Stop, known), "drain", "exec drain" + in, "shop-web-1 failed stopping", "the pre_stop hook 1 of web ended with status 3"},
		{"not in what has ended since", op(plan.Stop, known), "ended", "exec drain" + in + "; stop shop-web-1", "shop-web-1 done stopped", ""},
		{"not in what is paused", op(plan.Stop, paused), "", "stop shop-web-1", "shop-web-1 done stopped", ""},
		{"around a restart", op(plan.RestartOnly, known), "", "exec drain" + in + "; exec goodbye" + in + "; restart shop-web-1; exec migrate" + in + "; exec warm up" + in, "shop-web-1 done restarted", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := fakeengine.New()
			onMachine := onMachine
			if test.bad == "ended" {
				onMachine.State = "exited"
			}
			if test.op.Action != plan.Create {
				m.Add(onMachine)
			}
			m.Exec = func(_ string, words []string) (string, int) {
				if words[0] == test.bad {
					return "first\nlast\n", 3
				}
				return "not shown\n", 0
			}
			got := apply(t.Context(), m, load(t, hooked), Options{}, test.op)
			message := ""
			if got.err != nil {
				message = got.err.Error()
			}
			if got.requests != test.requests || strings.Join(got.events, "; ") != test.events || message != test.err {
				t.Errorf("got  %q, %q, %q\nwant %q, %q, %q", got.requests, got.events, message, test.requests, test.events, test.err)
			}
			if e, ok := errors.AsType[*fail.Error](got.err); ok && (strings.Join(e.Lines, "|") != "first|last" || e.Service != "web") {
				t.Errorf("lines %q of %s, want those of the hook", e.Lines, e.Service)
			}
		})
	}
}

// TestHookThatCannotRun: the engine's refusal names the hook.
func TestHookThatCannotRun(t *testing.T) {
	t.Parallel()
	m := fakeengine.New()
	m.Refuse = func(request string) error {
		if strings.HasPrefix(request, "exec migrate") {
			return errors.New("the engine is busy")
		}
		return nil
	}
	got := apply(t.Context(), m, load(t, hooked), Options{}, plan.Op{Action: plan.Create, Name: "shop-web-1", Service: "web", Number: 1})
	if want := "create shop-web-1: post_start hook 1 of web: the engine is busy"; got.err == nil || got.err.Error() != want {
		t.Errorf("got %v, want %s", got.err, want)
	}
}

// TestHooksNeedTheFiles: without the project's files a container is stopped all the same.
func TestHooksNeedTheFiles(t *testing.T) {
	t.Parallel()
	known, onMachine := old("running")
	m := fakeengine.New()
	m.Add(onMachine)
	got := apply(t.Context(), m, nil, Options{}, plan.Op{Action: plan.Stop, Name: "shop-web-1", Service: "web", Old: known})
	if got.err != nil || got.requests != "stop shop-web-1" {
		t.Errorf("requests %q, %v", got.requests, got.err)
	}
}
