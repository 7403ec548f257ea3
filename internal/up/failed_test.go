package up

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/images"
)

func TestRunHoldsBackWhatNeedsAFailedImage(t *testing.T) {
	t.Parallel()
	for _, stop := range []bool{false, true} {
		f := newFixture(t, shopFiles)
		f.images.Broken = []string{"shop-api"}
		outcome, err := f.run(t.Context(), t, Options{StopOnFailure: stop})
		if fail.CodeOf(err) != fail.BuildFailed {
			t.Errorf("error: %v", err)
		}
		want := "create-network shop_default\ncreate shop-cache-1\ncreate shop-db-1\nwait for cache, db"
		if stop {
			want = ""
		}
		if got := f.engine.taken(); got != want {
			t.Errorf("stop %t: steps:\n%s\nwant:\n%s", stop, got, want)
		}
		if said := strings.Join(f.said, "; "); !stop && said != "web not started: it needs api" {
			t.Errorf("reported: %s", said)
		}
		if !stop && (outcome.URLs[0].State != expose.NotRunning || len(outcome.Containers) != 2) {
			t.Errorf("URLs %+v, containers %s", outcome.URLs, names(outcome.Containers))
		}
	}
}

// TestRunNamesWhatRunsOn: services that ran before and that a failed build held back run on.
func TestRunNamesWhatRunsOn(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shopFiles)
	f.up(t, Options{})
	f.said = nil
	f.images.Broken = []string{"shop-api"}
	outcome, err := f.run(t.Context(), t, Options{Options: images.Options{Build: true}})
	if fail.CodeOf(err) != fail.BuildFailed {
		t.Errorf("error: %v", err)
	}
	for _, row := range outcome.URLs {
		if want := row.Service == "web" || row.Service == "api"; (row.State == expose.NotUpdated) != want {
			t.Errorf("%s is %q", row.Service, row.State)
		}
	}
	if said := strings.Join(f.said, "; "); said != "web not updated: it needs api" {
		t.Errorf("reported: %s", said)
	}
}

func TestRunStartsNothingWithoutAnyImage(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "-- compose.yaml --\nname: shop\nservices: {web: {image: 'nowhere:1'}, api: {image: 'redis:7', depends_on: [web]}}\n")
	if _, err := f.run(t.Context(), t, Options{}); fail.CodeOf(err) != fail.ImageMissing || f.engine.taken() != "" {
		t.Errorf("error: %v", err)
	}
}

func TestRunEndsWhereTheNextAttemptGetsNoImages(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "-- compose.yaml --\nname: shop\nservices: {web: {image: 'redis:7', ports: ['8080:80']}, api: {image: 'nowhere:1'}}\n")
	f.engine.refused[8080] = 1
	f.runner.Images.Engine = leaving{f.images, f.engine}
	if _, err := f.run(t.Context(), t, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
}

func TestRunReportsServicesThatAreHeldBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t, shopFiles)
	failure := fail.New(fail.Config, "", "db has a mount that does not exist")
	failure.Service = "db"
	f.engine.broken["db"] = failure
	outcome, err := f.run(t.Context(), t, Options{})
	if !errors.Is(err, failure) {
		t.Errorf("error: %v", err)
	}
	if got, want := strings.Join(f.said, "; "), "api not started: it needs db; web not started: it needs api"; got != want {
		t.Errorf("reported %q, want %q", got, want)
	}
	if names(outcome.Containers) != "cache=shop-cache-1#1" {
		t.Errorf("containers: %s", names(outcome.Containers))
	}
}

// TestRunBuildsABrokenImageOnce: an attempt with another port leaves out what cannot be built.
func TestRunBuildsABrokenImageOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t, strings.Replace(shopFiles, "depends_on: [api]", "depends_on: [db]", 1))
	f.images.Broken = []string{"shop-api"}
	f.engine.refused[8080] = 1
	_, err := f.run(t.Context(), t, Options{})
	builds := 0
	for _, call := range f.images.Calls() {
		if call == "build shop-api" {
			builds++
		}
	}
	if builds != 1 || !fail.Services(err)["api"] {
		t.Errorf("%d builds, error %v", builds, err)
	}
	if steps := f.engine.taken(); strings.Count(steps, "create shop-web-1") != 2 {
		t.Errorf("steps:\n%s", steps)
	}
}
