package node

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/tree"
)

// FuzzManifest: whatever a package.json holds, its scripts end, and evidence lies within it.
func FuzzManifest(f *testing.F) {
	for _, seed := range []string{
		packageWith("dev=npm run dev; start=yarn dev", "vite:5"), `{"scripts": {"dev": 1, "start": ["a"]}, "engines": {"node": ">=99999999999999999999"}}`, `{"main": "../../a.js", "workspaces": {"packages": "a"}}`,
		`[]`, `{"dependencies": {"react-scripts": "^^4", "node-sass": ""}, "packageManager": "yarn@"}`, "{",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := npm.ParseManifest("package.json", text)
		if err != nil {
			return
		}
		if name, own, all := startScript(p); (name == "") != (len(own) == 0) || len(own) > len(all) {
			t.Errorf("script %q has %d commands of %d", name, len(own), len(all))
		}
	})
}

// FuzzProjects: whatever angular.json and project.json hold, reading them ends, and what is built
// lies in the repository.
func FuzzProjects(f *testing.F) {
	for _, seed := range []string{
		`{"projects": {"a": {"architect": {"build": {"options": {"outputPath": {"base": "../..", "browser": "../x"}}}}}}}`, `{"targets": {"serve": {"executor": "@nx/vite:dev-server"}}} // x`, "[", "{}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		files := fstest.MapFS{"angular.json": {Data: []byte(text)}, "nx.json": {Data: []byte("{}")}, "a/project.json": {Data: []byte(text)}}
		all := func(string) bool { return true }
		root, err := tree.Walk(files, tree.Files{Interesting: all, Manifest: all})
		if err != nil {
			t.Fatal(err)
		}
		a := &stack.App{Tree: root, Service: stack.Service{Dir: "."}}
		if angularBuilt.describe(a); strings.HasPrefix(a.Output, "..") || strings.HasPrefix(a.Output, "/") {
			t.Errorf("output %q", a.Output)
		}
		if _, found := nxProjectOf(root, "a"); found && !root.Has("nx.json") {
			t.Error("found without a workspace")
		}
	})
}

// FuzzSource: what is found in a source lies in it.
func FuzzSource(f *testing.F) {
	for _, seed := range []string{
		"const { A = 'b', C } = process.env\napp.get('/a')\n", "import x from './x'\napp.use('/p', x)\nrouter.get('/')", "process.env['A'] ?? `b", "app.use('/a', require(\"..\"))", "app.use('', b.c, d,)",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		source := tree.File{Path: "src/a.ts", Text: text}
		for _, u := range uses(source) {
			if u.Name == "" || !strings.Contains(text, u.Name) || !strings.Contains(text, u.Value) || u.Where.Line > strings.Count(text, "\n")+1 {
				t.Errorf("%q: %+v", text, u)
			}
		}
		for _, r := range routes([]tree.File{source, {Path: "src/b.ts", Text: text}}) {
			if r.At.Line < 1 || r.At.Line > strings.Count(text, "\n")+1 {
				t.Errorf("%q: %+v", text, r)
			}
		}
	})
}
