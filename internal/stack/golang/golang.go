// Package golang has the stack of Go: modules with programs that listen.
package golang

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// Language is what all stacks of Go share.
var Language = stack.Language{
	Name:         "golang",
	Manifests:    []string{"go.mod"},
	Files:        []string{"go.sum", "go.work", "go.work.sum"},
	Extensions:   []string{".go"},
	Versions:     []string{newest},
	Search:       search,
	Describe:     describe,
	LoopbackOnly: hidden,
	Version:      version,
	Address:      address,
	Ports:        ports,
	Routes:       routes,
	Uses:         uses,
	VersionRange: wants,
	Image:        image,
	Copies:       copies,
	Install:      install,
	Migration:    migration,
	LoadsEnvFile: lazyregexp.New(`\bgodotenv\b|"\.env"`),
	// What godotenv and viper report of a missing file is fatal in most programs.
	NeedsEnvFile: lazyregexp.New(`\bgodotenv\.(?:Load|Overload|Read)\((?:"(?:\./)?\.env")?\)[^{}]{0,80}\{[^{}]{0,200}?(?:\bFatal|\bpanic\(|\bPanic|\bos\.Exit\(|\breturn\b[^\n]*\b[eE]rr)|\bviper\.SetConfigFile\("(?:\./)?\.env"\)`),
	Getenv:       func(name, _ string) string { return `os.Getenv("` + name + `")` },
	RendersPages: lazyregexp.New(`\.ExecuteTemplate\(|\btemplate\.(?:Must|ParseFiles|ParseGlob|ParseFS)\b|\.HTML\(http\.|\.HTML\(200|\bhttp\.FileServer(?:FS)?\(|\bgin\.Static|\.Render\(`),
	AllowsCORS:   lazyregexp.New(`Access-Control-Allow-Origin|\bcors\.(?:New|Handler|Default|AllowAll|Options|Config)\b|\bmiddleware\.CORS|\bhandlers\.CORS\(`),
}

// Go is a program that listens. What it is written with changes nothing in how it is built.
var Go = stack.Stack{
	Name: "go", Aliases: []string{"golang"}, Title: "Go", Language: &Language, Port: 8080,
	Find:     find,
	Commands: commands,
	FindPort: func(a *stack.App) (stack.Port, bool) { return stack.PortIn(reached(a.Tree, a.Dir, a.Entry), ports...) },
	Settings: []string{"GIN_MODE", "GOPATH", "GOCACHE", "GOFLAGS", "GOOS", "GOARCH", "GOMAXPROCS", "GODEBUG", "CGO_ENABLED"},
	Failures: failures,
}

// frameworks are titles by the module that shows them, those on top of others first.
var frameworks = []struct{ module, title string }{
	{"github.com/gin-gonic/gin", "Gin"},
	{"github.com/labstack/echo", "Echo"},
	{"github.com/gofiber/fiber", "Fiber"},
	{"github.com/go-chi/chi", "chi"},
	{"github.com/gorilla/mux", "gorilla/mux"},
	{"github.com/beego/beego", "Beego"},
	{"github.com/julienschmidt/httprouter", "httprouter"},
	{"google.golang.org/grpc", "gRPC"},
}

var (
	mainPackage = lazyregexp.New(`(?m)^package main\b`)
	mainFunc    = lazyregexp.New(`(?m)^func main\(\)`)
	// listens is what a program that serves something holds.
	listens = lazyregexp.New(`\bListenAndServe(?:TLS)?\(|\bListen(?:TLS|TLSWithCertificate)?\(|\bhttp\.Serve(?:TLS)?\(|\bhttp\.Server\{|\.(?:Run|RunTLS|Start|StartTLS|StartServer)\((?:"|fmt\.|":"|\w+\.Sprintf|addr|address|port|host|cfg|config|os\.Getenv|listen|server)|\b(?:r|router|engine|g|server|srv)\.Run\(\)`)
)

// maxFiles bounds the sources of one module that are opened.
const maxFiles = 400

// search finds the programs of each module that listen: several of one module are several
// services, the likeliest first.
func search(t *tree.Tree, stacks []*stack.Stack) []*stack.App {
	var found []*stack.App
	for _, dir := range t.Paths {
		if !t.Directory(dir).Has("go.mod") || tree.IsAside(dir) {
			continue
		}
		programs := programsOf(t, dir)
		before := len(found)
		for _, entry := range programs {
			a := &stack.App{Tree: t, Service: stack.Service{Dir: dir}, Entry: entry}
			if a.Recognise(stacks) {
				found = append(found, a)
			} else if path.Dir(entry) != "." {
				t.Reject(path.Join(dir, path.Dir(entry)), "a Go program that listens on no port that devup can see", tree.At(path.Join(dir, entry), 1, "package main"))
			}
		}
		if len(found) > before || !stack.Explains(t.Directory(dir)) {
			continue
		}
		if len(programs) > 0 {
			t.LeaveOut(dir, programs[0]+" listens on no port that devup can see: add a Dockerfile with EXPOSE", tree.Evidence{File: path.Join(dir, "go.mod")})
			continue
		}
		t.Reject(dir, "a Go module without a program: nothing in it is package main", tree.Evidence{File: path.Join(dir, "go.mod")})
	}
	leaveOutLoose(t)
	return found
}

