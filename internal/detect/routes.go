package detect

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// firstSegment is the beginning of a path up to its second slash, where that is no parameter,
// and a version behind it: "/api", "/api/v1".
var firstSegment = lazyregexp.New(`^/[A-Za-z0-9_.~-]+(?:/v\d+)?(?:/|$)`)

// decideRoutes are the path prefixes that a backend answers: the first segments of its
// routes, which is where APIs of one server part from those of others. A route at "/"
// is none of them, as that is the frontend's, nor is one that only exists to be asked
// whether the server is well.
func decideRoutes(c *candidate) []string {
	if c.Page {
		return nil
	}
	var prefixes []string
	for _, r := range c.routes() {
		prefix := strings.TrimSuffix(firstSegment.FindString(r.Path), "/")
		if prefix == "" || healthy[strings.ToLower(prefix[1:])] || slices.Contains(prefixes, prefix) {
			continue
		}
		prefixes = append(prefixes, prefix)
		c.Note(tree.At(r.At.File, r.At.Line, "serves "+prefix))
	}
	slices.Sort(prefixes)
	return prefixes
}
