package script

import (
	"strings"
	"testing"
)

// described is a command in one line.
func described(c Command) string {
	text := c.Text()
	for _, part := range []struct{ name, value string }{
		{"by", c.Script}, {"outside", strings.Join(c.Outside, ", ")}, {"after", strings.Join(c.Before, ", ")},
	} {
		if part.value != "" {
			text += " [" + part.name + " " + part.value + "]"
		}
	}
	if c.Parallel {
		text += " [parallel]"
	}
	if c.Elsewhere {
		text += " [elsewhere]"
	}
	return text
}

// scriptsOf are scripts, one a line: "name: text".
func scriptsOf(lines string) Scripts {
	texts := map[string]string{}
	for line := range strings.Lines(lines) {
		if name, text, found := strings.Cut(strings.TrimSpace(line), ": "); found {
			texts[name] = text
		}
	}
	return Scripts{Texts: texts}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, scripts, want string }{
		{"one program", "dev: vite", "vite [by dev]"},
		{"flags and quotes", `dev: next dev -p "3001" --x='a b'`, `next dev -p 3001 '--x=a b' [by dev]`},
		{"a variable of the shell", "dev: next dev -p ${PORT:-3000}", `next dev -p "${PORT:-3000}" [by dev]`},
		{"a path", "dev: ./node_modules/.bin/next dev", "next dev [by dev]"},
		{"node runs the program of a package", "dev: node --inspect node_modules/next/dist/bin/next dev", "next dev [by dev]"},
		{"npx", "dev: npx --yes -p x @11ty/eleventy --serve", "eleventy --serve [by dev]"},
		{"cross-env", "dev: cross-env NODE_ENV=development PORT=4 nodemon app.js", "NODE_ENV=development PORT=4 nodemon app.js [by dev]"},
		{"an assignment", "dev: NODE_ENV=x node a.js", "NODE_ENV=x node a.js [by dev]"},
		{"set of Windows", "dev: set PORT=3001&& react-scripts start", "react-scripts start [by dev]"},
		{"a script that only wraps", "env:load: dotenv -e ../.env --\n dev: pnpm env:load next dev", "dotenv -e ../.env -- next dev [by dev]"},
		{"dotenv", "dev: dotenv -e .env.local -- next dev", "dotenv -e .env.local -- next dev [by dev]"},
		{"dotenv without a separator", "dev: dotenv -e .env.local next dev", "dotenv -e .env.local next dev [by dev]"},
		{"dotenvx", "dev: dotenvx run -f .env -- node a.js", "dotenvx run -f .env -- node a.js [by dev]"},
		{"env-cmd", "dev: env-cmd -f .env.dev nodemon a.js", "env-cmd -f .env.dev nodemon a.js [by dev]"},
		{"env-cmd with a file", "dev: env-cmd ./config/.env node a.js", "env-cmd ./config/.env node a.js [by dev]"},
		{"a script calls another", "dev: npm run web\nweb: vite", "vite [by web]"},
		{"a script with a hook calls another", "dev: npm run web\npredev: x\nweb: vite", "vite [by web] [outside npm run predev] [after npm run predev]"},
		{"a script calls another with more arguments", "dev: npm run web -- --port 3\nweb: vite", "vite --port 3 [by dev]"},
		{"yarn and pnpm", "dev: yarn a\na: pnpm b\nb: vite", "vite [by b]"},
		{"yarn runs a program", "dev: yarn vite --x", "vite --x [by dev]"},
		{"pnpm exec", "dev: pnpm exec vite", "vite [by dev]"},
		{"npm start", "dev: npm start\nstart: node .", "node . [by start]"},
		{"a circle", "dev: npm run a\na: npm run dev", ""},
		{"no such script", "dev: npm run a", "npm run a [by dev]"},
		{"a sequence", "dev: prisma generate && next dev", "prisma generate\nnext dev [by dev] [after prisma generate]"},
		{"what runs at the same time", "dev: tsc -w & nodemon dist/a.js", "tsc -w [parallel]\nnodemon dist/a.js [parallel]"},
		{"a pipe", "dev: node a.js | pino-pretty", "node a.js [parallel]\npino-pretty [parallel]"},
		{"concurrently", `dev: concurrently -k -n a,b --prefix-colors "x" "npm run next-dev" "npm run api"` + "\nnext-dev: next dev\napi: uvicorn api:app", "next dev [by next-dev] [parallel]\nuvicorn api:app [by api] [parallel]"},
		{"concurrently with short names", `dev: concurrently npm:dev:* "pnpm:web"` + "\ndev:a: a\ndev:b: b\nweb: c", "a [by dev:a] [parallel]\nb [by dev:b] [parallel]\nc [by web] [parallel]"},
		{"concurrently with commands", `predev: tsc -p server` + "\n" + `dev: concurrently "mongod" "ng serve --open" "nodemon dist/server/app.js"`, "mongod [after npm run predev] [parallel]\nng serve --open [after npm run predev] [parallel]\nnodemon dist/server/app.js [after npm run predev] [parallel]"},
		{"run-p", "dev: run-p dev:*\ndev:a: a\ndev:b:c: b\ndev:d: d", "a [by dev:a] [parallel]\nd [by dev:d] [parallel]"},
		{"npm-run-all in sequence", "dev: npm-run-all -s a b\na: x\nb: y", "x [by a]\ny [by b] [outside npm run a] [after npm run a]"},
		{"another directory", "dev: cd web && npm start\nstart: node a.js", "npm start [elsewhere]"},
		{"its own directory", "dev: cd . && vite", "vite [by dev]"},
		{"another directory at the same time", `dev: concurrently "nodemon a.js" "cd client && npm start"`, "nodemon a.js [parallel]\nnpm start [parallel] [elsewhere]"},
		{"a prefix", "dev: npm start --prefix client", "npm start --prefix client [elsewhere]"},
		{"a workspace", "dev: yarn workspace web dev", "yarn workspace web dev [elsewhere]"},
		{"a filter", "dev: pnpm --filter web dev", "pnpm --filter web dev [elsewhere]"},
		{"a filter behind the separator", "dev: npm run a -- --filter x\na: x", "x --filter x [by dev]"},
		{"turbo", "dev: turbo run dev", "turbo run dev [elsewhere]"},
		{"bun runs a file", "dev: bun run --watch src/index.ts", "bun run --watch src/index.ts [by dev]"},
		{"bun runs a file by itself", "dev: bun --hot src/index.ts", "bun --hot src/index.ts [by dev]"},
		{"bun runs a script", "dev: bun run web\nweb: vite", "vite [by web]"},
		{"bun runs a program", "dev: bun --bun next dev", "next dev [by dev]"},
		{"a broken line", `dev: node "a.js`, `node '"a.js' [by dev]`},
		{"windows paths", `dev: node_modules\\.bin\\next.cmd dev`, "next dev [by dev]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range scriptsOf(test.scripts).Commands("dev") {
				got = append(got, described(c))
			}
			if text := strings.Join(got, "\n"); text != test.want {
				t.Errorf("got\n%s\nwant\n%s", text, test.want)
			}
		})
	}
}
