package provider

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// withType is the world's project with another provider for account.
func (w *world) withType(kind string) *project.Project {
	return w.project.Edit(func(own *project.Project) { own.Services["account"].Provider.Type = kind })
}

// TestEndGoesOn: one provider that fails keeps no other from being asked.
func TestEndGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "FAILS=database")
	err := w.runner.End(t.Context(), w.project, nil, Down)
	if err == nil || !strings.Contains(err.Error(), "the provider cloud of database cannot remove it") || strings.Contains(err.Error(), "account") {
		t.Errorf("error %v", err)
	}
	if got := w.called(t); len(got) != 2 || !strings.HasSuffix(got[1], "down account") {
		t.Errorf("called %q", got)
	}
}

// TestEndWithoutProgram: a program that cannot have started anything is nothing to end.
func TestEndWithoutProgram(t *testing.T) {
	t.Parallel()
	for kind, answer := range map[string]Consent{"no-such-cloud": Undecided, "sh": Declined} {
		w := newWorld(t)
		w.runner.Consent = func(string) Consent { return answer }
		if err := w.runner.End(t.Context(), w.withType(kind), nil, Down); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if got := w.called(t); len(got) != 1 || !strings.HasSuffix(got[0], "database") {
			t.Errorf("%s: called %q", kind, got)
		}
		if last := w.events[len(w.events)-1]; !strings.HasPrefix(last, "account warning account is left as it is: ") {
			t.Errorf("%s: %q", kind, w.events)
		}
		if got := w.runner.Asked(t.Context(), w.withType(kind), nil, Down); !slices.Equal(got, []string{"database"}) {
			t.Errorf("%s: asked %q", kind, got)
		}
	}
}

// TestConsent: a clone names any program of the machine, which does not run unless the user
// has agreed.
func TestConsent(t *testing.T) {
	t.Parallel()
	for answer, want := range map[Consent]string{
		Undecided: " runs only if you agree", Declined: "you declined to run the program ", Agreed: "does not answer to `compose metadata`",
	} {
		w := newWorld(t)
		w.runner.Consent = func(string) Consent { return answer }
		p := w.withType("sh")
		if programs := w.runner.Programs(p); len(programs) != 1 || filepath.Base(programs[0]) != "sh" {
			t.Errorf("programs %q", programs)
		}
		_, err := w.runner.Up(t.Context(), p, false)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", answer, err, want)
		}
		if e, ok := errors.AsType[*fail.Error](err); answer != Agreed && (!ok || !strings.Contains(e.Hint, "--yes")) {
			t.Errorf("%v: the error %+v has no hint", answer, e)
		}
		if err := w.runner.End(t.Context(), p, []string{"account"}, Stop); answer == Undecided && err == nil {
			t.Error("a program that may have run is left in silence")
		}
	}
}

// TestAsked: only those that would be asked are listed, dependents first.
func TestAsked(t *testing.T) {
	t.Parallel()
	plain, stops := newWorld(t), newWorld(t, `METADATA={"description":"x","stop":{"parameters":[]}}`)
	for _, c := range []struct {
		w        *world
		services []string
		command  Command
		want     []string
	}{
		{plain, nil, Down, []string{"database", "account"}},
		{plain, []string{"web"}, Down, nil},
		{plain, []string{"account", "web"}, Down, []string{"account"}},
		{plain, nil, Stop, nil},
		{stops, nil, Stop, []string{"database", "account"}},
	} {
		got := c.w.runner.Asked(t.Context(), c.w.project, c.services, c.command)
		if diff := cmp.Diff(c.want, slices.Clip(got)); diff != "" && len(c.want)+len(got) > 0 {
			t.Errorf("%s %q (-want +got):\n%s", c.command.name, c.services, diff)
		}
	}
}
