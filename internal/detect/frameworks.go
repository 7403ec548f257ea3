package detect

import "slices"

// nodeFramework is a framework that is served by node: what its default port
// is and which arguments make its development server listen for others.
type nodeFramework struct {
	dependency string
	title      string
	command    string // program of the development server; empty: the source listens
	role       role
	port       int
	flags      []string // "{port}" stands for the port; nil: HOST and PORT in the environment do
}

// nodeFrameworks is in the order in which they are looked for: what is built
// on another stands above it.
var nodeFrameworks = []nodeFramework{
	{"next", "Next.js", "next", frontend, 3000, []string{"-H", "0.0.0.0", "-p", "{port}"}},
	{"nuxt", "Nuxt", "nuxt", frontend, 3000, []string{"--host", "0.0.0.0", "--port", "{port}"}},
	{"@angular/cli", "Angular", "ng", frontend, 4200, []string{"--host", "0.0.0.0", "--port", "{port}"}},
	{"gatsby", "Gatsby", "gatsby", frontend, 8000, []string{"-H", "0.0.0.0", "-p", "{port}"}},
	{"astro", "Astro", "astro", frontend, 4321, []string{"--host", "0.0.0.0", "--port", "{port}"}},
	{"@docusaurus/core", "Docusaurus", "docusaurus", frontend, 3000, []string{"--host", "0.0.0.0", "--port", "{port}"}},
	{"@vue/cli-service", "Vue CLI", "vue-cli-service", frontend, 8080, []string{"--host", "0.0.0.0", "--port", "{port}"}},
	{"parcel", "Parcel", "parcel", frontend, 1234, []string{"--host", "0.0.0.0", "--port", "{port}"}},
	{"webpack-dev-server", "webpack", "webpack-dev-server", frontend, 8080, []string{"--host", "0.0.0.0", "--port", "{port}"}},
	{"webpack-dev-server", "webpack", "webpack", frontend, 8080, []string{"--host", "0.0.0.0", "--port", "{port}"}},
	{"json-server", "json-server", "json-server", backend, 3000, []string{"--host", "0.0.0.0", "--port", "{port}"}},
	{"@nestjs/core", "NestJS", "", backend, 3000, nil},
	{"@adonisjs/core", "AdonisJS", "", backend, 3333, nil},
	{"@strapi/strapi", "Strapi", "", backend, 1337, nil},
	{"fastify", "Fastify", "", backend, 3000, nil},
	{"koa", "Koa", "", backend, 3000, nil},
	{"@hapi/hapi", "hapi", "", backend, 3000, nil},
	{"hono", "Hono", "", backend, 3000, nil},
	{"@apollo/server", "Apollo Server", "", backend, 4000, nil},
	{"apollo-server", "Apollo Server", "", backend, 4000, nil},
	{"express", "Express", "", backend, 3000, nil},
	{"restify", "Restify", "", backend, 3000, nil},
	{"polka", "Polka", "", backend, 3000, nil},
	{"socket.io", "Socket.IO", "", backend, 3000, nil},
}

// serverPackages are the dependencies of something that listens by its own source.
var serverPackages = func() []string {
	var names []string
	for _, f := range nodeFrameworks {
		if f.command == "" {
			names = append(names, f.dependency)
		}
	}
	return names
}()

// frameworkOf is the framework that the package's scripts or, for servers, its
// dependencies show. Express among the devDependencies is a tool's.
func frameworkOf(p *nodePackage) (*nodeFramework, string) {
	for i := range nodeFrameworks {
		f := &nodeFrameworks[i]
		if f.command == "" {
			if _, runs := p.Dependencies[f.dependency]; runs {
				return f, f.dependency
			}
			continue
		}
		if _, needed := p.needs(f.dependency); needed && scriptThatRuns(p, f.command) != "" {
			return f, f.dependency
		}
	}
	return nil, ""
}

// viteFramework is what the Vite dev server serves.
func viteFramework(p *nodePackage) string {
	for _, library := range []struct{ dependency, title string }{
		{"@sveltejs/kit", "SvelteKit"},
		{"@react-router/dev", "React Router"},
		{"@remix-run/dev", "Remix"},
		{"react", "Vite + React"},
		{"vue", "Vite + Vue"},
		{"svelte", "Vite + Svelte"},
		{"preact", "Vite + Preact"},
		{"solid-js", "Vite + Solid"},
	} {
		if p.needsOneOf(library.dependency) != "" {
			return library.title
		}
	}
	return "Vite"
}

// composite are scripts that more arguments cannot be added to, because they
// start several programs.
func composite(text string) bool {
	return commandParts.MatchString(text) || slices.ContainsFunc(
		[]string{"concurrently", "run-p", "run-s", "npm-run-all", "dotenv", "env-cmd"},
		func(program string) bool { return runsProgram(text, program) })
}
