// Package rust has the stack of Rust: crates with a web framework.
package rust

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// Language is what all stacks of Rust share.
var Language = stack.Language{
	Name:               "rust",
	Manifests:          []string{"Cargo.toml"},
	Files:              []string{"Cargo.lock", "rust-toolchain", "rust-toolchain.toml", "Rocket.toml", "diesel.toml"},
	Extensions:         []string{".rs"},
	Versions:           []string{newest},
	Search:             search,
	Describe:           describe,
	LoopbackOnly:       hidden,
	Remarks:            remarks,
	Version:            version,
	Ports:              ports,
	Routes:             routes,
	Uses:               uses,
	Address:            address,
	VersionRange:       wants,
	Image:              image,
	Copies:             copies,
	Install:            install,
	Migration:          migration,
	LoadsEnvFile:       lazyregexp.New(`\bdotenvy?\b`),
	LoadsParentEnvFile: lazyregexp.New(`\bdotenv\(\)`), // it looks in each directory up to the root
	NeedsEnvFile:       lazyregexp.New(`\bdotenv\(\)\s*(?:\.expect\(|\.unwrap\(|\?)`),
	Getenv:             func(name, or string) string { return `std::env::var("` + name + `").unwrap_or("` + or + `".into())` },
	RendersPages:       lazyregexp.New(`\bTemplate::render\(|\bServeDir::new\(|\bNamedFile\b|\bFileServer::|\bHtml\(|#\[template\(`),
	AllowsCORS:         lazyregexp.New(`\bCorsLayer\b|\bCors::(?:default|permissive|new)\(|Access-Control-Allow-Origin|\brocket_cors\b`),
}

// Rust is a program with a web framework.
var Rust = stack.Stack{
	Name: "rust", Title: "Rust", Language: &Language, Port: 3000,
	Find:     find,
	Commands: commands,
	FindPort: findPort,
	Settings: []string{"RUST_LOG", "RUST_BACKTRACE", "ROCKET_ADDRESS", "ROCKET_PORT", "CARGO_TARGET_DIR", "CARGO_HOME", "SQLX_OFFLINE"},
	ForPort:  []string{"ROCKET_PORT"},
	Listen:   stack.Listen{Prints: lazyregexp.New(`Rocket has launched from http`), Hint: "set ROCKET_ADDRESS: 0.0.0.0 and ROCKET_PORT: %d under environment"},
	Failures: failures,
}

// frameworks are crates that serve HTTP, with their titles and the ports of their default.
var frameworks = []struct {
	crate, title string
	port         int
}{
	{"axum", "axum", 3000},
	{"actix-web", "Actix Web", 8080},
	{"rocket", "Rocket", 8000},
	{"warp", "warp", 3030},
	{"poem", "Poem", 3000},
	{"salvo", "Salvo", 5800},
	{"tide", "Tide", 8080},
	{"loco-rs", "Loco", 5150},
	{"ntex", "ntex", 8080},
	{"gotham", "Gotham", 7878},
	{"rouille", "Rouille", 8000},
	{"tiny_http", "tiny_http", 8000},
	{"hyper", "hyper", 3000},
	{"tonic", "tonic", 50051},
}

// search finds crates with a program and a web framework, each in its workspace.
func search(t *tree.Tree, stacks []*stack.Stack) []*stack.App {
	var found []*stack.App
	for _, dir := range t.Paths {
		if !t.Directory(dir).Has("Cargo.toml") || tree.IsAside(dir) {
			continue
		}
		a := &stack.App{Tree: t, Service: stack.Service{Dir: dir}}
		if a.Recognise(stacks) {
			found = append(found, a)
			continue
		}
		c := crateOf(t, dir)
		switch {
		case !stack.Explains(t.Directory(dir)): // its Dockerfile does
		case c == nil:
			t.LeaveOut(dir, "Cargo.toml is not valid TOML", tree.Evidence{File: path.Join(dir, "Cargo.toml")})
		case c.dependsOn("tauri"):
			t.Reject(dir, "a desktop app (Tauri)", tree.Evidence{File: path.Join(dir, "Cargo.toml")})
		case c.dependsOn(ofLeptos...):
			t.LeaveOut(dir, "an app of Leptos, whose pages cargo alone does not build: run `cargo leptos watch` there, or add a Dockerfile with EXPOSE", tree.Evidence{File: path.Join(dir, "Cargo.toml")})
		case c.dependsOn("yew", "leptos", "sycamore", "dioxus", "seed", "wasm-bindgen"):
			t.LeaveOut(dir, "pages in WebAssembly: run `trunk serve` there, or add a Dockerfile with EXPOSE", tree.Evidence{File: path.Join(dir, "Cargo.toml")})
		case c.Package.Name != "" && len(c.programs()) > 0 && !seaMigrator.MatchString(t.Text(path.Join(dir, "src/main.rs"))):
			t.LeaveOut(dir, "no web framework that devup knows: add a Dockerfile with EXPOSE", tree.Evidence{File: path.Join(dir, "Cargo.toml")})
		}
	}
	return found
}

