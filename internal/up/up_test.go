package up

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/setup"
)

// shopFiles has web, which needs api, which needs db; cache needs nothing.
const shopFiles = `
-- compose.yaml --
name: shop
services:
  web: {image: "redis:7", ports: ["8080:80"], depends_on: [api], environment: {COLOUR: red}}
  api: {build: ./api, depends_on: [db]}
  db: {image: "postgres:16"}
  cache: {image: "redis:7"}
-- api/Dockerfile --
FROM scratch
`

const firstUp = `create-network shop_default
create shop-db-1
create shop-api-1
create shop-cache-1
create shop-web-1
wait for api, cache, db, web`

func TestRunMakesEverythingAndThenNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shopFiles)
	first, err := f.run(t.Context(), t, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(firstUp, f.engine.taken()); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if want := []string{"db", "api", "cache", "web"}; !slices.Equal(first.Started, want) || !first.Changed {
		t.Errorf("started %q, want %q; changed: %t", first.Started, want, first.Changed)
	}
	if len(first.URLs) != 1 || first.URLs[0].URL != "http://localhost:8080" || first.URLs[0].State != expose.Running {
		t.Errorf("URLs: %+v", first.URLs)
	}
	f.images.Calls()

	second, err := f.run(t.Context(), t, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := "wait for api (settled), cache (settled), db (settled), web (settled)"; f.engine.taken() != want {
		t.Errorf("a run with nothing to do did something: %s", second.Plan)
	}
	if calls := strings.Join(f.images.Calls(), ", "); calls != "inspect postgres:16, inspect redis:7, inspect shop-api" {
		t.Errorf("asked about images: %q", calls)
	}
	if second.Changed || len(second.Started)+len(second.Builds)+len(second.Pulls) > 0 {
		t.Errorf("nothing was to do: %+v", second)
	}
	if a, b := names(first.Containers), names(second.Containers); a != b || strings.Count(a, "=") != 4 {
		t.Errorf("containers are %s, then %s", a, b)
	}
	if ids := second.IDs(); ids["web"][1] == "" || len(ids) != 4 {
		t.Errorf("IDs are %v", ids)
	}
}

// TestRunWaitsForHealthThatIsNotListed: Podman lists no health, so a service with a healthcheck is
// not taken for healthy because it runs.
func TestRunWaitsForHealthThatIsNotListed(t *testing.T) {
	t.Parallel()
	f := newFixture(t, strings.Replace(shopFiles, `"postgres:16"`, `"postgres:16", healthcheck: {test: "true"}`, 1))
	f.up(t, Options{})
	if _, err := f.run(t.Context(), t, Options{}); err != nil {
		t.Fatal(err)
	}
	if got, want := f.engine.taken(), "wait for api (settled), cache (settled), db, web (settled)"; got != want {
		t.Errorf("steps: %s, want %s", got, want)
	}
}

// TestRunAsksNothingThatIsKnown: with the images listed before, a run with nothing to do
// asks the engine nothing at all.
func TestRunAsksNothingThatIsKnown(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shopFiles)
	outcome := f.up(t, Options{})
	known, err := f.runner.Images.List(t.Context(), outcome.Project)
	if err != nil {
		t.Fatal(err)
	}
	f.images.Calls()
	if _, err := f.run(t.Context(), t, Options{Known: known}); err != nil {
		t.Fatal(err)
	}
	if calls := f.images.Calls(); len(calls) > 0 {
		t.Errorf("asked %q", calls)
	}
}

func TestRunReplacesOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shopFiles)
	before := f.up(t, Options{})
	f.write(t, strings.Replace(shopFiles, "COLOUR: red", "COLOUR: blue", 1))
	after, err := f.run(t.Context(), t, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.engine.taken(), "recreate shop-web-1\nwait for api (settled), cache (settled), db (settled), web"; got != want {
		t.Errorf("steps:\n%s\nwant:\n%s", got, want)
	}
	if !slices.Equal(after.Started, []string{"web"}) {
		t.Errorf("started %q", after.Started)
	}
	for service, ids := range before.IDs() {
		if same := after.IDs()[service][1] == ids[1]; same != (service != "web") {
			t.Errorf("%s has the same container: %t", service, same)
		}
	}
}

// leaving is an engine that answers nothing about images once a port was refused.
type leaving struct {
	*fakeengine.Images
	engine *steps
}

func (e leaving) ImageInspect(ctx context.Context, ref string, o ...client.ImageInspectOption) (client.ImageInspectResult, error) {
	e.engine.mu.Lock()
	defer e.engine.mu.Unlock()
	if e.engine.refused[8080] == 0 {
		return client.ImageInspectResult{}, context.Canceled
	}
	return e.Images.ImageInspect(ctx, ref, o...)
}

