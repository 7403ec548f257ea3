// Package elixir has the stack of Phoenix.
package elixir

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Language is what all services of Elixir share.
var Language = stack.Language{
	Name:         "elixir",
	Manifests:    []string{"mix.exs"},
	Files:        []string{"mix.lock"},
	Locks:        []string{"mix.lock"},
	Extensions:   []string{".ex", ".exs"},
	Versions:     []string{newest},
	Search:       search,
	Describe:     describe,
	Version:      version,
	Uses:         uses,
	LoopbackOnly: hidden,
	Image:        image,
	Copies:       copies,
	Install:      install,
	KeptDirs:     keeps,
	Getenv:       func(name, or string) string { return `System.get_env("` + name + `", "` + or + `")` },
	RendersPages: lazyregexp.New(`\brender\(|~H"""`),
	LoadsEnvFile: lazyregexp.New(`\bdotenvy?\b|\bDotenvy?\b`),
	AllowsCORS:   lazyregexp.New(`\bplug\s*\(?\s*(?:CORSPlug|Corsica)\b|access-control-allow-origin`),
}

// Phoenix is an application of Phoenix: https://hexdocs.pm/phoenix/up_and_running.html.
var Phoenix = stack.Stack{
	Name: "phoenix", Title: "Phoenix", Language: &Language, Port: 4000,
	Find: func(a *stack.App) bool {
		file := tree.File{Path: path.Join(a.Dir, "mix.exs"), Text: a.Tree.Text(path.Join(a.Dir, "mix.exs"))}
		at := phoenix.FindStringIndex(file.Text)
		if at == nil || len(a.Tree.Directory(path.Join(a.Dir, "config")).Names) == 0 { // a library for Phoenix has no config
			return false
		}
		a.FoundAt = file.At(at[0], "phoenix")
		return true
	},
	FindPort: func(a *stack.App) (stack.Port, bool) {
		return stack.PortIn([]tree.File{a.Tree.Source(path.Join(a.Dir, devConfig)), a.Tree.Source(path.Join(a.Dir, "config", "runtime.exs"))}, ports...)
	},
	Commands: commands,
	Migrate: func(a *stack.App) []string {
		if !ecto.MatchString(a.Tree.Text(path.Join(a.Dir, "mix.exs"))) {
			return nil
		}
		const seeds = "priv/repo/seeds.exs"
		if stack.HasCode(a.Tree.Text(path.Join(a.Dir, seeds)), "#") {
			a.Seed = stack.OnceFrom(a.Tree, []string{"mix", "run", seeds}, path.Join(a.Dir, seeds))
		}
		return []string{"mix", "do", "ecto.create", "--quiet,", "ecto.migrate"}
	},
	Settings: []string{"MIX_ENV", "PHX_SERVER", "PHX_HOST", "POOL_SIZE", "ECTO_IPV6", "DNS_CLUSTER_QUERY", "RELEASE_NAME"},
	Listen:   stack.Listen{Prints: lazyregexp.New(`Running \S+Endpoint with \S+ \S+ at (?:127\.0\.0\.1|::1)`), Hint: "write ip: {0, 0, 0, 0} in config/dev.exs"},
	Failures: []stack.Failure{
		{
			Reason: "elixir-version", InBuild: true,
			Pattern:  lazyregexp.New(`You're trying to run :(?P<app>\w+) on Elixir v(?P<has>[\d.]+) but it has declared in its mix\.exs file it supports only Elixir (?P<wants>.+?)\s*$`),
			Sentence: "the image has Elixir $has, and mix.exs demands $wants",
			Hint:     "change FROM in the Dockerfile to that version of elixir",
			Example:  "** (Mix) You're trying to run :hello on Elixir v1.14.0 but it has declared in its mix.exs file it supports only Elixir ~> 1.15",
		},
	},
}

const devConfig = "config/dev.exs"

var (
	phoenix  = lazyregexp.New(`\{\s*:phoenix\s*,`)
	ecto     = lazyregexp.New(`\{\s*:ecto_sql\s*,`)
	appName  = lazyregexp.New(`\bapp:\s*:(\w+)`)
	demands  = lazyregexp.New(`\belixir:\s*"[^"]*?(\d+\.\d+)`)
	loopback = lazyregexp.New(`\bip:\s*\{\s*(?:127\s*,\s*0\s*,\s*0\s*,\s*1|0(?:\s*,\s*0){6}\s*,\s*1)\s*\}`)
	assets   = lazyregexp.New(`"assets\.setup"\s*:`)
	deploys  = lazyregexp.New(`"assets\.deploy"\s*:`)
	ports    = []*lazyregexp.Regexp{lazyregexp.New(`\bhttp:\s*\[[^\]]*?\bport:\s*(?:String\.to_integer\(\s*System\.get_env\(\s*"PORT"\s*\)?\s*(?:,|\|\|)\s*)?"?(\d{2,5})\b`)}
	reads    = lazyregexp.New(`\bSystem\.(get_env|fetch_env!?)\(\s*"([A-Za-z_]\w*)"\s*\)?(\s*(?:,|\|\|)\s*(?:"([^"\n]*)")?)?`)
)

