package node

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	nodeRoute   = lazyregexp.New(`(?m)^[ \t]*(?:await\s+)?(?:app|server|fastify)\.(get|post|put|patch|delete|all)\(\s*["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `]`)
	routerRoute = lazyregexp.New(`(?m)^[ \t]*(\w*[rR]outer\w*|\w+Routes)\.(get|post|put|patch|delete|all)\(\s*["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `]`)
	chained     = lazyregexp.New(`(?m)^[ \t]*(\w+)\s*\.route\(\s*["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `]\s*\)\s*\.(get|post|put|patch|delete|all)\(`)
	mounted     = lazyregexp.New(`\.use\(\s*["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `]\s*,\s*(?:[\w.]+\s*,\s*)*(?:(\w+)|require\(\s*["']([^"']+)["']\s*\))\s*,?\s*\)`)
	imported    = lazyregexp.New(`(?:import\s+(?:\{\s*)?(\w+)[^'"\n]*from\s*|(?:const|let|var)\s+(?:\{\s*)?(\w+)[^=\n]*=\s*require\(\s*)["']([^"']+)["']`)
)

// routes are the routes of an Express-like app and of the routers that
// it mounts, from other files and from its own.
func routes(sources []tree.File) []stack.Route {
	mounts := map[string]string{} // file without its ending, or ownMount -> prefix
	var found []stack.Route
	for _, source := range sources {
		if !stack.HasOne(source.Text, ".get(", ".use(", ".post(", ".put(", ".patch(", ".delete(", ".all(") {
			continue
		}
		for _, match := range nodeRoute.FindAllStringSubmatchIndex(source.Text, -1) {
			full := source.Text[match[4]:match[5]]
			found = append(found, stack.Route{Path: full, Get: source.Text[match[2]:match[3]] == "get", At: source.At(match[0], full)})
		}
		addMounts(mounts, source)
	}
	for _, source := range sources {
		name := withoutEnding(source.Path)
		add := func(at int, router, kind, rule string) {
			if prefix, isMounted := firstOf(mounts, ownMount(name, router), name, strings.TrimSuffix(name, "/index")); isMounted {
				full := strings.TrimSuffix(strings.TrimSuffix(prefix, "/")+rule, "/")
				found = append(found, stack.Route{Path: full, Get: kind == "get", At: source.At(at, full)})
			}
		}
		for _, m := range routerRoute.FindAllStringSubmatchIndex(source.Text, -1) {
			add(m[0], source.Text[m[2]:m[3]], source.Text[m[4]:m[5]], source.Text[m[6]:m[7]])
		}
		for _, m := range chained.FindAllStringSubmatchIndex(source.Text, -1) {
			add(m[0], source.Text[m[2]:m[3]], source.Text[m[6]:m[7]], source.Text[m[4]:m[5]])
		}
	}
	return found
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
	if isCode(name) {
		return strings.TrimSuffix(name, path.Ext(name))
	}
	return name
}
