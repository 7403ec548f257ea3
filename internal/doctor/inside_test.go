package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/moby/moby/api/types/image"

	"github.com/devup-cli/devup/internal/engine"
)

// engineWith is a small engine with BuildKit that has images.
func engineWith(t *testing.T, images ...string) func(context.Context) (*engine.Engine, error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.51")
		w.Header().Set("Builder-Version", "2")
		if strings.HasSuffix(r.URL.Path, "/images/json") {
			var list []string
			for _, name := range images {
				list = append(list, fmt.Sprintf(`{"Id": %q, "RepoTags": [%q]}`, name, name))
			}
			_, _ = fmt.Fprintf(w, "[%s]", strings.Join(list, ","))
		}
	}))
	t.Cleanup(server.Close)
	return func(ctx context.Context) (*engine.Engine, error) {
		return engine.Connect(ctx, engine.Options{
			Host:      "tcp://" + server.Listener.Addr().String(),
			LookupEnv: func(string) (string, bool) { return "", false },
		})
	}
}

func TestFromInsideABuild(t *testing.T) {
	t.Parallel()
	company := newAuthority(t)
	served := company.serve(t, func(http.ResponseWriter, *http.Request) {})
	host := served.Listener.Addr().String()
	index := Registry{"pip", served.URL + "/simple"}
	reached := func(context.Context) (reach, error) { return reach{registry: index, host: host, status: 200}, nil }
	dial := (&net.Dialer{}).DialContext
	noName := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.DNSError{Err: "no such host", Name: "pypi.example.com", IsNotFound: true}
	}
	noWay := func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("connection refused") }
	cut := func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go func() { // ends with the greeting, or with the other end
			_, _ = there.Read(make([]byte, 1<<14))
			_ = there.Close()
		}()
		return here, nil
	}
	var asked atomic.Bool
	cutOnce := func(ctx context.Context, network, address string) (net.Conn, error) {
		if asked.CompareAndSwap(false, true) {
			return cut(ctx, network, address)
		}
		return dial(ctx, network, address)
	}
	const without = "; what is not on this machine yet cannot be fetched"
	tests := []struct {
		name   string
		images []string
		dial   DialFunc
		ca     []byte
		here   func(context.Context) (reach, error) // how it is from this machine
		want   string
	}{
		{"well", []string{"scratchy:1", "alpine:3"}, dial, company.pem(), reached, "ok: a build reaches HOST | "},
		{"cut once", []string{"alpine:3"}, cutOnce, company.pem(), reached, "ok: a build reaches HOST | "},
		{
			"cut each time",
			[]string{"alpine:3"},
			cut, company.pem(), reached,
			"warning: from inside a build, HOST closes the connection without an answer | check the firewall, VPN and proxy of the engine's network, or set `build: {network: host}`; this machine reaches it",
		},
		{"no image", nil, dial, nil, reached, "ok: not tried: no image is here yet from whose inside to try it | "},
		{"no fit image", []string{"scratchy:1"}, dial, nil, reached, "ok: not tried: no image is here yet from whose inside to try it | "},
		{"an old BuildKit", []string{"alpine:3"}, nil, nil, reached, "ok: not tried from inside a build, which takes a newer BuildKit | "},
		{
			"no DNS",
			[]string{"alpine:3"},
			noName, company.pem(), reached,
			"warning: from inside a build, the name pypi.example.com cannot be resolved | set a DNS server that builds can reach in the engine's daemon.json, " +
				`such as "dns": ["1.1.1.1"], and restart it; this machine resolves pypi.example.com`,
		},
		{
			"no way",
			[]string{"alpine:3"},
			noWay, company.pem(), reached,
			"warning: from inside a build, HOST cannot be reached: connection refused | check the firewall, VPN and proxy of the engine's network, or set `build: {network: host}`; this machine reaches it",
		},
		{
			"no way for this machine either",
			[]string{"alpine:3"},
			noWay, company.pem(),
			func(context.Context) (reach, error) { return reach{registry: index, err: errors.New("down")}, nil },
			"warning: from inside a build, HOST cannot be reached: connection refused | check the network, and HTTPS_PROXY where one is needed" + without,
		},
		{
			"without the CA",
			[]string{"alpine:3"},
			dial, nil, reached,
			"warning: from inside a build, HOST shows a certificate that this machine does not trust | see the check ca",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := Network{
				Registries: []Registry{index}, CA: tt.ca,
				Inside: func(ctx context.Context, _ *engine.Engine, image string, work func(context.Context, DialFunc) error) error {
					switch {
					case strings.HasPrefix(image, "scratchy"):
						return ErrUnfit
					case tt.dial == nil:
						return ErrTooOld
					}
					return work(ctx, tt.dial)
				},
			}
			got := checkBuild(t.Context(), n, engineWith(t, tt.images...), []askRegistry{tt.here}).line()
			if want := strings.ReplaceAll(tt.want, "HOST", host); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestUsableImages(t *testing.T) {
	t.Parallel()
	got := usableImages([]image.Summary{
		{RepoTags: []string{"shop-web:latest"}, Size: 300},
		{RepoTags: []string{"shop-api:latest"}, Size: 200},
		{RepoTags: []string{"<none>:<none>"}, Size: 1},
		{RepoTags: nil, Size: 1},
		{RepoTags: []string{"registry.example.com/library/python:3.13"}, Size: 900},
		{RepoTags: []string{"alpine:3.20"}, Size: 8},
	})
	if want := []string{"alpine:3.20", "registry.example.com/library/python:3.13", "shop-api:latest"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestProxy(t *testing.T) {
	t.Parallel()
	proxy := map[string]string{"HTTPS_PROXY": "http://ada:hunter22@proxy.example.com:3128"}
	tests := []struct {
		name string
		n    Network
		info string
		want string
	}{
		{"none", Network{}, `{}`, "ok:  | "},
		{"for both", Network{Proxy: proxy}, `{"HttpsProxy": "http://proxy.example.com:3128"}`, "ok: builds and the engine go through a proxy: proxy.example.com:3128 | "},
		{
			"not for the engine",
			Network{Proxy: proxy},
			`{}`,
			"warning: this machine goes through the proxy proxy.example.com:3128, the engine fetches images without one | " +
				`if images cannot be fetched, set "proxies" in the engine's daemon.json (in Docker Desktop: Settings, Resources, Proxies) and restart it`,
		},
		{"what builds cannot have", Network{Notes: []string{"a", "b"}}, `{}`, "warning: a | \n- b"},
	}
	for _, tt := range tests {
		if got := checkProxy(t.Context(), tt.n, engineOf(t, tt.info)).full(); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}
