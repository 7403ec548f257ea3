package imagecmd

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/image"
	"github.com/spf13/pflag"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/test/cmdtest"
)

const shop = `
-- compose.yaml --
name: shop
services:
  web: {image: "web:1", depends_on: [db]}
  db: {image: "db:1"}
  api: {image: "registry.example/api:1", build: .}
-- Dockerfile --
FROM scratch
`

// asked are the calls of the engine of one kind: "pull db:1".
func asked(w *cmdtest.World, verb string) string {
	var found []string
	for _, call := range w.Images.Calls() {
		if rest, ok := strings.CutPrefix(call, verb+" "); ok {
			found = append(found, rest)
		}
	}
	return strings.Join(found, " ")
}

// TestPull: which images are pulled, and what becomes of those that cannot be.
func TestPull(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args string
		want string
		code fail.Code
	}{
		{"pull --ignore-buildable", "db:1 web:1", ""},
		{"pull web", "web:1", ""},
		{"pull --include-deps web", "db:1 web:1", ""},
		{"pull -q db", "db:1", ""},
		{"pull --policy missing web", "", ""},
		{"pull --policy always web", "web:1", ""},
		{"pull --policy never", "", fail.Usage},
		{"pull wbe", "", fail.UnknownService},
		{"--dry-run pull", "", fail.Usage},
	} {
		w := cmdtest.New(t, shop)
		w.Images.Add("web:1", fakeengine.ID("web:1"))
		for _, ref := range []string{"web:1", "db:1"} {
			w.Images.Registry[ref] = fakeengine.ID(ref)
		}
		r := w.Command(NewPull, strings.Fields(test.args)...)
		if r.Code() != test.code {
			t.Errorf("%s: %q, %v", test.args, r.Code(), r.Error)
		}
		if got := asked(w, "pull"); got != test.want {
			t.Errorf("%s: pulled %q, want %q", test.args, got, test.want)
		}
		if len(w.Requests()) > 0 || w.Locked("shop") {
			t.Errorf("%s: changed containers, or locked", test.args)
		}
	}
}

// TestPullFails names the image, unless failures are to be ignored.
func TestPullFails(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Images.Registry["web:1"] = fakeengine.ID("web:1")
	r := w.Command(NewPull, "pull", "web", "db")
	if r.Code() != fail.ImageMissing {
		t.Errorf("%v", r.Error)
	}
	r.Says(t, "db:1")
	w.Command(NewPull, "pull", "--ignore-pull-failures", "web", "db").Fine(t).Says(t, "db:1")
}

// TestPush pushes what the project builds under a name of its own.
func TestPush(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Images.Add("registry.example/api:1", fakeengine.ID("api"))
	w.Command(NewPush, "push").Fine(t)
	if got := asked(w, "push"); !strings.Contains(got, "registry.example/api") {
		t.Errorf("pushed %q", got)
	}
	w.Command(NewPush, "push", "web").Fine(t).Says(t, "nothing to push")
	if got := asked(w, "push"); got != "" {
		t.Errorf("pushed %q", got)
	}
	w.Images.Offline = true
	if r := w.Command(NewPush, "push"); r.Error == nil {
		t.Error("an offline push succeeds")
	}
	w.Command(NewPush, "push", "--ignore-push-failures").Fine(t).Says(t, "registry.example/api")
}

