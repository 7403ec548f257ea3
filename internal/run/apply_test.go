package run

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/errdefs"
	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
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

// networks is an engine that makes networks and refuses the one called "bad".
type networks struct {
	Networks // calls that no test expects panic
	mu       sync.Mutex
	made     []string
}

func (n *networks) NetworkRemove(_ context.Context, name string, _ client.NetworkRemoveOptions) (client.NetworkRemoveResult, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if name == "bad" {
		return client.NetworkRemoveResult{}, errors.New("the engine is busy")
	}
	n.made = append(n.made, name)
	return client.NetworkRemoveResult{}, nil
}

func TestApplyNeverReleasesDependentsOfAFailedStep(t *testing.T) {
	t.Parallel()
	todo := &plan.Plan{Ops: []plan.Op{
		{Action: plan.RemoveNetwork, Name: "good"},
		{Action: plan.RemoveNetwork, Name: "bad"},
		{Action: plan.RemoveNetwork, Name: "after-bad", After: []int{1}},
		{Action: plan.RemoveNetwork, Name: "after-after-bad", After: []int{2}},
		{Action: plan.RemoveNetwork, Name: "after-good", After: []int{0}},
	}}
	engine := &networks{}
	_, err := Apply(t.Context(), Engine{Networks: engine}, nil, todo, Options{Sink: event.Discard})
	if err == nil || !strings.Contains(err.Error(), "remove-network bad: the engine is busy") {
		t.Errorf("error %v does not name the failed step", err)
	}
	slices.Sort(engine.made)
	if want := []string{"after-good", "good"}; !cmp.Equal(engine.made, want) {
		t.Errorf("carried out %v, want %v", engine.made, want)
	}
}

func TestApplyStopsWhenCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	engine := &networks{}
	_, err := Apply(ctx, Engine{Networks: engine}, nil, &plan.Plan{Ops: []plan.Op{{Action: plan.RemoveNetwork, Name: "good"}}}, Options{Sink: event.Discard})
	if !errors.Is(err, context.Canceled) || len(engine.made) > 0 {
		t.Errorf("got error %v after %v, want a cancellation before anything", err, engine.made)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	op := plan.Op{Action: plan.Create, Name: "shop-web-1", Service: "web"}
	tests := []struct {
		name string
		err  error
		code fail.Code
		want string
	}{
		{"engine 28", errors.New("driver failed programming external connectivity on endpoint shop-web-1 (1f): Bind for 127.0.0.1:3000 failed: port is already allocated"), fail.PortTaken, "web cannot start: the host port 3000 is held by another program or container"},
		{"a process", errors.New("listen tcp4 0.0.0.0:8080: bind: address already in use"), fail.PortTaken, "web cannot start: the host port 8080 is held by another program or container"},
		{"no image", errdefs.ErrNotFound.WithMessage("No such image: shop-web:latest"), fail.ImageMissing, "the image of web does not exist: No such image: shop-web:latest"},
		{"an engine elsewhere", errors.New(`invalid mount config for type "bind": bind source path does not exist: /dev/null`), fail.Failed, "web cannot start: the engine does not see /dev/null"},
		{"a missing file", errors.New(`invalid mount config for type "bind": bind source path does not exist: /home/ada/token`), fail.Config, "web mounts /home/ada/token, which does not exist"},
		{"full disk", errors.New("mkdir /var/lib/docker/x: no space left on device"), fail.DiskFull, "create shop-web-1: the engine's disk is full"},
		{"no program", errors.New(`exec: "flask": executable file not found in $PATH`), fail.Exited, `web cannot start: the command flask was not found in the image`},
		{"not executable", errors.New(`failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/a/entry.sh": permission denied`), fail.Exited, `web cannot start: /a/entry.sh is not executable`},
		{"a folder onto a file", errors.New(`failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/shop/nginx.conf" to rootfs at "/etc/nginx/nginx.conf": mount src=/shop/nginx.conf, dst=/etc/nginx/nginx.conf, dstFd=/proc/thread-self/fd/14, flags=MS_BIND|MS_REC: not a directory: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`), fail.Config, `web cannot start: /shop/nginx.conf cannot be mounted at /etc/nginx/nginx.conf: one is a directory, the other a file`},
		{"unknown", errors.New("boom"), fail.Failed, "create shop-web-1: boom"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := explain(test.err, op)
			if fail.CodeOf(got) != test.code || got.Error() != test.want {
				t.Errorf("got %s %q, want %s %q", fail.CodeOf(got), got, test.code, test.want)
			}
		})
	}
}

func TestPrepareBindsMakesMountPoints(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := load(t, `services: {web: {image: x, volumes: ["`+filepath.Join(dir, "web")+`:/web", "/web/node_modules", "/elsewhere"]}}`)
	if err := prepareBinds(p.Services["web"]); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "web", "node_modules")); err != nil {
		t.Error("the mount point inside the bind source was not made:", err)
	}
}
