package doctorcmd

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/doctor"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/test/cmdtest"
)

const shop = "-- compose.yaml --\nname: shop\nservices:\n  web: {image: \"web:1\", ports: [\"18599:80\"], environment: {API_KEY: s3cr3t-value, PLAIN: shown}}\n"

// on opens the engine of a world.
func on(ctx context.Context, t *testing.T, env *command.Env) *engine.Engine {
	t.Helper()
	e, err := env.Connect(ctx, false)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestStanding: orphans, ports and projects whose directories are gone, in one request.
func TestStanding(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	port := func(public uint16) func(*fakeengine.Container) {
		return func(c *fakeengine.Container) {
			c.Ports = append(c.Ports, container.PortSummary{PublicPort: public, PrivatePort: 80, Type: "tcp"}, container.PortSummary{PublicPort: public, PrivatePort: 80, Type: "tcp"}, container.PortSummary{PublicPort: public + 1, PrivatePort: 53, Type: "udp"})
		}
	}
	w.Has("web", "running", port(18599))
	w.Has("old", "running")
	w.Has("web", "running", func(c *fakeengine.Container) {
		c.Name, c.Options.Config.Labels[plan.LabelOneOff] = "shop-web-run-1", "True"
	})
	w.Has("web", "running", func(c *fakeengine.Container) {
		c.Name, c.Options.Config.Labels[plan.LabelProject], c.Options.Config.Labels[plan.LabelWorkingDir] = "lost-web-1", "lost", filepath.Join(w.Home, "gone")
	})
	w.Run(func(ctx context.Context, env *command.Env) error {
		e := on(ctx, t, env)
		s, err := session.Open(ctx, env.Env, session.Want{Project: session.Required})
		if err != nil {
			return err
		}
		w.Server.Calls()
		state, err := standing(ctx, env, e, s.Project)
		if err != nil {
			return err
		}
		if got := w.Server.Calls(); !slices.Equal(got, []string{"GET /containers/json"}) {
			t.Errorf("asked %q", got)
		}
		if diff := cmp.Diff([]string{"shop-old-1"}, state.Orphans); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"lost"}, state.Gone); diff != "" {
			t.Error(diff)
		}
		if len(state.Published) != 1 || state.Published[0].Port != 18599 || state.Published[0].Service != "web" {
			t.Errorf("published %+v", state.Published)
		}
		if w.Locked("shop") {
			t.Error("looks with the lock")
		}
		w.Has("older", "running") // nobody was told of it
		w.Server.Before = func(call string) {
			if strings.HasPrefix(call, "DELETE") && !w.Locked("shop") {
				t.Errorf("%s without the lock", call)
			}
		}
		if err := state.Remove(ctx, []string{"shop-old-1", "shop-web-1"}); err != nil {
			return err
		}
		if got := w.Requests(); !slices.Equal(got, []string{"stop shop-old-1", "remove shop-old-1"}) || w.Locked("shop") {
			t.Errorf("changed %q, locked %v", got, w.Locked("shop"))
		}
		without, err := standing(ctx, env, e, nil)
		if err != nil || len(without.Gone) != 1 || without.Remove != nil || without.Orphans != nil {
			t.Errorf("without a project: %+v, %v", without, err)
		}
		return nil
	}).Fine(t)
}

// TestHeld names who has a port, unless it is the project itself.
func TestHeld(t *testing.T) {
	t.Parallel()
	s := &session.Session{Name: "shop"}
	port := func(number int, protocol string) plan.PublishedPort {
		return plan.PublishedPort{Public: number, Protocol: protocol}
	}
	s.Observed.Holders = []observe.Holder{
		{PublishedPort: port(80, "tcp"), Project: "other", Container: "other-web-1"}, {PublishedPort: port(81, "tcp"), Project: "shop"}, {PublishedPort: port(82, "udp"), Project: "other"},
	}
	got := held(s)
	if len(got) != 1 || !strings.Contains(got[80], "other") {
		t.Errorf("%v", got)
	}
}

