package observe

import (
	"context"
	"slices"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/containerd/platforms"
	"github.com/distribution/reference"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/versions"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// imageEngine is what Images needs of the engine.
type imageEngine interface {
	ImageList(context.Context, client.ImageListOptions) (client.ImageListResult, error)
	ImageInspect(context.Context, string, ...client.ImageInspectOption) (client.ImageInspectResult, error)
	ClientVersion() string
}

// fewImages is for how many images the engine is asked about each of them: that takes it a
// millisecond, and a list of all images, filtered or not, a tenth of one for each that it has.
const fewImages = 4

// Images gives the IDs of those of the references that the engine has: a request for each of
// a few, else one for all, and none for no references. See [plan.ImageID] for those of other platforms.
func Images(ctx context.Context, e imageEngine, refs []string) (map[string]string, error) {
	if len(refs) > fewImages {
		return listImages(ctx, e, refs)
	}
	var options []client.ImageInspectOption
	if versions.GreaterThanOrEqualTo(e.ClientVersion(), "1.48") {
		options = append(options, client.ImageInspectWithManifests(true))
	}
	answers := make([]client.ImageInspectResult, len(refs))
	group, ctx := errgroup.WithContext(ctx)
	for i, ref := range refs {
		group.Go(func() (err error) {
			answers[i], err = e.ImageInspect(ctx, ref, options...)
			if errdefs.IsNotFound(err) || errdefs.IsInvalidArgument(err) {
				return nil
			}
			return wrap(err, "inspect the image "+ref)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	found := map[string]string{}
	for i, ref := range refs {
		if a := answers[i]; a.ID != "" {
			identify(found, ref, image.Summary{ID: a.ID, Descriptor: a.Descriptor, Manifests: a.Manifests})
		}
	}
	return found, nil
}

// listImages is [Images] in one request.
func listImages(ctx context.Context, e imageEngine, refs []string) (map[string]string, error) {
	found := map[string]string{}
	options := client.ImageListOptions{Manifests: true}
	if !slices.ContainsFunc(refs, imageIDs.MatchString) { // which the filter does not find
		options.Filters = client.Filters{}.Add("reference", refs...)
	}
	list, err := e.ImageList(ctx, options)
	if err != nil {
		return nil, wrap(err, "list images")
	}
	for _, item := range list.Items {
		for _, ref := range refs {
			if slices.ContainsFunc(slices.Concat(item.RepoTags, item.RepoDigests), func(have string) bool { return sameReference(ref, have) }) {
				identify(found, ref, item)
			}
		}
	}
	for _, ref := range refs { // a name that looks like an ID goes first
		if found[ref] != "" || !imageIDs.MatchString(ref) {
			continue
		}
		i := slices.IndexFunc(list.Items, func(image image.Summary) bool {
			return strings.HasPrefix(image.ID, "sha256:"+strings.TrimPrefix(ref, "sha256:"))
		})
		if i >= 0 {
			identify(found, ref, list.Items[i])
		}
	}
	return found, nil
}

// identify notes the ID of an image, and the IDs for each platform that it is there for. In
// containerd's store that is a manifest, as in Docker Compose: the ID of an index changes with
// what only describes the image. Since API 1.48 both lists of the engine say so.
func identify(found map[string]string, ref string, item image.Summary) {
	found[ref] = item.ID
	if item.Descriptor == nil {
		return
	}
	here := slices.DeleteFunc(slices.Clone(item.Manifests), func(m image.ManifestSummary) bool {
		return m.Kind != image.ManifestKindImage || !m.Available
	})
	for _, m := range slices.Backward(here) { // of several that fit, the first
		if len(here) == 1 || m.ImageData != nil && platforms.Default().Match(m.ImageData.Platform) {
			found[ref] = m.ID
		}
		if m.ImageData != nil {
			found[ref+" "+platforms.Format(platforms.Normalize(m.ImageData.Platform))] = m.ID
		}
	}
}

// imageIDs are what `image:` may say instead of a name.
var imageIDs = lazyregexp.New(`^(sha256:[0-9a-f]{64}|[0-9a-f]{12,64})$`)

// sameReference says whether two image references mean the same, whatever is
// left out of either ("redis" and "docker.io/library/redis:latest").
func sameReference(a, b string) bool {
	x, y := normal(a), normal(b)
	return x != "" && x == y
}

// normal is a reference written out in full, or empty for what is none.
func normal(ref string) string {
	named, err := reference.ParseDockerRef(ref)
	if err != nil {
		return ""
	}
	return named.String()
}
