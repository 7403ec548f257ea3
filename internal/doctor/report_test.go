package doctor

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/secret"
)

func TestReport(t *testing.T) {
	t.Parallel()
	r := Report{
		Written: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Findings: []Finding{
			{Name: "engine", Level: Problem, Text: "no\nengine", Hint: "start it", Took: 1200 * time.Millisecond},
			{Name: "env", Level: OK, Details: []string{"one"}},
		},
		Sections: []Section{{"Machine", []Fact{{"system", "linux"}, {"WSL", ""}}}, {"Settings", nil}},
		Project:  "shop",
		Services: []ServiceReport{{"web", []Fact{{"image", "nginx"}}, []string{"```", "password=hunter22", "# not a title"}}},
	}
	want := `# devup report

Written 2026-01-02T03:04:05Z. Values of variables, credentials and tokens are masked; read it through all the same before you hand it on.

## Findings

- problem **engine**: no engine (1.2 s)
  - hint: start it
- ok **env**: nothing wrong (0.0 s)
  - one

## Machine

- system: linux

## Project shop

### web

- image: nginx

Its last lines:

    ` + "```" + `
    password=[masked]
    # not a title
`
	if diff := cmp.Diff(want, r.Markdown(secret.Mask{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
