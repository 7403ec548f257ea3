package images_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/urls"
)

// shop builds web and api, and takes db from a registry.
const shop = `
-- compose.yaml --
name: shop
services:
  web: {build: ./web}
  api: {build: ./api}
  db: {image: "postgres:16"}
-- web/Dockerfile --
FROM scratch
COPY page /page
-- web/page --
hello
-- api/Dockerfile --
FROM scratch
`

// fixture is a project with an engine that has no image yet.
type fixture struct {
	dir     string
	engine  *fakeengine.Images
	store   images.Store
	mu      sync.Mutex
	notices []string // warnings and notes
}

func newFixture(t *testing.T, archive string) *fixture {
	t.Helper()
	f := &fixture{dir: t.TempDir(), engine: &fakeengine.Images{Registry: map[string]string{"postgres:16": fakeengine.ID("postgres")}}}
	f.write(t, archive)
	f.store = images.Store{Engine: f.engine, Builder: f.engine, StateDir: t.TempDir(), Build: build.Options{Sink: f.note}}
	return f
}

func (f *fixture) note(e event.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.Kind == event.Note {
		f.notices = append(f.notices, e.Text)
	}
}

func (f *fixture) write(t *testing.T, archive string) {
	t.Helper()
	for _, file := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(f.dir, file.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (f *fixture) load(t *testing.T) *project.Project {
	t.Helper()
	p, err := project.Load(t.Context(), project.Options{Dir: f.dir})
	if err != nil {
		t.Fatal(err)
	}
	return urls.Resolve(p, nil, urls.Where{})
}

// prepare prepares the project and gives what was decided and what was asked of the engine.
func (f *fixture) prepare(ctx context.Context, t *testing.T, r images.Request) (images.Result, string, error) {
	t.Helper()
	r.Project = f.load(t)
	result, err := f.store.Prepare(ctx, r)
	return result, strings.Join(f.engine.Calls(), ", "), err
}

// What a test asks the engine about the images of the project: what is there, and what is there afterwards.
const (
	asked      = "inspect postgres:16, inspect shop-api, inspect shop-web"
	askedTwice = "inspect postgres:16, inspect postgres:16, inspect shop-api, inspect shop-api, inspect shop-web, inspect shop-web"
)

// reason is why an image cannot be had: other packages' words.
var reason = regexp.MustCompile(`(cannot be (?:pulled|built)): [^;\n]*`)

func withoutReasons(text string) string { return reason.ReplaceAllString(text, "$1") }

func textOf(r images.Result) string {
	var lines []string
	for _, b := range r.Builds {
		lines = append(lines, "build "+b.Service+": "+b.Cause)
	}
	for _, p := range r.Pulls {
		lines = append(lines, "pull "+p.Image)
	}
	if len(r.Failed) > 0 {
		lines = append(lines, fmt.Sprintf("failed %v", slices.Sorted(maps.Keys(r.Failed))))
	}
	if r.Failure != nil {
		lines = append(lines, r.Failure.Error())
	}
	return strings.Join(lines, "\n")
}

const all = "build api: no image yet\nbuild web: no image yet\npull postgres:16"

func TestPrepareGetsWhatIsMissingAndNothingTwice(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shop)
	first, calls, err := f.prepare(t.Context(), t, images.Request{})
	if got := textOf(first); got != all || err != nil {
		t.Errorf("decided:\n%s\n%v", got, err)
	}
	if want := "build shop-api, build shop-web, " + askedTwice + ", pull postgres:16"; calls != want {
		t.Errorf("asked: %s, want %s", calls, want)
	}
	for _, ref := range []string{"shop-api", "shop-web", "postgres:16"} {
		if first.IDs[ref] == "" {
			t.Errorf("%s has no ID", ref)
		}
	}
	if first.Inputs["web"] == "" || first.Inputs["db"] != "" {
		t.Errorf("inputs are %v", first.Inputs)
	}
	second, calls, err := f.prepare(t.Context(), t, images.Request{})
	if got := textOf(second); got != "" || calls != asked || err != nil {
		t.Errorf("the second time: %q, asked %s, %v", got, calls, err)
	}
	if diff := cmp.Diff(first.IDs, second.IDs); diff != "" {
		t.Errorf("IDs (-first +second):\n%s", diff)
	}
	known, err := f.store.List(t.Context(), f.load(t))
	if err != nil {
		t.Fatal(err)
	}
	f.engine.Calls()
	if _, calls, err = f.prepare(t.Context(), t, images.Request{Known: known}); calls != "" || err != nil {
		t.Errorf("with what is known already: asked %q, %v", calls, err)
	}
	f.write(t, "-- web/page --\nchanged\n")
	third, calls, err := f.prepare(t.Context(), t, images.Request{Known: known})
	if got := textOf(third); got != "build web: its files or its build settings changed" || calls != "build shop-web, "+asked || err != nil {
		t.Errorf("after a change: %q, asked %s, %v", got, calls, err)
	}
}

func TestPrepareChoices(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		archive string
		here    []string // images that are here already
		broken  []string
		request images.Request
		want    string // what was decided, and the error
		calls   string
	}{
		{
			name: "a dry run only decides", archive: shop, request: images.Request{DryRun: true},
			want: all, calls: asked,
		},
		{
			name: "a failed build leaves the rest", archive: shop, broken: []string{"shop-api"},
			want:  all + "\nfailed [api]\napi/Dockerfile: the image of api cannot be built",
			calls: "build shop-api, build shop-web, " + askedTwice + ", pull postgres:16",
		},
		{
			name: "--no-build with an image missing", archive: shop, here: []string{"shop-web"},
			request: images.Request{Options: images.Options{NoBuild: true}},
			want:    "api has no image yet, and --no-build forbids to build it", calls: asked,
		},
		{
			name: "--no-build takes the images that are here", archive: shop, here: []string{"shop-web", "shop-api", "postgres:16"},
			request: images.Request{Options: images.Options{NoBuild: true}}, calls: asked,
		},
		{
			name: "--build builds what is current", archive: shop, here: []string{"shop-web", "shop-api", "postgres:16"},
			request: images.Request{Options: images.Options{Build: true}},
			want:    "build api: asked for\nbuild web: asked for", calls: "build shop-api, build shop-web, " + askedTwice,
		},
		{
			name: "--pull never", archive: shop, here: []string{"shop-web", "shop-api"},
			request: images.Request{OneOff: "web", Options: images.Options{Pull: "never", NoBuild: true}},
			want:    "failed [db]\nthe image postgres:16 of db is not on this engine, and --pull never forbids to pull it", calls: asked,
		},
		{
			name: "--pull never in a dry run", archive: shop, here: []string{"shop-web", "shop-api"},
			request: images.Request{DryRun: true, Options: images.Options{Pull: "never", NoBuild: true}},
			want:    "the image postgres:16 of db is not on this engine, and --pull never forbids to pull it", calls: asked,
		},
		{
			name: "--pull of no known policy", archive: shop, request: images.Request{Options: images.Options{Pull: "sometimes"}},
			want: `--pull: invalid value "sometimes"`, calls: asked,
		},
		{
			name:    "what cannot be pulled is built",
			archive: "-- compose.yaml --\nname: shop\nservices: {web: {build: ., image: 'shop/web:1', pull_policy: missing}}\n-- Dockerfile --\nFROM scratch\n",
			want:    "build web: its image cannot be pulled\npull shop/web:1\nnote the image shop/web:1 of web cannot be pulled; it is built instead",
			calls:   "build docker.io/shop/web:1, inspect shop/web:1, inspect shop/web:1, pull shop/web:1",
		},
		{
			name:    "what cannot be pulled is not built with --no-build",
			archive: "-- compose.yaml --\nname: shop\nservices: {web: {build: ., image: 'shop/web:1', pull_policy: missing}}\n-- Dockerfile --\nFROM scratch\n",
			request: images.Request{Options: images.Options{NoBuild: true}},
			want:    "pull shop/web:1\nfailed [web]\nthe image shop/web:1 of web cannot be pulled",
			calls:   "inspect shop/web:1, inspect shop/web:1, pull shop/web:1",
		},
		{
			name: "what cannot be refreshed is taken as it is", here: []string{"redis:7"},
			archive: "-- compose.yaml --\nname: shop\nservices: {cache: {image: 'redis:7', pull_policy: daily}}\n",
			want:    "pull redis:7\nnote the image redis:7 of cache cannot be pulled; the one that is here is taken",
			calls:   "inspect redis:7, inspect redis:7, inspect redis:7, pull redis:7",
		},
		{
			name:    "an image for another platform than was asked for",
			archive: "-- compose.yaml --\nname: shop\nservices: {db: {image: 'postgres:16', platform: linux/arm64}}\n",
			want:    "pull postgres:16\nfailed [db]\nthe image postgres:16 of db cannot be pulled",
			calls:   "inspect postgres:16, inspect postgres:16, inspect postgres:16, inspect postgres:16, pull postgres:16",
		},
		{
			name: "an image that is mounted and cannot be had", here: []string{"postgres:16"},
			archive: "-- compose.yaml --\nname: shop\nservices: {db: {image: 'postgres:16', volumes: [{type: image, source: 'data:1', target: /data}]}}\n",
			want:    "pull data:1\nfailed [db]\nthe image data:1 of db cannot be pulled",
			calls:   "inspect data:1, inspect data:1, inspect postgres:16, inspect postgres:16, pull data:1",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, test.archive)
			f.engine.Broken = test.broken
			for _, ref := range test.here {
				f.engine.Add(ref, fakeengine.ID("old "+ref))
			}
			result, calls, err := f.prepare(t.Context(), t, test.request)
			lines := []string{textOf(result)}
			for _, text := range f.notices {
				lines = append(lines, "note "+text)
			}
			if err != nil {
				lines = append(lines, err.Error())
			}
			got := strings.Join(slices.DeleteFunc(lines, func(line string) bool { return line == "" }), "\n")
			if test.request.DryRun && strings.HasPrefix(test.want, "the image") { // the decision comes with its error
				got = strings.TrimPrefix(got, textOf(result)+"\n")
			}
			if diff := cmp.Diff(test.want, withoutReasons(got)); diff != "" {
				t.Errorf("decided (-want +got):\n%s", diff)
			}
			if calls != test.calls {
				t.Errorf("asked %s, want %s", calls, test.calls)
			}
		})
	}
}

