package projectcmd

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/workspace"
	"github.com/devup-cli/devup/test/cmdtest"
)

const shop = "-- compose.yaml --\nname: shop\nservices: {web: {image: web}}\n"

// of puts a container into another project, started from a directory.
func of(project, dir string) func(*fakeengine.Container) {
	return func(c *fakeengine.Container) {
		c.Name = strings.Replace(c.Name, "shop", project, 1)
		labels := c.Options.Config.Labels
		labels[plan.LabelProject], labels[plan.LabelWorkingDir], labels[plan.LabelFiles] = project, dir, filepath.Join(dir, "compose.yaml")
	}
}

// newProjects gives an engine with a project that runs, one that is stopped, one of which a
// volume is left, and one whose directory is gone.
func newProjects(t *testing.T) (w *cmdtest.World, gone string) {
	t.Helper()
	w = cmdtest.New(t, shop)
	gone = filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(gone, 0o700); err != nil {
		t.Fatal(err)
	}
	w.Has("web", "running")
	w.Has("web", "exited", of("stopped", t.TempDir()))
	w.Has("web", "running", of("lost", gone), func(c *fakeengine.Container) { c.Written = 1500 })
	labels := func(project, dir, kind, name string) map[string]string {
		return map[string]string{plan.LabelProject: project, plan.LabelWorkingDir: dir, kind: name}
	}
	w.AddVolume("left_data", labels("left", t.TempDir(), plan.LabelVolume, "data"))
	w.AddVolume("lost_data", labels("lost", gone, plan.LabelVolume, "data"))
	w.SetSize("lost_data", 2_000_000)
	w.AddNetwork("lost_default", labels("lost", gone, plan.LabelNetwork, "default"))
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	return w, gone
}

// TestLs: which projects are listed, and in which form.
func TestLs(t *testing.T) {
	t.Parallel()
	w, gone := newProjects(t)
	for args, want := range map[string]string{
		"ls -q":                     "lost shop",
		"ls -q --all":               "left lost shop stopped",
		"ls -q -a --filter name=^s": "shop stopped",
		"ls -q -a --filter name=^le --filter name=op": "left shop stopped",
		"ls -q --filter name=nothing":                 "",
	} {
		if got := strings.Join(strings.Fields(w.Command(NewLs, strings.Fields(args)...).Fine(t).Out), " "); got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
	r := w.Command(NewLs, "ls", "--all").Fine(t)
	r.Says(t, "only 1 volume", "exited(1)", "running(1)", gone, "devup prune")
	projects := map[string]projectObject{}
	for line := range strings.Lines(w.Command(NewLs, "--json", "ls", "--all").Fine(t).Out) {
		var p projectObject
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		projects[p.Name] = p
	}
	if p := projects["lost"]; !p.DirGone || p.Dir != gone || p.Volumes != 1 || p.Networks != 1 || p.Containers["running"] != 1 || p.ConfigFiles[0] != filepath.Join(gone, "compose.yaml") {
		t.Errorf("lost: %+v", p)
	}
	if p := projects["shop"]; p.DirGone || len(p.ConfigFiles) != 0 || p.ConfigFiles == nil || p.URLs == nil {
		t.Errorf("shop: %+v", p)
	}
	var rows []projectRow
	if err := json.Unmarshal([]byte(w.Command(NewLs, "ls", "-a", "--format", "json").Fine(t).Out), &rows); err != nil || len(rows) != 3 {
		t.Errorf("Compose's form: %v, %+v", err, rows)
	}
}

// TestLsRefuses a filter, pattern or form that is none, and says where nothing runs.
func TestLsRefuses(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, shop)
	for _, args := range []string{"ls --filter state=up", "ls --filter name=(", "ls --format yaml", "ls shop"} {
		if r := w.Command(NewLs, strings.Fields(args)...); r.Error == nil || !strings.Contains(args, "shop") && r.Code() != fail.Usage {
			t.Errorf("%s: %v", args, r.Error)
		}
	}
	if calls := w.Server.Calls(); len(calls) > 0 {
		t.Errorf("asked %q", calls)
	}
	w.Command(NewLs, "ls").Fine(t).Says(t, "no project runs")
	if r := w.Command(NewLs, "--json", "ls").Fine(t); r.Out != "" {
		t.Errorf("printed %q", r.Out)
	}
}

