package deno

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/tree/treetest"
)

func treeOf(t *testing.T, archive string) *tree.Tree {
	t.Helper()
	return treetest.Of(t, archive)
}

// TestSearch: what a directory is taken for, or why it is no service.
func TestSearch(t *testing.T) {
	t.Parallel()
	const serves = "Deno.serve(() => new Response('x'))\n"
	for _, test := range []struct{ name, files, want string }{
		{"a file alone", "-- main.ts --\n" + serves, "Deno: deno run -A --watch main.ts | deno run -A main.ts"},
		{"an import alone", "-- server.ts --\nimport { serve } from \"https://deno.land/std/http/server.ts\";\nserve(x)\n", "Deno: deno run -A --watch server.ts | deno run -A server.ts"},
		{"a file of Node", "-- server.ts --\napp.listen(3000)\n", ""},
		{"a task", "-- deno.json --\n{\"tasks\": {\"dev\": \"deno run -A --watch main.ts\", \"start\": \"deno run -A main.ts\"}}\n-- main.ts --\n" + serves, "Deno: deno task dev | deno task start"},
		{"a task that is an object, with comments", "-- deno.jsonc --\n{ // x\n\"tasks\": {\"start\": {\"command\": \"deno run main.ts\"}}}\n-- main.ts --\n" + serves, "Deno: deno task start | deno run -A main.ts"},
		{"Fresh", "-- deno.json --\n{\"tasks\": {\"start\": \"deno run -A dev.ts\"}, \"imports\": {\"fresh\": \"jsr:@fresh/core@2\"}}\n", "Fresh (page): deno task start | deno task start"},
		{"Vite", "-- deno.json --\n{\"tasks\": {\"dev\": \"vite\"}}\n", "Deno (page): deno task dev --host 0.0.0.0 --port 4000 | deno task dev --host 0.0.0.0 --port 4000"},
		{"next to a package.json", "-- deno.json --\n{\"tasks\": {\"dev\": \"vite\"}}\n-- package.json --\n{}\n", ""},
		{"its source below", "-- deno.json --\n{\"tasks\": {\"dev\": \"deno run -A src/server.ts\"}}\n-- src/server.ts --\n" + serves, "Deno: deno task dev | deno run -A src/server.ts"},
		{"another one below", "-- deno.json --\n{\"tasks\": {\"dev\": \"deno run -A main.ts\"}}\n-- api/deno.json --\n{\"tasks\": {\"dev\": \"deno run -A main.ts\"}}\n", "Deno: deno task dev | deno task dev\nDeno: deno task dev | deno task dev"},
		{"a library", "-- deno.json --\n{\"exports\": \"./mod.ts\"}\n", "no: deno.json has no task that starts a server, and no file listens"},
		{"an edge function", "-- supabase/functions/a/deno.json --\n{}\n-- supabase/functions/a/index.ts --\n" + serves, "no: an edge function of Supabase"},
		{"half a file", "-- deno.json --\n{\"tasks\": {\n", "no: deno.json has no task that starts a server, and no file listens"},
	} {
		root := treeOf(t, test.files)
		var got []string
		for _, a := range search(root, []*stack.Stack{&Deno}) {
			a.DescribeAs(a.Stack)
			a.Port.Number = 4000
			start := a.Stack.Commands(a)
			title := a.Framework
			if a.Frontend {
				title += " (page)"
			}
			got = append(got, title+": "+strings.Join(start.Dev, " ")+" | "+strings.Join(start.Prod, " "))
		}
		for _, r := range root.Rejected {
			got = append(got, "no: "+r.Why)
		}
		if text := strings.Join(got, "\n"); text != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.name, text, test.want)
		}
	}
}

// TestUses: the variables that a source reads, with their defaults.
func TestUses(t *testing.T) {
	t.Parallel()
	var got []string
	for _, u := range uses(tree.File{Path: "a.ts", Text: "Deno.env.get('A')\nDeno.env.get(\"B\") ?? 'x'\nDeno.env.get('C')! \nDeno.env.get(name)\n"}) {
		text := u.Name
		if u.Set {
			text += "=" + u.Value
		}
		got = append(got, text)
	}
	if text := strings.Join(got, " "); text != "A B=x C" {
		t.Errorf("got %s", text)
	}
}

// FuzzManifest: whatever a deno.json holds, reading it ends.
func FuzzManifest(f *testing.F) {
	for _, seed := range []string{`{"tasks": {"dev": "vite"}}`, `{"tasks": {"dev": {"command": 1}}, "imports": []} // x`, "{", "[]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		files := fstest.MapFS{"deno.json": {Data: []byte(text)}}
		all := func(string) bool { return true }
		root, err := tree.Walk(files, tree.Files{Interesting: all, Manifest: all})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range search(root, []*stack.Stack{&Deno}) {
			a.DescribeAs(a.Stack)
			if start := a.Stack.Commands(a); len(start.Dev) == 0 {
				t.Error("no command")
			}
		}
	})
}

// TestServersOfPages: code that answers with pages.
func TestServersOfPages(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`headers: { "content-type": "text/html; charset=utf-8" }`: true, "c.html(x)": true, "return html`<p>`": true, "serveDir(request)": true, "eta.render('a')": true,
		"Response.json(x)": false, "accepts('html')": false,
	} {
		if got := Language.RendersPages.MatchString(text); got != want {
			t.Errorf("%q renders: %v, want %v", text, got, want)
		}
	}
}
