package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/untrusted"
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
	a.ui.Say("next time without the question: devup -f " + untrusted.Arguments(chosen))
	return a.loadProject(ctx, *o)
}

// choose asks for one of the files: its number or its name. It is empty where the
// answer is neither.
func (a *app) choose(ctx context.Context, files []string) (string, error) {
	a.ui.Say("no file here has a name that is looked for, but these may be meant:")
	for i, name := range files {
		a.ui.Say(fmt.Sprintf("  %d  %s", i+1, untrusted.Name(name)))
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

// one is the first word for a single thing, else the second.
func one(n int, single, several string) string {
	if n == 1 {
		return single
	}
	return several
}
