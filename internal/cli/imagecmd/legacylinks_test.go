package imagecmd

import (
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/image"
)

// TestNamesWithLegacyLinks: a container that others link to has further names, and the
// engine may list them first.
func TestNamesWithLegacyLinks(t *testing.T) {
	t.Parallel()
	for name, names := range map[string][]string{"shop-db-1": {"/web/db", "/shop-db-1"}, "": nil} {
		if got := imageOf(container.Summary{Names: names}, image.InspectResponse{}).Container; got != name {
			t.Errorf("images: %q, want %q", got, name)
		}
	}
}
