package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/urls"
)

const pair = `
services:
  web:
    image: web:1
    networks: [front, back]
    depends_on: {db: {condition: service_started, restart: true}}
  db:
    image: postgres:17
    networks: [back]
    volumes: ["data:/data", "./conf:/conf"]
    ports: ["5432:5432"]
    labels: {tier: data}
networks: {front: {}, back: {driver_opts: {mtu: "1400"}}}
volumes: {data: {labels: {keep: "yes"}}}
`

// TestConverge plans from what one compose file left to another: what changed in
// the file is what is named.
// task is a one-off container of the shop.
func task() plan.Container {
	return plan.Container{
		ID: "task", Name: "shop-web-run-1", Service: "web", OneOff: true, State: "running",
		Networks: map[string]string{"shop_back": "back-1"}, Mounts: []plan.Mount{{Type: "volume", Name: "shop_data", Target: "/data"}},
	}
}

func TestConverge(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		old, new string // what is replaced in the file, by what
		options  plan.Options
		observe  func(*plan.Observed)
		want     string
	}{
		{name: "nothing changed"},
		{
			name: "a mount is added and one removed, and a dependent that asks for it is restarted",
			old:  "./conf:/conf", new: "./conf:/etc/conf",
			want: `
0 recreate shop-db-1: mount /conf removed; mount /etc/conf added
1 restart shop-web-1: depends on db, which is replaced [after 0]
`,
		},
		{
			name: "a port, a label and a new network",
			old:  `ports: ["5432:5432"]`, new: `ports: ["5433:5432"]`,
			want: `
0 recreate shop-db-1: port 5432/tcp changed
1 restart shop-web-1: depends on db, which is replaced [after 0]
`,
		},
		{
			name: "a network that changed is replaced with the containers in it",
			old:  `"1400"`, new: `"1450"`,
			want: `
0 recreate-network shop_back: driver_opts changed [detach db-3 web-4]
1 recreate shop-db-1: network back is replaced [after 0]
2 recreate shop-web-1: network back is replaced [after 0 1]
`,
		},
		{
			name: "what is no part of the run joins a replaced network again",
			old:  `"1400"`, new: `"1450"`,
			observe: func(o *plan.Observed) { o.Containers = append(o.Containers, task()) },
			want: `
0 recreate-network shop_back: driver_opts changed [detach db-3 task web-4] [rejoin task]
1 recreate shop-db-1: network back is replaced [after 0]
2 recreate shop-web-1: network back is replaced [after 0 1]
`,
		},
		{
			name: "a one-off command leaves its own service in a replaced network",
			old:  `"1400"`, new: `"1450"`, options: plan.Options{OneOff: "web"},
			want: `
0 recreate-network shop_back: driver_opts changed [detach db-3 web-4] [rejoin web-4]
1 recreate shop-db-1: network back is replaced [after 0]
`,
		},
		{
			name: "a volume that something else has stays, even given up",
			old:  `keep: "yes"`, new: `keep: "no"`,
			options: plan.Options{RenewVolumes: true},
			observe: func(o *plan.Observed) { o.Containers = append(o.Containers, task()) },
		},
		{
			name: "a network that was removed by hand",
			observe: func(o *plan.Observed) {
				o.Networks = o.Networks[1:] // back
			},
			want: `
0 create-network shop_back
1 recreate shop-db-1: network shop_back is another one now [after 0]
2 recreate shop-web-1: network shop_back is another one now [after 0 1]
`,
		},
		{
			name: "a volume that changed stays until its data is given up",
			old:  `keep: "yes"`, new: `keep: "no"`,
		},
		{
			name: "a volume that changed, given up",
			old:  `keep: "yes"`, new: `keep: "no"`,
			options: plan.Options{RenewVolumes: true},
			want: `
0 remove shop-db-1: volume shop_data is replaced
1 remove-volume shop_data: labels changed [after 0]
2 create-volume shop_data [after 1]
3 create shop-db-1: its volume is replaced [after 0 2]
4 restart shop-web-1: depends on db, which is replaced [after 3]
`,
		},
		{
			name: "a volume of another name is another volume",
			old:  "data: {labels", new: "data: {name: fresh, labels",
			want: `
0 create-volume fresh
1 recreate shop-db-1: volume at /data: shop_data → fresh [after 0]
2 restart shop-web-1: depends on db, which is replaced [after 1]
`,
		},
		{
			name: "--no-recreate leaves what works",
			old:  `"5432:5432"`, new: `"5433:5432"`, options: plan.Options{NoRecreate: true},
		},
		{
			name:    "--force-recreate of a named service leaves its dependencies",
			options: plan.Options{ForceRecreate: true, Services: []string{"web"}},
			want:    "\n0 recreate shop-web-1: asked for\n",
		},
		{
			name:    "--always-recreate-deps",
			options: plan.Options{ForceRecreate: true, AlwaysDeps: true, Services: []string{"web"}},
			want:    "\n0 recreate shop-db-1: asked for\n1 recreate shop-web-1: asked for [after 0]\n",
		},
		{
			name: "the content of a config counts",
			old:  "labels: {tier: data}", new: "labels: {tier: data}\n    configs: [conf]",
			options: plan.Options{Contents: plan.Contents{"config conf": "1"}},
			want: `
0 recreate shop-db-1: config conf added
1 restart shop-web-1: depends on db, which is replaced [after 0]
`,
		},
		{
			name: "scale up fills the free numbers",
			old:  "image: web:1", new: "image: web:1\n    scale: 3",
			want: "\n0 create shop-web-2: not created yet\n1 create shop-web-3: not created yet\n",
		},
		{
			name:    "create makes and starts nothing",
			options: plan.Options{NoStart: true},
			observe: func(o *plan.Observed) { *o = plan.Observed{Images: o.Images} },
			want: `
0 create-network shop_back
1 create-network shop_front
2 create-volume shop_data
3 create shop-db-1: not created yet [after 0 2] [not started]
4 create shop-web-1: not created yet [after 0 1 3] [not started]
`,
		},
		{
			name: "a paused container goes on",
			observe: func(o *plan.Observed) {
				*o = change(*o, "web", func(c *plan.Container) { c.State = "paused" })
			},
			want: "\n0 unpause shop-web-1: is paused\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			before, after := load(t, pair), load(t, strings.Replace(pair, test.old, test.new, 1)+configs)
			o := devups(t, before)
			if test.observe != nil {
				test.observe(&o)
			}
			got, err := plan.Make(after, o, test.options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(test.want, "\n"), readable(got)); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

const configs = "configs: {conf: {content: x}}\n"

// TestOptionalDependencyNeedNotSucceed: what need not be there is waited for all the same.
func TestOptionalDependencyNeedNotSucceed(t *testing.T) {
	t.Parallel()
	p := load(t, `
services:
  web: {image: 'web:1', depends_on: {tracing: {condition: service_healthy, required: false}}}
  tracing: {image: 'tracing:1'}
`)
	got, err := plan.Make(p, plan.Observed{}, plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const want = `0 create-network shop_default
1 create shop-tracing-1: not created yet [after 0]
2 await tracing service_healthy [after 1]
3 create shop-web-1: not created yet [after 0] [after end of 1 2]
`
	if diff := cmp.Diff(want, readable(got)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

// TestTakesOverFromCompose: a container that carries Compose's hash alone stays
// while that hash is the one of the file and nothing was adapted.
func TestTakesOverFromCompose(t *testing.T) {
	t.Parallel()
	p := load(t, "services: {web: {image: 'web:1', environment: {URL: 'http://localhost:3000'}}}")
	composes := func() plan.Observed { // as Compose would have made it: no fields
		o := devups(t, p)
		o = change(o, "web", func(c *plan.Container) { c.Fields = "" })
		for i := range o.Networks {
			o.Networks[i].Fields = ""
		}
		return o
	}
	moved := load(t, "services: {web: {image: 'web:1', environment: {URL: 'https://3000.example'}}}")
	declared := map[string]plan.Declared{"web": {Service: p.Services["web"]}}
	adapted := map[string]plan.Declared{"web": {Service: p.Services["web"], Adapted: []string{"environment URL changed"}}}
	for _, test := range []struct {
		name    string
		options plan.Options
		edit    func(*plan.Container)
		want    string
	}{
		{"the same file", plan.Options{Declared: declared}, func(*plan.Container) {}, ""},
		{"the file changed", plan.Options{Declared: declared}, func(c *plan.Container) { c.Hash = "other" }, "0 recreate shop-web-1: configuration changed since Docker Compose created it\n"},
		{"adapted to the place", plan.Options{Declared: adapted}, func(*plan.Container) {}, "0 recreate shop-web-1: environment URL changed (Docker Compose created it without)\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := plan.Make(moved, change(composes(), "web", test.edit), test.options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, readable(got)); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMountedImageChanged: a container is replaced when an image that it mounts is
// another one now, no matter what made it, and not while it is unknown which it was.
func TestMountedImageChanged(t *testing.T) {
	t.Parallel()
	p := load(t, "services: {web: {image: 'web:1', volumes: [{type: image, source: 'site:1', target: /site}, {type: image, source: 'docs:1', target: /site/docs}]}}")
	w := &world{}
	w.Images = map[string]string{"web:1": "sha256:web", "site:1": "sha256:old", "docs:1": "sha256:docs"}
	labels := w.run(t, p, plan.Options{}).Ops[1].Labels
	if got, want := labels[plan.LabelImageVolumes], "/site/docs=sha256:docs,/site=sha256:old"; got != want {
		t.Errorf("the label says %q, want %q as Compose writes it", got, want)
	}
	for _, test := range []struct{ name, label, site, want string }{
		{"the same", labels[plan.LabelImageVolumes], "sha256:old", ""},
		{"another", labels[plan.LabelImageVolumes], "sha256:new", "0 recreate shop-web-1: image at /site: old → new\n"},
		{"not said", "", "sha256:new", ""},
		{"not there", labels[plan.LabelImageVolumes], "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := change(w.Observed, "web", func(c *plan.Container) { c.ImageVolumes = test.label })
			o.Images = map[string]string{"web:1": "sha256:web", "site:1": test.site, "docs:1": "sha256:docs"}
			got, err := plan.Make(p, o, plan.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, readable(got)); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

// TestHashOfSharing: Compose hashes IDs in place of services, and no mode of volumes_from.
func TestHashOfSharing(t *testing.T) {
	t.Parallel()
	hash := func(service string, ids map[string]string) string {
		p := load(t, "services: {db: {image: db}, web: {image: web, "+service+"}}")
		got, err := plan.Declared{Service: p.Services["web"]}.Hash(func(name string) string { return ids[name] })
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	ids := map[string]string{"db": "0a1b"}
	for _, test := range []struct{ written, hashed string }{
		{"network_mode: 'service:db'", "network_mode: 'container:0a1b'"},
		{"ipc: 'service:db', pid: 'service:db'", "ipc: 'container:0a1b', pid: 'container:0a1b'"},
		{"volumes_from: ['db:ro']", "volumes_from: ['container:0a1b']"},
		{"volumes_from: ['container:0a1b:ro']", "volumes_from: ['container:0a1b']"},
	} {
		if got, want := hash(test.written, ids), hash(test.hashed, nil); got != want {
			t.Errorf("%s hashes as %s, want %s, which is that of %s", test.written, got, want, test.hashed)
		}
		if strings.Contains(test.written, "service:") && hash(test.written, ids) == hash(test.written, nil) {
			t.Errorf("%s hashes the same for any db", test.written)
		}
	}
}

// TestMovedPorts: each container says what the config asked for where its own port is
// another one.
func TestMovedPorts(t *testing.T) {
	t.Parallel()
	p, err := project.Load(t.Context(), project.Options{Dir: t.TempDir(), Files: []string{"-"}, Name: "shop", Stdin: func() ([]byte, error) {
		return []byte("services: {web: {image: web, scale: 2, ports: ['8000-8005:80', '9000:90']}}"), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	ports := map[project.PortKey]int{}
	for _, want := range p.PublishedPorts() {
		ports[want.Key()] = want.Wanted
		if want.Copy == 1 {
			ports[want.Key()]++
		}
	}
	resolved := urls.Resolve(p, ports, urls.Where{})
	made, err := plan.Make(resolved.Project, plan.Observed{}, plan.Options{Declared: map[string]plan.Declared{"web": {Service: p.Services["web"]}}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, op := range made.Ops {
		if op.Action == plan.Create {
			got = append(got, op.Name+" "+op.Labels[plan.LabelMoved])
		}
	}
	if diff := cmp.Diff([]string{"shop-web-1 ", "shop-web-2 80/tcp=8001,90/tcp=9000"}, got); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}
