package cli

import (
	"cmp"
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/registry"
	"github.com/devup-cli/devup/internal/up"
	"github.com/devup-cli/devup/internal/workspace"
)

// machine is the machine that `devup up` works with. Its engine is started where it is
// installed and does not run.
func (a *app) machine(ctx context.Context) (up.Target, *engine.Engine, error) {
	return a.machineOf(ctx, true)
}

func (a *app) machineOf(ctx context.Context, start bool) (up.Target, *engine.Engine, error) {
	var place workspace.Place
	var outside egress.Settings
	var e *engine.Engine
	var nowhere, unread, absent error
	var group errgroup.Group
	group.Go(func() error {
		place, nowhere = a.place(ctx)
		return nil
	})
	group.Go(func() error {
		outside, unread = a.outside()
		return nil
	})
	e, absent = a.connect(ctx, start)
	_ = group.Wait() // the errors are kept
	if err := cmp.Or(nowhere, unread, absent); err != nil {
		return up.Target{}, nil, err
	}
	client := outside.Client()
	store := images.Store{Engine: e.Client, Builder: e.Client, StateDir: a.stateDir(), Build: a.buildDefaults()}
	store.Build.Egress, store.Build.BuildKit = outside, e.BuildKit
	store.Build.Logins = registry.NewCredentials(a.stdio.LookupEnv, a.home(), a.ui.Sink())
	return up.Target{
		Engine: up.On(e.Client), Images: store, Owner: a.owner(e), Egress: outside,
		Place: place, Ports: a.control(place, client), Web: client,
		StateDir: a.stateDir(),
		Endpoint: e.Endpoint, Sink: a.ui.Sink(), Remote: !e.Local(), Distant: distant(ctx, e),
	}, e, nil
}

// buildDefaults are the parts of a build's options that come from the person.
func (a *app) buildDefaults() build.Options {
	return build.Options{LookupEnv: a.stdio.LookupEnv, Version: provenanceOf().Version, Sink: a.ui.Sink()}
}

// outside is what this machine needs to reach the outside, read once.
func (a *app) outside() (egress.Settings, error) {
	a.outsideOnce.Do(func() { a.outsideRead, a.outsideError = a.readOutside() })
	return a.outsideRead, a.outsideError
}

// readOutside reads it. The user's settings take the place of the variables that would say
// the same.
func (a *app) readOutside() (egress.Settings, error) {
	settings := map[string]string{
		"SSL_CERT_FILE":       a.settings.CAFile,
		"NPM_CONFIG_REGISTRY": a.settings.NPMRegistry,
		"PIP_INDEX_URL":       a.settings.PipIndexURL,
	}
	return egress.Read(func(name string) (string, bool) {
		if value := settings[name]; value != "" {
			return value, true
		}
		return a.stdio.LookupEnv(name)
	}, a.home(), runtime.GOOS)
}
