package observe

import (
	"context"
	"testing"

	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"
)

// filtered is an engine with one image, which its filter finds by name only.
type filtered struct{ id, tag string }

func (f filtered) ImageList(_ context.Context, o client.ImageListOptions) (client.ImageListResult, error) {
	if len(o.Filters) > 0 && !o.Filters["reference"][f.tag] {
		return client.ImageListResult{}, nil
	}
	return client.ImageListResult{Items: []image.Summary{{ID: f.id, RepoTags: []string{f.tag}}}}, nil
}

func TestImagesByID(t *testing.T) {
	t.Parallel()
	const id = "sha256:cb46a99a034faf5b18623a7e5a9e3114345a2af975e6f5562a9849e201f9c590"
	engine := filtered{id, "busybox:1"}
	for _, ref := range []string{"busybox:1", id, "cb46a99a034f"} {
		found, err := Images(t.Context(), engine, []string{ref})
		if err != nil || found[ref] != id {
			t.Errorf("%s: got %q, %v", ref, found[ref], err)
		}
	}
	if found, _ := Images(t.Context(), engine, []string{"deadbeef0000"}); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

func TestSameReference(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"redis", "docker.io/library/redis:latest", true},
		{"shop-web", "shop-web:latest", true},
		{"redis:7", "redis:8", false},
		{"localhost:5000/x", "x", false},
		{"Not A Reference", "Not A Reference", false},
	} {
		if got := sameReference(test.a, test.b); got != test.want {
			t.Errorf("sameReference(%q, %q) = %t, want %t", test.a, test.b, got, test.want)
		}
	}
}