// TestAFailedBuildIsTriedAgain: the image of an earlier build does not count as built from
// what could not be built.
func TestAFailedBuildIsTriedAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shop)
	if _, _, err := f.prepare(t.Context(), t, images.Request{}); err != nil {
		t.Fatal(err)
	}
	f.write(t, "-- web/page --\nchanged\n")
	const want = "build web: its files or its build settings changed"
	for range 2 {
		f.engine.Broken = []string{"shop-web"}
		result, _, err := f.prepare(t.Context(), t, images.Request{})
		if got := textOf(result); !strings.HasPrefix(got, want+"\nfailed [web]\n") || err != nil {
			t.Errorf("got %s, %v", got, err)
		}
	}
	f.engine.Broken = nil
	if result, _, err := f.prepare(t.Context(), t, images.Request{}); textOf(result) != want || err != nil {
		t.Errorf("got %s, %v", textOf(result), err)
	}
}

// TestNoBuildForgetsWhatIsStale: a container that starts from a stale image must not say
// that the image was built from what is here now.
func TestNoBuildForgetsWhatIsStale(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shop)
	first, _, err := f.prepare(t.Context(), t, images.Request{})
	if err != nil || first.Failure != nil {
		t.Fatal(err, first.Failure)
	}
	f.write(t, "-- web/page --\nchanged\n")
	result, _, err := f.prepare(t.Context(), t, images.Request{Options: images.Options{NoBuild: true}})
	if err != nil || result.Inputs["web"] != "" || result.Inputs["api"] != first.Inputs["api"] {
		t.Errorf("inputs are %v after %v, %v", result.Inputs, first.Inputs, err)
	}
}

