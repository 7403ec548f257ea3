package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// read is [project.Load], after which a person on a terminal may choose among files
// that are named like compose files, where none is found by its name. The choice holds
// for the whole run and is put into o.
func (a *app) read(ctx context.Context, o *project.Options) (*project.Project, error) {
	p, err := a.loadProject(ctx, *o)
	if fail.CodeOf(err) != fail.NoProject || len(o.Files) > 0 || !a.canAsk() {
		return p, err
	}
	dir, absErr := filepath.Abs(o.Dir)
	candidates := project.Candidates(dir)
	if absErr != nil || len(candidates) == 0 {
		return nil, err
	}
	chosen, askErr := a.choose(ctx, candidates)
	if askErr != nil {
		return nil, askErr
	}
	if chosen == "" {
		return nil, err
	}
	a.flags.files = []string{filepath.Join(dir, chosen)}
	o.Files, o.Root = a.flags.files, a.flags.dir
	a.ui.Say("next time without the question: devup -f " + chosen)
	return a.loadProject(ctx, *o)
}

// choose asks for one of the files: its number or its name. It is empty where the
// answer is neither.
func (a *app) choose(ctx context.Context, files []string) (string, error) {
	a.ui.Say("no file here has a name that is looked for, but these may be meant:")
	for i, name := range files {
		a.ui.Say(fmt.Sprintf("  %d  %s", i+1, name))
	}
	question := fmt.Sprintf("which one? [1-%d] ", len(files))
	if len(files) == 1 {
		question = "use it? [1] "
	}
	answer, err := a.answer(ctx, question)
	if err != nil {
		return "", err
	}
	if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(files) {
		return files[n-1], nil
	}
	for _, name := range files {
		if name == answer {
			return name, nil
		}
	}
	return "", nil
}

// goOnWithout asks, where there is somebody to ask, whether services may start without
// env files that are not there. Without a terminal the project's Notes tell of them.
func (a *app) goOnWithout(ctx context.Context, missing []project.MissingEnvFile) error {
	if len(missing) == 0 || a.settings.Yes || !a.canAsk() {
		return nil
	}
	for _, m := range missing {
		a.ui.Say(m.String())
	}
	agreed, err := a.confirm(ctx, "go on without "+one(len(missing), "it", "them")+"?")
	if err != nil || agreed {
		return err
	}
	first := missing[0]
	hint := "write it; it holds a line NAME=value for each variable"
	if first.Example != "" {
		hint = fmt.Sprintf("cp %s %s, and fill it in", first.Example, first.File)
	}
	e := fail.New(fail.Config, hint, "the env_file %s of %s is not there", first.File, strings.Join(first.Services, ", "))
	e.Service = first.Services[0]
	return e
}

// one is the first word for a single thing, else the second.
func one(n int, single, several string) string {
	if n == 1 {
		return single
	}
	return several
}
