package observe

import (
	"context"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// imageLister is what Images needs of the engine.
type imageLister interface {
	ImageList(context.Context, client.ImageListOptions) (client.ImageListResult, error)
}

// Images gives the IDs of those of the references that the engine has, in one
// call; none for no references.
func Images(ctx context.Context, e imageLister, refs []string) (map[string]string, error) {
	found := map[string]string{}
	if len(refs) == 0 {
		return found, nil
	}
	var options client.ImageListOptions
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
				found[ref] = item.ID
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
			found[ref] = list.Items[i].ID
		}
	}
	return found, nil
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
