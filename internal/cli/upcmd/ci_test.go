package upcmd

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/test/cmdtest"
)

// newFailing is a project of which one service ends with a cause that its log says.
func newFailing(t *testing.T) *cmdtest.World {
	t.Helper()
	w := cmdtest.New(t, shop+"  api: {image: \"web:1\", restart: always}\n")
	for _, image := range []string{"web:1", "db:1"} {
		w.Images.Add(image, fakeengine.ID(image))
	}
	w.Main = func(c fakeengine.Container) (string, int, bool) {
		return "::error::forged\nModuleNotFoundError: No module named 'flask_cors'\n", 1, strings.Contains(c.Name, "api")
	}
	return w
}

// TestCI: a CI service gets marks that it knows, files with the logs of what failed, and JUnit's.
func TestCI(t *testing.T) {
	t.Parallel()
	for variable, words := range map[string][]string{
		"GITHUB_ACTIONS": {"::group::devup up\n", "::group::logs of api\n::stop-commands::", "::error title=api exited::api stopped with exit code 1: Python finds no module named flask_cors%0Ahint:", "::endgroup::\n"},
		"GITLAB_CI":      {"\x1b[0Ksection_start:", ":devup_up[collapsed=true]\r\x1b[0Kdevup up\n", ":devup_api\r\x1b[0K\n"},
		"CI":             {"flask_cors"},
	} {
		w := newFailing(t)
		w.Env[variable] = "true"
		dir := filepath.Join(t.TempDir(), "out")
		r := w.Command(NewUp, "up", "--detach", "--ci="+dir)
		if r.Code() != fail.Exited {
			t.Errorf("%s: %v", variable, r.Error)
		}
		r.Says(t, words...)
		if log, err := os.ReadFile(filepath.Join(dir, "api.log")); err != nil || !strings.Contains(string(log), "flask_cors") {
			t.Errorf("%s: %v, %s", variable, err, log)
		}
		text, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
		var suite testSuite
		if err != nil || xml.Unmarshal(text, &suite) != nil || suite.Tests != 3 || suite.Failures != 1 || suite.Cases[0].Name != "api" || suite.Cases[0].Failures[0].Type != "exited" {
			t.Errorf("%s: %v, %s", variable, err, text)
		}
	}
}

// TestCIOnlyWhereAsked: no marks in JSON, no files without the flag, and no other kind of run.
func TestCIOnlyWhereAsked(t *testing.T) {
	t.Parallel()
	w := newFailing(t)
	w.Env["GITHUB_ACTIONS"] = "true"
	if r := w.Command(NewUp, "up", "--detach", "--json"); strings.Contains(r.Out+r.Err, "::group") {
		t.Errorf("%s%s", r.Out, r.Err)
	}
	if r := w.Command(NewUp, "up", "--ci"); r.Code() != fail.Usage {
		t.Errorf("%v", r.Error)
	}
	w.Write("compose.yaml", "services: [")
	dir := t.TempDir()
	r := w.Command(NewUp, "up", "--detach", "--ci="+dir)
	r.Says(t, "::error title=config,file=")
	if text, err := os.ReadFile(filepath.Join(dir, "junit.xml")); err != nil || !strings.Contains(string(text), `name="devup up"`) {
		t.Errorf("%v %s", err, text)
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(dir, "away")); err != nil {
		t.Skip(err)
	}
	if r := w.Command(NewUp, "up", "--detach", "--ci="+filepath.Join(dir, "away")); !strings.Contains(r.Error.Error(), "files for CI") {
		t.Errorf("follows a link: %v", r.Error)
	}
}
