package node

import (
	"slices"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
)

// Plain is any other server on Node: a start script, or a file that listens.
var Plain = stack.Stack{
	Name: "node", Title: "Node", Language: &Language, Port: 3000,
	Describe: func(a *stack.App) {
		p := npm.ManifestOf(a.Tree, a.Dir)
		a.Script, _ = startScript(p)
		a.Module = entryOf(a.Tree, a.Dir, p)
	},
	Commands: servers(),
	Settings: []string{"NODE_ENV", "NODE_OPTIONS", "CHOKIDAR_USEPOLLING", "WATCHPACK_POLLING", "VITEST"},
	Listen:   stack.Listen{Hint: "listen without naming an address, or on \"0.0.0.0\"; HOST=0.0.0.0 does it for many servers"},
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
					a.Shown = p.At(l.needed, l.needed)
				}
				return needed
			},
			Describe: func(a *stack.App) {
				p := npm.ManifestOf(a.Tree, a.Dir)
				if a.Script, _ = startScript(p); a.Script == "" {
					a.Module = entryOf(a.Tree, a.Dir, p)
				}
			},
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