// TestImages shows the images of containers, under the container's own name of it.
func TestImages(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	w.Images.Add("web", fakeengine.ID("web"))
	w.Images.Add("mirror/web:2", fakeengine.ID("web"))
	w.Has("web", "running")
	w.Has("web", "exited")
	w.Has("db", "running")
	r := w.Command(NewImages, "images").Fine(t)
	r.Says(t, "shop-web-1", "shop-web-2", "shop-db-1", "web", "latest", "linux/amd64", "<none>")
	var all []usedImage
	for line := range strings.Lines(w.Command(NewImages, "--json", "images", "web").Fine(t).Out) {
		var o usedImage
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	if len(all) != 2 || all[0].Type != "used-image" || all[0].Repository != "web" || all[0].Tag != "latest" || all[0].ID != fakeengine.ID("web") {
		t.Errorf("json: %+v", all)
	}
	if got := w.Command(NewImages, "images", "-q").Fine(t).Out; len(strings.Fields(got)) != 2 || strings.Contains(got, "sha256:") {
		t.Errorf("quiet: %q", got)
	}
	var rows []imageRow
	if err := json.Unmarshal([]byte(w.Command(NewImages, "images", "--format", "json").Fine(t).Out), &rows); err != nil || len(rows) != 3 {
		t.Errorf("Compose's form: %v, %+v", err, rows)
	}
	for args, code := range map[string]fail.Code{"images --format yaml": fail.Usage, "images wbe": fail.UnknownService} {
		if r := w.Command(NewImages, strings.Fields(args)...); r.Code() != code {
			t.Errorf("%s: %v", args, r.Error)
		}
	}
	cmdtest.New(t, shop).Command(NewImages, "images").Fine(t).Says(t, "no container")
}

// TestImagesAsksOnce: an image that several containers have is asked about once.
func TestImagesAsksOnce(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	for range 3 {
		w.Has("web", "running")
	}
	w.Command(NewImages, "images").Fine(t)
	count := 0
	for _, call := range w.Server.Calls() {
		if strings.HasPrefix(call, "GET /images/") {
			count++
		}
	}
	if count != 1 {
		t.Errorf("asked %d times", count)
	}
}

// TestImageOf: of several names the container's own counts, and a port of a registry is no
// tag.
func TestImageOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		used       string
		tags       []string
		repository string
		tag        string
	}{
		{"web", []string{"a:1", "web:latest", "z:1"}, "web", "latest"},
		{"a:1", []string{"a:1", "b:1"}, "a", "1"},
		{"gone:1", []string{"b:1", "c:2"}, "b", "1"},
		{"x", []string{"box:5000/web:1"}, "box:5000/web", "1"},
		{"x", nil, "", ""},
	} {
		got := imageOf(container.Summary{Image: test.used}, image.InspectResponse{RepoTags: test.tags, Os: "linux", Architecture: "arm64", Variant: "v8"})
		if got.Repository != test.repository || got.Tag != test.tag || got.Platform != "linux/arm64/v8" {
			t.Errorf("%s of %q: %+v", test.used, test.tags, got)
		}
	}
}

// newVolumes gives a project with a volume that is mounted and one that is not.
func newVolumes(t *testing.T) *cmdtest.World {
	t.Helper()
	w := cmdtest.New(t, shop)
	w.AddVolume("shop_data", map[string]string{plan.LabelProject: "shop", plan.LabelVolume: "data", plan.LabelWorkingDir: w.Dir})
	w.AddVolume("shop_cache", map[string]string{plan.LabelProject: "shop", plan.LabelVolume: "cache", plan.LabelWorkingDir: w.Dir})
	w.AddVolume("other_data", map[string]string{plan.LabelProject: "other"})
	w.Has("db", "running", func(c *fakeengine.Container) { c.Options.HostConfig.Binds = []string{"shop_data:/data", "/src:/src"} })
	w.Has("web", "exited", func(c *fakeengine.Container) { c.Options.HostConfig.Binds = []string{"shop_data:/data"} })
	return w
}