func TestRunTakesAnotherPortForALostOne(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shopFiles)
	f.engine.refused[8080] = maxAttempts
	applied := 0
	f.runner.OnApplied = func() { applied++ }
	outcome, err := f.run(t.Context(), t, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(firstUp, "\nwait for api, cache, db, web", "\nobserve\ncreate shop-web-1\nwait for api, cache, db, web", 1)
	if diff := cmp.Diff(want, f.engine.taken()); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if len(outcome.Moves) != 1 || outcome.URLs[0].URL != "http://localhost:8081" || applied != 1 {
		t.Errorf("moves %v, URLs %+v, applied %d times", outcome.Moves, outcome.URLs, applied)
	}
	if want := []string{"db", "api", "cache", "web"}; !slices.Equal(outcome.Started, want) {
		t.Errorf("started %q, want %q", outcome.Started, want)
	}
	f.engine.refused[8080] = 0
	if again := f.up(t, Options{}); !again.Plan.Empty() || again.Ports[outcome.Moves[0].Port.Key()] != 8081 {
		t.Errorf("the next run moves it back: %s", again.Plan)
	}
}

func TestRunGivesUpOnPorts(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shopFiles)
	for n := range 100 {
		f.engine.refused[8080+n] = 1
	}
	_, err := f.run(t.Context(), t, Options{})
	if got := strings.Count(f.engine.taken(), "create shop-web-1"); fail.CodeOf(err) != fail.PortTaken || got != maxAttempts {
		t.Errorf("%d attempts, want %d; error: %v", got, maxAttempts, err)
	}
}

func TestRunWithStrictPorts(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shopFiles)
	f.engine.refused[8080] = 1
	outcome, err := f.run(t.Context(), t, Options{StrictPorts: true})
	if fail.CodeOf(err) != fail.PortTaken || len(outcome.URLs) > 0 {
		t.Errorf("error %v, URLs %+v", err, outcome.URLs)
	}
	if strings.Contains(f.engine.taken(), "wait") {
		t.Error("a run without its port waits for answers")
	}
}

func TestDryRunDoesNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t, strings.Replace(shopFiles, "  cache:", "  cache: {image: \"redis:7\", x-devup: {setup: [{name: fill, run: fill}]}}\n  other:", 1))
	outcome, err := f.run(t.Context(), t, Options{DryRun: true, Setup: &memory{}})
	if err != nil || f.engine.taken() != "" {
		t.Errorf("a dry run did something, or failed: %v", err)
	}
	if calls := strings.Join(f.images.Calls(), ", "); calls != "inspect postgres:16, inspect redis:7, inspect shop-api" {
		t.Errorf("asked about images: %q", calls)
	}
	if got := strings.Count(outcome.Plan.String(), "create shop-"); got != 5 {
		t.Errorf("the plan makes %d containers:\n%s", got, outcome.Plan)
	}
	if len(outcome.Builds) != 1 || len(outcome.Pulls) != 2 || len(outcome.Setup) != 1 || !outcome.Changed || len(outcome.URLs) > 0 {
		t.Errorf("builds %v, pulls %v, setup %v", outcome.Builds, outcome.Pulls, outcome.Setup)
	}
}

func TestRunThatWaitsForNothing(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"NoWait": {NoWait: true}, "NoStart": {Plan: plan.Options{NoStart: true}}} {
		f := newFixture(t, shopFiles)
		if _, err := f.run(t.Context(), t, o); err != nil {
			t.Fatal(err)
		}
		if steps := f.engine.taken(); strings.Contains(steps, "wait") || !strings.Contains(steps, "create shop-web-1") {
			t.Errorf("%s:\n%s", name, steps)
		}
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shopFiles)
	cause := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	f.engine.onApply = func() { cancel(cause) }
	released := false
	f.runner.OnApplied = func() { released = true }
	outcome, err := f.run(ctx, t, Options{})
	if !errors.Is(err, cause) || !released {
		t.Errorf("error %v; the caller was told that the plan is over: %t", err, released)
	}
	if steps := f.engine.taken(); steps != "" || len(outcome.URLs) > 0 || outcome.Plan == nil {
		t.Errorf("steps after the end: %s", steps)
	}
}

func TestRunReportsWhichServiceIsNotReady(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shopFiles)
	unready := fail.New(fail.NotReady, "", "web does not answer")
	unready.Service = "web"
	f.engine.unready["web"] = unready
	outcome, err := f.run(t.Context(), t, Options{})
	if !errors.Is(err, unready) || outcome.URLs[0].State != expose.Failed || len(outcome.Containers) != 4 {
		t.Errorf("error %v, URLs %+v", err, outcome.URLs)
	}
}

// memory knows of no setup step.
type memory struct{ turns int }

