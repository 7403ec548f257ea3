//go:build e2e

package e2e

// stack is an example of examples/stacks, and what is done with it.
type stack struct {
	name    string
	service string // that has the page
	python  bool   // its packages come from PyPI
	data    bool   // it keeps notes in PostgreSQL; the page has a form that adds one
	proxied bool   // in development the server of the page leads to the backend; in production the gateway
	shows   string // what the page shows at first
	edit    change // of a source file, while the services run
	pack    change // of the manifest and the source: one package more; none for a kind without packages
}

// change is an edit of files, and what the page then shows.
type change struct {
	files []replacement
	shows string
}

type replacement struct{ name, from, to string }

// inMakeTest are the stacks that `make test` runs: the densest, and quick to build.
var inMakeTest = []string{"express", "fastapi", "vite-flask"}

// edited changes the heading of the page, which the source has in these quotes.
func edited(file, quote string) change {
	return change{shows: "Notes, edited", files: []replacement{{file, quote + "Notes" + quote, quote + "Notes, edited" + quote}}}
}

// npm adds the package ms to package.json, and imports it into a source file.
func npm(file, from, to string) change {
	return change{shows: "Notes of 1m", files: []replacement{
		{"package.json", `"dependencies": {`, `"dependencies": {` + "\n    \"ms\": \"2.1.3\","}, {file, from, to},
	}}
}

// below is a change in a directory of the example.
func below(dir string, c change) change {
	for i := range c.files {
		c.files[i].name = dir + "/" + c.files[i].name
	}
	return c
}

// pip adds the package humanize to requirements.txt, after a line of it, and imports it into
// a source file whose edited heading is in double quotes.
func pip(after, file string) change {
	return change{shows: "Notes of 1,000", files: []replacement{
		{"requirements.txt", after, after + "\nhumanize==4.11.0"},
		{file, `"Notes, edited"`, `"Notes of " + __import__("humanize").intcomma(1000)`},
	}}
}

