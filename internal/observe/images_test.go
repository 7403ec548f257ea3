package observe

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/errdefs"
	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/client"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/devup-cli/devup/internal/plan"
)

// filtered is an engine with one image, which it finds by each of its names, but its filter by its
// tag only.
type filtered struct{ id, tag string }

func (f filtered) ClientVersion() string { return "1.47" }

func (f filtered) ImageInspect(_ context.Context, ref string, _ ...client.ImageInspectOption) (client.ImageInspectResult, error) {
	if ref != f.tag && !strings.HasPrefix(f.id, "sha256:"+strings.TrimPrefix(ref, "sha256:")) {
		return client.ImageInspectResult{}, errdefs.ErrNotFound
	}
	return client.ImageInspectResult{InspectResponse: image.InspectResponse{ID: f.id, RepoTags: []string{f.tag}}}, nil
}

func (f filtered) ImageList(_ context.Context, o client.ImageListOptions) (client.ImageListResult, error) {
	if len(o.Filters) > 0 && !o.Filters["reference"][f.tag] {
		return client.ImageListResult{}, nil
	}
	return client.ImageListResult{Items: []image.Summary{{ID: f.id, RepoTags: []string{f.tag}}}}, nil
}

// TestImages: one image is found by any of its names, in either way to ask.
func TestImages(t *testing.T) {
	t.Parallel()
	const id = "sha256:cb46a99a034faf5b18623a7e5a9e3114345a2af975e6f5562a9849e201f9c590"
	engine := filtered{id, "busybox:1"}
	for _, more := range [][]string{nil, {"w:1", "x:1", "y:1", "z:1"}} {
		for _, ref := range []string{"busybox:1", id, "cb46a99a034f"} {
			found, err := Images(t.Context(), engine, append(more, ref))
			if diff := cmp.Diff(map[string]string{ref: id}, found); diff != "" || err != nil {
				t.Errorf("%s of %d: %v, -want +got\n%s", ref, len(more)+1, err, diff)
			}
		}
		if found, err := Images(t.Context(), engine, append(more, "deadbeef0000")); len(found) > 0 || err != nil {
			t.Errorf("found %v, %v", found, err)
		}
	}
}

// TestImagesInContainerdsStore: an index has the ID of its manifest for this machine, and those
// for other platforms under their names. What only describes the image changes no ID.
func TestImagesInContainerdsStore(t *testing.T) {
	t.Parallel()
	manifest := func(id, arch string, kind image.ManifestKind, available bool) image.ManifestSummary {
		m := image.ManifestSummary{ID: id, Kind: kind, Available: available}
		if arch != "" {
			m.ImageData = &image.ImageProperties{Platform: ocispec.Platform{OS: "linux", Architecture: arch}}
		}
		return m
	}
	other := map[string]string{"amd64": "arm64", "arm64": "amd64"}[runtime.GOARCH]
	here, there, notes := manifest("here", runtime.GOARCH, "image", true), manifest("there", other, "image", true), manifest("notes", "", "attestation", true)
	for name, test := range map[string]struct {
		manifests []image.ManifestSummary
		want      map[string]string
	}{
		"for two platforms":    {[]image.ManifestSummary{there, here, notes}, map[string]string{"a": "here", "a linux/" + runtime.GOARCH: "here", "a linux/" + other: "there"}},
		"only for another one": {[]image.ManifestSummary{there, notes, manifest("gone", runtime.GOARCH, "image", false)}, map[string]string{"a": "there", "a linux/" + other: "there"}},
		"not told for which":   {[]image.ManifestSummary{manifest("here", "", "image", true)}, map[string]string{"a": "here"}},
		"for none":             {[]image.ManifestSummary{notes}, map[string]string{"a": "index"}},
	} {
		found := map[string]string{}
		identify(found, "a", image.Summary{ID: "index", Descriptor: &ocispec.Descriptor{}, Manifests: test.manifests})
		if diff := cmp.Diff(test.want, found); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	p, services := &types.Project{Name: "shop"}, map[string]string{"a": "here", "a linux/" + other: "there"}
	for platform, want := range map[string]string{"": "here", "linux/" + other: "there", "linux/riscv64": "here"} {
		s := types.ServiceConfig{}
		s.Image, s.Platform = "a", platform
		if got := plan.ImageID(services, p, s); got != want {
			t.Errorf("%q: got %q, want %q", platform, got, want)
		}
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
