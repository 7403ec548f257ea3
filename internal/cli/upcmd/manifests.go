package upcmd

import (
	"context"
	"os"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/stack/manifest"
	"github.com/devup-cli/devup/internal/watch"
)

// watchManifests reports services whose lists of packages change until ctx ends: their images hold the
// packages, so that no edit of these takes effect without a build.
func (a *after) watchManifests(ctx context.Context, changed chan<- []string) {
	p := *a.outcome.Project.Project
	p.Services = types.Services{}
	for name, s := range a.outcome.Project.Services {
		if s.Build != nil {
			s.Develop = &types.DevelopConfig{Watch: manifestsIn(s.Build.Context)}
			p.Services[name] = s
		}
	}
	rules, _, err := watch.Rules(&p, nil)
	if err != nil || len(rules) == 0 {
		return
	}
	w := watcher{session: a.session}
	_ = watch.Run(ctx, watch.On(a.session.Engine.Client), rules, watch.Options{ // where no file can be watched, nothing is offered
		Containers: w.containers, Poll: a.env.Settings.WatchPoll, Sink: event.Discard,
		Rebuild: func(ctx context.Context, services []string) error {
			select {
			case changed <- services:
			case <-ctx.Done():
			}
			return nil
		},
	})
}

// manifestsIn has the lists of packages in a directory watched.
func manifestsIn(dir string) []types.Trigger {
	entries, _ := os.ReadDir(dir) // what cannot be read has none
	var all []types.Trigger
	for _, e := range entries {
		if manifest.Language(e.Name()) != "" {
			all = append(all, types.Trigger{Path: filepath.Join(dir, e.Name()), Action: types.WatchActionRebuild})
		}
	}
	return all
}
