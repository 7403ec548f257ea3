package upcmd

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/test/cmdtest"
)

// TestResult: detached, up ends with one object that says all, however it ended.
func TestResult(t *testing.T) {
	t.Parallel()
	const job = "\n  job: {image: \"job:1\"}\n  off: {image: \"job:1\", scale: 0}\n"
	for _, test := range []struct {
		name, files, args string
		prepare           func(*cmdtest.World)
		want              string // state, services, failures
	}{
		{"ready", shop, "up -d --json", nil, "ready 0 shop; db running, web running; "},
		{"a job that ended well", shop + job, "up -d --json", func(w *cmdtest.World) {
			w.Images.Add("job:1", fakeengine.ID("job:1"))
			w.Main = func(c fakeengine.Container) (string, int, bool) { return "", 0, strings.Contains(c.Name, "job") }
		}, "ready 0 shop; db running, job completed, off not running, web running; "},
		{"a job, with --wait", shop + job, "up --wait --json", func(w *cmdtest.World) {
			w.Images.Add("job:1", fakeengine.ID("job:1"))
			w.Main = func(c fakeengine.Container) (string, int, bool) { return "", 0, strings.Contains(c.Name, "job") }
		}, "ready 0 shop; db running, job completed, off not running, web running; "},
		{"an image that does not exist", shop + job, "up -d --json", nil, "failed 1 shop; db running, job failed, off not running, web running; image-missing job"},
		{"files that cannot be read", "-- compose.yaml --\nservices: [", "up -d --json", nil, "failed 2 ; ; config "},
		{"no files", "-- a --\n", "up -d --json", nil, "failed 2 ; ; no-project "},
		{"not attached", shop, "up --dry-run --json -d", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := cmdtest.New(t, test.files)
			for _, image := range []string{"web:1", "db:1"} {
				w.Images.Add(image, fakeengine.ID(image))
			}
			if test.prepare != nil {
				test.prepare(w)
			}
			r := w.Command(NewUp, strings.Fields(test.args)...)
			lines := strings.Split(strings.TrimSpace(r.Out), "\n")
			if diff := cmp.Diff(test.want, resultOf(t, lines[len(lines)-1])); diff != "" {
				t.Errorf("-want +got:\n%s\n%s%s", diff, r.Out, r.Err)
			}
		})
	}
}

// resultOf is a result in a line; empty for another object.
func resultOf(t *testing.T, line string) string {
	t.Helper()
	var o struct {
		Type, State, Project string
		Exit                 int `json:"exit_code"`
		Services             []struct{ Service, State string }
		Failures             []struct{ Code, Service string }
	}
	if err := json.Unmarshal([]byte(line), &o); err != nil {
		t.Fatalf("%v in %q", err, line)
	}
	if o.Type != "result" {
		return ""
	}
	var services, failures []string
	for _, s := range o.Services {
		services = append(services, s.Service+" "+s.State)
	}
	for _, f := range o.Failures {
		failures = append(failures, f.Code+" "+f.Service)
	}
	return strings.Join([]string{o.State + " " + string(rune('0'+o.Exit)) + " " + o.Project, strings.Join(services, ", "), strings.Join(failures, ", ")}, "; ")
}
