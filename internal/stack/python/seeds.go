package python

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	seedFile = lazyregexp.New(`(?:^|/)(?:(?:db_)?seeds?|seeder|seed_\w+|\w+_seed|populate(?:_\w+)?)\.py$`)
	// fills is a module that does its work when it is started.
	fills     = lazyregexp.New(`(?m)^if\s+__name__\s*==|^with\s+[\w.]+\.app_context\(`)
	flaskSeed = lazyregexp.New(`(?m)^[\s>$#*` + "`" + `-]*(?:pipenv run |poetry run |uv run )?(flask seed(?:[ -][\w-]+)?)\s*` + "`" + `?\s*$`)
)

// seed is the command that fills the database: that of Flask which a README has, or the module that
// is named for it. It is only offered: what it does is not known.
func seed(a *stack.App) []string {
	for _, dir := range []string{a.Dir, "."} {
		if m := flaskSeed.FindStringSubmatch(a.Tree.Text(readmeOf(a.Tree, dir))); m != nil && a.Stack.Name == "flask" {
			return strings.Fields(m[1])
		}
	}
	for _, source := range a.Sources {
		name := tree.Relative(a.Dir, source.Path)
		if !seedFile.MatchString(name) || !fills.MatchString(source.Text) {
			continue
		}
		if dir := path.Dir(name); dir == "." || dir == importRoot(a) {
			return []string{"python", name}
		}
		return []string{"python", "-m", strings.ReplaceAll(strings.TrimSuffix(name, ".py"), "/", ".")}
	}
	return nil
}
