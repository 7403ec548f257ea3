package setup

import (
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

const shop = `
services:
  web:
    image: x
    depends_on: [api]
    x-devup: {setup: [{name: build, run: make}, {name: each, run: make each, every: up}]}
  api:
    image: x
    depends_on: [db]
    x-devup: {setup: [{name: migrate, run: make}]}
  db:
    image: x
    volumes: ["data:/data"]
  other:
    image: x
    volumes: ["else:/data"]
volumes: {data: {name: data}, else: {name: else}}
`

// TestDue: steps run in the order of dependencies, and again where their command, or a
// volume of what their service needs, is another one.
func TestDue(t *testing.T) {
	t.Parallel()
	seen := func(data, other, anonymous string) plan.Observed {
		o := plan.Observed{
			Volumes: []plan.Volume{{Name: "data", Created: data}, {Name: "else", Created: other}},
		}
		if anonymous != "" {
			o.Containers = []plan.Container{{Service: "db", Mounts: []plan.Mount{{Type: "volume", Name: strings.Repeat(anonymous, 64), Target: "/more"}}}}
		}
		return o
	}
	first := seen("monday", "monday", "a")
	all := []string{
		"api: migrate: it has not completed in this checkout yet", "web: build: it has not completed in this checkout yet", "web: each: it runs at every up",
	}
	none := []string{"web: each: it runs at every up"}
	anew := []string{"api: migrate: its volumes are new", "web: build: its volumes are new", "web: each: it runs at every up"}
	tests := []struct {
		name, edit, with string
		seen             plan.Observed
		want             []string
	}{
		{"nothing is new", "", "", first, []string{"web: each: it runs at every up"}},
		{"a command", "run: make}, {name: each", "run: make all}, {name: each", first, []string{"web: build: its command changed", "web: each: it runs at every up"}},
		{"a name", "name: migrate", "name: schema", first, []string{"api: schema: it has not completed in this checkout yet", "web: each: it runs at every up"}},
		{"a volume of a dependency", "", "", seen("tuesday", "monday", "a"), anew},
		{"an anonymous volume", "", "", seen("monday", "monday", "b"), anew},
		{"an anonymous volume that is gone", "", "", seen("monday", "monday", ""), none},
		{"a dependency that is gone", "depends_on: [db]", "depends_on: []", first, none},
		{"a volume of a new dependency", "depends_on: [db]", "depends_on: [db, other]", first, anew},
		{"a volume of nobody's", "", "", seen("monday", "tuesday", "a"), []string{"web: each: it runs at every up"}},
	}
	p := read(t, shop)
	done := Done{}
	if got := remember(Due(p, first, done, nil), done); strings.Join(got, "\n") != strings.Join(all, "\n") {
		t.Errorf("at first:\n%s", strings.Join(got, "\n"))
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := remember(Due(read(t, strings.Replace(shop, test.edit, test.with, 1)), test.seen, done, nil), Done{})
			if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

// TestDueOfAnOlderMark: a mark without a list of volumes counts as long as all volumes are
// the same.
func TestDueOfAnOlderMark(t *testing.T) {
	t.Parallel()
	seen := func(created string) plan.Observed {
		return plan.Observed{Volumes: []plan.Volume{{Name: "data", Created: created}}}
	}
	p := read(t, shop)
	done := Done{}
	remember(Due(p, seen("monday"), Done{}, nil), done)
	for _, steps := range done {
		for name, mark := range steps {
			mark.Volumes = nil
			steps[name] = mark
		}
	}
	for created, want := range map[string]int{"monday": 1, "tuesday": 3} {
		if due := Due(p, seen(created), done, nil); len(due) != want {
			t.Errorf("%s: %v, want %d", created, due, want)
		}
	}
}

// TestAgain: a step that is asked for again runs, whatever is as it was.
func TestAgain(t *testing.T) {
	t.Parallel()
	p, done := read(t, shop), Done{}
	remember(Due(p, plan.Observed{}, done, nil), done)
	for asked, want := range map[string]string{
		"":           "web: each: it runs at every up",
		"api":        "api: migrate: it was asked for again, web: each: it runs at every up",
		"web:build":  "web: build: it was asked for again, web: each: it runs at every up",
		"web:nosuch": "web: each: it runs at every up",
	} {
		memory := Again(kept(done), []string{asked})
		if got := strings.Join(remember(Due(p, plan.Observed{}, memory.Done(t.Context()), nil), Done{}), ", "); got != want {
			t.Errorf("%q: %s", asked, got)
		}
	}
}

// kept is a memory of steps.
type kept Done

func (k kept) Lock(context.Context) (func(), error) { return func() {}, nil }
func (k kept) Keep(context.Context, Step)           {}

func (k kept) Done(context.Context) Done {
	done := Done{}
	for service, marks := range k {
		done[service] = maps.Clone(marks)
	}
	return done
}

// remember describes steps, and notes them as done.
func remember(steps []Step, done Done) []string {
	var lines []string
	for _, s := range steps {
		lines = append(lines, s.Title()+": "+s.Cause)
		if !s.Once {
			continue
		}
		if done[s.Service] == nil {
			done[s.Service] = map[string]Mark{}
		}
		done[s.Service][s.Name] = s.Mark
	}
	return lines
}

func read(t *testing.T, text string) *project.Project {
	t.Helper()
	p, err := project.Load(t.Context(), project.Options{
		Dir: t.TempDir(), Files: []string{"-"}, Stdin: func() ([]byte, error) { return []byte(text), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
