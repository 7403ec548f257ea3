package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/registry"
)

// hub is an engine whose pulls and pushes give messages or an error, by image.
type hub struct {
	messages map[string][]jsonstream.Message
	refuses  map[string]error // before any message
	private  string           // what is refused to a login that it does not know: "" for nothing

	mu    sync.Mutex
	asked []string // "redis:7 linux/arm64 login"
}

func (h *hub) ask(image, platforms, auth string) (stream, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, strings.Join(strings.Fields(image+" "+platforms+" "+map[bool]string{true: "login"}[len(auth) > len("e30=")]), " "))
	if h.private == image && len(auth) > len("e30=") {
		return stream{}, errors.New("Error response from daemon: Head https://ghcr.io/v2/: unauthorized: incorrect username or password")
	}
	return stream{messages: h.messages[image]}, h.refuses[image]
}

func (h *hub) ImagePull(_ context.Context, image string, o client.ImagePullOptions) (client.ImagePullResponse, error) {
	var platforms []string
	for _, p := range o.Platforms {
		platforms = append(platforms, p.OS+"/"+p.Architecture)
	}
	return h.ask(image, strings.Join(platforms, ","), o.RegistryAuth)
}

func (h *hub) ImagePush(_ context.Context, image string, o client.ImagePushOptions) (client.ImagePushResponse, error) {
	if o.RegistryAuth == "" {
		return nil, errors.New("engines before 25 refuse a push without any header")
	}
	return h.ask(image, "", o.RegistryAuth)
}

// stream is the answer to a pull or a push.
type stream struct {
	io.Reader
	messages []jsonstream.Message
}

func (stream) Close() error { return nil }

func (s stream) JSONMessages(context.Context) iter.Seq2[jsonstream.Message, error] {
	return func(yield func(jsonstream.Message, error) bool) {
		for _, m := range s.messages {
			if !yield(m, nil) {
				return
			}
		}
	}
}

func (stream) Wait(context.Context) error { return nil }

// layerAt is a message about how much of a layer is there.
func layerAt(status, layer string, current, total int64) jsonstream.Message {
	return jsonstream.Message{ID: layer, Status: status, Progress: &jsonstream.Progress{Current: current, Total: total}}
}

// told collects events as text.
type told struct {
	mu    sync.Mutex
	lines []string
}

func (t *told) sink(e event.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, fmt.Sprintf("%s %s %s", e.Name, e.State, e.Text))
}

// logins knows one for ghcr.io.
func logins() *registry.Credentials {
	return registry.NewCredentials(func(name string) (string, bool) {
		return `{"auths": {"ghcr.io": {"auth": "YWRhOnNlc2FtZQ=="}}}`, name == "DOCKER_AUTH_CONFIG"
	}, "", event.Discard)
}

func TestPullAll(t *testing.T) {
	t.Parallel()
	down := []jsonstream.Message{
		{Status: "Pulling from library/redis"},
		layerAt("Downloading", "a", 1e6, 2e6), layerAt("Downloading", "b", 0, 8e6),
		layerAt("Extracting", "a", 1, 2e6), layerAt("Downloading", "a", 2e6, 2e6), layerAt("Downloading", "a", 2e6, 2e6),
	}
	for _, test := range []struct {
		name   string
		hub    *hub
		pull   Pull
		o      Options
		asked  []string
		events []string
		code   fail.Code
		err    string
	}{
		{
			"with its progress", &hub{messages: map[string][]jsonstream.Message{"redis": down}},
			Pull{Image: "redis", Services: []string{"db", "cache"}},
			Options{},
			[]string{"redis"},
			[]string{"db, cache working pulling redis", "db, cache working pulling redis: 1 of 2 MB", "db, cache working pulling redis: 1 of 10 MB", "db, cache working pulling redis: 2 of 10 MB", "db, cache done pulled redis"},
			"", "",
		},
		{
			"quietly", &hub{messages: map[string][]jsonstream.Message{"redis": down}},
			Pull{Image: "redis", Services: []string{"db"}},
			Options{Quiet: true},
			[]string{"redis"},
			[]string{"db working pulling redis", "db done pulled redis"},
			"", "",
		},
		{
			"for a platform", &hub{},
			Pull{Image: "redis", Platform: "linux/arm64", Services: []string{"db"}},
			Options{},
			[]string{"redis linux/arm64"},
			[]string{"db working pulling redis", "db done pulled redis"},
			"", "",
		},
		{
			"with a login", &hub{},
			Pull{Image: "ghcr.io/a/b", Services: []string{"db"}},
			Options{Logins: logins()},
			[]string{"ghcr.io/a/b login"},
			[]string{"db working pulling ghcr.io/a/b", "db done pulled ghcr.io/a/b"},
			"", "",
		},
		{
			"of a public image with a login that expired", &hub{private: "ghcr.io/a/b"},
			Pull{Image: "ghcr.io/a/b", Services: []string{"db"}},
			Options{Logins: logins()},
			[]string{"ghcr.io/a/b login", "ghcr.io/a/b"},
			[]string{"db working pulling ghcr.io/a/b", "db warning pulled ghcr.io/a/b without the stored login, which ghcr.io refuses"},
			"", "",
		},
		{
			"that breaks off", &hub{messages: map[string][]jsonstream.Message{"redis": {layerAt("Downloading", "a", 1e3, 9e3), {Error: &jsonstream.Error{Message: "write /var/lib/docker/x: no space left on device"}}}}},
			Pull{Image: "redis", Services: []string{"db"}},
			Options{},
			[]string{"redis"},
			[]string{"db working pulling redis", "db working pulling redis: 1 of 9 kB", "db failed pulling redis"},
			fail.DiskFull, "the image redis of db cannot be pulled: ",
		},
		{
			"that the caller can do without", &hub{refuses: map[string]error{"redis": errors.New("manifest unknown")}},
			Pull{Image: "redis", Services: []string{"db"}},
			Options{Gentle: true},
			[]string{"redis"},
			[]string{"db working pulling redis", "db warning not done: pulling redis"},
			fail.ImageMissing, "the image redis of db cannot be pulled: ",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			events := &told{}
			test.o.Sink = events.sink
			errs := PullAll(t.Context(), test.hub, []Pull{test.pull}, test.o)
			if diff := cmp.Diff(test.events, events.lines); diff != "" || !slices.Equal(test.hub.asked, test.asked) {
				t.Errorf("asked for %q, want %q; events (-want +got):\n%s", test.hub.asked, test.asked, diff)
			}
			switch err := errs[0]; {
			case (err != nil) != (test.err != ""):
				t.Errorf("error %v", err)
			case err != nil && (fail.CodeOf(err) != test.code || !strings.HasPrefix(err.Error(), test.err)):
				t.Errorf("error %s %v, want %s %s", fail.CodeOf(err), err, test.code, test.err)
			}
		})
	}
}

