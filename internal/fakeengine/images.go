// Package fakeengine is for tests: a [Machine] keeps containers, networks and volumes,
// [Images] pulls from a registry that is a map and builds by the classic builder without
// running anything, a [Server] answers the engine's API with both, and [Hung] never answers.
package fakeengine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net"
	"slices"
	"strings"
	"sync"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/distribution/reference"
	"github.com/moby/moby/api/types/image"
	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/client"
)

// Images is the engine. The zero value has no image, and its registry has none. It may
// be used by several goroutines; the fields are set before.
type Images struct {
	Registry map[string]string // what can be pulled: reference -> ID
	Broken   []string          // references whose builds fail
	Arch     string            // of all images; empty for amd64
	Offline  bool              // every push fails

	mu    sync.Mutex
	ids   map[string]string // full reference -> ID
	calls []string
}

// ID is the ID that an image gets by a name of the test's choice.
func ID(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Add gives the engine an image.
func (e *Images) Add(ref, id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ids == nil {
		e.ids = map[string]string{}
	}
	e.ids[full(ref)] = id
}

// Calls are the requests since the last call of it, sorted: "list", "pull redis:7".
func (e *Images) Calls() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	calls := slices.Sorted(slices.Values(e.calls))
	e.calls = nil
	return calls
}

func (e *Images) note(call string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, call)
}

func full(ref string) string {
	named, err := reference.ParseDockerRef(ref)
	if err != nil {
		return ref
	}
	return named.String()
}

// ImageList lists all images, whatever the filters.
func (e *Images) ImageList(context.Context, client.ImageListOptions) (client.ImageListResult, error) {
	e.note("list")
	e.mu.Lock()
	defer e.mu.Unlock()
	var result client.ImageListResult
	for ref, id := range e.ids {
		result.Items = append(result.Items, image.Summary{ID: id, RepoTags: []string{ref}})
	}
	return result, nil
}

// ClientVersion is of an engine that does not list manifests.
func (e *Images) ClientVersion() string { return "1.47" }

// ImageInspect knows the platform of an image, and that it is as old as time.
func (e *Images) ImageInspect(_ context.Context, ref string, options ...client.ImageInspectOption) (client.ImageInspectResult, error) {
	e.note("inspect " + ref)
	e.mu.Lock()
	defer e.mu.Unlock()
	id, ok := e.ids[full(ref)]
	var tags []string
	for name, other := range e.ids {
		if other == ref || other == id {
			id, ok, tags = other, true, append(tags, strings.TrimPrefix(name, "docker.io/library/"))
		}
	}
	slices.Sort(tags)
	if !ok || len(options) > 0 { // no image is for several platforms
		return client.ImageInspectResult{}, cerrdefs.ErrNotFound
	}
	arch := e.Arch
	if arch == "" {
		arch = "amd64"
	}
	return client.ImageInspectResult{InspectResponse: image.InspectResponse{ID: id, RepoTags: tags, Os: "linux", Architecture: arch}}, nil
}

// ImagePull takes an image from the registry.
func (e *Images) ImagePull(ctx context.Context, ref string, _ client.ImagePullOptions) (client.ImagePullResponse, error) {
	e.note("pull " + ref)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	id, ok := e.Registry[ref]
	if !ok {
		return nil, errors.New("manifest for " + ref + " not found: manifest unknown")
	}
	e.Add(ref, id)
	return silent{strings.NewReader("")}, nil
}

// ImagePush succeeds where the engine is not offline.
func (e *Images) ImagePush(_ context.Context, ref string, _ client.ImagePushOptions) (client.ImagePushResponse, error) {
	e.note("push " + ref)
	if e.Offline {
		return nil, errors.New("dial tcp: lookup registry: no such host")
	}
	return silent{strings.NewReader("")}, nil
}

// ImageBuild reads the context and makes an image whose ID depends on it alone.
func (e *Images) ImageBuild(ctx context.Context, files io.Reader, o client.ImageBuildOptions) (client.ImageBuildResult, error) {
	e.note("build " + strings.TrimSuffix(strings.TrimPrefix(o.Tags[0], "docker.io/library/"), ":latest"))
	content, err := io.ReadAll(files)
	if err != nil {
		return client.ImageBuildResult{}, err
	}
	if ctx.Err() != nil {
		return client.ImageBuildResult{}, context.Cause(ctx)
	}
	broken := func(ref string) bool { return full(ref) == full(o.Tags[0]) }
	answer := map[string]any{"error": "the command 'make' returned a non-zero code: 2"}
	if !slices.ContainsFunc(e.Broken, broken) {
		id := ID(string(content))
		for _, tag := range o.Tags {
			e.Add(tag, id)
		}
		answer = map[string]any{"aux": map[string]string{"ID": strings.TrimPrefix(id, "sha256:")[:12]}} // as Podman names it
	}
	text, err := json.Marshal(answer)
	return client.ImageBuildResult{Body: io.NopCloser(strings.NewReader(string(text)))}, err
}

// DialHijack fails: this engine has no BuildKit.
func (e *Images) DialHijack(context.Context, string, string, map[string][]string) (net.Conn, error) {
	return nil, errors.New("this engine has no BuildKit")
}

// Info says nothing.
func (e *Images) Info(context.Context, client.InfoOptions) (client.SystemInfoResult, error) {
	return client.SystemInfoResult{}, nil
}

// silent is the answer to a pull or a push that went well.
type silent struct{ io.Reader }

// Close has nothing to close.
func (silent) Close() error { return nil }

// JSONMessages has none.
func (silent) JSONMessages(context.Context) iter.Seq2[jsonstream.Message, error] {
	return func(func(jsonstream.Message, error) bool) {}
}

// Wait has nothing to wait for.
func (silent) Wait(context.Context) error { return nil }
