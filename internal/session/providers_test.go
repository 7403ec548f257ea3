package session_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/provider"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/test/cmdtest"
)

// TestPrograms: whether a program of the machine runs as a provider is asked once for a
// checkout; --yes agrees for one run, and without a terminal it does not run.
func TestPrograms(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("no program to name")
	}
	const files = "-- compose.yaml --\nname: shop\nservices: {web: {image: web}, db: {provider: {type: git}}}\n"
	want := session.Want{Project: session.Required, Providers: true}
	for typed, answer := range map[string]provider.Consent{"y": provider.Agreed, "n": provider.Declined} {
		w := cmdtest.New(t, files)
		w.Typed = []string{typed}
		asked := 0
		w.Asked = func(said string) {
			asked++
			if !strings.Contains(said, "let this checkout run the program "+program+" as a provider?") {
				t.Errorf("asks %q", said)
			}
		}
		for range 2 {
			if got := session.Providers(mustOpen(t, w, want)).Consent(program); got != answer || asked != 1 {
				t.Errorf("%s: consent %v after %d questions", typed, got, asked)
			}
		}
	}
	w := cmdtest.New(t, files)
	s := mustOpen(t, w, want)
	_, err = session.Providers(s).Up(t.Context(), s.Project, false)
	if e := fail.Failures(err); len(e) != 1 || e[0].Code != fail.NeedsAnswer || e[0].File == "" {
		t.Errorf("without a terminal: %v", err)
	}
	w.Settings.Yes = true
	if session.Providers(mustOpen(t, w, want)).Consent(program) != provider.Agreed {
		t.Error("--yes does not agree")
	}
	w.Settings.Yes = false
	if session.Providers(mustOpen(t, w, want)).Consent(program) != provider.Undecided {
		t.Error("--yes is remembered")
	}
}
