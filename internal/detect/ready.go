package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// healthy are the last segments of paths that exist to be asked.
var healthy = map[string]bool{
	"health": true, "healthz": true, "health-check": true, "healthcheck": true, "health_check": true, "ping": true, "status": true,
	"ready": true, "readyz": true, "livez": true, "alive": true, "heartbeat": true,
}

// acts are routes that do something to a session, and may fail where there is none.
var acts = lazyregexp.New(`(?i)(?:log|sign)[-_]?(?:out|off)|callback|oauth|google|github|facebook|verif|confirm|refresh|token`)

// decideReady is a path that a running service answers: a health route, else
// the first route under /api that takes no parameters, else what the stack knows. "/" is not it: on an API
// it answers 404 whether or not anything behind it works.
func decideReady(c *candidate) string {
	switch {
	case c.Frontend:
		return ""
	case c.Ready != "": // its stack knows more than routes tell
		return c.Ready
	}
	routes := slices.DeleteFunc(c.routes(), func(r stack.Route) bool {
		_, plain := plainPath(r.Path)
		return !plain || !r.Get
	})
	for _, r := range routes {
		if healthy[strings.ToLower(path.Base(r.Path))] {
			c.Note(tree.At(r.At.File, r.At.Line, "ready at "+r.Path))
			return r.Path
		}
	}
	for _, r := range routes {
		if strings.HasPrefix(r.Path, "/api/") && r.Path != "/api/" && !acts.MatchString(r.Path) {
			c.Note(tree.At(r.At.File, r.At.Line, "ready at "+r.Path))
			return r.Path
		}
	}
	return c.Stack.Ready
}

// routes are what a backend's source answers, in its order.
func (c *candidate) routes() []stack.Route {
	if c.Stack.Language.Routes == nil {
		return nil
	}
	return c.Stack.Language.Routes(c.Sources)
}

// plainPath is a path that can be asked as it stands, without parameters.
func plainPath(text string) (string, bool) {
	if !strings.HasPrefix(text, "/") || strings.ContainsAny(text, "<>{}:*?()$ #\"'\n") {
		return "", false
	}
	return text, true
}

// firstSegment is the beginning of a path up to its second slash, where that is no parameter,
// and a version behind it: "/api", "/api/v1".
var firstSegment = lazyregexp.New(`^/[A-Za-z0-9_.~-]+(?:/v\d+)?(?:/|$)`)

// decideRoutes are the path prefixes that a backend answers: the first segments of its
// routes, which is where APIs of one server part from those of others. A route at "/"
// is none of them, as that is the frontend's, nor is one that only exists to be asked
// whether the server is well.
func decideRoutes(c *candidate) []string {
	if c.Frontend {
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