func search(t *tree.Tree, stacks []*stack.Stack) []*stack.App {
	var found []*stack.App
	for _, dir := range t.Paths {
		f := t.Directory(dir)
		if !f.Has("mix.exs") || tree.IsAside(path.Base(dir)) {
			continue
		}
		a := &stack.App{Tree: t, Service: stack.Service{Dir: dir}}
		if a.Recognise(stacks) {
			found = append(found, a)
		} else if text := t.Text(path.Join(dir, "mix.exs")); stack.Explains(f) && !strings.Contains(text, "apps_path:") && stack.HasOne(text, ":plug_cowboy", ":bandit") {
			t.LeaveOut(dir, "no stack for Elixir without Phoenix: add a Dockerfile with EXPOSE", tree.Evidence{File: path.Join(dir, "mix.exs")})
		}
	}
	return found
}

func describe(a *stack.App) {
	text := a.Tree.Text(path.Join(a.Dir, "mix.exs"))
	a.Packages.Manager, a.Packages.Manifest = "mix", "mix.exs"
	if a.Directory().Has("mix.lock") {
		a.Packages.Lock = "mix.lock"
	}
	if m := appName.FindStringSubmatch(text); m != nil {
		a.PackageName, a.Module = m[1], m[1]
	}
	if assets.MatchString(text) {
		a.Packages.After = []stack.Step{{Command: []string{"mix", "assets.setup"}}}
	}
	if a.FoundAt != (tree.Evidence{}) {
		a.Note(a.FoundAt)
	}
}

// newest is the release for a project that asks for none, or for one that it is compatible with.
const newest = "1.18"

// version is the newest: Elixir runs what was written for its older releases.
func version(a *stack.App) (string, tree.Evidence) {
	for _, file := range a.VersionFiles("elixir", ".tool-versions") {
		if major, minor, ok := stack.Parts(file.Text); ok && major == 1 {
			_ = minor
			return strings.Join(strings.SplitN(strings.SplitN(file.Text, "-", 2)[0], ".", 3)[:2], "."), file
		}
	}
	file := tree.File{Path: path.Join(a.Dir, "mix.exs"), Text: a.Tree.Text(path.Join(a.Dir, "mix.exs"))}
	if at := demands.FindStringSubmatchIndex(file.Text); at != nil {
		return newest, file.At(at[0], "elixir "+stack.Group(file.Text, at, 1)+" or newer")
	}
	return newest, tree.Evidence{Text: "the newest Elixir"}
}

// hidden is where the configuration of development listens on 127.0.0.1 alone.
func hidden(a *stack.App) tree.Evidence {
	file := a.Tree.Source(path.Join(a.Dir, devConfig))
	if at := loopback.FindStringIndex(file.Text); at != nil {
		return file.At(at[0], "listens on 127.0.0.1 alone")
	}
	return tree.Evidence{}
}

// uses are the variables that a source reads. What runtime.exs reads counts in production only.
func uses(source tree.File) []stack.Use {
	if base := path.Base(source.Path); base == "runtime.exs" || base == "prod.exs" {
		return nil
	}
	var found []stack.Use
	for _, m := range reads.FindAllStringSubmatchIndex(source.Text, -1) {
		name := stack.Group(source.Text, m, 2)
		found = append(found, stack.Use{
			Name: name, Value: stack.Group(source.Text, m, 4), Set: m[6] >= 0, Where: source.At(m[0], name),
			Required: stack.Group(source.Text, m, 1) == "fetch_env!",
		})
	}
	return found
}

// commands serve the source, and in production a release.
func commands(a *stack.App) stack.Commands {
	start := stack.Commands{Dev: []string{"mix", "phx.server"}}
	if a.Module == "" {
		return start
	}
	start.Build = []string{"mix", "release"}
	if deploys.MatchString(a.Tree.Text(path.Join(a.Dir, "mix.exs"))) {
		start.Build = []string{"mix", "do", "assets.deploy,", "release"}
	}
	start.Prod = []string{"bin/" + a.Module, "start"}
	return start
}

func image(version string) untrusted.Inert {
	if tag, _ := stack.ImageTag(version); tag != "" {
		return "elixir:" + tag
	}
	return "elixir:" + newest
}

// copies are the files that say which packages there are.
func copies(q *untrusted.Quoter, s stack.Service) []untrusted.Inert {
	if s.Packages.Manifest == "" {
		return nil
	}
	return []untrusted.Inert{q.Copy("mix.exs", "mix.lock*", "./")}
}

// installation is how the packages get into the image.
type installation struct {
	Assets  bool   // mix downloads tools for the assets
	Release string // the directory of what production runs, below the source
}

func install(_ *untrusted.Quoter, s stack.Service, _ *stack.Stack) any {
	return installation{Assets: len(s.Packages.After) > 0, Release: path.Join(s.Workdir(), "_build/prod/rel", s.Module)}
}

// keeps are the packages and what was compiled, which lie in the source.
func keeps(s stack.Service) []string {
	return []string{path.Join(s.Member(), "deps"), path.Join(s.Member(), "_build")}
}
