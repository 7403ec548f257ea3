package containercmd

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/test/cmdtest"
)

// newFull gives a project with all that down may remove: containers, a network, a volume
// with data, a container of no service, and one of `devup run`.
func newFull(t *testing.T) *cmdtest.World {
	t.Helper()
	w := newShop(t)
	labels := func(name, value string) map[string]string {
		return map[string]string{plan.LabelProject: "shop", plan.LabelWorkingDir: w.Dir, name: value}
	}
	w.AddNetwork("shop_default", labels(plan.LabelNetwork, "default"))
	w.AddVolume("shop_data", labels(plan.LabelVolume, "data"))
	w.Has("old", "running")
	w.Has("web", "running", func(c *fakeengine.Container) {
		c.Name, c.Options.Config.Labels[plan.LabelOneOff] = "shop-web-run-1", "True"
	})
	return w
}

// TestDown: what the files name goes with the networks; data, containers of no service and
// those of `devup run` stay, and are named where nothing says what becomes of them.
func TestDown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args  string
		stay  []string
		said  []string
		yes   bool
		quiet string // is not said
	}{
		{args: "down", stay: []string{"container shop-old-1 running", "container shop-web-run-1 running", "network shop_default", "volume shop_data"}, said: []string{"shop-old-1", "shop-web-run-1", "--remove-orphans"}},
		{args: "down --remove-orphans", stay: []string{"volume shop_data"}, quiet: "stay"},
		{args: "--yes down -v --remove-orphans", stay: nil},
		{args: "down web", stay: []string{"container shop-api-1 running", "container shop-db-1 exited", "container shop-old-1 running", "container shop-web-run-1 running", "network shop_default", "volume shop_data"}, quiet: "shop-old-1"},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			w := newFull(t)
			r := w.Command(NewDown, strings.Fields(test.args)...).Fine(t)
			got := w.Names()
			if strings.Contains(test.args, "orphans") || slices.Contains(got, "network shop_default") {
				if diff := cmp.Diff(test.stay, got); diff != "" {
					t.Errorf("(-want +got)\n%s\n%s", diff, r.Err)
				}
			}
			r.Says(t, test.said...)
			if test.quiet != "" && strings.Contains(r.Err+r.Out, test.quiet) {
				t.Errorf("%q is said in %s", test.quiet, r.Err)
			}
		})
	}
}

// TestDownStopsDependentsFirst: a service outlives those that depend on it.
func TestDownStopsDependentsFirst(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Command(NewDown, "down").Fine(t)
	got := w.Requests()
	order := []int{slices.Index(got, "stop shop-web-1"), slices.Index(got, "stop shop-api-1"), slices.Index(got, "remove shop-db-1")}
	if !slices.IsSorted(order) || order[0] < 0 {
		t.Errorf("in the order %q", got)
	}
}

// TestDownByEnvironment: COMPOSE_REMOVE_ORPHANS is the flag, also in .env, which the environment
// goes before.
func TestDownByEnvironment(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		process, file string
		stays         bool
	}{
		{"1", "", false},
		{"true", "", false},
		{"", "true", false},
		{"0", "true", true},
		{"perhaps", "", true},
		{"", "", true},
	} {
		w := newFull(t)
		if test.process != "" {
			w.Env["COMPOSE_REMOVE_ORPHANS"] = test.process
		}
		w.Write(".env", "COMPOSE_REMOVE_ORPHANS="+test.file+"\n")
		w.Command(NewDown, "down").Fine(t)
		if _, there := w.Container("shop-old-1"); there != test.stays {
			t.Errorf("%+v: stays %v", test, there)
		}
	}
}

// TestDownVolumesAnswers: on a terminal, data is lost after a yes alone, which is asked for
// without the lock. Without one, the flag is the yes.
func TestDownVolumesAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		typed []string
		code  fail.Code
		lost  bool
	}{
		{"yes", []string{"y"}, "", true},
		{"no", []string{"n"}, "", false},
		{"no terminal", nil, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newFull(t)
			w.Typed = test.typed
			w.Asked = func(said string) {
				if w.Locked("shop") {
					t.Error("asks with the lock")
				}
				if !strings.Contains(said, "shop_data") {
					t.Errorf("the volume is not named in %q", said)
				}
			}
			r := w.Run(func(ctx context.Context, env *command.Env) error {
				return runDown(ctx, env, nil, downOptions{volumes: true, orphans: true, seconds: -1})
			})
			if r.Code() != test.code {
				t.Errorf("code %q, want %q: %v", r.Code(), test.code, r.Error)
			}
			if lost := len(w.Names()) == 0; lost != test.lost {
				t.Errorf("left: %q", w.Names())
			}
			if !test.lost {
				if got := w.Requests(); len(got) > 0 {
					t.Errorf("changed %q", got)
				}
			}
		})
	}
}

