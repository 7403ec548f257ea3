package build

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/moby/moby/client"
)

// published decides for which platforms and with which attestations an image is
// built. One that is run here is built for one platform, and without attestations:
// they hold times, so that a build from the same would never give the same image.
// One that is published has all that its spec says, if the engine's image store can
// hold it.
func (b *buildKit) published(ctx context.Context, s Spec) (Spec, error) {
	if !b.options.Publish || len(s.Platforms) < 2 && len(s.Attest) == 0 {
		s.Platforms, s.Attest = nil, nil
		return s, nil
	}
	able, err := storesIndexes(ctx, b.engine)
	if err != nil {
		return s, err
	}
	const store = "turn on the engine's containerd image store (\"features\": {\"containerd-snapshotter\": true} in its daemon.json)"
	switch {
	case able:
		return s, nil
	case len(s.Platforms) > 1:
		return s, configError(s, nil, store+", or leave one platform in build.platforms",
			"the image of %s is to be built for %s, and this engine's image store holds an image for one platform only", s.Service, strings.Join(s.Platforms, ", "))
	}
	kinds := slices.Sorted(maps.Keys(s.Attest))
	b.warn(s, strings.Join(kinds, " and ")+" left out: this engine's image store keeps no attestations; to have them, "+store)
	s.Attest, s.Platforms = nil, nil
	return s, nil
}

// storesIndexes reports whether the engine keeps images in containerd's store, as
// the index that a registry has.
func storesIndexes(ctx context.Context, e Engine) (bool, error) {
	info, err := e.Info(ctx, client.InfoOptions{})
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(info.Info.DriverStatus, func(pair [2]string) bool {
		return pair[0] == "driver-type" && strings.HasPrefix(pair[1], "io.containerd.snapshotter")
	}), nil
}
