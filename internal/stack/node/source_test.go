package node

import (
	"fmt"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacktest"
	"github.com/devup-cli/devup/internal/tree"
)

// TestUses: the variables that a source reads, in the order of the patterns: "NAME=default?" where
// the code has a default.
func TestUses(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"process.env.A":                              "A",
		"process.env?.A":                             "A",
		`process.env["A"] + process.env['B']`:        "A B",
		"process.env.A || 'x'":                       "A=x?",
		"process.env.A ?? `y`":                       "A=y?",
		"process.env.A || other":                     "A=?",
		"process.env.A && x":                         "A",
		"process.env.A = 1":                          "",
		"process.env.A == 1; process.env.B => 1":     "A B",
		"import.meta.env.VITE_A ?? \"z\"":            "VITE_A=z?",
		"import.meta.env['VITE_A']":                  "VITE_A",
		"const { A, B = 'b', C: c } = process.env":   "A B=b? C",
		"let {\n  A,\n  B\n} = import.meta.env":      "A B",
		"const { A } = process.environment":          "",
		"const { lower, ...REST } = process.env":     "",
		"const { A } = config":                       "",
		"process.env[name]; myprocess.environment.A": "",
	} {
		if got := stacktest.Uses(uses(tree.File{Path: "a.ts", Text: source})); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
	if found := uses(tree.File{Path: "a.ts", Text: "\n\nconst x =\n process.env.A"}); len(found) != 1 || found[0].Where != tree.At("a.ts", 4, "A") {
		t.Errorf("found %+v, want A in line 4", found)
	}
}

// TestRoutes: the paths that a server answers, with the prefixes of the routers that it mounts.
func TestRoutes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, files, want string }{
		{"of the server", "-- a.js --\napp.get('/a', x)\n  server.post(\"/b\", x)\nawait fastify.delete(`/c`)\napp.all('/d')\n", "GET /a a.js:1|/b a.js:2|/c a.js:3|/d a.js:4"},
		{"of something else", "-- a.js --\ncache.get('/a')\nmyapp.get('/b')\nx = app.get('port')\n", ""},
		{"of a router that is mounted nowhere", "-- a.js --\nrouter.get('/a', x)\n", ""},
		{"of a router of another file", "-- src/a.js --\nimport users from './routes/users'\napp.use('/users', auth, users)\n-- src/routes/users.js --\nrouter.get('/', x)\nrouter.put('/:id', x)\n", "GET /users src/routes/users.js:1|/users/:id src/routes/users.js:2"},
		{"of a router that is required", "-- a.js --\nconst users = require('./users.js')\napp.use('/u/', users)\n-- users.js --\nuserRouter.get('/x', y)\n", "GET /u/x users.js:1"},
		{"of a router that is required in place", "-- a.js --\napp.use('/u', require('./users'))\n-- users/index.ts --\nrouter.get('/x', y)\n", "GET /u/x users/index.ts:1"},
		{"of routes by name", "-- a.js --\nimport { userRoutes } from './users'\napp.use('/u', userRoutes)\n-- users.ts --\nuserRoutes.patch('/x', y)\n", "/u/x users.ts:1"},
		{"of a chain", "-- a.js --\nconst users = require('./users')\napp.use('/u', users)\n-- users.js --\nrouter\n  .route('/x').post(a)\nrouter.route('/y')\n  .get(a)\n  .put(b)\n", "/u/x users.js:1|GET /u/y users.js:3"},
		{"of a package's router", "-- a.js --\nimport docs from 'swagger'\napp.use('/docs', docs)\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := stacktest.Routes(routes(stacktest.Sources(test.files))); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestVitePort: the port of the server in Vite's configuration, and of nothing else in it.
func TestVitePort(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]int{
		"export default { server: { port: 3001 } }":                                              3001,
		"server: {\n  host: true,\n  port: 3001,\n}":                                             3001,
		"server: { proxy: { '/api': { target: 'x', port: 9 } }, port: 3001 }":                    3001,
		"server: { hmr: { port: 24678 } }":                                                       0,
		"server: { port: Number(process.env.PORT) || 3002 }":                                     3002,
		"server: { port: env.PORT ?? '3003' }":                                                   3003,
		"preview: { port: 4173 }":                                                                0,
		"server: { strictPort: true }, preview: { port: 4173 }":                                  0,
		"server: { port }":                                                                       0,
		"server: { port: 99999 }":                                                                0,
		"server: { watch: { ignored: ['x'] }, proxy: { a: { b: { c: 1 } } }, port: 3004 }, x: 1": 3004,
	} {
		a := &stack.App{Configs: []tree.File{{Path: "vite.config.ts", Text: config}}}
		if got, _ := Vite.FindPort(a); got.Number != want {
			t.Errorf("%s: port %d, want %d", config, got.Number, want)
		}
	}
}

// TestGetenv: the code that reads a variable, with a value where it is not set.
func TestGetenv(t *testing.T) {
	t.Parallel()
	if got, want := Language.Getenv("A", "x"), `process.env.A || "x"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestListeners: a server that listens by its own source, and where it does so by default.
func TestListeners(t *testing.T) {
	t.Parallel()
	for dependency, want := range map[string]string{
		"@nestjs/core": "NestJS 3000", "@adonisjs/core": "AdonisJS 3333", "@strapi/strapi": "Strapi 1337", "fastify": "Fastify 3000", "koa": "Koa 3000",
		"@hapi/hapi": "hapi 3000", "hono": "Hono 3000", "@apollo/server": "Apollo Server 4000", "express": "Express 3000", "socket.io": "Socket.IO 3000",
	} {
		a := appIn(t, packageWith("start=node a.js", dependency+":1"), ".")
		if !a.Recognise(stacks()) {
			t.Fatalf("%s is not recognised", dependency)
		}
		if got := fmt.Sprint(a.Stack.Title, " ", a.Stack.Port); got != want || a.FoundAt.Text != dependency || a.Frontend {
			t.Errorf("%s: %s by %q, want %s", dependency, got, a.FoundAt.Text, want)
		}
	}
}

// TestServersOfPages: code that answers with pages.
func TestServersOfPages(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"res.render('a')": true, "express.static('a')": true, "return c.html(x)": true, "serveStatic({ root: 'a' })": true, "set.headers['content-type'] = 'text/html; charset=utf-8'": true,
		"res.json(x)": false, "$.html(x)": false, "render(x)": false,
	} {
		if got := javaScript.RendersPages.MatchString(text); got != want {
			t.Errorf("%q renders: %v, want %v", text, got, want)
		}
	}
}
