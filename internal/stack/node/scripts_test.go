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

func TestRunsProgram(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"vite": true, "npx vite --host": true, "NODE_ENV=x vite": true, "./node_modules/.bin/vite": true, `"vite"`: true, "tsc && vite": true, "vite build && vite": true,
		"a | vite": true, "a;vite dev": true, "vite build": false, "vite preview --port 1": false, "vite optimize": false, "vitest": false, "echo && vite test": false, "": false,
	} {
		if got := runsProgram(line, "vite"); got != want {
			t.Errorf("runsProgram(%q) = %v, want %v", line, got, want)
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
		{"one that starts several", "dev=concurrently \\\"a\\\" \\\"b\\\"", "", ""},
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
		{"a tool in the middle", "dev=node -r x ts-node a.ts", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			name, text := startScript(manifestFrom(t, packageWith(test.scripts, test.dependencies)))
			got := name + ": " + text
			if got = strings.TrimPrefix(got, ": "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestEntryOfCommand(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"node server.js": "server.js", "node ./src/index.mjs --x": "src/index.mjs", "tsx watch src/a.ts": "src/a.ts", "nodemon -r @x/y.js": "@x/y.js",
		"node .": "", "node server.json": "", "next dev": "", "": "", "node a.js.map": "",
	} {
		if got := entryOfCommand(line); got != want {
			t.Errorf("entryOfCommand(%q) = %q, want %q", line, got, want)
		}
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
		{"no source file", "-- package.json --\n{\"main\": \"bin/www\"}\n-- bin/www --\n" + listens, ""},
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

// TestComposite: more arguments can be added to a script only where it starts one program.
func TestComposite(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"vite": false, "next dev -p 1": false, "a && b": true, "a; b": true, "a | b": true, "a & b": true, "a || b": true, "concurrently x": true, "run-p a b": true,
		"dotenv -e x -- vite": true, "env-cmd -f x vite": true, "npx npm-run-all a": true, "node -r dotenv/config a.js": false,
	} {
		if got := composite(text); got != want {
			t.Errorf("composite(%q) = %v, want %v", text, got, want)
		}
	}
}
