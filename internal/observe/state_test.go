package observe

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/api/types/volume"
	"github.com/moby/moby/client"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/devup-cli/devup/internal/plan"
)

// engine lists what it has, whatever the filters, and notes those.
type engine struct {
	containers []container.Summary
	networks   []network.Summary
	volumes    []volume.Volume
	fails      string // "containers", "networks" or "volumes"
	filters    client.Filters
}

func (e *engine) ContainerList(_ context.Context, o client.ContainerListOptions) (client.ContainerListResult, error) {
	e.filters = o.Filters
	if e.fails == "containers" {
		return client.ContainerListResult{}, errors.New("it is gone")
	}
	return client.ContainerListResult{Items: e.containers}, nil
}

func (e *engine) NetworkList(context.Context, client.NetworkListOptions) (client.NetworkListResult, error) {
	if e.fails == "networks" {
		return client.NetworkListResult{}, errors.New("it is gone")
	}
	return client.NetworkListResult{Items: e.networks}, nil
}

func (e *engine) VolumeList(context.Context, client.VolumeListOptions) (client.VolumeListResult, error) {
	if e.fails == "volumes" {
		return client.VolumeListResult{}, errors.New("it is gone")
	}
	return client.VolumeListResult{Items: e.volumes}, nil
}

func of(project, directory string, more ...string) map[string]string {
	labels := map[string]string{plan.LabelProject: project, plan.LabelWorkingDir: directory}
	for i := 0; i < len(more); i += 2 {
		labels[more[i]] = more[i+1]
	}
	return labels
}

// twoProjects is an engine with a project that runs, one that left a volume, and a
// container of neither.
func twoProjects() *engine {
	return &engine{
		containers: []container.Summary{
			{ID: "w", Names: []string{"/shop-web-1"}, State: "running", Labels: of("shop", "/src/shop", plan.LabelService, "web", plan.LabelNumber, "1"), Ports: []container.PortSummary{
				{IP: netip.MustParseAddr("127.0.0.1"), PrivatePort: 80, PublicPort: 8080, Type: "tcp"}, {PrivatePort: 90, Type: "tcp"},
			}, Mounts: []container.MountPoint{{Type: "bind", Source: "/src/shop", Destination: "/app"}}},
			{ID: "d", Names: []string{"/shop-db-1"}, State: "exited", Labels: of("shop", "/src/shop", plan.LabelService, "db", plan.LabelNumber, "1")},
			{ID: "r", Names: []string{"/mine"}, State: "running", Ports: []container.PortSummary{{IP: netip.MustParseAddr("0.0.0.0"), PrivatePort: 5432, PublicPort: 5432, Type: "tcp"}}},
			{ID: "k", Names: []string{"/killed"}, State: "exited", Ports: []container.PortSummary{{IP: netip.MustParseAddr("0.0.0.0"), PrivatePort: 5000, PublicPort: 5000, Type: "tcp"}}},
			{ID: "b", Names: []string{"/blog-web-1"}, State: "running", Labels: of("blog", "/src/blog", plan.LabelService, "web", plan.LabelNumber, "1")},
		},
		networks: []network.Summary{
			{Network: network.Network{ID: "n1", Name: "shop_default", Labels: of("shop", "/old/shop", plan.LabelNetwork, "default", plan.LabelHash, "h")}},
			{Network: network.Network{ID: "n2", Name: "blog_default", Labels: of("blog", "/src/blog", plan.LabelNetwork, "default")}},
		},
		volumes: []volume.Volume{
			{Name: "shop_data", Labels: of("shop", "/src/shop", plan.LabelVolume, "data"), CreatedAt: "2026-01-01T02:00:00+02:00"},
			{Name: "shop_more", Labels: of("shop", "/src/shop", plan.LabelVolume, "more", plan.LabelMade, "2026-01-01T00:00:00.5Z"), CreatedAt: "2026-01-02T00:00:00Z"}, // changed since, on Docker 20.10
			{Name: "left_data", Labels: of("left", "/src/left", plan.LabelVolume, "data"), CreatedAt: "some day"},
		},
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	state, err := Engine(t.Context(), twoProjects())
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"blog", "left", "shop"}; !slices.Equal(state.Names(), want) || !state.Complete {
		t.Errorf("projects %v, want %v", state.Names(), want)
	}
	// Where labels differ, the containers' count.
	if diff := cmp.Diff(map[string]string{"shop": "/src/shop", "blog": "/src/blog", "left": "/src/left"}, state.Owners); diff != "" {
		t.Errorf("owners (-want +got):\n%s", diff)
	}
	if want := []string{"/src/shop"}; !slices.Equal(state.Binds(), want) {
		t.Errorf("binds %v", state.Binds())
	}
	for project, want := range map[string]string{"": "blog-web-1 shop-db-1 shop-web-1", "shop": "shop-db-1 shop-web-1", "left": ""} {
		var names []string
		for _, c := range state.Summaries(project) {
			names = append(names, NameOf(c))
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("containers of %q: %s, want %s", project, got, want)
		}
	}
}

