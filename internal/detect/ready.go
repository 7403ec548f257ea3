package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// route is a path that the source answers.
type route struct {
	path string // as it is written, with parameters
	get  bool   // to GET
	at   Evidence
}

var (
	pythonRoute  = lazyregexp.New(`(?m)^[ \t]*@(\w+)\.(route|get|post|put|patch|delete|websocket)\(\s*(?:rule\s*=|path\s*=)?\s*["']([^"']*)["']((?:[^()]|\([^()]*\))*)\)`)
	blueprint    = lazyregexp.New(`(?m)^(\w+)\s*=\s*(?:\w+\.)?(?:Blueprint|APIRouter)\(((?:[^()]|\([^()]*\))*)\)`)
	urlPrefix    = lazyregexp.New(`(?:url_)?prefix\s*=\s*["']([^"']*)["']`)
	registration = lazyregexp.New(`\.(?:register_blueprint|include_router)\(\s*(?:\w+\.)*(\w+)\s*((?:,[^()]*)?)\)`)
	methods      = lazyregexp.New(`methods\s*=\s*[\[(]([^\])]*)`)
	nodeRoute    = lazyregexp.New(`(?m)^[ \t]*(?:await\s+)?(?:app|server|fastify)\.(get|post|put|patch|delete|all)\(\s*["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `]`)
	routerRoute  = lazyregexp.New(`(?m)^[ \t]*(\w*[rR]outer\w*|\w+Routes)\.(get|post|put|patch|delete|all)\(\s*["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `]`)
	mounted      = lazyregexp.New(`\.use\(\s*["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `]\s*,\s*(?:[\w.]+\s*,\s*)*(?:(\w+)|require\(\s*["']([^"']+)["']\s*\))\s*,?\s*\)`)
	imported     = lazyregexp.New(`(?:import\s+(?:\{\s*)?(\w+)[^'"\n]*from\s*|(?:const|let|var)\s+(?:\{\s*)?(\w+)[^=\n]*=\s*require\(\s*)["']([^"']+)["']`)
)

// healthy are the last segments of paths that exist to be asked.
var healthy = map[string]bool{
	"health": true, "healthz": true, "health-check": true, "healthcheck": true, "health_check": true, "ping": true, "status": true,
	"ready": true, "readyz": true, "livez": true, "alive": true, "heartbeat": true,
}

// decideReady is a path that a running service answers: a health route, else
// the first route under /api that takes no parameters. "/" is not it: on an API
// it answers 404 whether or not anything behind it works.
func (s *scan) decideReady(c *candidate) string {
	if c.role == frontend {
		return ""
	}
	routes := slices.DeleteFunc(c.routes(), func(r route) bool {
		_, plain := plainPath(r.path)
		return !plain || !r.get
	})
	for _, r := range routes {
		if healthy[strings.ToLower(path.Base(r.path))] {
			c.note(tree.At(r.at.File, r.at.Line, "ready at "+r.path))
			return r.path
		}
	}
	for _, r := range routes {
		if strings.HasPrefix(r.path, "/api/") && r.path != "/api/" {
			c.note(tree.At(r.at.File, r.at.Line, "ready at "+r.path))
			return r.path
		}
	}
	return ""
}

// routes are what a backend's source answers, in its order.
func (c *candidate) routes() []route {
	if c.Runtime.Language == "python" {
		return pythonRoutes(c.sources)
	}
	return nodeRoutes(c.sources)
}

// plainPath is a path that can be asked as it stands, without parameters.
func plainPath(text string) (string, bool) {
	if !strings.HasPrefix(text, "/") || strings.ContainsAny(text, "<>{}:*?()$ #\"'\n") {
		return "", false
	}
	return text, true
}

// pythonRoutes are the routes of Flask's and FastAPI's decorators, with the
// prefixes of their blueprints and routers.
func pythonRoutes(sources []tree.File) []route {
	prefixes := registeredPrefixes(sources)
	var routes []route
	for _, source := range sources {
		if !containsWord(source.Text, []string{".route(", ".get(", ".post(", ".put(", ".patch(", ".delete(", ".websocket("}) {
			continue
		}
		own := ownPrefixes(source, prefixes)
		for _, match := range pythonRoute.FindAllStringSubmatchIndex(source.Text, -1) {
			text := source.Text
			object, kind, rule, rest := text[match[2]:match[3]], text[match[4]:match[5]], text[match[6]:match[7]], text[match[8]:match[9]]
			get := kind == "route" || kind == "get"
			if allowed := methods.FindStringSubmatch(rest); kind == "route" && allowed != nil {
				get = strings.Contains(strings.ToUpper(allowed[1]), "GET")
			}
			full := own[object] + rule
			routes = append(routes, route{full, get, source.At(match[0], full)})
		}
	}
	return routes
}

// registeredPrefixes are the URL prefixes of blueprints and routers by the name
// that they are registered under.
func registeredPrefixes(sources []tree.File) map[string]string {
	prefixes := map[string]string{}
	for _, source := range sources {
		if !containsWord(source.Text, []string{"register_blueprint(", "include_router("}) {
			continue
		}
		for _, match := range registration.FindAllStringSubmatch(source.Text, -1) {
			if prefix := urlPrefix.FindStringSubmatch(match[2]); prefix != nil {
				prefixes[match[1]] = prefix[1]
			}
		}
	}
	return prefixes
}

// ownPrefixes are the URL prefixes of the blueprints that a source makes; "?"
// where one is registered in a way that is not understood.
func ownPrefixes(source tree.File, registered map[string]string) map[string]string {
	own := map[string]string{}
	for _, match := range blueprint.FindAllStringSubmatch(source.Text, -1) {
		own[match[1]] = "?"
		prefix := urlPrefix.FindStringSubmatch(match[2])
		switch outer, known := registered[match[1]]; {
		case known:
			own[match[1]] = outer
		case prefix != nil:
			own[match[1]] = prefix[1]
		}
	}
	return own
}

// nodeRoutes are the routes of an Express-like app and of the routers that
// it mounts, from other files and from its own.
func nodeRoutes(sources []tree.File) []route {
	mounts := map[string]string{} // file without its ending, or ownMount -> prefix
	var routes []route
	for _, source := range sources {
		if !containsWord(source.Text, []string{".get(", ".use(", ".post(", ".put(", ".patch(", ".delete(", ".all("}) {
			continue
		}
		for _, match := range nodeRoute.FindAllStringSubmatchIndex(source.Text, -1) {
			full := source.Text[match[4]:match[5]]
			routes = append(routes, route{full, source.Text[match[2]:match[3]] == "get", source.At(match[0], full)})
		}
		addMounts(mounts, source)
	}
	for _, source := range sources {
		name := withoutEnding(source.Path)
		for _, match := range routerRoute.FindAllStringSubmatchIndex(source.Text, -1) {
			router, kind, rule := source.Text[match[2]:match[3]], source.Text[match[4]:match[5]], source.Text[match[6]:match[7]]
			prefix, isMounted := firstOf(mounts, ownMount(name, router), name, strings.TrimSuffix(name, "/index"))
			if !isMounted {
				continue
			}
			full := strings.TrimSuffix(strings.TrimSuffix(prefix, "/")+rule, "/")
			routes = append(routes, route{full, kind == "get", source.At(match[0], full)})
		}
	}
	return routes
}

// ownMount names a router that is mounted in the file that makes it.
func ownMount(file, router string) string { return file + "#" + router }

// firstOf is the value of the first of the keys that is there.
func firstOf(values map[string]string, keys ...string) (value string, found bool) {
	for _, key := range keys {
		if value, found = values[key]; found {
			break
		}
	}
	return value, found
}

// mountedOnApp ends what stands before a mount on the server itself. What is mounted on a
// router is below a prefix that another file may say.
var mountedOnApp = lazyregexp.New(`\b(?:app|server)$`)

// addMounts adds the routers that a source mounts.
func addMounts(mounts map[string]string, source tree.File) {
	names := map[string]string{}
	for _, match := range imported.FindAllStringSubmatch(source.Text, -1) {
		names[match[1]+match[2]] = match[3]
	}
	for _, at := range mounted.FindAllStringSubmatchIndex(source.Text, -1) {
		part := func(n int) string { return source.Text[max(at[2*n], 0):max(at[2*n+1], 0)] }
		prefix, name, module := part(1), part(2), part(3)
		if module == "" {
			module = names[name]
		}
		switch {
		case strings.HasPrefix(module, "."):
			mounts[withoutEnding(path.Join(path.Dir(source.Path), module))] = prefix
		case module == "" && mountedOnApp.MatchString(source.Text[max(at[0]-len(" server"), 0):at[0]]):
			mounts[ownMount(withoutEnding(source.Path), name)] = prefix
		}
	}
}

func withoutEnding(name string) string {
	if codeEndings[path.Ext(name)] {
		return strings.TrimSuffix(name, path.Ext(name))
	}
	return name
}
