package python

import (
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	pythonRoute  = lazyregexp.New(`(?m)^[ \t]*@(\w+)\.(route|get|post|put|patch|delete|websocket)\(\s*(?:rule\s*=|path\s*=)?\s*["']([^"']*)["']((?:[^()]|\([^()]*\))*)\)`)
	blueprint    = lazyregexp.New(`(?m)^(\w+)\s*=\s*(?:\w+\.)?(?:Blueprint|APIRouter)\(((?:[^()]|\([^()]*\))*)\)`)
	urlPrefix    = lazyregexp.New(`(?:url_)?prefix\s*=\s*["']([^"']*)["']`)
	registration = lazyregexp.New(`\.(?:register_blueprint|include_router)\(\s*(?:\w+\.)*(\w+)\s*((?:,[^()]*)?)\)`)
	methods      = lazyregexp.New(`methods\s*=\s*[\[(]([^\])]*)`)
)

// routes are the routes of Flask's and FastAPI's decorators, with the
// prefixes of their blueprints and routers.
func routes(sources []tree.File) []stack.Route {
	prefixes := registeredPrefixes(sources)
	var found []stack.Route
	for _, source := range sources {
		if !stack.HasOne(source.Text, ".route(", ".get(", ".post(", ".put(", ".patch(", ".delete(", ".websocket(") {
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
			found = append(found, stack.Route{Path: full, Get: get, At: source.At(match[0], full)})
		}
	}
	return found
}

// registeredPrefixes are the URL prefixes of blueprints and routers by the name
// that they are registered under.
func registeredPrefixes(sources []tree.File) map[string]string {
	prefixes := map[string]string{}
	for _, source := range sources {
		if !stack.HasOne(source.Text, "register_blueprint(", "include_router(") {
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
