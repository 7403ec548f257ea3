package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/devup-cli/devup/internal/untrusted"
)

// checkOrphans looks for containers of the project that its files know nothing of any
// more. They hold ports and names.
func checkOrphans(ctx context.Context, p Project, look func(context.Context) (Standing, error)) Finding {
	if p.Model == nil {
		return nothing()
	}
	standing, err := look(ctx)
	switch {
	case err != nil:
		return nothing() // the check of the engine says why
	case len(standing.Orphans) == 0:
		return good("")
	}
	return warning("containers of this project belong to no service of its files: "+strings.Join(standing.Orphans, ", "),
		"`devup down --remove-orphans` removes them").
		fixed(Fix{
			Does: "remove the containers " + strings.Join(standing.Orphans, ", "),
			Do:   func(ctx context.Context) error { return standing.Remove(ctx, standing.Orphans) },
		})
}

// checkProjects looks for projects on the engine whose folder was removed or moved.
func checkProjects(ctx context.Context, look func(context.Context) (Standing, error)) Finding {
	standing, err := look(ctx)
	switch n := len(standing.Gone); {
	case err != nil:
		return nothing()
	case n == 0:
		return good("")
	case n == 1:
		return warning("the folder of the project "+standing.Gone[0]+" is gone, and the engine still has its containers",
			"`devup down -p "+untrusted.Arguments(standing.Gone[0])+"` removes them")
	default:
		return warning(fmt.Sprintf("the engine has containers of %d projects whose folder is gone", n),
			"`devup prune` lists them and asks whether to remove them").with(standing.Gone)
	}
}