// leaveOutLoose names programs that no module holds, which nothing can build.
func leaveOutLoose(t *tree.Tree) {
	left := maxLoose
	for _, dir := range t.Paths {
		f := t.Directory(dir)
		if !slices.ContainsFunc(f.Names, func(name string) bool { return path.Ext(name) == ".go" }) || moduleAbove(t, dir) {
			continue
		}
		for _, name := range f.Names {
			if path.Ext(name) != ".go" || left == 0 {
				continue
			}
			left--
			if text := t.Source(path.Join(dir, name)).Text; mainPackage.MatchString(text) && listens.MatchString(text) {
				t.LeaveOut(dir, "a Go program without a go.mod: run `go mod init` and `go mod tidy` there", tree.Evidence{File: path.Join(dir, name)})
				break
			}
		}
	}
}

// maxLoose bounds the sources outside of modules that are opened.
const maxLoose = 400

// moduleAbove says whether a directory lies in a module.
func moduleAbove(t *tree.Tree, dir string) bool {
	for at := dir; ; at = path.Dir(at) {
		if t.Directory(at).Has("go.mod") {
			return true
		}
		if at == "." {
			return false
		}
	}
}

// find takes the app's entry, or looks for one, where its program listens.
func find(a *stack.App) bool {
	entries := []string{a.Entry}
	if a.Entry == "" { // the user named the stack
		entries = programsOf(a.Tree, a.Dir)
	}
	for _, entry := range entries {
		for _, source := range reached(a.Tree, a.Dir, entry) {
			if at := listens.FindStringIndex(source.Text); at != nil {
				a.Entry, a.FoundAt = entry, source.At(at[0], "listens")
				return true
			}
		}
	}
	return false
}

// programsOf are the files with func main of a module, relative to its directory: that of
// the directory itself, then those with the name of a server, then the others.
func programsOf(t *tree.Tree, dir string) []string {
	var programs []string
	files := 0
	for _, f := range t.Below(dir, ownDirectory(t)) {
		for _, name := range f.Names {
			if path.Ext(name) != ".go" || tree.IsTest(name) || files == maxFiles {
				continue
			}
			files++
			if text := t.Source(path.Join(f.Path, name)).Text; mainPackage.MatchString(text) && mainFunc.MatchString(text) {
				programs = append(programs, tree.Relative(dir, path.Join(f.Path, name)))
				break
			}
		}
	}
	slices.SortStableFunc(programs, func(a, b string) int { return programRank(a) - programRank(b) })
	return programs
}

// ownDirectory says whether a directory below a module belongs to it and runs.
func ownDirectory(t *tree.Tree) func(*tree.Directory) bool {
	return func(f *tree.Directory) bool {
		name := path.Base(f.Path)
		return !f.Has("go.mod") && !tree.IsAside(f.Path) && name != "tools" && name != "vendor"
	}
}

func programRank(entry string) int {
	dir := path.Dir(entry)
	switch name := path.Base(dir); {
	case dir == ".":
		return 0
	case slices.Contains([]string{"server", "api", "web", "app", "http", "main", "serve", "httpd", "rest"}, name):
		return 1
	case strings.Contains(name, "server") || strings.Contains(name, "api") || strings.Contains(name, "web"):
		return 2
	}
	return 3
}

// reached are the sources of a program: its own package and those of its module that it
// imports, directly or through others, its own first.
func reached(t *tree.Tree, dir, entry string) []tree.File {
	module := modulePath(t, dir)
	var sources []tree.File
	packages := []string{path.Join(dir, path.Dir(entry))}
	for i := 0; i < len(packages); i++ {
		f := t.Directory(packages[i])
		for _, name := range f.Names {
			if path.Ext(name) != ".go" || tree.IsTest(name) || len(sources) == maxFiles {
				continue
			}
			source := t.Source(path.Join(f.Path, name))
			sources = append(sources, source)
			for _, match := range imports.FindAllStringSubmatch(source.Text, -1) {
				below, ok := strings.CutPrefix(match[1], module+"/")
				if next := path.Join(dir, below); ok && module != "" && !slices.Contains(packages, next) {
					packages = append(packages, next)
				}
			}
		}
	}
	return sources
}

var imports = lazyregexp.New(`(?m)^\s*(?:import\s+)?(?:[\w.]+\s+)?"([^"\s]+)"\s*$`)

func describe(a *stack.App) {
	if a.Entry == "" {
		a.Entry = "main.go"
	}
	a.Module = "./" + path.Dir(a.Entry)
	if path.Dir(a.Entry) == "." {
		a.Module = "."
	}
	a.Packages = packagesOf(a)
	if base := path.Base(path.Dir(a.Entry)); base != "." {
		a.PackageName = base
	} else {
		a.PackageName = path.Base(modulePath(a.Tree, a.Dir))
	}
	text := a.Tree.Text(path.Join(a.Dir, "go.mod"))
	for _, f := range frameworks {
		if at := strings.Index(text, f.module); at >= 0 {
			a.Framework = f.title
			a.Note(tree.At(path.Join(a.Dir, "go.mod"), tree.LineAt(text, at), f.module))
			break
		}
	}
	if a.FoundAt != (tree.Evidence{}) {
		a.Note(a.FoundAt)
	}
}

// commands build the program and run it, again after each edit.
func commands(a *stack.App) stack.Commands {
	program := a.Module
	if program == "" {
		program = "."
	}
	return stack.Commands{
		Dev:   stack.Reload([]string{"go", "build", "-o", "/tmp/app", program}, "/tmp/app"),
		Build: []string{"go", "build", "-trimpath", "-ldflags=-s -w", "-o", "/tmp/app", program},
		Prod:  []string{"/usr/local/bin/app"},
	}
}