func (m *memory) Lock(context.Context) (func(), error) { m.turns++; return func() {}, nil }
func (m *memory) Done(context.Context) setup.Done      { return nil }
func (m *memory) Keep(_ context.Context, _ setup.Step) {}

func TestRunSetsUpWhatRuns(t *testing.T) {
	t.Parallel()
	const files = `
-- compose.yaml --
name: shop
services:
  web: {image: "redis:7", scale: 2, x-devup: {setup: [{name: migrate, run: migrate}]}}
  idle: {image: "redis:7", scale: 0, x-devup: {setup: [{name: fill, run: fill}]}}
  cache: {image: "redis:7"}
`
	for _, o := range []Options{{}, {NoWait: true}} {
		f, m := newFixture(t, files), &memory{}
		o.Setup = m
		outcome, err := f.run(t.Context(), t, o)
		if err != nil {
			t.Fatal(err)
		}
		want := "wait for cache, web, web\n"
		if o.NoWait {
			want = "wait for web, web\n"
		}
		want += "observe\nset up web: migrate in " + outcome.IDs()["web"][1]
		if steps := f.engine.taken(); !strings.HasSuffix(steps, want) {
			t.Errorf("NoWait %t: steps\n%s\nwant at the end\n%s", o.NoWait, steps, want)
		}
		if len(outcome.Setup) != 1 || m.turns != 1 {
			t.Errorf("setup %v, %d turns", outcome.Setup, m.turns)
		}
	}
}

// TestRunSetsUpEarly: a step before ready runs as soon as its service is started, the others
// when it answers, also where that step failed to make it answer.
func TestRunSetsUpEarly(t *testing.T) {
	t.Parallel()
	const files = `
-- compose.yaml --
name: shop
services:
  web: {image: "redis:7", x-devup: {setup: [{name: seed, run: seed}, {name: migrate, run: migrate, before: ready}]}}
`
	f := newFixture(t, files)
	outcome, err := f.run(t.Context(), t, Options{Setup: &memory{}})
	if err != nil {
		t.Fatal(err)
	}
	id := outcome.IDs()["web"][1]
	want := "observe\nset up web: migrate in " + id + "\nwait for web\nobserve\nset up web: seed in " + id
	if steps := f.engine.taken(); !strings.HasSuffix(steps, want) {
		t.Errorf("steps\n%s\nwant at the end\n%s", steps, want)
	}
	if len(outcome.Setup) != 2 {
		t.Errorf("setup %v", outcome.Setup)
	}
	f = newFixture(t, files)
	f.engine.unready = map[string]error{"web": &fail.Error{Code: fail.ServerError, Service: "web", Message: "web answers 500"}}
	_, _ = f.run(t.Context(), t, Options{Setup: &memory{}})
	if steps := f.engine.taken(); !strings.Contains(steps, "set up web: migrate") {
		t.Errorf("steps of a service that does not answer:\n%s", steps)
	}
}

// TestRunWaitsForNoTables: a service whose early step failed is not waited for; others are.
func TestRunWaitsForNoTables(t *testing.T) {
	t.Parallel()
	f := newFixture(t, `
-- compose.yaml --
name: shop
services:
  api: {image: "redis:7", x-devup: {setup: [{name: seed, run: seed}, {name: migrate, run: migrate, before: ready}]}}
  web: {image: "redis:7"}
`)
	f.engine.setupFails = map[string]error{"api: migrate": &fail.Error{Code: fail.SetupFailed, Service: "api", Message: "no table"}}
	_, err := f.run(t.Context(), t, Options{Setup: &memory{}})
	if fail.CodeOf(err) != fail.SetupFailed {
		t.Errorf("error %v", err)
	}
	if steps := f.engine.taken(); !strings.Contains(steps, "\nwait for web\n") {
		t.Errorf("steps:\n%s", steps)
	}
	if !slices.Contains(f.said, "api not waited for: its setup failed") {
		t.Errorf("said %q", f.said)
	}
}

