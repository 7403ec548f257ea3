package upcmd

import (
	"context"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/test/cmdtest"
)

// TestWatchRules: what has nothing to watch is refused before anything is started.
func TestWatchRules(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, service string
		word          string
	}{
		{"none", "{image: \"web:1\"}", "no service says under develop.watch"},
		{"mounted already", "{image: \"web:1\", volumes: [\"./src:/app\"], develop: {watch: [{path: ./src, action: sync, target: /app}]}}", "mounted into their containers already"},
	} {
		for _, run := range []struct {
			construct func(*command.Program) *cobra.Command
			args      string
		}{{NewWatch, "watch"}, {NewUp, "up --watch"}} {
			w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices:\n  web: "+test.service+"\n-- src/a --\nx\n")
			r := w.Command(run.construct, strings.Fields(run.args)...)
			if r.Code() != fail.Config || len(w.Requests()) > 0 {
				t.Errorf("%s, %s: %v", test.name, run.args, r.Error)
			}
			r.Says(t, test.word)
		}
	}
}

// TestWatchNoUp watches only what runs.
func TestWatchNoUp(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices:\n  web: {image: \"web:1\", develop: {watch: [{path: ./src, action: sync, target: /app}]}}\n-- src/a --\nx\n")
	r := w.Command(NewWatch, "watch", "--no-up")
	if r.Code() != fail.Failed || len(w.Requests()) > 0 {
		t.Errorf("%v", r.Error)
	}
	r.Says(t, "nothing of project shop runs")
}

// TestWatchKeepsGoing: watch starts what it can without an image that cannot be had, as up does.
func TestWatchKeepsGoing(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices:\n  web: {image: \"web:1\", healthcheck: {test: \"true\"}, develop: {watch: [{path: ./src, action: sync, target: /app}]}}\n  db: {image: \"gone:1\"}\n-- src/a --\nx\n")
	w.Images.Add("web:1", fakeengine.ID("web:1"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	started := false
	w.Server.Before = func(call string) {
		if strings.HasSuffix(call, "/start") {
			started = true
			cancel()
		}
	}
	r := w.CommandUntil(ctx, NewWatch, "watch")
	if !started {
		t.Errorf("started nothing: %v\n%s", r.Error, r.Err)
	}
}
