// Package static has the stack of pages that no tool builds: an index.html and its files.
package static

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Language is what such pages are written in. Their servers run on Node.
var Language = stack.Language{
	Name:       "static",
	Extensions: []string{".html", ".js", ".mjs"},
	Versions:   []string{"24"},
	Search:     search,
	Version:    func(*stack.App) (string, tree.Evidence) { return "24", tree.Evidence{Text: "Node for the server"} },
	Image:      func(string) untrusted.Inert { return "node:24-slim" },
	Copies:     func(*untrusted.Quoter, stack.Service) []untrusted.Inert { return nil },
	Install:    func(*untrusted.Quoter, stack.Service, *stack.Stack) any { return servers },
}

// Site is a directory of pages.
var Site = stack.Stack{
	Name: "static", Title: "Static site", Language: &Language, Frontend: true, Port: 8080, OwnPort: true, Fallback: true,
	Find:     func(a *stack.App) bool { return a.Directory().Has("index.html") },
	FindPort: func(*stack.App) (stack.Port, bool) { return stack.Port{}, false }, // what its scripts call is another's
	Commands: commands,
}

// servers are what serves the pages, as npm installs them: for development one that reloads
// the browser, for production one of files.
var servers = struct{ Dev, Prod untrusted.Inert }{"browser-sync@3.0.4", "serve@14.2.7"}

// maxFiles bounds the scripts of one site that are read for its routes.
const maxFiles = 100

// search finds sites at the root and in the directories there.
func search(t *tree.Tree, stacks []*stack.Stack) []*stack.App {
	var found []*stack.App
	for _, dir := range t.Paths {
		within := func(a *stack.App) bool { return a.Dir == "." || tree.IsBelow(a.Dir, dir) }
		if strings.Contains(dir, "/") || tree.IsBelowAside(dir) || slices.ContainsFunc(found, within) {
			continue
		}
		a := &stack.App{Tree: t, Service: stack.Service{Dir: dir}}
		if a.Recognise(stacks) {
			a.FoundAt = tree.Evidence{File: path.Join(dir, "index.html")}
			a.Note(tree.Evidence{File: path.Join(dir, "index.html"), Text: "pages without a package.json"})
			found = append(found, a)
		} else if t.Directory(dir).Has("pubspec.yaml") {
			t.LeaveOut(dir, "an application of Flutter, which runs on the machine itself: start it with `flutter run` there", tree.Evidence{File: path.Join(dir, "pubspec.yaml")})
		} else if page := withoutIndex(t, dir); page != "" {
			t.LeaveOut(dir, "pages without an index.html: add one, or a service that serves them", tree.Evidence{File: page})
		}
	}
	return found
}

// pageDirectories are the names that people give the directory of a project's pages.
var pageDirectories = []string{"frontend", "front-end", "front", "client", "web", "website", "ui"}

// withoutIndex is a page below a directory that is named for pages and has neither an index.html nor a
// package.json there; empty for none.
func withoutIndex(t *tree.Tree, dir string) string {
	if !slices.Contains(pageDirectories, strings.ToLower(dir)) || t.Directory(dir).Has("package.json") {
		return ""
	}
	for _, f := range t.Below(dir, func(f *tree.Directory) bool { return !f.Has("package.json") && !tree.IsAside(f.Path) }) {
		for _, name := range f.Names {
			if path.Ext(name) == ".html" {
				return path.Join(f.Path, name)
			}
		}
	}
	return ""
}

// routes is code of pages that have paths of their own.
var routes = lazyregexp.New(`\bhistory\.(?:push|replace)State\(|\bcreateWebHistory\(|\b(?:create)?BrowserRouter\b|\bnew Navigo\(`)

// hasRoutes says whether a page changes the path of its address, so that a path without a file
// is the page's.
func hasRoutes(a *stack.App) bool {
	files := 0
	for _, f := range a.Tree.Below(a.Dir, func(f *tree.Directory) bool { return !tree.IsAside(path.Base(f.Path)) }) {
		for _, name := range f.Names {
			if !slices.Contains(Language.Extensions, path.Ext(name)) || files == maxFiles {
				continue
			}
			files++
			if routes.MatchString(a.Tree.Source(path.Join(f.Path, name)).Text) {
				return true
			}
		}
	}
	return false
}

// commands serve the directory. https://browsersync.io/docs/command-line,
// https://github.com/vercel/serve
func commands(a *stack.App) stack.Commands {
	port := strconv.Itoa(a.Port.Number)
	start := stack.Commands{
		Dev: []string{
			"browser-sync", "start", "--server", ".", "--files", "**/*", "--ignore", "node_modules",
			"--port", port, "--no-open", "--no-ui", "--no-notify", "--no-online", "--no-ghost-mode",
		},
		Prod: []string{"serve", "--listen", port, "."},
	}
	if hasRoutes(a) {
		start.Dev = append(start.Dev, "--single")
		start.Prod = slices.Insert(start.Prod, 1, "--single")
	}
	return start
}
