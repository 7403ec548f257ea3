package engineconfig

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/fail"
)

// TestInvalidValues: what the loader lets pass and no engine takes is an error with the
// service and the value.
func TestInvalidValues(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, "bad.json"), []byte("no json"), 0o600); err != nil {
		t.Fatal(err)
	}
	service := func(change func(*types.ServiceConfig)) types.ServiceConfig {
		s := types.ServiceConfig{Name: "web"}
		s.Image = "x"
		change(&s)
		return s
	}
	port := func(p types.ServicePortConfig) types.ServiceConfig {
		return service(func(s *types.ServiceConfig) { s.Ports = []types.ServicePortConfig{p} })
	}
	in := func(n types.ServiceNetworkConfig) types.ServiceConfig {
		return service(func(s *types.ServiceConfig) { s.Networks = map[string]*types.ServiceNetworkConfig{"default": &n} })
	}
	option := func(text string) types.ServiceConfig {
		return service(func(s *types.ServiceConfig) { s.SecurityOpt = []string{text} })
	}
	interval := types.Duration(1)
	for _, test := range []struct {
		name    string
		service types.ServiceConfig
		want    string
	}{
		{"expose", service(func(s *types.ServiceConfig) { s.Expose = []string{"http"} }), `service web: invalid port "http" under expose`},
		{"port", port(types.ServicePortConfig{Target: 70000}), `service web: invalid port 70000/tcp`},
		{"host address", port(types.ServicePortConfig{Target: 80, HostIP: "localhost"}), `service web: invalid IP address "localhost" under ports`},
		{"dns", service(func(s *types.ServiceConfig) { s.DNS = []string{"dns.example.com"} }), `service web: invalid DNS server "dns.example.com"`},
		{"mac address", in(types.ServiceNetworkConfig{MacAddress: "02"}), `service web: invalid mac_address "02"`},
		{"address", in(types.ServiceNetworkConfig{Ipv4Address: "10.0.0"}), `service web: invalid address "10.0.0"`},
		{"link-local address", in(types.ServiceNetworkConfig{LinkLocalIPs: []string{"x"}}), `service web: invalid address "x"`},
		{"security option", option("apparmor"), `service web: invalid security_opt "apparmor"`},
		{"no seccomp profile", option("seccomp=gone.json"), `service web: cannot read the seccomp profile "` + filepath.Join(directory, "gone.json") + `"`},
		{"a seccomp profile that is no JSON", option("seccomp:bad.json"), `service web: the seccomp profile "` + filepath.Join(directory, "bad.json") + `" is not JSON`},
		{"healthcheck", service(func(s *types.ServiceConfig) { s.HealthCheck = &types.HealthCheckConfig{StartInterval: &interval} }), `service web: healthcheck.start_interval has no effect without start_period`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := &types.Project{Name: "shop", WorkingDir: directory, Services: types.Services{"web": test.service}, Networks: types.Networks{"default": {Name: "shop_default"}}}
			_, err := Create(p, Container{Service: test.service, Number: 1})
			if fail.CodeOf(err) != fail.Config || err.Error() != test.want {
				t.Errorf("got %s %v, want %s", fail.CodeOf(err), err, test.want)
			}
		})
	}
}

// TestInvalidPools: each address of an ipam entry is read.
func TestInvalidPools(t *testing.T) {
	t.Parallel()
	for _, pool := range []types.IPAMPool{
		{Subnet: "10.0.0.0/99"}, {IPRange: "10.0.0.0"}, {Gateway: "router"}, {AuxiliaryAddresses: map[string]string{"a": "10.0.0"}},
	} {
		p := &types.Project{Networks: types.Networks{"back": {Name: "back", Ipam: types.IPAMConfig{Config: []*types.IPAMPool{&pool}}}}}
		_, err := Network(p, "back", nil, "")
		if fail.CodeOf(err) != fail.Config || !strings.HasPrefix(err.Error(), "network back: invalid ipam entry: ") {
			t.Errorf("%+v: %v", pool, err)
		}
	}
}

