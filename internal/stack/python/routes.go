package python

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	pythonRoute  = lazyregexp.New(`(?m)^[ \t]*@(\w+)\.(route|get|post|put|patch|delete|websocket)\(\s*(?:rule\s*=|path\s*=)?\s*["']([^"']*)["']((?:[^()]|\([^()]*\))*)\)`)
	blueprint    = lazyregexp.New(`(?m)^(\w+)\s*(?::\s*\w+\s*)?=\s*(?:\w+\.)?(Blueprint|APIRouter)\(((?:[^()]|\([^()]*\))*)\)`)
	urlPrefix    = lazyregexp.New(`\b(?:url_)?prefix\s*=\s*(f?["'][^"']*["']|[\w.]+)`)
	registration = lazyregexp.New(`(\w+)\.(?:register_blueprint|include_router)\(\s*(?:router\s*=\s*)?((?:\w+\.)*)(\w+)\s*((?:,[^()]*)?)\)`)
	importing    = lazyregexp.New(`(?m)^[ \t]*from\s+([\w.]+)\s+import\s+(\([^)]*\)|[^\n]*)`)
	constant     = lazyregexp.New(`(?m)^[ \t]*([A-Z][A-Z0-9_]*)\s*(?::[^=\n]+)?=\s*["'](/[^"'\s]*)["']`)
	inserted     = lazyregexp.New(`\{\s*(?:\w+\.)*(\w+)\s*\}`)
	methods      = lazyregexp.New(`methods\s*=\s*[\[(]([^\])]*)`)
)

// routes are the routes of Flask's and FastAPI's decorators, with the
// prefixes of their blueprints and routers.
func routes(sources []tree.File) []stack.Route {
	routers := routersOf(sources)
	var found []stack.Route
	for _, source := range sources {
		if !stack.HasOne(source.Text, ".route(", ".get(", ".post(", ".put(", ".patch(", ".delete(", ".websocket(") {
			continue
		}
		for _, match := range pythonRoute.FindAllStringSubmatchIndex(source.Text, -1) {
			text := source.Text
			object, kind, rule, rest := text[match[2]:match[3]], text[match[4]:match[5]], text[match[6]:match[7]], text[match[8]:match[9]]
			get := kind == "route" || kind == "get"
			if allowed := methods.FindStringSubmatch(rest); kind == "route" && allowed != nil {
				get = strings.Contains(strings.ToUpper(allowed[1]), "GET")
			}
			full := routers.prefix(routerName{moduleOf(source.Path), object}, 0) + rule
			found = append(found, stack.Route{Path: full, Get: get, At: source.At(match[0], full)})
		}
	}
	return found
}

// routerName is a blueprint or router: the last part of the name of its module, and its variable.
type routerName struct{ module, variable string }

// router is where a blueprint or router is made, and what registers it.
type router struct {
	own      string // the prefix that it is made with
	isKnown  bool   // that prefix, or where it is registered
	replaces bool   // a prefix at the registration takes the place of its own, as in Flask
	parent   routerName
	at       string // the prefix at the registration
}

type routers map[routerName]router

// routersOf are those of all sources.
func routersOf(sources []tree.File) routers {
	all := routers{}
	constants := map[string]string{}
	for _, source := range sources {
		for _, m := range constant.FindAllStringSubmatch(source.Text, -1) {
			constants[m[1]] = m[2]
		}
	}
	for _, source := range sources {
		if !stack.HasOne(source.Text, "Blueprint(", "APIRouter(") {
			continue
		}
		for _, m := range blueprint.FindAllStringSubmatch(source.Text, -1) {
			own, known := prefixIn(m[3], constants)
			all[routerName{moduleOf(source.Path), m[1]}] = router{own: own, isKnown: known, replaces: m[2] == "Blueprint"}
		}
	}
	for _, source := range sources {
		if !stack.HasOne(source.Text, "register_blueprint(", "include_router(") {
			continue
		}
		from := importedFrom(source.Text)
		for _, m := range registration.FindAllStringSubmatch(source.Text, -1) {
			name, found := all.registered(source.Path, strings.Trim(m[2], "."), m[3], from)
			if !found {
				continue
			}
			r := all[name]
			at, given := prefixIn(m[4], constants)
			if given && r.replaces {
				r.own, at = at, ""
			}
			r.parent, r.at, r.isKnown = routerName{moduleOf(source.Path), m[1]}, at, true
			all[name] = r
		}
	}
	return all
}

// registered finds what `users.router` or `router` stands for in a file.
func (all routers) registered(file, module, variable string, from map[string]routerName) (routerName, bool) {
	name := routerName{moduleOf(file), variable}
	if module != "" {
		module = module[strings.LastIndexByte(module, '.')+1:]
		name.module = module
		if original, ok := from[module]; ok {
			name.module = original.variable
		}
	} else if original, ok := from[variable]; ok {
		name = original
	}
	_, found := all[name]
	if !found { // a package may hand on what one of its modules has
		for other := range all {
			if other.variable == name.variable {
				if found {
					return routerName{}, false
				}
				name.module, found = other.module, true
			}
		}
	}
	return name, found
}

// importedFrom are the names that a file imports: of what variable, in what module.
func importedFrom(text string) map[string]routerName {
	names := map[string]routerName{}
	for _, m := range importing.FindAllStringSubmatch(text, -1) {
		module := m[1][strings.LastIndexByte(m[1], '.')+1:]
		for item := range strings.SplitSeq(strings.Trim(m[2], "()"), ",") {
			words := strings.Fields(item)
			if len(words) == 0 {
				continue
			}
			names[words[len(words)-1]] = routerName{module, words[0]}
		}
	}
	return names
}

// moduleOf is the last part of the name of a file's module.
func moduleOf(file string) string {
	name := strings.TrimSuffix(path.Base(file), ".py")
	if name == "__init__" {
		return path.Base(path.Dir(file))
	}
	return name
}

// prefixIn is the prefix among arguments; "?" where it is a variable that is not known.
func prefixIn(arguments string, constants map[string]string) (prefix string, given bool) {
	m := urlPrefix.FindStringSubmatch(arguments)
	if m == nil {
		return "", false
	}
	text, known := "{"+m[1]+"}", true
	if strings.ContainsAny(m[1], `"'`) {
		text = strings.Trim(strings.TrimPrefix(m[1], "f"), `"'`)
	}
	text = inserted.ReplaceAllStringFunc(text, func(place string) string {
		value, ok := constants[inserted.FindStringSubmatch(place)[1]]
		known = known && ok
		return value
	})
	if !known {
		return "?", true
	}
	return text, true
}

// prefix is what stands before the routes of a router: "?" where that is not understood.
func (all routers) prefix(name routerName, depth int) string {
	r, found := all[name]
	switch {
	case !found || depth > 8:
		return "" // the application
	case !r.isKnown:
		return "?"
	}
	return all.prefix(r.parent, depth+1) + r.at + r.own
}
