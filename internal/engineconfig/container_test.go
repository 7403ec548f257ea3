package engineconfig

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
)

func load(t *testing.T, text string) *types.Project {
	t.Helper()
	p, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  "/src/shop",
		ConfigFiles: []types.ConfigFile{{Filename: "/src/shop/compose.yaml", Content: []byte(text)}},
	}, func(o *loader.Options) { o.SetProjectName("shop", true) })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func sortedKeys(a, b map[string]string) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// TestCreate holds the options of a service that differ from those of an empty service.
func TestCreate(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, service, want string }{
		{
			"command and environment", `{image: x, command: [flask, run], environment: {B: "2", A: "1", UNSET: }}`,
			`Config.Cmd ["flask","run"]; Config.Env ["A=1","B=2","UNSET"]`,
		},
		{"an empty command clears the image's", `{image: x, command: []}`, `Config.Cmd []`},
		{
			"ports", `{image: x, ports: ["127.0.0.1:4567:80", "53:53/udp"]}`,
			`Config.ExposedPorts {"53/udp":{},"80/tcp":{}}; HostConfig.PortBindings {"53/udp":[{"HostIp":"","HostPort":"53"}],"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"4567"}]}`,
		},
		{
			"bind, named and anonymous volumes", `{image: x, volumes: ["./src:/app", "data:/data:ro", "/app/node_modules"]}`,
			`HostConfig.Binds ["/src/shop/src:/app:rw","shop_data:/data:ro"]; HostConfig.Mounts [{"Type":"volume","Target":"/app/node_modules","VolumeOptions":{"Labels":{"com.docker.compose.project":"shop","com.docker.compose.project.working_dir":"/src/shop","dev.devup.mask":"web:/app/node_modules"}}}]`,
		},
		{
			"healthcheck", `{image: x, healthcheck: {test: [CMD, "true"], interval: 5s, retries: 3}}`,
			`Config.Healthcheck {"Test":["CMD","true"],"Interval":5000000000,"Retries":3}`,
		},
		{"healthcheck switched off", `{image: x, healthcheck: {disable: true}}`, `Config.Healthcheck {"Test":["NONE"]}`},
		{"restart", `{image: x, restart: "on-failure:3"}`, `HostConfig.RestartPolicy {"Name":"on-failure","MaximumRetryCount":3}`},
		{"init and grace period", `{image: x, init: true, stop_grace_period: 1500ms}`, `Config.StopTimeout 2; HostConfig.Init true`},
		{"another service's network", `{image: x, network_mode: "service:db"}`, `HostConfig.NetworkMode "container:shop-db-1"; NetworkingConfig null`},
		{"limits", `{image: x, deploy: {resources: {limits: {cpus: "0.5", memory: 64M}}}}`, `HostConfig.Memory 67108864; HostConfig.NanoCpus 500000000`},
	}
	plain := flat(t, `{image: x}`)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, changed(t, plain, test.service)); diff != "" {
				t.Errorf("changed fields (-want +got):\n%s", diff)
			}
		})
	}
}

// flat gives the fields of what a service becomes, as JSON.
func flat(t *testing.T, service string) map[string]string {
	t.Helper()
	p := load(t, "services:\n  db: {image: y}\n  web: "+service+"\nvolumes: {data: {}}\n")
	opts, err := Create(p, Container{Service: p.Services["web"], Number: 1})
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]string{}
	for name, part := range map[string]any{"Config": opts.Config, "HostConfig": opts.HostConfig} {
		raw, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]json.RawMessage
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		for key, value := range m {
			fields[name+"."+key] = string(value)
		}
	}
	networking, err := json.Marshal(opts.NetworkingConfig)
	if err != nil {
		t.Fatal(err)
	}
	fields["NetworkingConfig"] = string(networking)
	return fields
}

func TestKeptVolumesAreMountedAgain(t *testing.T) {
	t.Parallel()
	p := load(t, `services: {db: {image: x, volumes: ["/config"]}}`)
	_, mounts, err := mountsOf(p, p.Services["db"], "", map[string]string{"/config": "aaa", "/var/lib/data": "bbb"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range mounts {
		got = append(got, m.Source+":"+m.Target)
	}
	if want := []string{"aaa:/config", "bbb:/var/lib/data"}; !cmp.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
