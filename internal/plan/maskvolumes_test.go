package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/plan"
)

// TestMakeKeepsWhatTheImageHolds: volumes under a bind mount that hold what the image
// holds are kept for as long as the image is the same, also when a down removed the
// containers.
func TestMakeKeepsWhatTheImageHolds(t *testing.T) {
	t.Parallel()
	one, two, data := strings.Repeat("ab", 32), strings.Repeat("cd", 32), strings.Repeat("ef", 32)
	const (
		project = "services: {web: {image: 'web:1', volumes: ['/src/web:/web', /web/node_modules, /data]}}"
		target  = "/web/node_modules"
		image   = "sha256:web-image"
	)
	mounts := []plan.Mount{
		{Type: "bind", Source: "/src/web", Target: "/web"},
		{Type: "volume", Name: one, Target: target},
		{Type: "volume", Name: data, Target: "/data"},
	}
	left := func(name, image string) plan.Volume {
		return plan.Volume{Name: name, Mask: "web:" + target, Image: image}
	}
	for _, test := range []struct {
		name    string
		project string
		options plan.Options
		image   string // that the service has now; empty for the same
		down    bool
		volumes []plan.Volume
		want    string
		keeps   string // names of the volumes that are mounted again
	}{
		{
			name: "the same image", project: project, options: plan.Options{ForceRecreate: true}, volumes: []plan.Volume{left(one, image)},
			want: "0 recreate shop-web-1: asked for [keep /data /web/node_modules]\n", keeps: "e a",
		},
		{
			name: "another image", project: project, image: "sha256:other", volumes: []plan.Volume{left(one, image)},
			want: "0 recreate shop-web-1: image web-image → other [keep /data]\n1 remove-volume web:/web/node_modules: its container no longer exists [after 0]\n", keeps: "e",
		},
		{
			name: "new ones are asked for", project: project, options: plan.Options{ForceRecreate: true, RenewAnon: true}, volumes: []plan.Volume{left(one, image)},
			want: "0 recreate shop-web-1: asked for\n1 remove-volume web:/web/node_modules: its container no longer exists [after 0]\n",
		},
		{
			name: "no longer declared", project: strings.Replace(project, ", /web/node_modules", "", 1), options: plan.Options{ForceRecreate: true}, volumes: []plan.Volume{left(one, image)},
			want: "0 recreate shop-web-1: asked for; mount /web/node_modules removed [keep /data]\n1 remove-volume web:/web/node_modules: its container no longer exists [after 0]\n", keeps: "e",
		},
		{
			name: "left by a down", project: project, down: true, volumes: []plan.Volume{left(two, "sha256:old"), left(one, image)},
			want: "0 create shop-web-1: not created yet [keep /web/node_modules]\n1 remove-volume web:/web/node_modules: no container has it\n", keeps: "a",
		},
		{
			name: "left by a down, of an unknown image", project: project, down: true, volumes: []plan.Volume{left(one, "")},
			want: "0 create shop-web-1: not created yet\n1 remove-volume web:/web/node_modules: no container has it\n",
		},
		{
			name: "left by a down, for two containers", project: strings.Replace(project, "volumes", "scale: 3, volumes", 1), down: true, volumes: []plan.Volume{left(one, image), left(two, image)},
			want: "0 create shop-web-1: not created yet [keep /web/node_modules]\n1 create shop-web-2: not created yet [keep /web/node_modules]\n2 create shop-web-3: not created yet\n", keeps: "a c",
		},
		{
			name: "left by a down of a container that is there again", project: project, options: plan.Options{ForceRecreate: true}, volumes: []plan.Volume{left(two, image), left(one, image)},
			want: "0 recreate shop-web-1: asked for [keep /data /web/node_modules]\n1 remove-volume web:/web/node_modules: no container has it\n", keeps: "e a",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := change(devups(t, load(t, project)), "web", func(c *plan.Container) { c.Mounts = mounts })
			if o.Volumes = append(o.Volumes, test.volumes...); test.down {
				o.Containers = nil
			}
			if test.image != "" {
				o.Images["web:1"] = test.image
			}
			got, err := plan.Make(load(t, test.project), o, test.options)
			if err != nil {
				t.Fatal(err)
			}
			var keeps []string
			for _, op := range got.Ops {
				for _, target := range []string{"/data", target} {
					if name := op.KeepVolumes[target]; name != "" {
						keeps = append(keeps, name[:1])
					}
				}
			}
			if diff := cmp.Diff(test.want, readable(got)); diff != "" || strings.Join(keeps, " ") != test.keeps {
				t.Errorf("keeps %q, want %q; plan (-want +got):\n%s", keeps, test.keeps, diff)
			}
		})
	}
}

// TestMakeRemovesPackages: a volume with packages that the project no longer mounts goes after the
// last container that has it, and stays while one has it.
func TestMakeRemovesPackages(t *testing.T) {
	t.Parallel()
	const files = "services: {web: {image: 'web:1', scale: 2, volumes: ['/src/web:/web', 'new:/web/node_modules']}}\nvolumes: {new: {}}"
	mounts := func(name string) []plan.Mount {
		return []plan.Mount{{Type: "bind", Source: "/src/web", Target: "/web"}, {Type: "volume", Name: name, Target: "/web/node_modules"}}
	}
	p := load(t, files)
	before := devups(t, p)
	for i := range before.Containers {
		before.Containers[i].Mounts = mounts("shop_old")
	}
	before.Volumes = append(before.Volumes, plan.Volume{Name: "shop_old", Key: "old", Mask: "web:/web/node_modules"}, plan.Volume{Name: "shop_older", Key: "older", Mask: "web:/web/node_modules"})
	for name, test := range map[string]struct {
		more []plan.Container
		want string
	}{
		"replaced":              {want: "remove-volume web:/web/node_modules: its container no longer exists [after 0 1]\n3 remove-volume web:/web/node_modules: no container has it\n"},
		"another container has": {more: []plan.Container{{ID: "run", Service: "web", OneOff: true, State: "running", Mounts: mounts("shop_old")}}, want: "2 remove-volume web:/web/node_modules: no container has it\n"},
	} {
		o := before
		o.Containers = append(test.more, o.Containers...)
		got, err := plan.Make(p, o, plan.Options{})
		if err != nil || !strings.HasSuffix(readable(got), test.want) {
			t.Errorf("%s: %v\n%s", name, err, readable(got))
		}
	}
}
