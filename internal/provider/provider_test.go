package provider

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/project"
)

// program is a provider: a script that notes how it is called.
const program = `#!/bin/sh
echo "$@" >> "$CALLS"
case "$2 $3" in
metadata*) [ -z "$METADATA" ] || echo "$METADATA"; [ -n "$METADATA" ]; exit ;;
*" up") ;;
*) for last; do :; done; [ "$FAILS" != "$last" ]; exit ;;
esac
echo '{"type":"info","message":"preparing"}'
echo '{"type":"debug","message":"not shown"}'
echo '{"type":"setenv","message":"URL=https://cloud.example/db?a=b"}'
echo '{"type":"rawsetenv","message":"REGION=north"}'
if [ -n "$SAYS" ]; then echo "$SAYS"; echo 'quota is used up' >&2; exit "$ENDS"; fi
`

const cloudProject = `
name: shop
services:
  web:
    image: web
    environment: {REGION: south, KEPT: yes}
    depends_on: [database]
  other: {image: other}
  database:
    depends_on: [account]
    provider: {type: cloud, options: {size: "2", tag: [a, b]}}
  account:
    provider: {type: cloud}
`

// world is a project and a directory of plugins.
type world struct {
	runner  Runner
	project *project.Project
	calls   string

	mu     sync.Mutex
	events []string
}

func newWorld(t *testing.T, environ ...string) *world {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the provider is a shell script")
	}
	dir := t.TempDir()
	w := &world{calls: filepath.Join(dir, "calls")}
	for name, text := range map[string]string{"docker-cloud": program, "compose.yaml": cloudProject} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
	}
	p, err := project.Load(t.Context(), project.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	w.project = p
	w.runner = Runner{Plugins: []string{dir}, Consent: func(string) Consent { return Agreed }, Environ: append([]string{"CALLS=" + w.calls, "PATH=" + os.Getenv("PATH")}, environ...), Sink: func(e event.Event) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.events = append(w.events, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Name, e.State, e.Text)))
	}}
	return w
}

func (w *world) called(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(w.calls)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(strings.Split(strings.TrimSpace(string(text)), "\n"), func(line string) bool { return line == "compose metadata" })
}

func TestUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got, err := w.runner.Up(t.Context(), w.project, false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"compose --project-name=shop up account", "compose --project-name=shop up --size=2 --tag=a --tag=b database"}, w.called(t)); diff != "" {
		t.Error("calls (-want +got):\n" + diff)
	}
	if names := got.ServiceNames(); !slices.Equal(names, []string{"other", "web"}) {
		t.Errorf("services %v", names)
	}
	env := map[string]string{}
	for name, value := range got.Services["web"].Environment {
		env[name] = *value
	}
	if diff := cmp.Diff(map[string]string{"DATABASE_URL": "https://cloud.example/db?a=b", "REGION": "north", "KEPT": "yes"}, env); diff != "" {
		t.Error("environment (-want +got):\n" + diff)
	}
	if len(got.Services["other"].Environment) > 0 || *w.project.Services["web"].Environment["REGION"] != "south" {
		t.Error("a service that needs no provider, or the project itself, has changed")
	}
	if diff := cmp.Diff([]string{
		"account working starting", "account working preparing", "account done started",
		"database working starting", "database working preparing", "database done started",
		"web warning the provider database overrides the variable REGION of web",
	}, w.events); diff != "" {
		t.Error("events (-want +got):\n" + diff)
	}
}

func TestDryUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got, err := w.runner.Up(t.Context(), w.project, true)
	if err != nil || len(got.Services) != 2 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := os.Stat(w.calls); err == nil {
		t.Error("a provider was run")
	}
}

// TestMetadata: a provider that tells what it takes gets that alone, and all of it.
func TestMetadata(t *testing.T) {
	t.Parallel()
	w := newWorld(t, `METADATA={"description":"x","up":{"parameters":[{"name":"size"}]},"down":{"parameters":[]},"stop":{"parameters":[{"name":"tag"}]}}`)
	if _, err := w.runner.Up(t.Context(), w.project, false); err != nil {
		t.Fatal(err)
	}
	if err := w.runner.End(t.Context(), w.project, []string{"database"}, Stop); err != nil {
		t.Fatal(err)
	}
	if err := w.runner.End(t.Context(), w.project, nil, Down); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		"compose --project-name=shop up account", "compose --project-name=shop up --size=2 database",
		"compose --project-name=shop stop --tag=a --tag=b database",
		"compose --project-name=shop down database", "compose --project-name=shop down account",
	}, w.called(t)); diff != "" {
		t.Error("calls (-want +got):\n" + diff)
	}
	needy := newWorld(t, `METADATA={"up":{"parameters":[{"name":"name","required":true}]}}`)
	if _, err := needy.runner.Up(t.Context(), needy.project, false); err == nil || !strings.HasSuffix(err.Error(), "service account lacks the option name, which its provider needs") {
		t.Errorf("a missing option: %v", err)
	}
}

// TestMetadataIsBounded: a clone may name any program of the machine, also one that prints
// without end.
func TestMetadataIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "docker-cloud"), []byte("#!/bin/sh\nexec yes\n"), 0o755); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	if m := w.runner.metadata(t.Context(), filepath.Join(dir, "docker-cloud")); !m.none() {
		t.Errorf("metadata: %+v", m)
	}
}

// TestStopIsOptional: a provider that tells of no stop is not asked for it.
func TestStopIsOptional(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.runner.End(t.Context(), w.project, nil, Stop); err != nil {
		t.Fatal(err)
	}
	if got := w.called(t); len(got) > 0 {
		t.Errorf("called %v", got)
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ says, ends, want string }{
		{`{"type":"error","message":"no such region"}`, "1", "the provider cloud of account cannot bring it up: no such region"},
		{`{"type":"publish-endpoint","message":"x"}`, "0", "it asks for publish-endpoint, which devup does not know"},
		{`{"type":"setenv","message":"URL"}`, "0", "it sets a variable without a value"},
		{`hello`, "0", "it does not speak the protocol of providers"},
		{`{"type":"info","message":"x"}`, "3", "exit status 3"},
	} {
		w := newWorld(t, "SAYS="+test.says, "ENDS="+test.ends)
		if _, err := w.runner.Up(t.Context(), w.project, false); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.says, err, test.want)
		}
	}
	for kind, want := range map[string]string{
		"sh": "does not answer to `compose metadata`", "../cloud": "is not the name of a program",
		"./cloud": `provider type "./cloud" is not the name of a program`, "compose": `provider type "compose" is not the name of a program`, "no-such-cloud": "neither a plugin of docker nor a program on the PATH",
	} {
		w := newWorld(t)
		p := w.project.Edit(func(own *project.Project) { own.Services["account"].Provider.Type = kind })
		if _, err := w.runner.Up(t.Context(), p, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", kind, err, want)
		}
	}
}