// TestURLs: what a browser opens, once for an address of both kinds.
func TestURLs(t *testing.T) {
	t.Parallel()
	port := func(host string, public, target int, protocol string) plan.PublishedPort {
		return plan.PublishedPort{HostIP: host, Public: public, Target: target, Protocol: protocol}
	}
	containers := []plan.Container{{Ports: []plan.PublishedPort{
		port("0.0.0.0", 3000, 3000, "tcp"), port("::", 3000, 3000, "tcp"), port("192.168.1.5", 8080, 80, "tcp"), port("0.0.0.0", 5432, 5432, "tcp"), port("0.0.0.0", 53, 53, "udp"),
	}}}
	if got := strings.Join(urlsOf(containers, workspace.Info{}), " "); got != "http://192.168.1.5:8080 http://localhost:3000" {
		t.Errorf("%s", got)
	}
}

// TestStatus counts containers by state, or what else there is.
func TestStatus(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]projectObject{
		"exited(1), running(2)":     {Containers: map[string]int{"running": 2, "exited": 1}, Volumes: 3},
		"only 1 network":            {Networks: 1},
		"only 2 networks, 1 volume": {Networks: 2, Volumes: 1},
		"only 3 volumes":            {Volumes: 3},
		"paused(1)":                 {Containers: map[string]int{"paused": 1}},
		"created(1), restarting(1)": {Containers: map[string]int{"restarting": 1, "created": 1}},
	} {
		if got := p.status(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if runs := strings.ContainsAny(want, "(") && (strings.Contains(want, "running") || strings.Contains(want, "paused") || strings.Contains(want, "restarting")); p.runs() != runs {
			t.Errorf("%s runs: %v", want, p.runs())
		}
	}
}

// TestPrune removes what is left of projects whose directory is gone, after a yes; volumes
// only where that is said.
func TestPrune(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		options pruneOptions
		names   []string
		typed   []string
		yes     bool
		dry     bool
		code    fail.Code
		left    string // of the project
		said    string
	}{
		{"yes", pruneOptions{seconds: -1}, nil, []string{"y"}, false, false, "", "volume lost_data", "1 volume (2MB) stays"},
		{"no", pruneOptions{seconds: -1}, nil, []string{"n"}, false, false, "", "container lost-web-2 running, network lost_default, volume lost_data", "nothing was removed"},
		{"no terminal", pruneOptions{seconds: -1}, nil, nil, false, false, fail.NeedsAnswer, "container lost-web-2 running, network lost_default, volume lost_data", "1 container (1.5kB), 1 network of this project"},
		{"--yes", pruneOptions{seconds: -1}, []string{"lost"}, nil, true, false, "", "volume lost_data", ""},
		{"volumes", pruneOptions{seconds: -1, volumes: true}, nil, []string{"y"}, false, false, "", "", "1 volume (2MB) with the data in it"},
		{"a dry run", pruneOptions{seconds: -1, volumes: true}, nil, nil, false, true, "", "container lost-web-2 running, network lost_default, volume lost_data", "lost_data"},
		{"another project", pruneOptions{seconds: -1}, []string{"shop"}, nil, true, false, fail.Usage, "container lost-web-2 running, network lost_default, volume lost_data", "shop is not a project"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w, _ := newProjects(t)
			w.Typed, w.Settings.Yes, w.Flags.DryRun = test.typed, test.yes, test.dry
			w.Asked = func(string) {
				if w.Locked("lost") || len(w.Requests()) > 0 {
					t.Error("asks with the lock, or after a change")
				}
			}
			r := w.Run(func(ctx context.Context, env *command.Env) error { return runPrune(ctx, env, test.names, test.options) })
			if r.Code() != test.code {
				t.Errorf("code %q: %v", r.Code(), r.Error)
			}
			r.Says(t, test.said)
			var left []string
			for _, name := range w.Names() {
				if strings.Contains(name, "lost") {
					left = append(left, name)
				}
			}
			if got := strings.Join(left, ", "); got != test.left {
				t.Errorf("left %s, want %s", got, test.left)
			}
			if !slices.Contains(w.Names(), "container shop-web-1 running") || w.Locked("lost") {
				t.Errorf("has %q, locked %v", w.Names(), w.Locked("lost"))
			}
		})
	}
}

