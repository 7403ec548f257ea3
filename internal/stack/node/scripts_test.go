package node

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack/node/npm"
)

// TestScript: a script that only calls another is the other.
func TestScript(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ scripts, want string }{
		{"dev=vite", "vite"},
		{"dev= vite ", "vite"},
		{"start=vite", ""},
		{"dev=npm run web; web=vite", "vite"},
		{"dev=npm run-script web; web=vite", "vite"},
		{"dev=npm start; start=node server.js", "node server.js"},
		{"dev=yarn web; web=vite", "vite"},
		{"dev=yarn run web; web=vite", "vite"},
		{"dev=pnpm run a:b; a:b=pnpm c; c=bun run d.e; d.e=vite", "vite"},
		{"dev=npm run web -- --open; web=vite", "npm run web -- --open"},
		{"dev=npm run missing", "npm run missing"},
		{"dev=npm install; install=vite", "npm install"},
		{"dev=yarn a; a=yarn dev", "yarn dev"}, // a circle ends
	} {
		if got := manifestFrom(t, packageWith(test.scripts, "")).Script("dev"); got != test.want {
			t.Errorf("%s: %q, want %q", test.scripts, got, test.want)
		}
	}
}

// TestStartScript: the script that starts a server of the package's own, and nothing else.
func TestStartScript(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, scripts, dependencies, want string }{
		{"what reloads before what does not", "start=node server.js; dev=node --watch server.js", "", "dev: node --watch server.js"},
		{"in the order of habit", "server=node a.js; start=node b.js; serve=node c.js", "", "serve: node c.js"},
		{"none of the names", "build=node a.js; test=node b.js", "", ""},
		{"one that starts another directory", "dev=cd web && npm start; start=node a.js", "", "start: node a.js"},
		{"one of a prefix", "dev=npm --prefix web start", "", ""},
		{"one that starts several", "dev=concurrently \\\"a\\\" \\\"b\\\"", "", `dev: concurrently "a" "b"`},
		{"one that starts others", "dev=concurrently \\\"npm start -w a\\\" \\\"mongod\\\"", "", ""},
		{"one of a workspace", "dev=yarn workspace web start", "", ""},
		{"a filter", "dev=pnpm --filter web dev; start=npm start -w web", "", ""},
		{"a directory whose name holds cd", "dev=node abcd server.js", "", "dev: node abcd server.js"},
		{"docker", "dev=docker compose up", "", ""},
		{"a compiler", "dev=tsc --watch; start=node dist/a.js", "", "start: node dist/a.js"},
		{"a compiler by npx", "dev=npx tsup src; start=npx   jest", "", ""},
		{"a compiler that starts the server", "dev=tsup src --watch --onSuccess 'x'", "", "dev: tsup src --watch --onSuccess 'x'"},
		{"a compiler before Node", "dev=tsc && node dist/a.js", "", "dev: tsc && node dist/a.js"},
		{"a tool that is not listed", "dev=nodemon server.js; start=node server.js", "", "start: node server.js"},
		{"a tool that is listed", "dev=nodemon server.js; start=node server.js", "nodemon:3", "dev: nodemon server.js"},
		{"a tool that npx brings", "dev=npx nodemon server.js", "", "dev: npx nodemon server.js"},
		{"a tool that a tool runs", "dev=nodemon --exec ts-node a.ts", "nodemon:3", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := manifestFrom(t, packageWith(test.scripts, test.dependencies))
			name, _, _ := startScript(p)
			got := name + ": " + p.Scripts[name]
			if got = strings.TrimPrefix(got, ": "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestEntry: the file that runs the server where no script does.
func TestEntry(t *testing.T) {
	t.Parallel()
	const listens = "app.listen(3000)\n"
	for _, test := range []struct{ name, files, want string }{
		{"main", "-- package.json --\n{\"main\": \"./lib/web.js\"}\n-- lib/web.js --\n" + listens + "-- server.js --\n" + listens, "lib/web.js"},
		{"main that opens no port", "-- package.json --\n{\"main\": \"lib.js\"}\n-- lib.js --\nmodule.exports = 1\n-- app.js --\n" + listens, "app.js"},
		{"main that is no text", "-- package.json --\n{\"main\": {\"a\": 1}}\n-- main.js --\n" + listens, "main.js"},
		{"of a script", "-- package.json --\n{\"scripts\": {\"server\": \"cd . && node web/run.js\"}}\n-- web/run.js --\nhttp.createServer (x)\n", "web/run.js"},
		{"by the usual names, in their order", "-- package.json --\n{}\n-- index.js --\n" + listens + "-- src/server.js --\n" + listens, "index.js"},
		{"a comment listens to nothing", "-- package.json --\n{}\n-- index.js --\n  // " + listens, ""},
		{"above the directory", "-- package.json --\n{\"main\": \"../server.js\"}\n", ""},
		{"another package's", "-- package.json --\n{\"main\": \"api/server.js\"}\n-- api/package.json --\n{}\n-- api/server.js --\n" + listens, ""},
		{"no source file", "-- package.json --\n{\"main\": \"bin/web\"}\n-- bin/web --\n" + listens, ""},
		{"of the generator of Express", "-- package.json --\n{\"main\": \"bin/www\"}\n-- bin/www --\n" + listens, "bin/www"},
		{"Bun", "-- package.json --\n{}\n-- server.mjs --\nBun.serve({})\n", "server.mjs"},
		{"Hono", "-- package.json --\n{}\n-- app.mjs --\nserve({ fetch })\n", "app.mjs"},
		{"a preserved word", "-- package.json --\n{}\n-- app.mjs --\nobserve({ fetch })\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := treeOf(t, test.files)
			if got := entryOf(root, ".", npm.ManifestOf(root, ".")); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestLambdaHandler(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, files, want string }{
		{"CommonJS", "-- package.json --\n{}\n-- index.js --\nexports.handler = async () => 1\n", "index.js"},
		{"a module", "-- package.json --\n{}\n-- handler.ts --\nexport const handler = 1\n", "handler.ts"},
		{"a function of main", "-- package.json --\n{\"main\": \"src/a.js\"}\n-- src/a.js --\nexport async function handler() {}\n", "src/a.js"},
		{"another name", "-- package.json --\n{}\n-- index.js --\nexports.handlers = 1\nexport const handlerOf = 1\n", ""},
		{"by its configuration", "-- package.json --\n{}\n-- serverless.yml --\nservice: x\n", "serverless.yml"},
	} {
		root := treeOf(t, test.files)
		if got := lambdaHandler(root, ".", npm.ManifestOf(root, ".")); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestFirstWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"SECRET=hunter2 node --x server.js -y": "node --x server.js", "node --key=hunter2 a.js": "node a.js", "vite": "vite", "": "",
	} {
		if got := firstWords(text); got != want {
			t.Errorf("firstWords(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestServes: the command starts a development server, not its build or its preview.
func TestServes(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"vite": true, "npx vite --host": true, "NODE_ENV=x vite": true, "./node_modules/.bin/vite": true, `"vite"`: true, "vite dev": true, "vite ./web": true,
		"vite build": false, "vite preview --port 1": false, "vite optimize": false, "vitest": false, "cd web && vite": false, "ng serve": true, "ng build": false, "ng": false,
		"next": true, "next dev --turbo": true, "next start": false, "eleventy": false, "npx @11ty/eleventy --serve": true, "nuxi dev": true, "nuxi generate": false,
	} {
		all := scriptsOf(manifestFrom(t, "{}")).CommandsIn(line)
		if got := serves(all[len(all)-1], "vite", "ng", "next", "eleventy", "nuxi"); got != want {
			t.Errorf("serves(%q) = %v, want %v", line, got, want)
		}
	}
}

// TestEntryOfCommand: the source file that a command runs, also where it names what is built from it.
func TestEntryOfCommand(t *testing.T) {
	t.Parallel()
	const files = `{"main": "./server.js"}
-- server.js --
-- src/index.ts --
-- src/api/main.ts --
-- server/app.ts --
-- bin/www --
-- build/dev-server.js --
`
	for line, want := range map[string]string{
		"node server.js": "server.js", "node server": "server.js", "node .": "server.js", "nodemon": "server.js", "nodemon ./bin/www": "bin/www", "nodemon -r x --watch src server.js": "server.js",
		"node -r dotenv/config ./src/index.ts --x": "src/index.ts", "tsx watch src/index.ts": "src/index.ts", "node --import tsx src": "src/index.ts",
		"node dist/index.js": "src/index.ts", "node dist/server/app.js": "server/app.ts", "node dist/api/main": "src/api/main.ts", "node build/dev-server.js": "build/dev-server.js",
		"ts-node-dev --respawn --transpile-only src/index.ts": "src/index.ts", `nodemon --watch src -e ts --exec "npx ts-node src/index.ts"`: "src/index.ts", "nodemon --exec ts-node src/index.ts": "src/index.ts",
		"bun run --watch src/index.ts": "src/index.ts", "pm2 start server.js": "server.js", "babel-node src/index.ts": "src/index.ts",
		"next dev": "", "node missing.js": "", "node ../server.js": "",
	} {
		a := appIn(t, "-- package.json --\n"+files, ".")
		p := npm.ManifestOf(a.Tree, a.Dir)
		if got := entryOfCommand(a, p, scriptsOf(p).CommandsIn(line)[0]); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

// TestStart: how a service is started by the part of a script that is its own.
func TestStart(t *testing.T) {
	t.Parallel()
	const listens = "-- server.js --\napp.listen(3000)\n"
	for _, test := range []struct{ name, files, dev string }{
		{"the script of a part", packageWith(`dev=concurrently \"npm run web\" \"npm run api\"; web=next dev; api=uvicorn api:app`, "next:15"), "npm run web -- -H 0.0.0.0 -p 4000"},
		{"a part without a script", packageWith(`dev=concurrently \"next dev\" \"uvicorn api:app\"`, "next:15"), "npx next dev -H 0.0.0.0 -p 4000"},
		{"a part with a hook", packageWith(`predev=x; dev=concurrently \"mongod\" \"next dev\"`, "next:15"), "npx -c npm run predev && exec next dev -H 0.0.0.0 -p 4000"},
		{"a part with a variable", packageWith(`dev=concurrently \"mongod\" \"A=b next dev\"`, "next:15"), "npx -c A=b next dev -H 0.0.0.0 -p 4000"},
		{"behind a database", packageWith("dev=docker compose up -d && next dev", "next:15"), "npx next dev -H 0.0.0.0 -p 4000"},
		{"behind a database and more", packageWith("dev=docker compose up -d && prisma generate && next dev", "next:15"), "npx -c prisma generate && exec next dev -H 0.0.0.0 -p 4000"},
		{"behind what it needs", packageWith("dev=prisma generate && next dev", "next:15"), "npm run dev -- -H 0.0.0.0 -p 4000"},
		{"after another service", packageWith("dev=wait-on tcp:5000 && next dev", "next:15"), "npx next dev -H 0.0.0.0 -p 4000"},
		{"a script of production alone", packageWith("build=next build; start=next start", "next:15"), "npx next dev -H 0.0.0.0 -p 4000"},
		{"env-cmd", packageWith("dev=env-cmd -f .env.dev next dev", "next:15"), "npm run dev -- -H 0.0.0.0 -p 4000"},
		{"a script of another name", packageWith(`dev:front=vite; build=vite build`, "vite:5") + "-- index.html --\n", "npm run dev:front -- --host 0.0.0.0 --port 4000 --strictPort"},
		{"a server", packageWith("dev=docker compose up -d && nodemon server.js", "express:4 nodemon:3") + listens, "npx nodemon server.js"},
		{"a server next to other directories", packageWith(`dev=concurrently \"npm run server\" \"npm start --prefix client\"; server=nodemon server.js`, "express:4 nodemon:3") + listens, "npm run server"},
		{"a server and its compiler", packageWith(`dev=concurrently \"tsc -w\" \"nodemon server.js\"`, "express:4 nodemon:3") + listens, "npm run dev"},
		{"a server, its compiler and a database", packageWith(`dev=concurrently \"mongod\" \"tsc -w\" \"nodemon server.js\"`, "express:4 nodemon:3") + listens, "npx -c tsc -w & nodemon server.js"},
		{"variables in front", packageWith("dev=cross-env NODE_ENV=development node server.js", "express:4") + listens, "env NODE_ENV=development node --watch server.js"},
		{"flags of Node", packageWith("dev=node -r x server.js", "express:4") + listens, "node --watch -r x server.js"},
		{"it restarts already", packageWith("dev=node --watch server.js", "express:4") + listens, "npm run dev"},
		{"a hook", packageWith("predev=x; dev=node server.js", "express:4") + listens, "npm run dev"},
		{"TypeScript that is built first", packageWith("build=tsc; start=node dist/index.js", "express:4") + "-- src/index.ts --\napp.listen(3000)\n", "npx tsx watch src/index.ts"},
		{"TypeScript that the script builds", packageWith("start=tsc && node dist/index.js", "express:4") + "-- src/index.ts --\napp.listen(3000)\n", "npm start"},
		{"TypeScript without a script", packageWith("", "hono:4") + "-- src/index.ts --\nserve({ fetch })\n", "npx tsx watch src/index.ts"},
		{"wireit", `{"scripts": {"dev": "wireit"}, "wireit": {"dev": {"command": "next dev", "dependencies": ["gen", "../lib:build", {"script": "x"}]}}, "dependencies": {"next": "15"}}` + "\n", "npm run dev -- -H 0.0.0.0 -p 4000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found := search(treeOf(t, "-- package.json --\n"+test.files), stacks())
			if len(found) != 1 {
				t.Fatalf("found %d, want one", len(found))
			}
			a := found[0]
			if a.Stack == nil {
				a.Stack = &Plain
			}
			a.DescribeAs(a.Stack)
			a.Port.Number = 4000
			if got := strings.Join(a.Stack.Commands(a).Dev, " "); got != test.dev {
				t.Errorf("got %q, want %q", got, test.dev)
			}
		})
	}
}
