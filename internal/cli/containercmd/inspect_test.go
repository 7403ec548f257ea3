package containercmd

import (
	"strings"
	"testing"
	"time"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/test/cmdtest"
)

// crashing is a project of which one service fails with a cause that its log says.
func crashing(t *testing.T) *cmdtest.World {
	t.Helper()
	w := cmdtest.New(t, `
-- compose.yaml --
name: shop
services:
  web: {image: web, healthcheck: {test: "true"}, environment: {SESSION_SECRET: s3cr3t-value, MODE: with s3cr3t-value, LEVEL: debug}}
  api: {image: api, restart: always}
  db: {image: db}
`)
	w.Has("web", "running", func(c *fakeengine.Container) {
		c.Health = "healthy"
		c.Options.Config.Labels[plan.LabelCause] = "environment changed: LEVEL"
	})
	w.Has("api", "exited", func(c *fakeengine.Container) {
		c.ExitCode = 1
		c.Log = []fakeengine.Line{{At: time.Now(), Text: "ModuleNotFoundError: No module named 'flask_cors'"}}
	})
	return w
}

// TestReady: what runs is waited for, and what failed is said with its cause.
func TestReady(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"ready web":                    "",
		"ready api":                    "flask_cors",
		"ready web api":                "flask_cors",
		"ready db":                     "db does not run",
		"ready nosuch":                 "nosuch",
		"ready":                        "needs a service",
		"ready --timeout none web":     "none",
		"ready --wait-timeout 20s web": "",
	} {
		r := crashing(t).Command(NewReady, strings.Fields(args)...)
		if (r.Error == nil) != (want == "") {
			t.Errorf("%s: %v", args, r.Error)
		}
		r.Says(t, want)
	}
	all := objects(t, crashing(t).Command(NewReady, "--json", "ready", "api").Out)
	o := all[len(all)-1]
	if o["type"] != "result" || o["state"] != "failed" || o["exit_code"] != 3.0 || len(o["services"].([]any)) != 1 {
		t.Errorf("%v", o)
	}
}

// TestReadyWaitsForTheLock: a devup that changes the project comes first, but not for ever.
func TestReadyWaitsForTheLock(t *testing.T) {
	t.Parallel()
	w := crashing(t)
	release := w.Lock("shop")
	defer release()
	if r := w.Command(NewReady, "ready", "--timeout", "50ms", "web"); r.Code() != fail.NotReady {
		t.Errorf("%v", r.Error)
	}
}

// TestInspect says all about a service, and no secret.
func TestInspect(t *testing.T) {
	t.Parallel()
	w := crashing(t)
	r := w.Command(NewInspect, "inspect", "--json", "web").Fine(t)
	o := objects(t, r.Out)[0]
	config, _ := o["config"].(map[string]any)
	variables, _ := config["environment"].(map[string]any)
	if o["ready"] != true || o["state"] != "running" || o["failure"] != nil || variables["LEVEL"] != "debug" || strings.Contains(r.Out, "s3cr3t") {
		t.Errorf("%s", r.Out)
	}
	r.Says(t, "environment changed: LEVEL", "[masked]")
	o = objects(t, w.Command(NewInspect, "inspect", "--json", "api").Fine(t).Out)[0]
	failure, _ := o["failure"].(map[string]any)
	if o["ready"] != false || o["state"] != "failed" || failure["code"] != "exited" || failure["next"] != "devup up" || failure["reason"] != "module-missing" {
		t.Errorf("%v", o)
	}
	w.Command(NewInspect, "inspect", "api").Fine(t).Says(t, "failed", "flask_cors", "restart: always")
	w.Command(NewInspect, "inspect", "db").Fine(t).Says(t, "not running", "devup up --detach db")
	all := objects(t, w.Command(NewInspect, "inspect", "--no-config", "--json").Fine(t).Out)
	if got := names(all, "service"); got != "api db web" || all[0]["config"] != nil {
		t.Errorf("%s: %v", got, all)
	}
	for _, args := range []string{"inspect nosuch"} {
		if r := w.Command(NewInspect, strings.Fields(args)...); r.Error == nil {
			t.Errorf("%s is accepted", args)
		}
	}
}