// TestVolumes lists the project's volumes, and who has them mounted.
func TestVolumes(t *testing.T) {
	t.Parallel()
	w := newVolumes(t)
	for args, want := range map[string]string{
		"volumes -q":                           "shop_cache shop_data",
		"volumes -q db":                        "shop_data",
		"volumes -q api":                       "",
		"volumes --format {{.Name}}={{.Size}}": "shop_cache=N/A shop_data=N/A",
	} {
		if got := strings.Join(strings.Fields(w.Command(NewVolumes, strings.Fields(args)...).Fine(t).Out), " "); got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
	w.Command(NewVolumes, "volumes").Fine(t).Says(t, "VOLUME NAME", "shop_data", "db, web")
	var found []volumeObject
	for line := range strings.Lines(w.Command(NewVolumes, "--json", "volumes").Fine(t).Out) {
		var o volumeObject
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		found = append(found, o)
	}
	want := []volumeObject{{"volume", "shop_cache", "cache", "", []string{}}, {"volume", "shop_data", "data", "", []string{"db", "web"}}}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	cmdtest.New(t, shop).Command(NewVolumes, "volumes").Fine(t).Says(t, "no volume")
}

// TestBuildRefuses what devup's builds cannot do, before anything is opened.
func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	for args, code := range map[string]fail.Code{"build --builder other": fail.Usage, "build wbe": fail.UnknownService, "build --ssh key": fail.Usage} {
		if r := w.Command(NewBuild, strings.Fields(args)...); r.Code() != code {
			t.Errorf("%s: %q, %v", args, r.Code(), r.Error)
		}
	}
	r := w.Command(NewBuild, "build", "-m", "1g", "--parallel", "web").Fine(t)
	r.Says(t, "--memory has no effect", "nothing to build")
}

// TestBuildArgs: a name alone takes the value of the environment, or is declared.
func TestBuildArgs(t *testing.T) {
	t.Parallel()
	got := buildArgs([]string{"A=1", "B", "C", "D=", "E=x=y"}, map[string]string{"B": "two", "A": "other"})
	values := map[string]string{}
	for name, value := range got {
		if values[name] = "unset"; value != nil {
			values[name] = *value
		}
	}
	if diff := cmp.Diff(map[string]string{"A": "1", "B": "two", "C": "unset", "D": "", "E": "x=y"}, values); diff != "" {
		t.Error(diff)
	}
}

// TestSSHKeys: the agent by its word or by none, a key by its file.
func TestSSHKeys(t *testing.T) {
	t.Parallel()
	got, err := sshKeys([]string{"default", "", "key=/a", "default=/sock"})
	if diff := cmp.Diff([]build.SSH{{ID: "default"}, {ID: "default"}, {ID: "key", Path: "/a"}, {ID: "default", Path: "/sock"}}, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if _, err := sshKeys([]string{"key"}); fail.CodeOf(err) != fail.Usage || !strings.Contains(err.Error(), "key") {
		t.Errorf("error %v", err)
	}
}

// TestNotesOnly: quiet hides progress, and nothing that a user should know.
func TestNotesOnly(t *testing.T) {
	t.Parallel()
	var heard []event.Kind
	sink := notesOnly(func(e event.Event) { heard = append(heard, e.Kind) })
	for _, kind := range []event.Kind{event.Step, event.Note, event.Image, event.Log} {
		sink(event.Event{Kind: kind})
	}
	if !slices.Equal(heard, []event.Kind{event.Note}) {
		t.Errorf("heard %v", heard)
	}
}

// TestDeprecated flags are taken and not shown.
func TestDeprecated(t *testing.T) {
	t.Parallel()
	set := pflag.NewFlagSet("x", pflag.ContinueOnError)
	deprecated(set, "compress")
	if err := set.Parse([]string{"--compress"}); err != nil || !set.Lookup("compress").Hidden {
		t.Errorf("%v", err)
	}
}

// TestOpenResolves: the commands about images see the project with this workspace's
// addresses, and without the lock.
func TestOpenResolves(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices: {web: {image: web, ports: [\"3000:3000\"], build: {context: ., args: {URL: \"${DEVUP_URL_WEB}\"}}}}\n-- Dockerfile --\nFROM scratch\n")
	w.Run(func(ctx context.Context, env *command.Env) error {
		s, p, err := open(ctx, env, nil, true, 0)
		if err != nil {
			return err
		}
		defer s.Close()
		if url := p.Services["web"].Build.Args["URL"]; url == nil || *url != "http://localhost:3000" || w.Locked("shop") {
			t.Errorf("URL %v, locked %v", url, w.Locked("shop"))
		}
		return nil
	}).Fine(t)
}
