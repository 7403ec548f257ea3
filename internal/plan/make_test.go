package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/plan"
)

const stack = `
name: shop
services:
  web:
    image: web:1
    ports: ["127.0.0.1:3000:3000"]
    depends_on: {api: {condition: service_started}}
  api:
    image: api:1
    environment: {TOKEN: hush}
    depends_on: {db: {condition: service_healthy}}
  db:
    image: postgres:17
    volumes: ["data:/var/lib/postgresql/data"]
volumes: {data: {}}
`

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

// change edits the container of a service in an observation.
func change(o plan.Observed, service string, edit func(*plan.Container)) plan.Observed {
	o.Containers = append([]plan.Container(nil), o.Containers...)
	for i := range o.Containers {
		if o.Containers[i].Service == service {
			edit(&o.Containers[i])
		}
	}
	return o
}

func TestMake(t *testing.T) {
	t.Parallel()
	anonymous := strings.Repeat("ab", 32)
	tests := []struct {
		name    string
		project string
		observe func(plan.Observed) plan.Observed
		options plan.Options
		want    string
	}{
		{
			name:    "nothing there: networks and volumes, then services after what they depend on",
			observe: func(plan.Observed) plan.Observed { return plan.Observed{} },
			want: `
0 create-network shop_default
1 create-volume shop_data
2 create shop-db-1: not created yet [after 0 1]
3 await db service_healthy [after 2]
4 create shop-api-1: not created yet [after 0 2 3]
5 create shop-web-1: not created yet [after 0 4]
`,
		},
		{
			name:    "everything there",
			observe: func(o plan.Observed) plan.Observed { return o },
			want:    "",
		},
		{
			name:    "a changed variable is named, its value is not",
			project: strings.Replace(stack, "hush", "other", 1),
			observe: func(o plan.Observed) plan.Observed { return o },
			want:    "\n0 await db service_healthy\n1 recreate shop-api-1: environment TOKEN changed (value hidden) [after 0]\n",
		},
		{
			name: "a new image",
			observe: func(o plan.Observed) plan.Observed {
				o.Images["web:1"] = "sha256:0123456789abcdef"
				return o
			},
			want: "\n0 recreate shop-web-1: image web-image → 0123456789ab\n",
		},
		{
			name: "a stopped container is started",
			observe: func(o plan.Observed) plan.Observed {
				return change(o, "web", func(c *plan.Container) { c.State = "exited" })
			},
			want: "\n0 start shop-web-1: has exited\n",
		},
		{
			name:    "data volumes are carried over, node_modules are not",
			options: plan.Options{ForceRecreate: true},
			project: "services: {web: {image: 'web:1'}}",
			observe: func(o plan.Observed) plan.Observed {
				return change(o, "web", func(c *plan.Container) {
					c.Mounts = []plan.Mount{
						{Type: "bind", Source: "/src/web", Target: "/web"},
						{Type: "volume", Name: anonymous, Target: "/web/node_modules"},
						{Type: "volume", Name: strings.Repeat("cd", 32), Target: "/data"},
						{Type: "volume", Name: "named", Target: "/named"},
					}
				})
			},
			want: "\n0 recreate shop-web-1: asked for [keep /data]\n1 remove-volume web:/web/node_modules: its container no longer exists [after 0]\n",
		},
		{
			name:    "node_modules that a down left behind",
			project: "services: {web: {image: 'web:1'}}",
			observe: func(o plan.Observed) plan.Observed {
				o.Volumes = append(o.Volumes, plan.Volume{Name: anonymous, Mask: "web:/web/node_modules"})
				return o
			},
			want: "\n0 remove-volume web:/web/node_modules: no container has it\n",
		},
		{
			name:    "a replacement that was killed before the old container went starts over",
			project: "services: {web: {image: 'web:1'}}",
			observe: func(o plan.Observed) plan.Observed {
				half := o.Containers[0]
				half.ID, half.Name, half.State, half.Replaces = "half", "0123_shop-web-1", "created", "shop-web-1"
				o.Containers = append(o.Containers, half)
				return o
			},
			want: "\n0 remove 0123_shop-web-1: left by an interrupted run\n",
		},
		{
			name:    "a replacement that was killed after the old container went is finished",
			project: "services: {web: {image: 'web:1'}}",
			observe: func(o plan.Observed) plan.Observed {
				return change(o, "web", func(c *plan.Container) {
					c.Name, c.State, c.Replaces = "0123_shop-web-1", "created", "shop-web-1"
				})
			},
			want: "\n0 rename shop-web-1: finishes an interrupted replacement\n",
		},
		{
			name:    "scaled down",
			project: "services: {web: {image: 'web:1'}}",
			observe: func(o plan.Observed) plan.Observed {
				second := o.Containers[0]
				second.ID, second.Name, second.Number = "second", "shop-web-2", 2
				o.Containers = append(o.Containers, second)
				return o
			},
			want: "\n0 remove shop-web-2: scale is 1\n",
		},
		{
			name:    "a container that shares a replaced one's network is replaced with it",
			project: "services: {web: {image: 'web:2'}, spy: {image: 'spy:1', network_mode: 'service:web'}}",
			observe: func(o plan.Observed) plan.Observed {
				return change(o, "web", func(c *plan.Container) { c.Image = "sha256:old" })
			},
			want: "\n0 recreate shop-web-1: image old → web-image\n1 recreate shop-spy-1: shares a namespace or volumes with web, which is replaced [after 0]\n",
		},
		{
			name:    "a container that shares the network of one that is gone",
			project: "services: {web: {image: 'web:1'}, spy: {image: 'spy:1', network_mode: 'service:web'}}",
			observe: func(o plan.Observed) plan.Observed {
				return change(o, "spy", func(c *plan.Container) { c.Joins = "gone" })
			},
			want: "\n0 recreate shop-spy-1: shares the network of a container of web that no longer exists\n",
		},
		{
			name:    "a container that shares the network of the one that is there",
			project: "services: {web: {image: 'web:1'}, spy: {image: 'spy:1', network_mode: 'service:web'}}",
			observe: func(o plan.Observed) plan.Observed {
				return change(o, "spy", func(c *plan.Container) { c.Joins = o.Of("web")[0].ID })
			},
		},
		{
			name:    "a container that shares the network of one that is started",
			project: "services: {web: {image: 'web:1'}, spy: {image: 'spy:1', network_mode: 'service:web'}}",
			observe: func(o plan.Observed) plan.Observed {
				return change(o, "web", func(c *plan.Container) { c.State = "exited" })
			},
			want: "\n0 start shop-web-1: has exited\n1 restart shop-spy-1: shares the network of web, which is started [after 0]\n",
		},
		{
			name:    "an unknown container is reported and left alone",
			project: "services: {web: {image: 'web:1'}}",
			observe: func(o plan.Observed) plan.Observed {
				o.Containers = append(o.Containers, plan.Container{Name: "shop-old-1", Service: "old", Number: 1})
				return o
			},
			want: "\norphan shop-old-1\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := test.project
			if text == "" {
				text = stack
			}
			before := text
			if strings.Contains(text, "TOKEN") {
				before = stack
			}
			p := load(t, text)
			got, err := plan.Make(p, test.observe(devups(t, load(t, before))), test.options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(test.want, "\n"), readable(got)); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMakeRefusesCircles(t *testing.T) {
	t.Parallel()
	p := &types.Project{Name: "x", Services: types.Services{
		"a": {Name: "a", Links: []string{"b"}},
		"b": {Name: "b", Links: []string{"a"}},
	}}
	_, err := plan.Make(p, plan.Observed{}, plan.Options{})
	if err == nil || !strings.Contains(err.Error(), "a → b → a") {
		t.Errorf("got %v, want an error that names the circle", err)
	}
}

func TestDown(t *testing.T) {
	t.Parallel()
	mask, data := strings.Repeat("ab", 32), strings.Repeat("cd", 32)
	o := change(devups(t, load(t, stack)), "web", func(c *plan.Container) {
		c.Mounts = []plan.Mount{
			{Type: "bind", Target: "/web"},
			{Type: "volume", Name: mask, Target: "/web/node_modules"},
			{Type: "volume", Name: data, Target: "/data"},
		}
	})
	o.Volumes = append(o.Volumes, plan.Volume{Name: mask, Mask: "web:/web/node_modules"})
	const keeping = `0 remove shop-web-1
1 remove shop-api-1 [after 0]
2 remove shop-db-1 [after 1]
3 remove-network shop_default [after 0 1 2]
`
	if diff := cmp.Diff(keeping, readable(plan.Down(o, plan.DownOptions{}))); diff != "" {
		t.Errorf("down (-want +got):\n%s", diff)
	}
	all := strings.Replace(keeping, "web-1", "web-1 [drop 1]", 1) +
		"4 remove-volume shop_data: --volumes [after 0 1 2]\n5 remove-volume web:/web/node_modules: --volumes [after 0 1 2]\n"
	everything := plan.Down(o, plan.DownOptions{Volumes: true})
	if diff := cmp.Diff(all, readable(everything)); diff != "" {
		t.Errorf("down --volumes (-want +got):\n%s", diff)
	}
	if len(everything.Lost()) != 2 {
		t.Errorf("%d volumes with data go, want 2: shop_data and the anonymous one at /data", len(everything.Lost()))
	}
}

func TestStopAllGoesFromDependentsToDependencies(t *testing.T) {
	t.Parallel()
	o := devups(t, load(t, stack))
	const want = "0 stop shop-web-1\n1 stop shop-api-1 [after 0]\n2 stop shop-db-1 [after 1]\n"
	if diff := cmp.Diff(want, readable(plan.StopAll(o, nil))); diff != "" {
		t.Errorf("stop (-want +got):\n%s", diff)
	}
}

// TestMakeRefusesMissingHosts: a service is not replaced by one that could not start, as what
// it shares is no part of the run and not there.
func TestMakeRefusesMissingHosts(t *testing.T) {
	t.Parallel()
	const text = "services: {db: {image: 'db:1'}, app: {image: 'app:1', %s}}"
	for _, test := range []struct {
		name, shares, state string
		options             plan.Options
		want                string
	}{
		{"a network that is gone", "network_mode: 'service:db'", "", plan.Options{}, "service app: it shares a namespace or volumes with db, which has no container"},
		{"volumes that are gone", "volumes_from: [db]", "", plan.Options{}, "service app: it shares a namespace or volumes with db, which has no container"},
		{"a one-off command", "volumes_from: [db]", "", plan.Options{OneOff: "app"}, "service app: it shares a namespace or volumes with db, which has no container"},
		{"a network that has ended", "pid: 'service:db'", "exited", plan.Options{ForceRecreate: true}, "service app: it shares a namespace or volumes with db, which does not run"},
		{"nothing is started", "pid: 'service:db'", "exited", plan.Options{ForceRecreate: true, NoStart: true}, ""},
		{"nothing is replaced", "pid: 'service:db'", "exited", plan.Options{}, ""},
		{"volumes of one that has ended", "volumes_from: [db]", "exited", plan.Options{ForceRecreate: true}, ""},
		{"what runs", "network_mode: 'service:db'", "running", plan.Options{ForceRecreate: true}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := load(t, fmt.Sprintf(text, test.shares))
			o := change(devups(t, p), "db", func(c *plan.Container) { c.State = test.state })
			if test.state == "" {
				o.Containers = slices.DeleteFunc(o.Containers, func(c plan.Container) bool { return c.Service == "db" })
			}
			alone, err := p.WithSelectedServices([]string{"app"}, types.IgnoreDependencies)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if _, err := plan.Make(alone, o, test.options); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