// ofLeptos are what a program of Leptos serves its pages with.
var ofLeptos = []string{"leptos_axum", "leptos_actix"}

// dependsOn says whether the crate depends on one of the names.
func (c *crate) dependsOn(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return c.Dependencies[name] != nil })
}

// find is for a crate with a program that depends on a web framework.
func find(a *stack.App) bool {
	c := crateOf(a.Tree, a.Dir)
	if c == nil || c.Package.Name == "" && len(c.Workspace.Members) > 0 || c.dependsOn(ofLeptos...) {
		return false // a workspace alone: its members are looked at by themselves
	}
	for _, f := range frameworks {
		if _, ok := c.Dependencies[f.crate]; !ok {
			continue
		}
		programs := c.programs()
		if len(programs) == 0 {
			break // a library for servers
		}
		if i := slices.IndexFunc(programs, func(p program) bool { return !c.isForShuttle(p) }); i >= 0 {
			programs = programs[i:]
		}
		a.Entry, a.Script = programs[0].Path, programs[0].Name
		a.FoundAt = tree.At(path.Join(a.Dir, "Cargo.toml"), c.line(f.crate), f.crate)
		return true
	}
	return false
}

// isForShuttle says whether a program is one that only Shuttle's own runtime starts.
func (c *crate) isForShuttle(p program) bool {
	return strings.Contains(c.tree.Source(path.Join(c.dir, p.Path)).Text, "shuttle_runtime::main")
}

// remarks say what no container here starts.
func remarks(a *stack.App) {
	c := crateOf(a.Tree, a.Dir)
	if c == nil || !c.isForShuttle(program{Path: a.Entry}) {
		return
	}
	at := tree.At(path.Join(a.Dir, "Cargo.toml"), c.line("shuttle-runtime"), "shuttle-runtime is started by Shuttle's own tool alone, which also gives it its database")
	a.Remark(at, "add a program with #[tokio::main] in src/bin, which listens on 0.0.0.0 at PORT")
}

func describe(a *stack.App) {
	c := crateOf(a.Tree, a.Dir)
	if c == nil {
		a.Packages = stack.Packages{}
		return
	}
	a.PackageName, a.Module = c.Package.Name, a.Script
	for _, f := range frameworks {
		if _, ok := c.Dependencies[f.crate]; ok {
			a.Framework = f.title
			break
		}
	}
	a.Packages = packagesOf(a, c)
	if a.FoundAt != (tree.Evidence{}) {
		a.Note(a.FoundAt)
	}
}

// findPort looks into the source, into Rocket.toml, and at the default of the framework.
func findPort(a *stack.App) (stack.Port, bool) {
	if port, ok := stack.PortIn(a.Sources, ports...); ok {
		return port, ok
	}
	for _, name := range configFiles {
		file := a.Tree.Source(path.Join(a.Dir, name))
		if at := configPort.FindStringSubmatchIndex(file.Text); at != nil {
			if n, ok := stack.PortNumber(stack.Group(file.Text, at, 1)); ok {
				return stack.PortAt(n, file.At(at[2], "port "+stack.Group(file.Text, at, 1))), true
			}
		}
	}
	for _, f := range frameworks {
		if a.Framework == f.title {
			return stack.PortAt(f.port, tree.Evidence{Text: "the default of " + f.title}), true
		}
	}
	return stack.Port{}, false
}

// commands build the program and run it, again after each edit.
func commands(a *stack.App) stack.Commands {
	build := []string{"cargo", "build"}
	if a.Packages.Workspace != "" {
		build = append(build, "--package", a.PackageName)
	}
	name := a.Module
	if name == "" {
		return stack.Commands{
			Dev: stack.Reload([]string{"cargo", "build"}, "cargo", "run"), Build: append(build, "--release"), Prod: []string{"/usr/local/bin/app"},
		}
	}
	build = append(build, "--bin", name)
	return stack.Commands{
		Dev:   stack.Reload(build, target+"/debug/"+name),
		Build: append(slices.Clone(build), "--release"),
		Prod:  []string{"/usr/local/bin/app"},
	}
}

// target is where the development image keeps what was compiled, out of the mounted source.
const target = "/usr/local/cargo/target"