// TestNetworkAndVolume: the labels of a network or volume are the project's own, Compose's,
// and those of the plan, which go before.
func TestNetworkAndVolume(t *testing.T) {
	t.Parallel()
	p := load(t, `
services: {web: {image: x}}
networks: {back: {driver: overlay, attachable: true, internal: true, labels: {team: shop}, ipam: {config: [{subnet: 10.5.0.0/16, gateway: 10.5.0.1, aux_addresses: {router: 10.5.0.2}}]}}}
volumes: {data: {driver: local, driver_opts: {type: tmpfs}, labels: {team: shop}}}
`)
	planned := map[string]string{"team": "of the plan", "dev.devup.cause": "asked for"}
	n, err := Network(p, "back", planned, "1.51")
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{"com.docker.compose.project": "shop", "com.docker.compose.project.working_dir": "/src/shop", "team": "of the plan", "dev.devup.cause": "asked for"}
	with := func(label, key string) map[string]string {
		all := map[string]string{label: key, "com.docker.compose.version": "5.5.0"}
		maps.Copy(all, labels)
		return all
	}
	if diff := cmp.Diff(with("com.docker.compose.network", "back"), n.Labels); diff != "" {
		t.Errorf("network's labels (-want +got):\n%s", diff)
	}
	if pool := n.IPAM.Config[0]; n.Driver != "overlay" || !n.Attachable || !n.Internal || pool.Subnet.String() != "10.5.0.0/16" || pool.Gateway.String() != "10.5.0.1" || pool.AuxAddress["router"].String() != "10.5.0.2" {
		t.Errorf("network %+v", n)
	}
	v := Volume(p, "data", planned)
	if diff := cmp.Diff(with("com.docker.compose.volume", "data"), v.Labels); diff != "" {
		t.Errorf("volume's labels (-want +got):\n%s", diff)
	}
	if v.Name != "shop_data" || v.Driver != "local" || v.DriverOpts["type"] != "tmpfs" {
		t.Errorf("volume %+v", v)
	}
}

// TestMountPoints: only mounts inside a bind mount need a directory in its source.
func TestMountPoints(t *testing.T) {
	t.Parallel()
	var s types.ServiceConfig
	s.Volumes = []types.ServiceVolumeConfig{
		{Type: "bind", Source: "/src", Target: "/app"},
		{Type: "volume", Target: "/app/node_modules"},
		{Type: "tmpfs", Target: "/app/tmp/cache"},
		{Type: "volume", Target: "/app"},
		{Type: "volume", Target: "/application"},
		{Type: "bind", Source: "/other", Target: "/app/other"},
	}
	want := []MountPoint{{"/src", "node_modules"}, {"/src", filepath.FromSlash("tmp/cache")}}
	if diff := cmp.Diff(want, MountPoints(s)); diff != "" {
		t.Errorf("mount points (-want +got):\n%s", diff)
	}
}

func TestLabelsOfAContainer(t *testing.T) {
	t.Parallel()
	p := load(t, `services: {db: {image: y}, web: {image: x, labels: {team: shop}, depends_on: {db: {condition: service_healthy, restart: true, required: false}}}}`)
	got := Labels(p, p.Services["web"], 2, "sha256:1", "")
	want := map[string]string{
		"com.docker.compose.project": "shop", "com.docker.compose.service": "web", "com.docker.compose.container-number": "2", "com.docker.compose.oneoff": "False",
		"com.docker.compose.image": "sha256:1", "com.docker.compose.version": "5.5.0", "com.docker.compose.project.working_dir": "/src/shop", "com.docker.compose.project.config_files": "",
		"com.docker.compose.depends_on": "db:service_healthy:true", "dev.devup.optional": "db", "team": "shop",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if with := Labels(p, p.Services["web"], 2, "", "hash"); with["dev.devup.build-inputs"] != "hash" {
		t.Errorf("labels %v", with)
	}
	if p.Services["web"].Labels["com.docker.compose.project"] != "" {
		t.Error("the project's own labels were changed")
	}
}