func TestProject(t *testing.T) {
	t.Parallel()
	state, err := Engine(t.Context(), twoProjects())
	if err != nil {
		t.Fatal(err)
	}
	shop := state.Project("shop")
	var names []string
	for _, c := range shop.Containers {
		names = append(names, c.Name+" "+c.State)
	}
	if want := []string{"shop-web-1 running", "shop-db-1 exited"}; !slices.Equal(names, want) {
		t.Errorf("containers %v", names)
	}
	if diff := cmp.Diff([]plan.Network{{ID: "n1", Name: "shop_default", Key: "default", Hash: "h"}}, shop.Networks); diff != "" {
		t.Errorf("networks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]plan.Volume{
		{Name: "shop_data", Key: "data", Created: "2026-01-01T00:00:00Z"}, {Name: "shop_more", Key: "more", Created: "2026-01-01T00:00:00.5Z"},
	}, shop.Volumes); diff != "" {
		t.Errorf("volumes (-want +got):\n%s", diff)
	}
	wantHolders := []Holder{
		{PublishedPort: plan.PublishedPort{HostIP: "127.0.0.1", Public: 8080, Target: 80, Protocol: "tcp"}, Container: "shop-web-1", Project: "shop", Dir: "/src/shop"},
		{PublishedPort: plan.PublishedPort{HostIP: "0.0.0.0", Public: 5432, Target: 5432, Protocol: "tcp"}, Container: "mine"},
	}
	if diff := cmp.Diff(wantHolders, shop.Holders); diff != "" {
		t.Errorf("holders (-want +got):\n%s", diff)
	}
	wantInUse := InUse{
		Containers: map[string]string{"mine": "", "killed": "", "blog-web-1": "blog"},
		Networks:   map[string]string{"blog_default": "blog"},
		Services:   map[string][]string{"blog": {"web"}},
	}
	if diff := cmp.Diff(wantInUse, shop.InUse); diff != "" {
		t.Errorf("in use (-want +got):\n%s", diff)
	}
	if left := state.Project("left"); len(left.Containers) > 0 || left.Volumes[0].Created != "some day" {
		t.Errorf("left %+v", left)
	}
}

// TestEngineErrorsNameTheList: the error says what could not be listed.
func TestEngineErrorsNameTheList(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"containers", "networks", "volumes"} {
		_, err := Engine(t.Context(), &engine{fails: what})
		if want := "list " + what + ": it is gone"; err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	if _, err := Containers(t.Context(), &engine{fails: "containers"}, ""); err == nil || err.Error() != "list containers: it is gone" {
		t.Errorf("error %v", err)
	}
}

func TestContainers(t *testing.T) {
	t.Parallel()
	for project, filter := range map[string]string{"": plan.LabelProject, "shop": plan.LabelProject + "=shop"} {
		e := twoProjects()
		state, err := Containers(t.Context(), e, project)
		if err != nil || !e.filters["label"][filter] || len(e.filters) != 1 {
			t.Errorf("%q: filters %v, %v", project, e.filters, err)
		}
		if state.Complete || state.Owners["shop"] != "/src/shop" || len(state.Project("shop").Volumes) > 0 {
			t.Errorf("%q: state %+v", project, state)
		}
	}
}

