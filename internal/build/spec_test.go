package build

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// service is a service of the given image, build section and mounts.
func service(image string, build *types.BuildConfig, mounts ...types.ServiceVolumeConfig) types.ServiceConfig {
	var s types.ServiceConfig
	s.Image, s.Build, s.Volumes = image, build, mounts
	return s
}

// compose is a project of the given services.
func compose(services types.Services) *project.Project {
	return &project.Project{Project: &types.Project{Name: "shop", WorkingDir: "/p", Services: services}}
}

func TestSpecs(t *testing.T) {
	t.Parallel()
	one := "1"
	for name, test := range map[string]struct {
		service types.ServiceConfig
		want    Spec
	}{
		"the short form": {
			service: service("", &types.BuildConfig{Context: "/p/web", Dockerfile: "Dockerfile"}),
			want:    Spec{Image: "shop-web", Context: "/p/web", Dockerfile: filepath.FromSlash("/p/web/Dockerfile")},
		},
		"an image of its own, a target, arguments": {
			service: service("me/web:1", &types.BuildConfig{Context: "/p", Dockerfile: "docker/web.Dockerfile", Target: "dev", Args: types.MappingWithEquals{"A": &one, "B": nil}}),
			want:    Spec{Image: "me/web:1", Context: "/p", Dockerfile: filepath.FromSlash("/p/docker/web.Dockerfile"), Target: "dev", Args: map[string]*string{"A": &one, "B": nil}},
		},
		"a Dockerfile outside the context": {
			service: service("", &types.BuildConfig{Context: "/p/web", Dockerfile: "../Dockerfile.web"}),
			want:    Spec{Image: "shop-web", Context: "/p/web", Dockerfile: filepath.FromSlash("/p/Dockerfile.web")},
		},
		"a remote context": {
			service: service("", &types.BuildConfig{Context: "https://example.com/x.git#main:dir", Dockerfile: "docker/Dockerfile"}),
			want:    Spec{Image: "shop-web", Context: "https://example.com/x.git#main:dir", Dockerfile: "docker/Dockerfile"},
		},
		"mounts": {
			service: service("", &types.BuildConfig{Context: "/p"},
				types.ServiceVolumeConfig{Type: "bind", Source: "/p/web", Target: "/web/"},
				types.ServiceVolumeConfig{Type: "volume", Target: "/web/node_modules"},
				types.ServiceVolumeConfig{Type: "volume", Target: "/data"}),
			want: Spec{Image: "shop-web", Context: "/p", Dockerfile: filepath.FromSlash("/p/Dockerfile"), Hidden: []string{"/web"}, Shown: []string{"/web/node_modules"}, Points: []string{filepath.FromSlash("/p/web/node_modules")}},
		},
		"the network of the machine": {
			service: service("", &types.BuildConfig{Context: "/p", Network: "host", Privileged: true, ShmSize: 64}),
			want:    Spec{Image: "shop-web", Context: "/p", Dockerfile: filepath.FromSlash("/p/Dockerfile"), Network: "host", Allow: []string{"security.insecure", "network.host"}, ShmSize: 64},
		},
		"several platforms": {
			service: service("", &types.BuildConfig{Context: "/p", Platforms: []string{"linux/amd64", "linux/arm64"}}),
			want:    Spec{Platforms: []string{"linux/amd64", "linux/arm64"}, Image: "shop-web", Context: "/p", Dockerfile: filepath.FromSlash("/p/Dockerfile")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Specs(compose(types.Services{"web": test.service, "db": service("postgres", nil)}))
			if err != nil {
				t.Fatal(err)
			}
			test.want.Service, test.want.Project, test.want.Root = "web", "shop", "/p"
			for i := range got {
				if len(got[i].ExtraHosts) == 0 {
					got[i].ExtraHosts = nil
				}
			}
			if diff := cmp.Diff([]Spec{test.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSpecsOfSecrets(t *testing.T) {
	t.Parallel()
	p := compose(types.Services{"web": service("", &types.BuildConfig{Context: "/p", Secrets: []types.ServiceSecretConfig{{Source: "a"}, {Source: "b", Target: "bee"}}})})
	p.Secrets = types.Secrets{"a": {File: "/p/a.txt"}, "b": {Environment: "B"}}
	p.Environment = types.Mapping{"B": "value"}
	specs, err := Specs(p)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Secret{{ID: "a", File: "/p/a.txt"}, {ID: "bee", Value: "value"}}; !slices.Equal(specs[0].Secrets, want) {
		t.Errorf("got %v, want %v", specs[0].Secrets, want)
	}
	delete(p.Secrets, "a")
	if _, err := Specs(p); fail.CodeOf(err) != fail.Config {
		t.Errorf("a secret that the project does not have gives %v", err)
	}
}

func TestSpecsOfOtherServicesImages(t *testing.T) {
	t.Parallel()
	built := func(contexts map[string]string) types.ServiceConfig {
		return service("", &types.BuildConfig{Context: "/p", AdditionalContexts: contexts})
	}
	specs, err := Specs(compose(types.Services{"a": built(map[string]string{"base": "service:b", "x": "/x"}), "b": built(nil)}))
	if err != nil || specs[0].Bases["base"].Image != "shop-b" || specs[0].Contexts["x"] != "/x" || len(specs[0].Contexts) != 1 {
		t.Errorf("got %v, %v", specs, err)
	}
	for name, services := range map[string]types.Services{
		"a → b → a":               {"a": built(map[string]string{"x": "service:b"}), "b": built(map[string]string{"x": "service:a"})},
		"which is not built here": {"a": built(map[string]string{"x": "service:b"}), "b": service("b", nil)},
	} {
		if _, err := Specs(compose(services)); fail.CodeOf(err) != fail.Config || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %s", err, name)
		}
	}
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	value := "v"
	b := &buildKit{options: Options{NoCache: true, Egress: agreed()}}
	s := Spec{
		Service: "web", Project: "shop", Context: "/p", Target: "dev", Args: map[string]*string{"A": &value, "B": nil, "HTTP_PROXY": &value},
		Labels: map[string]string{"l": "1"}, ExtraHosts: []string{"a=1.2.3.4", "b=::1", "c=name"}, ShmSize: 9, Network: "named", Ulimits: []string{"nofile=1:2"},
		Contexts: map[string]string{"img": "docker-image://x", "dir": "/d"}, Bases: map[string]Spec{"base": {Image: "shop-base"}},
	}
	got, err := b.attributes(t.Context(), s, definition{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"filename": "Dockerfile", "target": "dev", "no-cache": "", "build-arg:A": "v", "build-arg:HTTP_PROXY": "v", "build-arg:http_proxy": "http://proxy.example:3128",
		"label:l": "1", "label:com.docker.compose.project": "shop", "label:com.docker.compose.service": "web", "label:com.docker.compose.version": "5.5.0",
		"add-hosts": "a=1.2.3.4,b=::1", "shm-size": "9", "ulimit": "nofile=1:2",
		"context:img": "docker-image://x", "context:dir": "local:additional-dir", "context:base": "docker-image://docker.io/library/shop-base:latest",
		"frontend.caps": "moby.buildkit.frontend.contexts+forward",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	remote, err := b.attributes(t.Context(), Spec{Context: "github.com/a/b", Dockerfile: "x/Dockerfile"}, definition{remote: true})
	if err != nil || remote["context"] != "https://github.com/a/b" || remote["filename"] != "x/Dockerfile" {
		t.Errorf("a remote context gives %v, %v", remote, err)
	}
}

// TestAdditionalContextsReplaceNothing: a context called dockerfile would be where the engine
// reads the Dockerfile.
func TestAdditionalContextsReplaceNothing(t *testing.T) {
	t.Parallel()
	s := Spec{Service: "web", Context: t.TempDir(), Contexts: map[string]string{"context": t.TempDir(), "dockerfile": t.TempDir()}}
	from, err := s.sources(definition{}, asWritten([]byte("FROM a\n")))
	if err != nil {
		t.Fatal(err)
	}
	defer from.close()
	if _, ok := from.mounts["dockerfile"].(memory); !ok || len(from.mounts) != 4 {
		t.Errorf("the session has %d directories, and as dockerfile %T; want 4 and the text in memory", len(from.mounts), from.mounts["dockerfile"])
	}
}

func TestImageNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ image, want string }{
		"plain":             {"shop-web", "docker.io/library/shop-web:latest"},
		"with registry":     {"localhost:5000/a/b:1", "localhost:5000/a/b:1"},
		"an unset variable": {"/web", ""},
		"upper case":        {"Shop-Web", ""},
	} {
		got, err := Spec{Image: test.image}.imageNames()
		if got != test.want || (err != nil) != (test.want == "") {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, test.want)
		}
	}
}

func TestASpecInJSONShowsNoSecret(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(Spec{Secrets: []Secret{{ID: "a", Value: "TOP-SECRET"}}})
	if err != nil || strings.Contains(string(data), "TOP-SECRET") {
		t.Errorf("a spec in JSON shows a secret's value: %s, %v", data, err)
	}
}

func TestCacheEntries(t *testing.T) {
	t.Parallel()
	s := Spec{Root: filepath.FromSlash("/p")}
	for text, want := range map[string]string{
		"r.example/cache:1":                           "registry ref=r.example/cache:1",
		"type=registry,ref=r.example/cache,mode=max":  "registry mode=max ref=r.example/cache",
		"type=local,dest=./cache":                     "local dest=" + filepath.FromSlash("/p/cache"),
		"type=local, src=" + filepath.FromSlash("/c"): "local src=" + filepath.FromSlash("/c"),
		"type=inline":                                 "inline",
		"type=gha":                                    "gha",
	} {
		e := s.entries([]string{text})[0]
		words := []string{e.Type}
		for _, key := range slices.Sorted(maps.Keys(e.Attrs)) {
			words = append(words, key+"="+e.Attrs[key])
		}
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// TestABaseIsBuiltWhoseServiceDoesNotRun: a profile keeps a service from running, not
// its image from being what another is built from.
func TestABaseIsBuiltWhoseServiceDoesNotRun(t *testing.T) {
	t.Parallel()
	p := compose(types.Services{"web": service("", &types.BuildConfig{Context: "/p", AdditionalContexts: types.Mapping{"base": "service:base"}})})
	p.DisabledServices = types.Services{"base": service("", &types.BuildConfig{Context: "/b"}), "other": service("", &types.BuildConfig{Context: "/o"})}
	specs, err := Specs(p)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range specs {
		names = append(names, s.Service)
	}
	if got := strings.Join(names, " "); got != "base web" {
		t.Errorf("built are %s, want base web", got)
	}
}

// TestManyWays: there are 2^60 ways from the first image to the last.
func TestManyWays(t *testing.T) {
	t.Parallel()
	services := types.Services{}
	name := func(i int) string { return string(rune('a'+i/26)) + string(rune('a'+i%26)) }
	for i := range 60 {
		b := &types.BuildConfig{Context: "https://example.com/x.git", AdditionalContexts: types.Mapping{}}
		if i < 59 {
			b.AdditionalContexts["one"], b.AdditionalContexts["other"] = "service:"+name(i+1), "service:"+name(i+1)
		}
		services[name(i)] = service("", b)
	}
	specs, err := Specs(compose(services))
	if err != nil || len(specs) != 60 {
		t.Fatalf("%d specs, %v", len(specs), err)
	}
	if _, err := Inputs(t.Context(), specs[0]); err != nil {
		t.Fatal(err)
	}
}