// stacks are sorted by how often the stack is met.
var stacks = []stack{
	{
		name: "express", service: "notes", data: true, shows: "Notes", edit: edited("server.js", "'"),
		pack: npm("server.js", "'Notes, edited'", "`Notes of ${require('ms')(60000)}`"),
	},
	{
		name: "fastapi", service: "backend", python: true, data: true, shows: "Notes", edit: edited("main.py", `"`),
		pack: pip("uvicorn==0.34.0", "main.py"),
	},
	{
		name: "vite-flask", service: "web", python: true, data: true, proxied: true, shows: "Notes", edit: edited("web/src/App.jsx", "'"),
		pack: below("web", npm("src/App.jsx", "const title = 'Notes, edited'", "import ms from 'ms'\nconst title = `Notes of ${ms(60000)}`")),
	},
	{
		name: "next", service: "notes", data: true, shows: "Notes", edit: edited("app/page.js", "'"),
		pack: npm("app/page.js", "const title = 'Notes, edited'", "import ms from 'ms'\nconst title = `Notes of ${ms(60000)}`"),
	},
	{
		name: "django", service: "backend", python: true, data: true, shows: "Notes", edit: edited("notes/views.py", `"`),
		pack: pip("gunicorn==23.0.0", "notes/views.py"),
	},
	{
		name: "spring-boot", service: "notes", data: true, shows: "Notes", edit: edited("src/main/java/com/example/notes/NotesController.java", `"`),
		pack: change{shows: "Notes of moth", files: []replacement{
			{"pom.xml", "  <dependencies>", "  <dependencies>\n    <dependency>\n      <groupId>org.apache.commons</groupId>\n      <artifactId>commons-lang3</artifactId>\n    </dependency>"},
			{"src/main/java/com/example/notes/NotesController.java", `"Notes, edited"`, `"Notes of " + org.apache.commons.lang3.StringUtils.reverse("htom")`},
		}},
	},
	{
		name: "go", service: "notes", data: true, shows: "Notes", edit: edited("main.go", `"`),
		pack: change{shows: "Notes of 1", files: []replacement{
			{"go.mod", "require github.com/lib/pq v1.10.9", "require (\n\tgithub.com/google/uuid v1.6.0\n\tgithub.com/lib/pq v1.10.9\n)"},
			{"go.sum", "github.com/lib/pq v1.10.9 h1:", `github.com/google/uuid v1.6.0 h1:NIvaJDMOsjHA8n1jAhLSgzrAzy1Hgr+hNrb57e+94F0=
github.com/google/uuid v1.6.0/go.mod h1:TIyPZe4MgqvfeYDBFedMoGGpEw/LqOeaOT+nhxU+yHo=
github.com/lib/pq v1.10.9 h1:`},
			{"main.go", `_ "github.com/lib/pq"`, "\"github.com/google/uuid\"\n\t_ \"github.com/lib/pq\""},
			{"main.go", `const title = "Notes, edited"`, `var title = "Notes of " + uuid.NameSpaceDNS.Version().String()[8:]`},
		}},
	},
	{
		name: "nestjs", service: "notes", data: true, shows: "Notes", edit: edited("src/notes.controller.ts", "'"),
		pack: npm("src/notes.controller.ts", "'Notes, edited'", "`Notes of ${require('ms')(60000)}`"),
	},
	{
		name: "hono", service: "notes", data: true, shows: "Notes", edit: edited("src/index.ts", "'"),
		pack: npm("src/index.ts", "const title: string = 'Notes, edited'", "// @ts-expect-error no types\nimport ms from 'ms'\nconst title: string = `Notes of ${ms(60000)}`"),
	},
	{
		name: "streamlit", service: "backend", python: true, data: true, shows: "Notes", edit: edited("streamlit_app.py", `"`),
		pack: pip("streamlit==1.41.1", "streamlit_app.py"),
	},
	{
		name: "bun", service: "notes", data: true, shows: "Notes", edit: edited("src/index.ts", "'"),
		pack: npm("src/index.ts", "const title: string = 'Notes, edited'", "import ms from 'ms'\nconst title: string = `Notes of ${ms(60000)}`"),
	},
	{
		name: "deno", service: "backend", data: true, shows: "Notes", edit: edited("main.ts", `"`),
		pack: change{shows: "Notes of 1m", files: []replacement{
			{"deno.json", `"imports": {`, `"imports": {` + "\n    \"ms\": \"npm:ms@2.1.3\","},
			{"main.ts", `const title = "Notes, edited"`, "import ms from \"ms\";\nconst title = `Notes of ${ms(60000)}`"},
		}},
	},
	{
		name: "static", service: "frontend", shows: "Elephant hawkmoth", edit: edited("script.js", "'"),
	},
	{
		name: "koa", service: "notes", data: true, shows: "Notes", edit: edited("app.js", "'"),
		pack: npm("app.js", "'Notes, edited'", "`Notes of ${require('ms')(60000)}`"),
	},
	{
		name: "fastify", service: "notes", data: true, shows: "Notes", edit: edited("server.js", "'"),
		pack: npm("server.js", "const title = 'Notes, edited'", "import ms from 'ms'\nconst title = `Notes of ${ms(60000)}`"),
	},
	{
		name: "angular", service: "client", data: true, proxied: true, shows: "Notes", edit: edited("client/src/app/app.ts", "'"),
		pack: below("client", npm("src/app/app.ts", "const title: string = 'Notes, edited'", "// @ts-expect-error no types\nimport ms from 'ms'\nconst title: string = `Notes of ${ms(60000)}`")),
	},
	{
		name: "sveltekit", service: "notes", data: true, shows: "Notes", edit: edited("src/routes/+page.svelte", "'"),
		pack: npm("src/routes/+page.svelte", "const title = 'Notes, edited'", "import ms from 'ms'\n  const title = `Notes of ${ms(60000)}`"),
	},
	{
		name: "react-router", service: "notes", data: true, shows: "Notes", edit: edited("app/notes.jsx", "'"),
		pack: npm("app/notes.jsx", "const title = 'Notes, edited'", "import ms from 'ms'\nconst title = `Notes of ${ms(60000)}`"),
	},
	{
		name: "astro", service: "notes", data: true, shows: "Notes", edit: edited("src/pages/index.astro", "'"),
		pack: npm("src/pages/index.astro", "const title = 'Notes, edited'", "import ms from 'ms'\nconst title = `Notes of ${ms(60000)}`"),
	},
	{
		name: "rust-axum", service: "notes", data: true, shows: "Notes", edit: edited("src/main.rs", `"`),
		pack: change{shows: "Notes of 1,000", files: []replacement{
			{"Cargo.toml", "[dependencies]", "[dependencies]\nthousands = \"0.2.0\""},
			{"src/main.rs", `const TITLE: &str = "Notes, edited";`, ""},
			{"src/main.rs", "{TITLE}", "Notes of {}"},
			{"src/main.rs", `<ul>{items}</ul>"#`, `<ul>{items}</ul>"#, thousands::Separable::separate_with_commas(&1000)`},
		}},
	},
	{
		name: "nuxt", service: "notes", data: true, shows: "Notes", edit: edited("app.vue", "'"),
		pack: npm("app.vue", "const title = 'Notes, edited'", "import ms from 'ms'\nconst title = `Notes of ${ms(60000)}`"),
	},
	{
		name: "vue-cli", service: "frontend", data: true, shows: "Notes", edit: edited("frontend/src/App.vue", "'"),
		pack: below("frontend", npm("src/App.vue", "const title = 'Notes, edited'", "import ms from 'ms'\nconst title = `Notes of ${ms(60000)}`")),
	},
	{
		name: "dash", service: "backend", python: true, data: true, shows: "Notes", edit: edited("app.py", `"`),
		pack: pip("dash==2.18.2", "app.py"),
	},
	{
		name: "sinatra", service: "backend", data: true, shows: "Notes", edit: edited("app.rb", `"`),
		pack: change{shows: "Notes of one thousand", files: []replacement{
			{"Gemfile", `gem "pg"`, "gem \"humanize\"\ngem \"pg\""},
			{"app.rb", `"Notes, edited"`, `"Notes of #{1000.humanize}"`},
			{"app.rb", `require "pg"`, "require \"humanize\"\nrequire \"pg\""},
		}},
	},
	{
		name: "php", service: "backend", data: true, shows: "Notes", edit: edited("public/index.php", "'"),
	},
}
