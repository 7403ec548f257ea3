package execcmd

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
)

// TestRun starts what the service depends on, runs a command in a container of its own,
// and ends with its exit code.
func TestRun(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args string
		code int
		left string // containers
	}{
		{"run --rm web sh -c x", 5, "shop-db-1 running"},
		{"run --name once web sh", 5, "once exited, shop-db-1 running"},
		{"run --rm --no-deps web", 5, ""},
		{"run -d --name once web", 0, "once exited, shop-db-1 running"},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			w := newShop(t)
			w.Main = func(c fakeengine.Container) (string, int, bool) {
				return "hello\n", 5, !strings.Contains(c.Name, "-db-")
			}
			r := w.Command(NewRun, strings.Fields(test.args)...)
			if got := exitCode(r); got != test.code {
				t.Fatalf("exit code %d: %v\n%s", got, r.Error, r.Err)
			}
			var left []string
			for _, name := range w.Names() {
				if rest, ok := strings.CutPrefix(name, "container "); ok {
					left = append(left, rest)
				}
			}
			if got := strings.Join(left, ", "); got != test.left {
				t.Errorf("left %s, want %s", got, test.left)
			}
			if detached := strings.Contains(test.args, "run -d"); !detached && r.Out != "hello\n" || detached && len(strings.TrimSpace(r.Out)) != 64 {
				t.Errorf("printed %q", r.Out)
			}
		})
	}
}

// TestRunNeverBegan: a command that the engine cannot begin leaves no container.
func TestRunNeverBegan(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"run --no-deps --name once web foo", "run --no-deps -d --name once web foo"} {
		w := newShop(t)
		w.Refuse = func(request string) error {
			if request == "start once" {
				return fail.New(fail.Failed, "", "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: \"foo\": executable file not found in $PATH: unknown")
			}
			return nil
		}
		r := w.Command(NewRun, strings.Fields(args)...)
		if r.Code() != fail.NoProgram {
			t.Errorf("%s: %q, %v", args, r.Code(), r.Error)
		}
		if _, left := w.Container("once"); left {
			t.Errorf("%s: the container is left", args)
		}
	}
}

// TestRunRefuses usage before anything is opened, and a dry run changes nothing.
func TestRunRefuses(t *testing.T) {
	t.Parallel()
	for args, code := range map[string]fail.Code{
		"run": fail.Usage, "run --pull perhaps web": fail.Usage, "run -t -T web": fail.Usage, "run wbe": fail.UnknownService,
		"run --no-deps -l team web": fail.Usage, "run --no-deps --entrypoint 'x web": fail.Usage, "run --no-deps -p x:y:z:w web": fail.Usage,
	} {
		w := newShop(t)
		if r := w.Command(NewRun, strings.Fields(args)...); r.Code() != code {
			t.Errorf("%s: %q, %v", args, r.Code(), r.Error)
		}
		for _, name := range w.Names() {
			if strings.HasPrefix(name, "container") {
				t.Errorf("%s: made %s", args, name)
			}
		}
	}
	w := newShop(t)
	w.Command(NewRun, "--dry-run", "run", "web").Fine(t).Says(t, "shop-db-1", "run shop-web-run")
	if got := w.Requests(); len(got) > 0 || len(w.Names()) > 0 {
		t.Errorf("changed %q", got)
	}
}