// TestDownVolumeAppears: a volume that no one was asked about is not removed.
func TestDownVolumeAppears(t *testing.T) {
	t.Parallel()
	w := newFull(t)
	w.Typed = []string{"y"}
	w.Asked = func(string) {
		w.AddVolume("shop_more", map[string]string{plan.LabelProject: "shop", plan.LabelVolume: "more", plan.LabelWorkingDir: w.Dir})
	}
	r := w.Run(func(ctx context.Context, env *command.Env) error {
		return runDown(ctx, env, nil, downOptions{volumes: true, seconds: -1})
	})
	r.Says(t, "shop_more", "appeared while you were asked")
	if !slices.Contains(w.Names(), "volume shop_data") || r.Code() != fail.Failed {
		t.Errorf("left %q, code %q", w.Names(), r.Code())
	}
}

// TestDownNothing: a project that the engine does not know is no failure.
func TestDownNothing(t *testing.T) {
	t.Parallel()
	cmdtest.New(t, shop).Command(NewDown, "down").Fine(t).Says(t, "nothing to remove: project shop has nothing")
	cmdtest.New(t, shop).Command(NewDown, "down", "web").Fine(t).Says(t, "nothing to remove: web has no container")
	const unset = "-- compose.yaml --\nname: shop\nservices: {web: {image: 'web:${TAG:?which}'}}\n"
	cmdtest.New(t, unset).Command(NewDown, "down").Fine(t).Says(t, "nothing to remove", "shop")
}

// TestDownByName: a project without files is known by its labels.
func TestDownByName(t *testing.T) {
	t.Parallel()
	w := newFull(t)
	w.Flags.Dir = t.TempDir()
	w.Flags.Name = "shop"
	w.Run(func(ctx context.Context, env *command.Env) error {
		return runDown(ctx, env, nil, downOptions{seconds: -1})
	}).Fine(t)
	for _, name := range w.Names() {
		if strings.HasPrefix(name, "container") && !strings.Contains(name, "run") {
			t.Errorf("%s is left", name)
		}
	}
}

// TestDownImages: --rmi local means the images that have no name of their own, all means
// all, and what is used by others stays.
func TestDownImages(t *testing.T) {
	t.Parallel()
	const files = `
-- compose.yaml --
name: shop
services:
  web: {build: ., volumes: [".:/web", /web/node_modules]}
  db: {image: "postgres:16"}
`
	for _, test := range []struct {
		args, want string
		code       fail.Code
	}{
		{"down", "", ""},
		{"down --rmi local", "shop-web shop-web:devup shop-web:devup-base", ""},
		{"down --rmi all", "postgres:16 shop-web shop-web:devup shop-web:devup-base", ""},
		{"down --rmi all db", "postgres:16", ""},
		{"down --rmi some", "", fail.Usage},
		{"--dry-run down --rmi all", "", ""},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			w := cmdtest.New(t, files)
			w.Images.Add("shop-web", fakeengine.ID("web"))
			w.Images.Add("postgres:16", fakeengine.ID("db"))
			r := w.Command(NewDown, strings.Fields(test.args)...)
			if r.Code() != test.code {
				t.Fatalf("code %q: %v", r.Code(), r.Error)
			}
			var removed []string
			for _, request := range w.Requests() {
				removed = append(removed, strings.TrimPrefix(request, "remove image "))
			}
			if got := strings.Join(removed, " "); got != test.want {
				t.Errorf("removed %q, want %q", got, test.want)
			}
			if strings.Contains(test.args, "dry-run") {
				r.Says(t, "remove-image postgres:16", "remove-image shop-web")
			}
		})
	}
}

