package build

import (
	"context"

	bkclient "github.com/moby/buildkit/client"
	"github.com/tonistiigi/fsutil"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/egress"
)

// job is one image's build with BuildKit.
type job struct {
	builder *buildKit
	spec    Spec
	def     definition
	sent    rewritten
	grant   egress.Grant
}

// solve runs the build and reports its steps.
func (j job) solve(ctx context.Context) (result, error) {
	from, err := j.spec.sources(j.def, j.sent)
	if err != nil {
		return result{}, err
	}
	defer from.close()
	opt, err := j.request(ctx, from.mounts)
	if err != nil {
		return result{}, err
	}
	steps := newSteps(j.spec.Service, j.builder.options.Sink, j.sent.plain)
	status := make(chan *bkclient.SolveStatus)
	var group errgroup.Group
	group.Go(func() error {
		for update := range status { // Solve closes it
			steps.update(update)
		}
		return nil
	})
	response, err := j.builder.client.Solve(ctx, nil, opt, status)
	_ = group.Wait() // it only reports
	if err != nil {
		if ctx.Err() != nil {
			return result{}, context.Cause(ctx)
		}
		return result{}, j.failure(err, steps)
	}
	return result{id: imageID(response.ExporterResponse), cached: steps.allCached()}, nil
}

func (j job) request(ctx context.Context, mounts map[string]fsutil.FS) (bkclient.SolveOpt, error) {
	attributes, err := j.builder.attributes(ctx, j.spec, j.def)
	if err != nil {
		return bkclient.SolveOpt{}, err
	}
	attachables, err := j.builder.attachables(j.spec, j.grant)
	if err != nil {
		return bkclient.SolveOpt{}, err
	}
	names, err := j.spec.imageNames()
	if err != nil {
		return bkclient.SolveOpt{}, err
	}
	return bkclient.SolveOpt{
		Exports:             []bkclient.ExportEntry{{Type: "moby", Attrs: map[string]string{"name": names}}},
		LocalMounts:         mounts,
		Frontend:            "dockerfile.v0",
		FrontendAttrs:       attributes,
		CacheImports:        cacheFrom(j.spec),
		CacheExports:        cacheTo(j.spec),
		Session:             attachables,
		AllowedEntitlements: j.spec.Allow,
		// The engine keeps what it got of a directory under this key, and asks only
		// for what changed since.
		SharedKey: "devup:" + j.spec.Context,
	}, nil
}
