package project

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/devup-cli/devup/internal/symbol"
)

func TestSetupSteps(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, setup, want string }{
		{"a text", "[npm run migrate]", `npm run migrate: ["sh" "-c" "npm run migrate"]`},
		{"a list", "[[npm, run, seed]]", `npm run seed: ["npm" "run" "seed"]`},
		{"named", "[{name: seed, run: ./seed, every: up}]", `seed: ["sh" "-c" "./seed"] at every up`},
		{"before it answers", "[{name: migrate, run: [x], before: ready}]", `migrate: ["x"] early`},
		{"a list in a mapping", "[{run: [./seed, all]}]", `./seed all: ["./seed" "all"]`},
		{"twice the same", "[make, make]", `make: ["sh" "-c" "make"]|step 2: ["sh" "-c" "make"]`},
		{"no value of a variable is a name", "['psql -p ${PORT:-5432}']", `step 1: ["sh" "-c" "psql -p 5432"]`},
		{"several lines", "[\"set -e\\nmake\"]", `set -e…: ["sh" "-c" "set -e\nmake"]`},
		{"a long one", "[echo " + strings.Repeat("long ", 20) + "]", "echo " + strings.TrimSpace(strings.Repeat("long ", 9)) + `…: ["sh" "-c" "echo ` + strings.TrimSpace(strings.Repeat("long ", 20)) + `"]`},
		{"URLs of services", "['./seed $DEVUP_URL_WEB']", `step 1: ["sh" "-c" "./seed http://localhost:8000"]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := loadText(t, "services:\n  web:\n    image: x\n    ports: ['8000:80']\n    x-devup:\n      setup: "+test.setup)
			var got []string
			for _, s := range atPort(p, 8000).Extensions["web"].Setup {
				text := fmt.Sprintf("%s: %q", s.Name, s.Command)
				if s.EveryUp {
					text += " at every up"
				}
				if s.Early {
					text += " early"
				}
				got = append(got, text)
			}
			if text := strings.Join(got, "|"); text != test.want {
				t.Errorf("got  %s\nwant %s", text, test.want)
			}
		})
	}
}

// TestTimeoutOfAStep: a step that says nothing has a limit too, and the limit is no part
// of what ran.
func TestTimeoutOfAStep(t *testing.T) {
	t.Parallel()
	p := loadText(t, "services: {web: {image: x, x-devup: {setup: [make, {name: a, run: make, timeout: 90s}, {name: b, run: make, timeout: 0}, {name: c, run: make, timeout: '${LONG:-1h30m}'}]}}}")
	steps := p.Extensions["web"].Setup
	for i, want := range []time.Duration{30 * time.Minute, 90 * time.Second, 0, 90 * time.Minute} {
		if steps[i].Timeout != want || steps[i].Digest != steps[0].Digest {
			t.Errorf("%s: %s, want %s", steps[i].Name, steps[i].Timeout, want)
		}
	}
}

// TestDigestOfAStep: it changes with the command, and not with where a service is reached.
func TestDigestOfAStep(t *testing.T) {
	t.Parallel()
	step := func(run string) SetupStep {
		p := loadText(t, "services:\n  web:\n    image: x\n    ports: ['8000:80']\n    x-devup:\n      setup: ['"+run+"']")
		return atPort(p, 8123).Extensions["web"].Setup[0]
	}
	if step("make").Digest == step("make all").Digest {
		t.Error("another command has the same digest")
	}
	moved := step("./seed $DEVUP_URL_WEB")
	if at := strings.Join(moved.Command, " "); !strings.Contains(at, "8123") {
		t.Errorf("the command is not resolved: %s", at)
	}
	if moved.Digest != loadText(t, "services: {web: {image: x, x-devup: {setup: [./seed $DEVUP_URL_WEB]}}}").Extensions["web"].Setup[0].Digest {
		t.Error("the digest changes with the port")
	}
}

// atPort gives the project in which all URLs are that of a port.
func atPort(p *Project, port int) *Project {
	return p.Rewrite(func(text string) string {
		return symbol.Fill(text, func(string) (string, bool) { return fmt.Sprintf("http://localhost:%d", port), true })
	})
}
