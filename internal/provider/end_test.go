package provider

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	for _, kind := range []string{"no-such-cloud"} {
		w := newWorld(t)
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
