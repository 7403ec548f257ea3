package ready

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/fail"
)

// TestFailureNamesTheOwnLine: where the file of the user's own frame is found in the sources, the
// failure has its path there and its line, for programs.
func TestFailureNamesTheOwnLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "app.py"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../diagnose/testdata/logs/python-attr.log")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fail.Frame{"app.py": {File: "backend/app.py", Line: 1}, "other.py": {}} {
		w := newWorld()
		w.logs["c1"] = strings.ReplaceAll(string(text), "app.py", name)
		w.state["c1"] = container.InspectResponse{State: &container.State{Status: container.StateExited, ExitCode: 1}}
		_, _, err := w.run(t.Context(), Options{}, Probe{Service: "api", Number: 1, Container: "c1", Kind: Running, Source: Source{Dir: dir, Name: "backend"}})
		if failures := fail.Failures(err); len(failures) != 1 || failures[0].Frame != want || !strings.Contains(failures[0].Error(), "("+name+":1)") {
			t.Errorf("%s: %v, %+v", name, err, failures)
		}
	}
}

// TestDiagnoseShowsOwnFrame checks that the location in the user's code is among
// the lines that show a cause, however long the library's part of a traceback is.
func TestDiagnoseShowsOwnFrame(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../diagnose/testdata/logs/python-aws.log")
	if err != nil {
		t.Fatal(err)
	}
	lines := cleanLines(string(text))
	cause := diagnose.Explain(diagnose.Run, lines, 1, nil)
	shown := strings.Join(excerpt(lines, cause), "\n")
	for _, want := range []string{`File "/backend-flask/aws.py", line 2`, `boto3.client("dynamodb")`, "…", "NoRegionError: You must specify a region."} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not among the lines:\n%s", want, shown)
		}
	}
}

// TestWithoutProbes: what devup asked is no evidence, and what each of its requests printed counts once.
func TestWithoutProbes(t *testing.T) {
	t.Parallel()
	access, trace := `127.0.0.1 "GET / HTTP/1.1" 500 -`, []string{"Traceback:", "  line", "KeyError"}
	log := []string{"serving"}
	for range 4 {
		log = append(append(log, trace...), access)
	}
	if diff := cmp.Diff(append([]string{"serving"}, trace...), withoutProbes(log, "/")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, same := range [][]string{nil, {access}, {"}", "}", "}"}, {"a", "b", "c"}} {
		if diff := cmp.Diff(same, withoutProbes(same, "/")); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	if got := withoutProbes(log, ""); len(got) != len(log) {
		t.Errorf("without a request: %q", got)
	}
}
