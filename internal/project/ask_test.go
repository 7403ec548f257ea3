package project_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/project"
)

// TestAsked: what only the user knows keeps nothing from being loaded; it is asked for where
// nothing sets it, and named as long as it has no value.
func TestAsked(t *testing.T) {
	t.Parallel()
	const files = "x-devup: {setup: {ask: {STRIPE_KEY: 'pay.js:3 needs it', OTHER: }, generate: {SECRET: hex}}}\n" +
		"services: {web: {image: a, environment: {A: '${STRIPE_KEY:-}', B: '${SECRET:?devup up generates it}'}}}\n"
	for _, test := range []struct {
		name, env, open string
		notes           []string
	}{
		{"nothing", "SECRET=x\n", "OTHER STRIPE_KEY", []string{"OTHER has no value: set it in .env", "STRIPE_KEY has no value (pay.js:3 needs it): set it in .env"}},
		{"an empty answer", "SECRET=x\nSTRIPE_KEY=\nOTHER=1\n", "", []string{"STRIPE_KEY has no value (pay.js:3 needs it): set it in .env"}},
		{"a value", "SECRET=x\nSTRIPE_KEY=sk\nOTHER=1\n", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "devup.yaml"), []byte(files), 0o600); err != nil {
				t.Fatal(err)
			}
			p, err := project.Load(t.Context(), project.Options{Dir: dir, Answers: func(string) []byte { return []byte(test.env) }})
			if err != nil {
				t.Fatal(err)
			}
			var open []string
			for _, a := range p.Wants.Ask {
				open = append(open, a.Name)
			}
			notes := slices.DeleteFunc(slices.Clone(p.Notes), func(note string) bool { return !strings.Contains(note, "has no value") })
			if strings.Join(open, " ") != test.open || !slices.Equal(notes, test.notes) {
				t.Errorf("asks for %q and says %q; want %q and %q", open, notes, test.open, test.notes)
			}
		})
	}
}

// TestReadOnly: a project that is only looked at needs no secret of the checkout.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := "x-devup: {setup: {generate: {SECRET: hex}}}\nservices: {web: {image: a, environment: {B: '${SECRET:?devup up generates it}'}}}\n"
	if err := os.WriteFile(filepath.Join(dir, "devup.yaml"), []byte(files), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := project.Load(t.Context(), project.Options{Dir: dir}); err == nil {
		t.Error("a project that is to be created loads without its secret")
	}
	p, err := project.Load(t.Context(), project.Options{Dir: dir, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := *p.Services["web"].Environment["B"]; got != "generated-by-devup-up" {
		t.Errorf("the secret is %q", got)
	}
}
