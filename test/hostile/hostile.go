// Package hostile is a repository whose every text tries to reach the terminal: escape
// sequences, C1 and bidi controls, and line ends with lines behind them that look like
// devup's own. The tests of the commands walk all of them over it, without an engine and
// on one, and [Check] what was printed.
package hostile

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is what stands wherever a repository can put text. It holds no slash, so that it
// can be part of a file's name.
const Text = "x\x1b]0;owned\x07\x1b[2J\u009b2J\u202e\u2066\x7f\r\n" + Forged + "\n"

// Forged begins a line that devup never prints.
const Forged = "forged line"

// Call is a command line of devup.
type Call struct {
	Args    []string
	Endless bool // with an engine it runs until it is interrupted
	Piped   bool // its streams are never a terminal
}

// Calls are command lines for all commands but those that need a repository of their own,
// in an order that makes sense with an engine. Files are written to out.
func Calls(out string) []Call {
	var calls []Call
	add := func(lines ...string) {
		for _, line := range lines {
			calls = append(calls, Call{Args: strings.Fields(line)})
		}
	}
	endless := func(line string) { calls = append(calls, Call{Args: strings.Fields(line), Endless: true}) }
	add("config", "config --format json", "config --no-interpolate", "config --no-interpolate --format json", "config --hash *",
		"config --services", "config --volumes", "config --networks", "config --images", "config --profiles", "config --profiles --no-interpolate", "config --environment", "config --variables")
	add("schema", "version", "completion bash", "man "+filepath.Join(out, "man"), "help", "init --dry-run --explain", "agent init --dry-run", "add", "add --dry-run postgres redis")
	add("plan", "up --dry-run", "pull", "build", "create", "up --detach", "up --detach --force-recreate", "plan", "why web", "why job", "inspect web", "inspect job", "ready --timeout 20s web")
	add("ps", "ps --all", "ps --ready", "ls --all", "ls --all --format json", "images", "volumes", "port web 8080", "port", "top", "stats --no-stream", "urls", "urls --check", "open")
	calls = append(calls, Call{Args: []string{"__complete", "config", ""}})
	calls = append(calls, Call{Args: []string{"ps", "--all", "--format", `{{.Name}}\t{{.Labels}} {{.Label "text"}} {{json .}}`}}, Call{Args: []string{"ps", "--all", "--format", "table {{.Name}}\t{{.Command}}"}})
	calls = append(calls, Call{Args: []string{"volumes", "--format", "{{.Name}} {{.Labels}}"}})
	add("logs", "logs --timestamps", "logs --grep x --max-bytes 2000", "events --since 10m --until 0s", "doctor", "doctor --report "+filepath.Join(out, "report.md"))
	add("exec web true", "db web", "export web --output "+filepath.Join(out, "export.tar"), "commit web", "run --rm --no-deps web true", "cp web:/etc/hostname "+filepath.Join(out, "copy"), "wait job")
	add("restart web", "pause web", "unpause web", "stop web", "start web", "scale web=1", "kill web", "push", "rm --force", "prune --dry-run")
	endless("attach web")
	endless("watch")
	endless("share")
	calls = append(calls, Call{Args: []string{"serve", "gateway", filepath.Join(out, "gateway"), "app"}, Endless: true, Piped: true})
	calls = append(calls, Call{Args: []string{"mcp"}, Piped: true}, Call{Args: []string{"shell", "web"}, Piped: true})
	calls = append(calls, Call{Args: []string{"dashboard", "serve", filepath.Join(out, "dashboard")}, Endless: true, Piped: true})
	add("down --dry-run", "down --volumes --yes", "remove-volumes app")
	return calls
}

// Check looks at what a command printed. On a terminal, devup's own colours, links and
// moves of the cursor are allowed.
func Check(printed string, terminal bool) error {
	var problems []error
	if terminal {
		printed = own.ReplaceAllString(printed, "")
	}
	for i, r := range printed {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(printed[i:], "\uFFFD"),
			unicode.IsControl(r) && r != '\n' && r != '\t', unicode.Is(unicode.Bidi_Control, r), unicode.In(r, unicode.Zl, unicode.Zp):
			problems = append(problems, fmt.Errorf("%U is printed: %q", r, around(printed, i)))
		}
	}
	for line := range strings.Lines(printed) {
		if strings.HasPrefix(line, Forged) {
			problems = append(problems, fmt.Errorf("a line is forged: %q", around(printed, strings.Index(printed, "\n"+line))))
		}
	}
	return errors.Join(problems[:min(len(problems), 3)]...)
}

// own are the sequences that devup writes itself.
var own = regexp.MustCompile("\r|\x1b\\[[0-9;]*m|\x1b\\[A|\x1b\\[2K|\x1b\\]8;[^\x07\x1b]*\x07")

func around(text string, i int) string { return text[max(i-60, 0):min(i+30, len(text))] }