// TestPruneCameBack: a project that was brought up from elsewhere after it was observed is
// left alone.
func TestPruneCameBack(t *testing.T) {
	t.Parallel()
	w, _ := newProjects(t)
	w.Typed = []string{"y"}
	there := t.TempDir()
	w.Asked = func(string) {
		w.Set("lost-web-2", func(c *fakeengine.Container) { c.Options.Config.Labels[plan.LabelWorkingDir] = there })
	}
	w.Run(func(ctx context.Context, env *command.Env) error {
		return runPrune(ctx, env, nil, pruneOptions{seconds: -1})
	}).Fine(t)
	if got := w.Requests(); len(got) > 0 {
		t.Errorf("changed %q", got)
	}
}

// TestPruneNothing: an engine without leftovers, and one with volumes alone.
func TestPruneNothing(t *testing.T) {
	t.Parallel()
	cmdtest.New(t, shop).Command(NewPrune, "prune").Fine(t).Says(t, "nothing to remove")
	w := cmdtest.New(t, shop)
	w.AddVolume("lost_data", map[string]string{plan.LabelProject: "lost", plan.LabelVolume: "data", plan.LabelWorkingDir: filepath.Join(w.Home, "gone")})
	w.Command(NewPrune, "prune").Fine(t).Says(t, "only volumes are left", "--volumes")
	var o leftoverObject
	r := w.Command(NewPrune, "--json", "--yes", "prune", "--volumes").Fine(t)
	if err := json.Unmarshal([]byte(strings.Split(r.Out, "\n")[0]), &o); err != nil || o.Name != "lost" || o.Volumes["lost_data"] != -1 {
		t.Errorf("%v: %s", err, r.Out)
	}
	if got := w.Names(); len(got) > 0 {
		t.Errorf("left %q", got)
	}
}

// TestPruneElsewhere: which directories are gone on another machine is not known here.
func TestPruneElsewhere(t *testing.T) {
	t.Parallel()
	if got := (totals{containers: 1, containerBytes: 10, networks: 2, volumes: 3, volumeBytes: 7}).question(2, true); got != "remove 1 container (10B), 2 networks, 3 volumes (7B) with the data in them of these projects?" {
		t.Errorf("%s", got)
	}
	if got := (totals{volumes: 3}).question(1, false); got != "" {
		t.Errorf("%s", got)
	}
}

