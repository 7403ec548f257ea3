package node

import (
	"cmp"
	"slices"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
)

// Plain is any other server on Node: a start script, or a file that listens.
var Plain = stack.Stack{
	Name: "node", Title: "Node", Language: &Language, Port: 3000,
	Describe: describeServer,
	Commands: servers(),
	Settings: []string{"NODE_ENV", "NODE_OPTIONS", "CHOKIDAR_USEPOLLING", "WATCHPACK_POLLING", "VITEST"},
	Listen:   stack.Listen{Hint: "listen without naming an address, or on \"0.0.0.0\"; HOST=0.0.0.0 does it for many servers"},
}

// describeServer fills in how a server starts by its own source.
func describeServer(a *stack.App) {
	p := npm.ManifestOf(a.Tree, a.Dir)
	startServer(a, p)
	if a.Script != "" && !startsUnbuilt(a, p) {
		return
	}
	if module := cmp.Or(a.Entry, entryOf(a.Tree, a.Dir, p)); module != "" || a.Script == "" {
		a.Script, a.Part, a.Module, a.Entry = "", nil, module, module
	}
	if isTypeScript(a.Module) && p.Dependencies["tsx"] == "" {
		a.Packages.Missing = append(a.Packages.Missing, "tsx")
	}
}

// startsUnbuilt says whether the script runs a built file, which a checkout lacks, of a source
// that can run as it is.
func startsUnbuilt(a *stack.App, p *npm.Manifest) bool {
	all := scriptsOf(p).Commands(a.Script)
	return a.Part == nil && len(all) == 1 && len(all[0].Before) == 0 && all[0].Program() == "node" && isTypeScript(a.Entry) &&
		!slices.ContainsFunc(all[0].Words, isTypeScript)
}

type listener struct {
	needed, title string
	port          int
}

// listeners are libraries of servers that listen by their own source, in the order in which
// they are looked for: what is built on another stands above it.
var listeners = []listener{
	{"@nestjs/core", "NestJS", 3000},
	{"@adonisjs/core", "AdonisJS", 3333},
	{"@strapi/strapi", "Strapi", 1337},
	{"fastify", "Fastify", 3000},
	{"koa", "Koa", 3000},
	{"@hapi/hapi", "hapi", 3000},
	{"hono", "Hono", 3000},
	{"elysia", "Elysia", 3000},
	{"@apollo/server", "Apollo Server", 4000},
	{"apollo-server", "Apollo Server", 4000},
	{"express", "Express", 3000},
	{"restify", "Restify", 3000},
	{"polka", "Polka", 3000},
	{"socket.io", "Socket.IO", 3000},
}

// isListener says whether a package is one of them.
func isListener(name string) bool {
	return slices.ContainsFunc(listeners, func(l listener) bool {
		return l.needed == name
	})
}

// Listeners are the stacks of such servers.
func Listeners() []*stack.Stack {
	var all []*stack.Stack
	for _, l := range listeners {
		all = append(all, &stack.Stack{
			Name: "node", Title: l.title, Language: &Language, Port: l.port, Packages: []string{l.needed},
			Find: func(a *stack.App) bool {
				p := npm.ManifestOf(a.Tree, a.Dir)
				_, needed := p.Dependencies[l.needed] // among the devDependencies it is a tool's
				if needed {
					a.FoundAt = p.At(l.needed, l.needed)
				}
				return needed
			},
			Describe: describeServer,
			Commands: servers(),
		})
	}
	return all
}

// listensBySource says whether a package needs one of them.
func listensBySource(p *npm.Manifest) bool {
	return slices.ContainsFunc(listeners, func(l listener) bool {
		return p.NeedsOneOf(l.needed) != ""
	})
}