// TestWhatDockerComposeRunsIsCurrent: an image that Docker Compose built and runs is taken
// for current; from then on a change is seen.
func TestWhatDockerComposeRunsIsCurrent(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shop)
	var containers []plan.Container
	for _, service := range []string{"web", "api"} {
		id := fakeengine.ID("compose " + service)
		f.engine.Add("shop-"+service, id)
		containers = append(containers, plan.Container{Service: service, Number: 1, Image: id})
	}
	f.engine.Add("postgres:16", fakeengine.ID("postgres"))
	request := images.Request{Containers: containers}
	if result, calls, err := f.prepare(t.Context(), t, request); textOf(result) != "" || calls != asked || err != nil {
		t.Errorf("%s\nasked %s, %v", textOf(result), calls, err)
	}
	f.write(t, "-- web/page --\nchanged\n")
	if result, _, err := f.prepare(t.Context(), t, request); textOf(result) != "build web: its files or its build settings changed" || err != nil {
		t.Errorf("after a change: %s, %v", textOf(result), err)
	}
}

// TestAnInvalidPolicyIsFoundBeforeAnythingIsAsked: no request about another image is under
// way when Prepare has returned.
func TestAnInvalidPolicyIsFoundBeforeAnythingIsAsked(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "-- compose.yaml --\nname: shop\nservices:\n  a: {image: 'redis:7', pull_policy: daily}\n  b: {image: 'redis:7'}\n")
	f.engine.Add("redis:7", fakeengine.ID("redis"))
	p := f.load(t).Edit(func(own *project.Project) {
		b := own.Services["b"]
		b.PullPolicy = "sometimes"
		own.Services["b"] = b
	})
	synctest.Test(t, func(t *testing.T) {
		_, err := f.store.Prepare(t.Context(), images.Request{Project: p})
		if err == nil || err.Error() != `service b: unknown pull_policy "sometimes"` {
			t.Errorf("error: %v", err)
		}
		synctest.Wait() // for what is under way
		if calls := strings.Join(f.engine.Calls(), ", "); calls != "inspect redis:7" {
			t.Errorf("asked %s", calls)
		}
	})
}

func TestPrepareEndsWithItsContext(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shop)
	p := f.load(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	result, err := f.store.Prepare(ctx, images.Request{Project: p})
	if err == nil || len(result.Failed) > 0 {
		t.Errorf("error %v, failed %v: no image has failed", err, result.Failed)
	}
	f.engine.Calls()
	if again, _, err := f.prepare(t.Context(), t, images.Request{DryRun: true}); textOf(again) != all || err != nil {
		t.Errorf("an image that was not built counts as built: %s, %v", textOf(again), err)
	}
}