// TestConfig prints the project, or a list of its parts.
func TestConfig(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, `
-- compose.yaml --
name: shop
services:
  web: {image: "web:${TAG:-1}", depends_on: [db], volumes: ["data:/data"], profiles: [full]}
  db: {image: db}
volumes: {data: {}}
networks: {back: {}}
`)
	for args, want := range map[string]string{
		"config --services":                  "db",
		"--profile full config --services":   "db web",
		"config --services db":               "db",
		"--profile full config --volumes":    "data",
		"--profile full config --images":     "db web:1",
		"config --profiles":                  "full",
		"config -q":                          "",
		"config --no-interpolate --images":   "db web:${TAG:-1}",
		"config --no-interpolate --services": "db web",
	} {
		if got := strings.Join(strings.Fields(w.Command(NewConfig, strings.Fields(args)...).Fine(t).Out), " "); got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
	var model struct {
		Name     string
		Services map[string]struct{ Image string }
	}
	if err := yaml.Unmarshal([]byte(w.Command(NewConfig, "config").Fine(t).Out), &model); err != nil || model.Name != "shop" || model.Services["db"].Image != "db" {
		t.Errorf("%v: %+v", err, model)
	}
	if err := json.Unmarshal([]byte(w.Command(NewConfig, "config", "--format", "json").Fine(t).Out), &model); err != nil || model.Name != "shop" {
		t.Errorf("%v: %+v", err, model)
	}
	w.Command(NewConfig, "config", "--no-interpolate").Fine(t).Says(t, "${TAG:-1}")
	w.Command(NewConfig, "config", "--no-interpolate", "web").Fine(t).Says(t, "${TAG:-1}", "are not followed")
	w.Command(NewConfig, "config", "--variables").Fine(t).Says(t, "TAG", "no", "1")
	w.Command(NewConfig, "config", "--variables", "--format", "json").Fine(t).Says(t, `"TAG": {`, `"DefaultValue": "1"`, `"Required": false`)
	w.Command(NewConfig, "config", "--variables", "--format", "yaml").Fine(t).Says(t, "TAG:", `defaultvalue: "1"`)
	if calls := w.Server.Calls(); len(calls) > 0 {
		t.Errorf("asked the engine %q", calls)
	}
	for args, code := range map[string]fail.Code{
		"config --format toml":                              fail.Usage,
		"config --no-interpolate --hash *":                  fail.Usage,
		"config --no-interpolate --environment":             fail.Usage,
		"config --hash wbe":                                 fail.UnknownService,
		"config wbe":                                        fail.UnknownService,
		"config -o " + filepath.Join(w.Dir, "no", "where"):  fail.Denied,
		"config -o " + filepath.Join(w.Dir, "compose.yaml"): fail.Usage,
	} {
		if r := w.Command(NewConfig, strings.Fields(args)...); r.Code() != code {
			t.Errorf("%s: %q, %v", args, r.Code(), r.Error)
		}
	}
	w.Command(NewConfig, "config", "-o", filepath.Join(w.Dir, "merged.yaml")).Fine(t)
	if got := w.Read("merged.yaml"); !strings.Contains(got, "name: shop") {
		t.Errorf("wrote %q", got)
	}
}

// TestConfigHash prints a hash for each service, another one where the service is another.
func TestConfigHash(t *testing.T) {
	t.Parallel()
	hash := func(w *cmdtest.World, wanted string) string {
		return w.Command(NewConfig, "config", "--hash", wanted).Fine(t).Out
	}
	w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices: {web: {image: web}, db: {image: db}}\n")
	all := hash(w, "*")
	if lines := strings.Fields(all); len(lines) != 4 || lines[0] != "db" || lines[2] != "web" || lines[1] == lines[3] {
		t.Errorf("printed %q", all)
	}
	if got := hash(w, "web,db"); len(strings.Fields(got)) != 4 || !strings.HasPrefix(got, "web ") {
		t.Errorf("printed %q", got)
	}
	before := hash(w, "web")
	w.Write("compose.yaml", "name: shop\nservices: {web: {image: web, hostname: x}, db: {image: db}}\n")
	if hash(w, "web") == before {
		t.Error("another service has the same hash")
	}
	var o hashObject
	if err := json.Unmarshal([]byte(w.Command(NewConfig, "--json", "config", "--hash", "db").Fine(t).Out), &o); err != nil || o.Service != "db" || o.Hash == "" {
		t.Errorf("%v: %+v", err, o)
	}
}

// TestSchema is JSON that has devup's own part.
func TestSchema(t *testing.T) {
	t.Parallel()
	r := cmdtest.New(t, "").Command(NewSchema, "schema").Fine(t)
	var schema map[string]any
	if err := json.Unmarshal([]byte(r.Out), &schema); err != nil || !strings.Contains(r.Out, "x-devup") {
		t.Errorf("%v: %.100s", err, r.Out)
	}
}

const flask = "-- api/requirements.txt --\nflask==3.0\n-- api/app.py --\nfrom flask import Flask\napp = Flask(__name__)\n"