// TestOneOffService: the service as the flags change it; that of the project stays.
func TestOneOffService(t *testing.T) {
	t.Parallel()
	w := newShop(t)
	w.Write("more.env", "B=2\nA=from-file\n")
	service := types.ServiceConfig{Name: "web"}
	service.Command, service.Entrypoint, service.CapAdd, service.CapDrop = []string{"serve"}, []string{"/entry"}, []string{"A", "B"}, []string{"C"}
	service.Labels, service.Ports = types.Labels{"kept": "1"}, []types.ServicePortConfig{{Target: 80}}
	p := &types.Project{Name: "shop", Services: types.Services{"web": service}, Volumes: types.Volumes{"data": {Name: "shop_data"}}, Environment: types.Mapping{"MINE": "from .env", "NOTHING": ""}}
	w.Run(func(_ context.Context, env *command.Env) error {
		for _, test := range []struct {
			name  string
			argv  []string
			o     runOptions
			check func(*types.Project, types.ServiceConfig) bool
		}{
			{"nothing", nil, runOptions{terminalOptions: terminalOptions{interactive: true}}, func(_ *types.Project, s types.ServiceConfig) bool {
				return s.Command[0] == "serve" && s.Entrypoint[0] == "/entry" && len(s.Ports) == 0 && s.StdinOpen && !s.Tty
			}},
			{"detached", nil, runOptions{detach: true, terminalOptions: terminalOptions{interactive: true}}, func(_ *types.Project, s types.ServiceConfig) bool { return s.StdinOpen }},
			{"a command", []string{"sh", "-c", "x"}, runOptions{}, func(_ *types.Project, s types.ServiceConfig) bool { return len(s.Command) == 3 }},
			{"an entrypoint", nil, runOptions{entrypoint: optional{"sh -c 'a b'", true}}, func(_ *types.Project, s types.ServiceConfig) bool {
				return slices.Equal(s.Entrypoint, []string{"sh", "-c", "a b"}) && s.Command != nil && len(s.Command) == 0
			}},
			{"no entrypoint", []string{"ls"}, runOptions{entrypoint: optional{"", true}}, func(_ *types.Project, s types.ServiceConfig) bool {
				return slices.Equal(s.Entrypoint, []string{""}) && s.Command[0] == "ls"
			}},
			{"a user", nil, runOptions{user: "ada", workdir: "/w"}, func(_ *types.Project, s types.ServiceConfig) bool { return s.User == "ada" && s.WorkingDir == "/w" }},
			{"capabilities", nil, runOptions{capAdd: []string{"C"}, capDrop: []string{"B"}}, func(_ *types.Project, s types.ServiceConfig) bool {
				return slices.Equal(s.CapAdd, []string{"A", "C"}) && slices.Equal(s.CapDrop, []string{"B"})
			}},
			{"labels", nil, runOptions{labels: []string{"team=a=b"}}, func(_ *types.Project, s types.ServiceConfig) bool {
				return s.Labels["team"] == "a=b" && s.Labels["kept"] == "1"
			}},
			{"variables", nil, runOptions{env: []string{"A=flag", "MINE", "UNSET", "NOTHING"}, envFiles: []string{filepath.Join(w.Dir, "more.env")}}, func(_ *types.Project, s types.ServiceConfig) bool {
				_, unset := s.Environment["UNSET"]
				return *s.Environment["A"] == "flag" && *s.Environment["B"] == "2" && *s.Environment["MINE"] == "from .env" && *s.Environment["NOTHING"] == "" && !unset
			}},
			{"its ports", nil, runOptions{servicePorts: true}, func(_ *types.Project, s types.ServiceConfig) bool {
				return len(s.Ports) == 1 && s.Ports[0].Target == 80
			}},
			{"other ports", nil, runOptions{publish: []string{"8080:81", "10.0.0.1:82:82"}}, func(_ *types.Project, s types.ServiceConfig) bool {
				return len(s.Ports) == 2 && s.Ports[0].HostIP == "127.0.0.1" && s.Ports[0].Published == "8080" && s.Ports[1].HostIP == "10.0.0.1"
			}},
			{"volumes", nil, runOptions{volumes: []string{"data:/d", "elsewhere:/e", "~/x:/x"}}, func(p *types.Project, s types.ServiceConfig) bool {
				return len(s.Volumes) == 3 && bool(p.Volumes["elsewhere"].External) && !bool(p.Volumes["data"].External) && s.Volumes[2].Source == filepath.Join(w.Home, "x")
			}},
		} {
			own, s, err := oneOffService(env, p, "web", test.argv, test.o, false, "127.0.0.1")
			if err != nil || !test.check(own, s) {
				t.Errorf("%s: %v\n%+v", test.name, err, s)
			}
		}
		return nil
	}).Fine(t)
	if diff := cmp.Diff(service.Labels, p.Services["web"].Labels); diff != "" || len(p.Volumes) != 1 || len(p.Services["web"].Environment) != 0 {
		t.Errorf("the project was changed: %s%+v", diff, p)
	}
}

// TestRunSink hides the progress that the flags hide.
func TestRunSink(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		o    runOptions
		want []event.Kind
	}{
		{runOptions{}, []event.Kind{event.Step, event.Image, event.Container}},
		{runOptions{quietBuild: true}, []event.Kind{event.Container}},
		{runOptions{quiet: true}, nil},
	} {
		var heard []event.Kind
		sink := test.o.sink(func(e event.Event) { heard = append(heard, e.Kind) })
		for _, kind := range []event.Kind{event.Step, event.Image, event.Container} {
			sink(event.Event{Kind: kind})
		}
		if !slices.Equal(heard, test.want) {
			t.Errorf("%+v: %v", test.o, heard)
		}
	}
}
