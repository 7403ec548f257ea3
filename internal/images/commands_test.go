package images_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/images"
)

func TestBuildAllBuildsForTheServicesAndRemembers(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shop)
	ids, err := f.store.BuildAll(t.Context(), f.load(t), images.BuildOptions{Services: []string{"web"}})
	if len(ids) != 1 || ids["web"] == "" || err != nil {
		t.Errorf("built %v, %v", ids, err)
	}
	if calls := strings.Join(f.engine.Calls(), ", "); calls != "build shop-web, "+asked {
		t.Errorf("asked %s", calls)
	}
	result, _, err := f.prepare(t.Context(), t, images.Request{DryRun: true})
	if want := "build api: no image yet\npull postgres:16"; textOf(result) != want || err != nil {
		t.Errorf("left to do:\n%s\nwant:\n%s\n%v", textOf(result), want, err)
	}
}

func TestBuildAllKeepsWhatCouldBeBuilt(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shop)
	f.engine.Broken = []string{"shop-api"}
	ids, err := f.store.BuildAll(t.Context(), f.load(t), images.BuildOptions{})
	if ids["web"] == "" || ids["api"] != "" || err == nil || !strings.Contains(err.Error(), "the image of api cannot be built") {
		t.Errorf("built %v, %v", ids, err)
	}
}

func TestPullAndPushCommands(t *testing.T) {
	t.Parallel()
	const named = `
-- compose.yaml --
name: shop
services:
  web: {build: {context: ., tags: ['shop/web:2']}, image: 'shop/web:1'}
  api: {build: .}
  db: {image: 'postgres:16'}
-- Dockerfile --
FROM scratch
`
	push := func(o images.PushOptions) func(*testing.T, *fixture) error {
		return func(t *testing.T, f *fixture) error {
			t.Helper()
			_, err := f.store.Push(t.Context(), f.load(t), o)
			return err
		}
	}
	pull := func(o images.PullOptions) func(*testing.T, *fixture) error {
		return func(t *testing.T, f *fixture) error {
			t.Helper()
			return f.store.Pull(t.Context(), f.load(t), o)
		}
	}
	const (
		looked      = "inspect postgres:16\ninspect shop-api\ninspect shop/web:1\n"
		lookedTwice = "inspect postgres:16\ninspect postgres:16\ninspect shop-api\ninspect shop-api\ninspect shop/web:1\ninspect shop/web:1\n"
	)
	const unpulled = "the image shop/web:1 of web cannot be pulled"
	tests := []struct {
		name    string
		run     func(*testing.T, *fixture) error
		offline bool
		want    string // requests, notes, the error
	}{
		{"pull of one service", pull(images.PullOptions{Services: []string{"db"}}), false, lookedTwice + "pull postgres:16"},
		{"pull of nothing", pull(images.PullOptions{Services: []string{"api"}}), false, looked + "api is not pulled: it has no image but is built"},
		{"pull of what is not there", pull(images.PullOptions{Services: []string{"web"}}), false, lookedTwice + "pull shop/web:1\n" + unpulled},
		{"pull with --ignore-pull-failures", pull(images.PullOptions{Services: []string{"web"}, IgnoreFailures: true}), false, lookedTwice + "pull shop/web:1\n" + unpulled + "\nwhat could not be pulled can be built from source: devup build web"},
		{"pull with an invalid policy", pull(images.PullOptions{Policy: "sometimes"}), false, looked + `--pull: invalid value "sometimes"`},
		{"push", push(images.PushOptions{}), false, "push shop/web:1\npush shop/web:2\napi is not pushed: its image has no name; give it one with image"},
		{"push of what is not built", push(images.PushOptions{Services: []string{"db"}}), false, "db is not pushed: it builds no image"},
		{"push with --ignore-missing", push(images.PushOptions{IgnoreMissing: true}), false, looked + "api is not pushed: its image has no name; give it one with image\nweb is not pushed: shop/web:1 is not here\nweb is not pushed: shop/web:2 is not here"},
		{"push that fails", push(images.PushOptions{Services: []string{"web"}, Quiet: true}), true, "push shop/web:1\npush shop/web:2\nFAILED"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, named)
			f.engine.Offline = test.offline
			err := test.run(t, f)
			lines := append(f.engine.Calls(), f.notices...)
			switch {
			case err != nil && test.offline:
				lines = append(lines, "FAILED")
			case err != nil:
				lines = append(lines, err.Error())
			}
			if diff := cmp.Diff(test.want, withoutReasons(strings.Join(lines, "\n"))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestPullIsRemembered: what the pull command pulled is not pulled again before it is due.
func TestPullIsRemembered(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "-- compose.yaml --\nname: shop\nservices: {db: {image: 'postgres:16', pull_policy: daily}}\n")
	f.engine.Add("postgres:16", fakeengine.ID("old"))
	if err := f.store.Pull(t.Context(), f.load(t), images.PullOptions{}); err != nil {
		t.Fatal(err)
	}
	f.engine.Calls()
	if result, calls, err := f.prepare(t.Context(), t, images.Request{}); textOf(result) != "" || calls != "inspect postgres:16" || err != nil {
		t.Errorf("%s\nasked %s, %v", textOf(result), calls, err)
	}
}