// TestInitWrites what the repository lacks, after a yes where there is a user to ask, and
// never over what is there.
func TestInitWrites(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		typed   []string
		options initOptions
		wrote   bool
		said    string
	}{
		{"no terminal", nil, initOptions{}, true, "next: devup -C"},
		{"yes", []string{"y"}, initOptions{}, true, "wrote devup.yaml"},
		{"no", []string{"n"}, initOptions{}, false, "nothing was written"},
		{"a dry run", nil, initOptions{dryRun: true}, false, "would write devup.yaml"},
		{"explained", nil, initOptions{dryRun: true, explain: true}, false, "requirements.txt"},
		{"for nothing", nil, initOptions{platforms: []string{"none"}}, true, "wrote devup.yaml"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := cmdtest.New(t, flask)
			w.Typed = test.typed
			w.Asked = func(said string) {
				if !strings.Contains(said, "files?") || w.Read("devup.yaml") != "" {
					t.Errorf("asks %q", said)
				}
			}
			r := w.Run(func(ctx context.Context, env *command.Env) error { return runInit(ctx, env, w.Dir, test.options) }).Fine(t)
			r.Says(t, test.said)
			if wrote := strings.Contains(w.Read("devup.yaml"), "api"); wrote != test.wrote {
				t.Errorf("wrote %q", w.Read("devup.yaml"))
			}
			if test.name == "for nothing" && w.Read(".gitpod.yml") != "" {
				t.Error("wrote files of a platform")
			}
			if !test.wrote {
				return
			}
			before := w.Read("devup.yaml")
			w.Typed = nil
			w.Run(func(ctx context.Context, env *command.Env) error { return runInit(ctx, env, w.Dir, test.options) }).Fine(t).Says(t, "nothing to write")
			if w.Read("devup.yaml") != before {
				t.Error("changed what was there")
			}
		})
	}
}

// TestInitJSON names what was found and written.
func TestInitJSON(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, flask+"-- docs/readme.md --\nx\n")
	types := map[string]int{}
	for line := range strings.Lines(w.Command(NewInit, "--json", "init", "--explain").Fine(t).Out) {
		var o struct {
			Type, Service, Dir, Stack, State, Path string
			Port                                   int
		}
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		types[o.Type+o.State]++
		if o.Type == "found" && (o.Service != "api" || o.Dir != "api" || o.Port == 0 || o.Stack == "") {
			t.Errorf("found %+v", o)
		}
	}
	if types["found"] != 1 || types["filenew"] != 0 || types["filewritten"] == 0 {
		t.Errorf("objects %v", types)
	}
}

// TestInitNowhere: a directory that is not there, or without a service.
func TestInitNowhere(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, "-- readme.md --\nx\n")
	for args, code := range map[string]fail.Code{
		"init":                    fail.NothingFound,
		"init missing":            fail.Usage,
		"init --for mars":         fail.Usage,
		"init --for none,gitpod":  fail.Usage,
		"init " + w.Dir + "/none": fail.Usage,
	} {
		if r := w.Command(NewInit, strings.Fields(args)...); r.Code() != code {
			t.Errorf("%s: %q, %v", args, r.Code(), r.Error)
		}
	}
}

// TestPlatforms reads --for in letters of any case.
func TestPlatforms(t *testing.T) {
	t.Parallel()
	if got, err := platforms([]string{" Gitpod", "CODESPACES"}); err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := platforms([]string{"none"}); err != nil || got == nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := platforms(nil); err != nil || got != nil {
		t.Errorf("%v, %v", got, err)
	}
}

// TestUnopened says why a directory cannot be read.
func TestUnopened(t *testing.T) {
	t.Parallel()
	for err, code := range map[error]fail.Code{os.ErrNotExist: fail.Usage, os.ErrPermission: fail.Denied, errors.New("boom"): fail.Failed} {
		if got := unopened(err, "there"); fail.CodeOf(got) != code || !strings.Contains(got.Error(), "there") {
			t.Errorf("%v: %v", err, got)
		}
	}
}
