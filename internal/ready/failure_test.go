package ready

import (
	"os"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/diagnose"
)

// TestDiagnoseShowsOwnFrame checks that the location in the user's code is among
// the lines that show a cause, however long the library's part of a traceback is.
func TestDiagnoseShowsOwnFrame(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../diagnose/testdata/logs/python-aws.log")
	if err != nil {
		t.Fatal(err)
	}
	lines := cleanLines(string(text))
	cause, _ := diagnose.Text(diagnose.Run, lines, 1, nil)
	shown := strings.Join(excerpt(lines, cause), "\n")
	for _, want := range []string{`File "/backend-flask/aws.py", line 2`, `boto3.client("dynamodb")`, "…", "NoRegionError: You must specify a region."} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not among the lines:\n%s", want, shown)
		}
	}
}