// TestDownImageFaults: an image that is gone or in use is no failure, any other is.
func TestDownImageFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		refuse error
		said   string
		failed bool
	}{
		{"gone", nil, "", false},
		{"in use", conflict{}, "another container uses it", false},
		{"a fault", errors.New("the disk is gone"), "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := cmdtest.New(t, shop)
			w.Refuse = func(request string) error {
				if strings.HasPrefix(request, "remove image") {
					return test.refuse
				}
				return nil
			}
			r := w.Command(NewDown, "down", "--rmi", "all", "db")
			if (r.Error != nil) != test.failed {
				t.Errorf("error %v", r.Error)
			}
			r.Says(t, test.said)
		})
	}
}

// conflict is the engine's error for what is in use.
type conflict struct{}

func (conflict) Error() string { return "conflict: it is in use" }
func (conflict) Conflict()     {}

// TestProvidersOfDown: a dry run lists only the providers that would be asked, in the order,
// and one that fails or is not there keeps down from nothing else.
func TestProvidersOfDown(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the provider is a shell script")
	}
	w := cmdtest.New(t, `
-- compose.yaml --
name: shop
services:
  web: {image: shop-web, depends_on: [db]}
  db: {provider: {type: cloud}, depends_on: [account]}
  account: {provider: {type: cloud}}
  gone: {provider: {type: no-such-cloud}}
`)
	w.Images.Add("shop-web", fakeengine.ID("web"))
	w.Env["DOCKER_CONFIG"] = w.Home
	w.Has("web", "running")
	plugin := filepath.Join(w.Home, "cli-plugins", "docker-cloud")
	script := "#!/bin/sh\ncase \"$*\" in *'down db') exit 3 ;; *metadata) exit 1 ;; esac\necho \"$*\" >> " + w.Home + "/calls\n"
	if err := errors.Join(os.Mkdir(filepath.Dir(plugin), 0o700), os.WriteFile(plugin, []byte(script), 0o700)); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"--dry-run down": "remove shop-web-1\nremove db\nremove account\n", "--dry-run down web": "remove shop-web-1\n",
		"--dry-run down account": "remove account\n", "--dry-run stop web": "stop shop-web-1\n", "--dry-run stop": "stop shop-web-1\n",
	} {
		construct := NewDown
		if strings.Contains(args, "stop") {
			construct = NewStop
		}
		if r := w.Command(construct, strings.Fields(args)...).Fine(t); r.Out != want {
			t.Errorf("%s: %q, want %q", args, r.Out, want)
		}
	}
	r := w.Command(NewDown, "down", "--rmi", "all")
	r.Says(t, "the provider cloud of db cannot remove it: exit status 3", "gone is left as it is: provider no-such-cloud: neither")
	calls, err := os.ReadFile(filepath.Join(w.Home, "calls"))
	if err != nil || string(calls) != "compose --project-name=shop down account\n" {
		t.Errorf("called %q, %v", calls, err)
	}
	if !slices.Contains(w.Requests(), "remove image shop-web") {
		t.Errorf("the image stays: %q", w.Requests())
	}
}

// TestDownLeavesPackagesBehind: a volume that only keeps what an image holds is removed by another
// process, where one can be started.
func TestDownLeavesPackagesBehind(t *testing.T) {
	t.Parallel()
	none := errors.New("no process")
	for name, test := range map[string]struct {
		detach func(args, env []string) error
		stays  bool
	}{
		"a process":        {func([]string, []string) error { return nil }, true},
		"none starts":      {func([]string, []string) error { return none }, false},
		"none can outlive": {nil, false},
	} {
		w := newFull(t)
		w.AddVolume("modules", map[string]string{plan.LabelProject: "shop", plan.LabelMask: "web:/web/node_modules"})
		var started []string
		if test.detach != nil {
			w.Detach = func(args, env []string) error { started = args; return test.detach(args, env) }
		}
		w.Command(NewDown, "--yes", "down", "-v", "--remove-orphans").Fine(t)
		if left := w.Names(); slices.Contains(left, "volume modules") != test.stays || len(left) > 1 {
			t.Errorf("%s: left %q", name, left)
		}
		if test.detach != nil && strings.Join(started, " ") != "remove-volumes shop" {
			t.Errorf("%s: started %q", name, started)
		}
		w.Command(NewRemoveVolumes, "remove-volumes", "shop").Fine(t)
		if left := w.Names(); len(left) > 0 {
			t.Errorf("%s: left after remove-volumes %q", name, left)
		}
	}
}