// TestPodmanStates: what Podman calls otherwise is called as Docker does.
func TestPodmanStates(t *testing.T) {
	t.Parallel()
	for podman, want := range map[container.ContainerState]string{"stopped": "exited", "stopping": "running", "initialized": "created", "paused": "paused"} {
		one := container.Summary{ID: "1", State: podman, Labels: map[string]string{plan.LabelProject: "shop", plan.LabelService: "web"}}
		state, err := Containers(t.Context(), &engine{containers: []container.Summary{one}}, "shop")
		if err != nil || state.Project("shop").Of("web")[0].State != want {
			t.Errorf("%s: got %+v, %v, want %s", podman, state.Project("shop").Containers, err, want)
		}
	}
}

// TestContainerOf: what a label or an older engine says in another form.
func TestContainerOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		summary container.Summary
		want    plan.Container
	}{
		{"of no project", container.Summary{ID: "1", Names: []string{"/db/alias", "/x"}, State: "exited"}, plan.Container{ID: "1", Name: "x", State: "exited"}},
		{"the platform of its image", container.Summary{ImageID: "index", ImageManifestDescriptor: &ocispec.Descriptor{Digest: "here"}}, plan.Container{Image: "here"}},
		{"its health", container.Summary{Health: &container.HealthSummary{Status: container.Unhealthy}, Status: "Up (healthy)"}, plan.Container{Health: "unhealthy"}},
		{"its health, before API 1.52", container.Summary{Status: "Up 3 minutes (healthy)"}, plan.Container{Health: "healthy"}},
		{"its bad health, before API 1.52", container.Summary{Status: "Up 3 minutes (unhealthy)"}, plan.Container{Health: "unhealthy"}},
		{"its start, before API 1.52", container.Summary{Status: "Up 3 seconds (health: starting)"}, plan.Container{Health: "starting"}},
		{"no healthcheck", container.Summary{Health: &container.HealthSummary{Status: container.NoHealthcheck}, Status: "Up"}, plan.Container{}},
		{"a one-off container", container.Summary{Labels: map[string]string{plan.LabelOneOff: "True"}}, plan.Container{OneOff: true}},
		{"its optional dependencies", container.Summary{Labels: map[string]string{plan.LabelDependsOn: "cache:service_started:false", plan.LabelOptional: "cache"}}, plan.Container{DependsOn: []string{"cache"}, Optional: []string{"cache"}}},
		{"its dependencies", container.Summary{Labels: map[string]string{plan.LabelDependsOn: "db:service_healthy:true,cache:service_started:false"}}, plan.Container{DependsOn: []string{"db", "cache"}, Follows: []string{"db"}, Conditions: map[string]string{"db": "service_healthy"}}},
		{"its networks and mounts", container.Summary{
			NetworkSettings: &container.NetworkSettingsSummary{Networks: map[string]*network.EndpointSettings{"back": {NetworkID: "n1"}}},
			Mounts:          []container.MountPoint{{Type: "volume", Name: "data", Source: "/var/lib", Destination: "/data"}},
		}, plan.Container{Networks: map[string]string{"back": "n1"}, Mounts: []plan.Mount{{Type: "volume", Name: "data", Source: "/var/lib", Target: "/data"}}}},
		{"only what is published", container.Summary{Ports: []container.PortSummary{{PrivatePort: 80, Type: "tcp"}}}, plan.Container{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, containerOf(test.summary)); diff != "" {
				t.Errorf("container (-want +got):\n%s", diff)
			}
		})
	}
}

func TestContainerThatSharesANetwork(t *testing.T) {
	t.Parallel()
	var s container.Summary
	for mode, want := range map[string]string{"container:abc": "abc", "bridge": ""} {
		s.HostConfig.NetworkMode = mode
		if got := containerOf(s).Joins; got != want {
			t.Errorf("mode %s joins %q, want %q", mode, got, want)
		}
	}
}

// TestExitCode reads the engine's words.
func TestExitCode(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]int{"Exited (3) 2 minutes ago": 3, "Exited (0) now": 0, "Up 2 minutes (healthy)": 0, "Up": 0, "Created": 0, "Exited (137": 0} {
		if got := exitCode(status); got != want {
			t.Errorf("%s: %d, want %d", status, got, want)
		}
	}
}
