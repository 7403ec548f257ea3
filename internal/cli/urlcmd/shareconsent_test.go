package urlcmd

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/ui"
)

// TestConsentToShare: one yes is for one checkout, one list of ports and one program.
func TestConsentToShare(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	one, other := checkoutOfShare(t), checkoutOfShare(t)
	web := []expose.Row{{Service: "web", Target: 80, Port: 3000}}
	both := append([]expose.Row{{Service: "api", Target: 5000, Port: 5000}}, web...)
	debug := []expose.Row{{Service: "web", Target: 9229, Port: 3000}}
	for _, step := range []struct {
		name  string
		p     *project.Project
		tool  string
		rows  []expose.Row
		yes   bool   // --yes
		typed string // on a terminal; empty for none
		want  string // yes, no, or asked
	}{
		{"nobody agreed", one, "ngrok", web, false, "", "asked"},
		{"a flag answers for one run", one, "ngrok", web, true, "", "yes"},
		{"and is not remembered", one, "ngrok", web, false, "", "asked"},
		{"a no", one, "ngrok", web, false, "n\n", "no"},
		{"is no yes", one, "ngrok", web, false, "", "asked"},
		{"a yes", one, "ngrok", web, false, "y\n", "yes"},
		{"is remembered", one, "ngrok", web, false, "", "yes"},
		{"not for more services", one, "ngrok", both, false, "", "asked"},
		{"not for another port of the service", one, "ngrok", debug, false, "", "asked"},
		{"not for another program", one, "cloudflared", web, false, "", "asked"},
		{"not for another checkout", other, "ngrok", web, false, "", "asked"},
	} {
		var said bytes.Buffer
		terminal := step.typed != ""
		streams := ui.Streams{In: strings.NewReader(step.typed), Out: &said, Err: &said, InTTY: terminal, ErrTTY: terminal}
		out := ui.New(streams, ui.Plain)
		env := command.NewEnv(session.NewEnv(session.Env{
			Process:  session.Process{In: streams.In, LookupEnv: func(name string) (string, bool) { return state, name == "XDG_STATE_HOME" }},
			Settings: settings.Settings{Yes: step.yes}, Sink: out.Sink(),
		}), out)
		agreed, err := agreeToShare(t.Context(), env, step.p, step.tool, step.rows)
		out.Close()
		got := map[bool]string{true: "yes", false: "no"}[agreed]
		if err != nil {
			got = err.Error()
		}
		if fail.CodeOf(err) == fail.NeedsAnswer {
			got = "asked"
		}
		if got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
		if plural := strings.Contains(said.String(), "development servers without a login"); plural != (len(step.rows) > 1) {
			t.Errorf("%s: %d services in %q", step.name, len(step.rows), &said)
		}
		for _, r := range step.rows {
			if !strings.Contains(said.String(), r.Service+" (port") {
				t.Errorf("%s: %s is not named in %q", step.name, r.Service, &said)
			}
		}
	}
	kept, err := filepath.Glob(filepath.Join(state, "devup", "consent", "*.json"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("%v, %v", kept, err)
	}
	content, err := os.ReadFile(kept[0])
	if err != nil || !strings.Contains(string(content), `"share through ngrok: web:80": true`) {
		t.Errorf("%s, %v", content, err)
	}
}

func checkoutOfShare(t *testing.T) *project.Project {
	t.Helper()
	dir := t.TempDir()
	config := "services:\n  web: {image: x, ports: [\"3000:80\"]}\n  api: {image: x, ports: [\"5000:5000\"]}\n"
	if err := os.WriteFile(filepath.Join(dir, "devup.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := project.Load(t.Context(), project.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