func TestRunAsksBeforeDataIsLost(t *testing.T) {
	t.Parallel()
	const files = "-- compose.yaml --\nname: shop\nservices: {db: {image: 'postgres:16', volumes: ['data:/data']}}\nvolumes: {data: {driver_opts: {size: NUMBER}}}\n"
	for _, test := range []struct {
		name       string
		ask, renew bool
		dryRun     bool
		noRecreate bool
		kept       int
		removes    bool
		asks       bool
	}{
		{name: "kept", kept: 1},
		{name: "to be asked", ask: true, kept: 1, asks: true},
		{name: "replaced", ask: true, renew: true, removes: true},
		{name: "nothing is recreated", ask: true, renew: true, noRecreate: true, kept: 1},
		{name: "a dry run", ask: true, renew: true, dryRun: true, kept: 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, strings.Replace(files, "NUMBER", "'1'", 1))
			f.up(t, Options{})
			f.write(t, strings.Replace(files, "NUMBER", "'2'", 1))
			outcome, err := f.run(t.Context(), t, Options{
				AskVolumes: test.ask, DryRun: test.dryRun, Plan: plan.Options{RenewVolumes: test.renew, NoRecreate: test.noRecreate},
			})
			changed, asks := errors.AsType[*VolumesChanged](err)
			if asks != test.asks || err != nil && !asks || len(outcome.Kept) != test.kept {
				t.Errorf("kept %+v, error %v", outcome.Kept, err)
			}
			if asks && (len(changed.Volumes) != 1 || !strings.Contains(err.Error(), "shop_data (")) {
				t.Errorf("asks %q", err)
			}
			steps := f.engine.taken()
			if outcome.Plan != nil && len(outcome.Plan.Lost()) > 0 != test.removes {
				t.Errorf("the plan loses %q", outcome.Plan.Lost())
			}
			if strings.Contains(steps, "remove-volume") != test.removes || asks && strings.Contains(steps, "apply") {
				t.Errorf("steps:\n%s", steps)
			}
		})
	}
}

// TestAdaptersDoNotCountAsChangesOfTheFiles: what a company's network needs is in the
// project, and a container of Docker Compose's is not replaced because of it.
func TestAdaptersDoNotCountAsChangesOfTheFiles(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shopFiles)
	f.runner.Egress = egress.Settings{Proxy: map[string]string{"HTTPS_PROXY": "http://proxy:3128"}}
	loaded, err := project.Load(t.Context(), project.Options{Dir: f.dir})
	if err != nil {
		t.Fatal(err)
	}
	l := upRun{Runner: f.runner, loaded: loaded, out: &Outcome{}}
	if err := l.adapt(t.Context(), map[project.PortKey]int{{Service: "web", Target: 80, Protocol: "tcp"}: 8081}, observe.Project{}); err != nil {
		t.Fatal(err)
	}
	if value := l.out.Project.Services["api"].Environment["https_proxy"]; value == nil || *value != "http://proxy:3128" {
		t.Error("the service that is built was not told of the proxy")
	}
	if port := l.out.Project.Services["web"].Ports[0].Published; port != "8081" {
		t.Errorf("web is published on %s", port)
	}
	for name, declared := range l.options.Plan.Declared {
		if len(declared.Adapted) > 0 {
			t.Errorf("%s counts as changed: %q", name, declared.Adapted)
		}
	}
	if _, set := loaded.Services["api"].Environment["https_proxy"]; set || loaded.Services["web"].Ports[0].Published != "8080" {
		t.Error("the loaded project was changed")
	}
}

func TestOptionsReachTheImages(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shopFiles)
	f.up(t, Options{})
	outcome := f.up(t, Options{Options: images.Options{Build: true}})
	if len(outcome.Builds) != 1 || outcome.Builds[0].Cause != "asked for" || !outcome.Changed {
		t.Errorf("builds %v, changed: %t", outcome.Builds, outcome.Changed)
	}
}

func TestPortsOfAnEarlierRunAreKept(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shopFiles)
	key := project.PortKey{Service: "web", Target: 80, Protocol: "tcp"}
	outcome := f.up(t, Options{Ports: map[project.PortKey]int{key: 8085}})
	if got := slices.Collect(maps.Values(outcome.Ports)); !slices.Equal(got, []int{8085}) {
		t.Errorf("ports %v", outcome.Ports)
	}
	if len(outcome.Moves) != 1 || outcome.Moves[0].Port.Wanted != 8080 {
		t.Errorf("moves %v", outcome.Moves)
	}
}

// TestRunSyncsWhereMountsAreImpossible: a service that devup scaffolded has no bind mount
// of its source there, and the caller learns whose source to sync.
func TestRunSyncsWhereMountsAreImpossible(t *testing.T) {
	t.Parallel()
	const files = `
-- devup.yaml --
name: shop
services:
  web: {build: ./web, volumes: ["./web:/app"], x-devup: {stack: react}}
  own: {build: ./web, volumes: ["./web:/app"]}
-- web/Dockerfile --
FROM scratch
`
	for _, distant := range []bool{false, true} {
		f := newFixture(t, files)
		f.runner.Distant = distant
		outcome := f.up(t, Options{})
		want, mounts := []string(nil), 1
		if distant {
			want, mounts = []string{"web"}, 0
		}
		if diff := cmp.Diff(want, outcome.Synced); diff != "" {
			t.Errorf("synced (-want +got):\n%s", diff)
		}
		if got := len(outcome.Project.Services["web"].Volumes); got != mounts || len(outcome.Project.Services["own"].Volumes) != 1 {
			t.Errorf("distant %t: web has %d mounts, want %d", distant, got, mounts)
		}
	}
}
