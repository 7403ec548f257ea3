package setup

import (
	"errors"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/containerexec"
)

// TestExplain: a step that fails says why, as a service does, and what to do next.
func TestExplain(t *testing.T) {
	t.Parallel()
	const refused = "OCI runtime exec failed: exec failed: unable to start container process: exec: \"sh\": executable file not found in $PATH: unknown"
	for _, test := range []struct {
		name       string
		done       containerexec.Result
		err        error
		want, hint string
	}{
		{
			"by its output",
			containerexec.Result{Status: 1, Lines: []string{`relation "users" does not exist`}},
			nil,
			`table-missing: the setup step "seed" of api ended with exit code 1: the database has no table users`, "a migration has to create it before this step runs: change the migrations; completed steps are not repeated",
		},
		{
			"unknown",
			containerexec.Result{Status: 3, Lines: []string{"no"}},
			nil,
			`: the setup step "seed" of api ended with exit code 3`, "fix it and run `devup up` again; completed steps are not repeated",
		},
		{
			"without a shell",
			containerexec.Result{Status: 127, Lines: []string{refused}},
			nil,
			`command-missing: the setup step "seed" of api cannot run: the command sh was not found in the image`, "write the command as a list",
		},
		{
			"an engine that refuses",
			containerexec.Result{},
			errors.New(refused),
			`command-missing: the setup step "seed" of api cannot run: the command sh was not found in the image`, "write the command as a list",
		},
		{
			"an engine that is gone",
			containerexec.Result{},
			errors.New("EOF"),
			`: the setup step "seed" of api cannot run`, "fix it",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := explain(Step{Service: "api", Name: "seed", Command: []string{"sh", "-c", "seed"}}, test.done, test.err)
			if got := e.Reason + ": " + e.Message; got != test.want || !strings.HasPrefix(e.Hint, test.hint) {
				t.Errorf("got  %s (%s)\nwant %s (%s)", got, e.Hint, test.want, test.hint)
			}
		})
	}
}