// TestErrorsStandAtTheirPlaces: one image that fails keeps no other from being transferred.
func TestErrorsStandAtTheirPlaces(t *testing.T) {
	t.Parallel()
	h := &hub{refuses: map[string]error{"b": errors.New("manifest unknown")}}
	errs := PullAll(t.Context(), h, []Pull{{Image: "a", Services: []string{"x"}}, {Image: "b", Services: []string{"x"}}, {Image: "c", Services: []string{"x"}}}, Options{})
	if len(errs) != 3 || errs[0] != nil || errs[1] == nil || errs[2] != nil || len(h.asked) != 3 {
		t.Errorf("errors %v after %v", errs, h.asked)
	}
}

func TestCanceledTransfers(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := &hub{refuses: map[string]error{"a": context.Canceled}}
	events := &told{}
	pulled := PullAll(ctx, h, []Pull{{Image: "a", Services: []string{"x"}}}, Options{Sink: events.sink})
	pushed := PushAll(ctx, h, []Push{{Image: "a", Service: "x"}}, Options{Sink: events.sink})
	for _, err := range slices.Concat(pulled, pushed) {
		if _, explained := errors.AsType[*fail.Error](err); explained || !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want the context's", err)
		}
	}
	if want := []string{"x working pulling a", "x working pushing a"}; !slices.Equal(events.lines, want) {
		t.Errorf("events %q", events.lines)
	}
}

func TestPushAll(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		hub    *hub
		events []string
		code   fail.Code
		hint   string
		err    string
	}{
		{"with its progress", &hub{messages: map[string][]jsonstream.Message{"ghcr.io/a/b": {layerAt("Preparing", "a", 1, 2e6), layerAt("Pushing", "a", 1e6, 2e6)}}}, []string{"web working pushing ghcr.io/a/b", "web working pushing ghcr.io/a/b: 1 of 2 MB", "web done pushed ghcr.io/a/b"}, "", "", ""},
		{"of an image that was not built", &hub{refuses: map[string]error{"ghcr.io/a/b": errors.New("An image does not exist locally with the tag: ghcr.io/a/b")}}, []string{"web working pushing ghcr.io/a/b", "web failed pushing ghcr.io/a/b"}, fail.ImageMissing, "build it first: `devup build web`", "the image ghcr.io/a/b of web cannot be pushed: "},
		{"that is refused", &hub{refuses: map[string]error{"ghcr.io/a/b": errors.New("denied: requested access to the resource is denied")}}, []string{"web working pushing ghcr.io/a/b", "web failed pushing ghcr.io/a/b"}, fail.PushFailed, "", "the image ghcr.io/a/b of web cannot be pushed: "},
		{"onto a full disk", &hub{messages: map[string][]jsonstream.Message{"ghcr.io/a/b": {{Error: &jsonstream.Error{Message: "no space left on device"}}}}}, []string{"web working pushing ghcr.io/a/b", "web failed pushing ghcr.io/a/b"}, fail.DiskFull, "", "the image ghcr.io/a/b of web cannot be pushed: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			events := &told{}
			err := PushAll(t.Context(), test.hub, []Push{{Image: "ghcr.io/a/b", Service: "web"}}, Options{Sink: events.sink})[0]
			if diff := cmp.Diff(test.events, events.lines); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if (err != nil) != (test.err != "") || err != nil && (fail.CodeOf(err) != test.code || !strings.HasPrefix(err.Error(), test.err)) {
				t.Errorf("error %s %v, want %s %s", fail.CodeOf(err), err, test.code, test.err)
			}
			if e, ok := errors.AsType[*fail.Error](err); ok && test.hint != "" && e.Hint != test.hint {
				t.Errorf("hint %q, want %q", e.Hint, test.hint)
			}
		})
	}
}

func TestWrongPlatform(t *testing.T) {
	t.Parallel()
	err := WrongPlatform(Pull{Image: "redis:7", Platform: "linux/arm64", Services: []string{"db"}})
	if want := "the image redis:7 of db cannot be pulled: "; fail.CodeOf(err) != fail.ImageMissing || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "linux/arm64") {
		t.Errorf("got %v", err)
	}
}
