package run

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/containerd/errdefs"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
)

func TestApplyNeverReleasesDependentsOfAFailedStep(t *testing.T) {
	t.Parallel()
	m := fakeengine.New()
	m.Refuse = func(request string) error {
		if request == "remove network bad" {
			return errors.New("the engine is busy")
		}
		return nil
	}
	got := apply(t.Context(), m, nil, Options{},
		plan.Op{Action: plan.RemoveNetwork, Name: "good"},
		plan.Op{Action: plan.RemoveNetwork, Name: "bad"},
		plan.Op{Action: plan.RemoveNetwork, Name: "after-bad", After: []int{1}},
		plan.Op{Action: plan.RemoveNetwork, Name: "after-after-bad", After: []int{2}},
		plan.Op{Action: plan.RemoveNetwork, Name: "after-good", After: []int{0}},
		plan.Op{Action: plan.RemoveNetwork, Name: "after-the-end-of-all", AfterEnd: []int{0, 1, 2, 3, 4}},
	)
	if got.err == nil || got.err.Error() != "remove-network bad: the engine is busy" {
		t.Errorf("error %v, want that of the failed step", got.err)
	}
	if want := "remove network good; remove network after-good; remove network after-the-end-of-all"; got.requests != want {
		t.Errorf("carried out %q, want %q", got.requests, want)
	}
}

func TestApplyStopsWhenCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	m := fakeengine.New()
	m.Refuse = func(string) error { cancel(); return nil }
	got := apply(ctx, m, nil, Options{},
		plan.Op{Action: plan.RemoveNetwork, Name: "first"},
		plan.Op{Action: plan.RemoveNetwork, Name: "second", After: []int{0}},
	)
	if !errors.Is(got.err, context.Canceled) || got.requests != "remove network first" {
		t.Errorf("got error %v after %q, want a cancellation after the first", got.err, got.requests)
	}
}

// TestApplyJoinsErrorsInOrder: whichever fails first, the errors come in the plan's order.
func TestApplyJoinsErrorsInOrder(t *testing.T) {
	t.Parallel()
	m := fakeengine.New()
	m.Refuse = func(request string) error { return errors.New("no " + request) }
	got := apply(t.Context(), m, nil, Options{},
		plan.Op{Action: plan.RemoveNetwork, Name: "a"}, plan.Op{Action: plan.RemoveVolume, Name: "b"}, plan.Op{Action: plan.RemoveNetwork, Name: "c"},
	)
	want := "remove-network a: no remove network a\nremove-volume b: no remove volume b\nremove-network c: no remove network c"
	if got.err == nil || got.err.Error() != want {
		t.Errorf("got %v, want %s", got.err, want)
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
		{"a directory onto a file", errors.New(`failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/shop/nginx.conf" to rootfs at "/etc/nginx/nginx.conf": mount src=/shop/nginx.conf, dst=/etc/nginx/nginx.conf, dstFd=/proc/thread-self/fd/14, flags=MS_BIND|MS_REC: not a directory: Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type`), fail.Config, `web cannot start: /shop/nginx.conf cannot be mounted at /etc/nginx/nginx.conf: one is a directory, the other a file`},
		{"unknown", errors.New("boom"), fail.Failed, "create shop-web-1: boom"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := explain(test.err, op)
			if fail.CodeOf(got) != test.code || got.Error() != test.want {
				t.Errorf("got %s %q, want %s %q", fail.CodeOf(got), got, test.code, test.want)
			}
			e, explained := errors.AsType[*fail.Error](got)
			if explained != (test.name != "unknown") {
				t.Fatalf("a sentence about the operation: %t", explained)
			}
			// What the message says in other words is not shown again; a full disk is no fault
			// of the service, and its cause is shown.
			if explained && (e.Service != "web" || test.code != fail.ImageMissing && (e.Reason == "" || e.CauseShown != (test.code != fail.DiskFull))) {
				t.Errorf("service %q, reason %q, told %t", e.Service, e.Reason, e.CauseShown)
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