// TestFix: what is safe is done, anything else is asked for, and a dry run does nothing.
func TestFix(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		safe  bool
		yes   bool
		dry   bool
		typed []string
		err   error
		want  string
		done  bool
	}{
		{"safe", true, false, false, nil, nil, "done", true},
		{"a dry run", true, false, true, nil, nil, "left", false},
		{"nobody to ask", false, false, false, nil, nil, "left", false},
		{"--yes", false, true, false, nil, nil, "done", true},
		{"yes", false, false, false, []string{"y"}, nil, "done", true},
		{"no", false, false, false, []string{"n"}, nil, "declined", false},
		{"it fails", true, false, false, nil, errors.New("boom"), "failed", true},
	} {
		w := cmdtest.New(t, shop)
		w.Typed, w.Settings.Yes, w.Flags.DryRun = test.typed, test.yes, test.dry
		done := false
		var got string
		r := w.Run(func(ctx context.Context, env *command.Env) (err error) {
			got, err = fix(ctx, env, doctor.Fix{Does: "start the engine", Safe: test.safe, Do: func(context.Context) error { done = true; return test.err }})
			return err
		})
		if got != test.want || done != test.done || !errors.Is(r.Error, test.err) {
			t.Errorf("%s: %s, done %v, %v", test.name, got, done, r.Error)
		}
	}
}

// TestShowMend says what became of a fix, for people and for programs.
func TestShowMend(t *testing.T) {
	t.Parallel()
	f := doctor.Finding{Name: "engine", Fix: &doctor.Fix{Does: "start it"}}
	for outcome, word := range map[string]string{"done": "done: start it", "left": "--fix --yes", "declined": "", "failed": "could not start it"} {
		for _, asJSON := range []bool{false, true} {
			w := cmdtest.New(t, shop)
			w.JSON = asJSON
			var err error
			if outcome == "failed" {
				err = fail.New(fail.Denied, "", "no")
			}
			r := w.Run(func(_ context.Context, env *command.Env) error { showFix(env, f, outcome, err); return nil })
			if !asJSON {
				r.Says(t, word)
				continue
			}
			var o fixedObject
			if err := json.Unmarshal([]byte(r.Out), &o); err != nil || o.Type != "fix" || o.Outcome != outcome || o.Check != "engine" {
				t.Errorf("%v: %s", err, r.Out)
			}
		}
	}
}

// TestChanged: after a fix, what is as before is not shown again, unless it was fixed.
func TestChanged(t *testing.T) {
	t.Parallel()
	before := []doctor.Finding{{Name: "a", Level: doctor.OK, Text: "x"}, {Name: "b", Level: doctor.Problem, Text: "y"}, {Name: "c", Level: doctor.Problem, Text: "z"}}
	now := []doctor.Finding{{Name: "a", Level: doctor.OK, Text: "x"}, {Name: "b", Level: doctor.OK, Text: "y"}, {Name: "c", Level: doctor.Problem, Text: "z"}}
	for fixed, want := range map[string]string{"": "b", "c": "b c", "a": "a b"} {
		var names []string
		for _, f := range changed(before, now, strings.Fields(fixed)) {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q fixed: %s, want %s", fixed, got, want)
		}
	}
	if len(now) != 3 || now[0].Name != "a" {
		t.Error("the findings were changed")
	}
}

// TestShowFindings: what has nothing to tell shares a line; a fix is offered, or not.
func TestShowFindings(t *testing.T) {
	t.Parallel()
	findings := []doctor.Finding{
		{Name: "engine", Level: doctor.Problem, Text: "does not run", Details: []string{"one place"}, Hint: "start it", Fix: &doctor.Fix{Does: "start it for you"}, Took: time.Second},
		{Name: "disk", Level: doctor.OK},
		{Name: "clock", Level: doctor.OK},
	}
	for _, offer := range []bool{true, false} {
		r := cmdtest.New(t, shop).Run(func(_ context.Context, env *command.Env) error { showFindings(env, findings, offer); return nil })
		r.Says(t, "problem", "engine", "does not run", "- one place", "hint: start it", "nothing wrong with: disk, clock")
		if offered := strings.Contains(r.Out, "after asking: start it for you"); offered != offer {
			t.Errorf("offers: %v\n%s", offered, r.Out)
		}
	}
	w := cmdtest.New(t, shop)
	w.JSON = true
	r := w.Run(func(_ context.Context, env *command.Env) error { showFindings(env, findings, true); return nil })
	var o findingObject
	if lines := strings.Split(strings.TrimSpace(r.Out), "\n"); len(lines) != 3 || json.Unmarshal([]byte(lines[0]), &o) != nil || o.Fix == nil || o.Fix.Safe || o.Took != 1 || o.Level != "problem" {
		t.Errorf("%s", r.Out)
	}
}

// TestDoctorExitCodes: no engine is told by its own code; a mistake in the files is one of
// the findings.
func TestDoctorExitCodes(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Env["DOCKER_HOST"] = "unix://" + filepath.Join(w.Home, "none.sock")
	w.Env["HTTPS_PROXY"], w.Env["HTTP_PROXY"] = "http://127.0.0.1:1", "http://127.0.0.1:1"
	r := w.Command(NewDoctor, "doctor")
	if r.Error != error(command.ExitCode(fail.NoEngine.Exit())) { //nolint:errorlint // it is the value itself
		t.Errorf("ended with %v", r.Error)
	}
	for args, code := range map[string]fail.Code{"doctor file.md": fail.Usage, "doctor --report a b": fail.Usage} {
		if r := w.Command(NewDoctor, strings.Fields(args)...); r.Code() != code {
			t.Errorf("%s: %v", args, r.Error)
		}
	}
	w.Write("compose.yaml", "services: [")
	if r := w.Command(NewDoctor, "--json", "doctor"); r.Error == nil || !strings.Contains(r.Out, "compose.yaml") {
		t.Errorf("%v\n%s", r.Error, r.Out)
	}
}

// TestReport writes a new file without secrets, with what the services that fail printed.
func TestReport(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop+"-- .env --\nTOKEN=from-the-env-file\n")
	w.Has("web", "exited", func(c *fakeengine.Container) {
		c.ExitCode = 1
		c.Log = []fakeengine.Line{{At: time.Unix(1, 0), Text: "cannot log in with s3cr3t-value"}, {At: time.Unix(2, 0), Text: "nor with from-the-env-file"}}
	})
	file := filepath.Join(w.Dir, "report.md")
	for range 2 {
		w.Run(func(ctx context.Context, env *command.Env) error {
			options, err := doctorOptions(ctx, env)
			if err != nil {
				return err
			}
			return report(ctx, env, options, []doctor.Finding{{Name: "engine", Level: doctor.OK, Text: "runs"}}, file)
		}).Fine(t).Says(t, "report: ", "read it through")
	}
	text := w.Read("report.md")
	for _, part := range []string{"cannot log in with", "engine", "28.0.0", "Exited (1)", "API_KEY", "18599"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in the report:\n%s", part, text)
		}
	}
	for _, hidden := range []string{"s3cr3t-value", "from-the-env-file"} {
		if strings.Contains(text, hidden) {
			t.Errorf("%q is in the report", hidden)
		}
	}
	if w.Read("report-2.md") == "" {
		t.Error("the second report has no name of its own")
	}
}

// TestWriteUnused counts up to a name that nothing has, and fails where no one may write.
func TestWriteUnused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, want := range []string{"a.md", "a-2.md", "a-3.md"} {
		name, err := writeUnused(filepath.Join(dir, "a.md"), want)
		if err != nil || filepath.Base(name) != want {
			t.Errorf("%s, %v, want %s", name, err, want)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "a.md")); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read it: %v, %v", info, err)
	}
	if _, err := writeUnused(filepath.Join(dir, "no", "a.md"), ""); err == nil {
		t.Error("wrote into a directory that is not there")
	}
}

// TestFails: what ended with 0, or was never started, is as it should be.
func TestFails(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		state  container.ContainerState
		status string
		want   bool
	}{
		{"running", "Up 2 minutes", false},
		{"running", "Up 2 minutes (unhealthy)", true},
		{"exited", "Exited (0) 1 second ago", false},
		{"exited", "Exited (1) 1 second ago", true},
		{"created", "Created", false},
		{"restarting", "Restarting (1)", true},
		{"dead", "Dead", true},
	} {
		if got := fails(container.Summary{State: test.state, Status: test.status}); got != test.want {
			t.Errorf("%s, %s: %v", test.state, test.status, got)
		}
	}
}

// TestDistribution is how the system calls itself.
func TestDistribution(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"etc/os-release": {Data: []byte("NAME=x\nPRETTY_NAME=\"Debian 12\"\n")}, "one": {Data: []byte("first\nsecond\n")}}
	if got := distribution(files); got != "Debian 12" {
		t.Errorf("%q", got)
	}
	if got := distribution(fstest.MapFS{}); got != "" {
		t.Errorf("%q", got)
	}
	if got := firstOf(files, "one"); got != "first" {
		t.Errorf("%q", got)
	}
	if got := firstOf(files, "none"); got != "" || yes(true) != "yes" || yes(false) != "" {
		t.Errorf("%q", got)
	}
}
