// Package dotnet has the stack of ASP.NET Core.
package dotnet

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Language is what all services of .NET share. Their manifests have the names of the projects,
// so that search finds them.
var Language = stack.Language{
	Name:         "dotnet",
	Files:        []string{"global.json", "Directory.Build.props", "Directory.Packages.props", "nuget.config", "NuGet.config", "NuGet.Config"},
	Extensions:   []string{".cs", ".fs"},
	Versions:     []string{newest},
	Search:       search,
	Describe:     describe,
	Version:      version,
	Routes:       routes,
	Uses:         uses,
	Image:        image,
	Copies:       copies,
	Install:      install,
	KeptDirs:     keeps,
	Getenv:       func(name, _ string) string { return `Environment.GetEnvironmentVariable("` + name + `")` },
	RendersPages: lazyregexp.New(`\bAddRazorPages\(|\bAddControllersWithViews\(|\bAddRazorComponents\(|\bMapFallbackToFile\(`),
	LoadsEnvFile: lazyregexp.New(`\bDotNetEnv\b|\bdotenv\.net\b`),
	AllowsCORS:   lazyregexp.New(`\.UseCors\(|\.AddCors\(`),
}

// ASPNET is a project of ASP.NET Core.
var ASPNET = stack.Stack{
	Name: "aspnet", Aliases: []string{"dotnet"}, Title: "ASP.NET", Language: &Language, Port: 8080,
	Find:     find,
	FindPort: func(*stack.App) (stack.Port, bool) { return stack.Port{}, false }, // ASPNETCORE_URLS decides, not the profiles
	Commands: commands,
	Uses:     configured,
	Prefixes: []string{"ASPNETCORE_", "DOTNET_"},
	Settings: []string{"ASPNETCORE_ENVIRONMENT", "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "DOTNET_ENVIRONMENT", "DOTNET_USE_POLLING_FILE_WATCHER", "DOTNET_CLI_HOME"},
	Listen:   stack.Listen{Prints: lazyregexp.New(`Now listening on: https?://(?:localhost|127\.0\.0\.1)`), Hint: "leave out UseUrls and Kestrel endpoints, or set ASPNETCORE_URLS: http://0.0.0.0:%d"},
	Failures: []stack.Failure{
		{
			Reason: "dotnet-sdk", InBuild: true,
			Pattern:  lazyregexp.New(`error NETSDK1045: The current \.NET SDK does not support targeting (?P<wants>[\w .]+?)\.`),
			Sentence: "the SDK of the image is older than $wants, which the project targets",
			Hint:     "change FROM in the Dockerfile to an SDK of that version",
			Example:  "error NETSDK1045: The current .NET SDK does not support targeting .NET 9.0.  Either target .NET 8.0 or lower, or use a version of the .NET SDK that supports .NET 9.0.",
		},
	},
}

var (
	webSDK     = lazyregexp.New(`\bSdk\s*=\s*"Microsoft\.NET\.Sdk\.Web(?:/[^"]*)?"`)
	program    = lazyregexp.New(`<OutputType>\s*Library\s*</OutputType>`)
	target     = lazyregexp.New(`<TargetFrameworks?>[^<]*?net(?:coreapp)?(\d+\.\d+)`)
	references = lazyregexp.New(`<ProjectReference\s[^>]*\bInclude\s*=\s*"([^"]+)"`)
	assembly   = lazyregexp.New(`<AssemblyName>\s*([\w.-]+)\s*</AssemblyName>`)
	reads      = lazyregexp.New(`\bGetEnvironmentVariable\(\s*"([A-Za-z_]\w*)"\s*\)(\s*\?\?\s*(?:"([^"\n]*)")?)?`)
	maps       = lazyregexp.New(`\.Map(Get|Post|Put|Delete|Patch)\(\s*"(/?[^"\n]*)"`)
	attributes = lazyregexp.New(`\[Route\(\s*"([^"\n]*)"\s*\)\]`)
)

// projectIn is the project file of a directory; empty for none.
func projectIn(f *tree.Directory) string {
	for _, name := range f.Names {
		if ending := path.Ext(name); ending == ".csproj" || ending == ".fsproj" {
			return name
		}
	}
	return ""
}

func search(t *tree.Tree, stacks []*stack.Stack) []*stack.App {
	var found []*stack.App
	for _, dir := range t.Paths {
		if projectIn(t.Directory(dir)) == "" || tree.IsBelowAside(dir) || strings.HasSuffix(strings.ToLower(dir), "tests") {
			continue
		}
		a := &stack.App{Tree: t, Service: stack.Service{Dir: dir}}
		if a.Recognise(stacks) { // else a library, or a program that ends
			found = append(found, a)
		}
	}
	return found
}

func find(a *stack.App) bool {
	name := projectIn(a.Directory())
	file := tree.File{Path: path.Join(a.Dir, name), Text: a.Tree.Text(path.Join(a.Dir, name))}
	at := webSDK.FindStringIndex(file.Text)
	if name == "" || at == nil || program.MatchString(file.Text) {
		return false
	}
	a.Entry, a.FoundAt = name, file.At(at[0], "Microsoft.NET.Sdk.Web")
	return true
}

func describe(a *stack.App) {
	if a.Entry == "" {
		a.Entry = projectIn(a.Directory())
	}
	if a.Entry == "" {
		return
	}
	text := a.Tree.Text(path.Join(a.Dir, a.Entry))
	stem := strings.TrimSuffix(a.Entry, path.Ext(a.Entry))
	a.PackageName, a.Module = stem, stem
	if m := assembly.FindStringSubmatch(text); m != nil {
		a.Module = m[1]
	}
	a.Packages.Manager, a.Packages.Manifest = "dotnet", a.Entry
	a.Packages.Members, a.Packages.Above = projects(a)
	for _, dir := range slices.Compact([]string{cmp.Or(a.Packages.Above, a.Dir), a.Dir}) {
		for _, name := range shared {
			if a.Tree.Has(path.Join(dir, name)) {
				a.Packages.Includes = append(a.Packages.Includes, tree.Relative(cmp.Or(a.Packages.Above, a.Dir), path.Join(dir, name)))
			}
		}
	}
	if a.FoundAt != (tree.Evidence{}) {
		a.Note(a.FoundAt)
	}
}

// maxProjects bounds how far references between projects are followed.
const maxProjects = 50

// projects are the project files of the app and of those that it refers to, relative to the
// directory that holds them all, which is empty where that is the app's own.
func projects(a *stack.App) (members []string, above string) {
	all := []string{path.Join(a.Dir, a.Entry)}
	top := a.Dir
	for i := 0; i < len(all) && i < maxProjects; i++ {
		for _, m := range references.FindAllStringSubmatch(a.Tree.Text(all[i]), -1) {
			other := path.Join(path.Dir(all[i]), strings.ReplaceAll(m[1], `\`, "/"))
			if strings.HasPrefix(other, "..") || slices.Contains(all, other) || !a.Tree.Has(other) {
				continue
			}
			all = append(all, other)
			for top != "." && !tree.IsBelow(top, other) {
				top = path.Dir(top)
			}
		}
	}
	top = withShared(a.Tree, top)
	for _, name := range all {
		members = append(members, tree.Relative(top, name))
	}
	if top != a.Dir {
		above = top
	}
	return members, above
}

// withShared is the outermost directory above that holds files of the kind of shared, or the
// directory itself: they count for all projects below them.
func withShared(t *tree.Tree, dir string) string {
	top := dir
	for dir != "." {
		dir = path.Dir(dir)
		if t.Directory(dir).First(shared...) != "" {
			top = dir
		}
	}
	return top
}

// shared are files above projects that their builds read.
var shared = []string{"Directory.Build.props", "Directory.Packages.props", "global.json", "nuget.config", "NuGet.config", "NuGet.Config"}

// newest is the release for a project that names none.
const newest = "9.0"

// version is the one that the project targets.
func version(a *stack.App) (string, tree.Evidence) {
	for _, name := range []string{path.Join(a.Dir, a.Entry), path.Join(a.Dir, "Directory.Build.props"), "Directory.Build.props"} {
		file := tree.File{Path: name, Text: a.Tree.Text(name)}
		if at := target.FindStringSubmatchIndex(file.Text); at != nil {
			return stack.Group(file.Text, at, 1), file.At(at[0], "net"+stack.Group(file.Text, at, 1))
		}
	}
	return newest, tree.Evidence{Text: "the newest .NET"}
}

func uses(source tree.File) []stack.Use {
	var found []stack.Use
	for _, m := range reads.FindAllStringSubmatchIndex(source.Text, -1) {
		name := stack.Group(source.Text, m, 1)
		throws := m[4] >= 0 && strings.HasPrefix(source.Text[m[1]:], "throw")
		found = append(found, stack.Use{
			Name: name, Value: stack.Group(source.Text, m, 3), Set: m[4] >= 0 && !throws, Where: source.At(m[0], name),
			Required: throws, Checked: throws, Empty: true,
		})
	}
	return found
}

// routes are those of minimal APIs, and of controllers without parameters.
func routes(sources []tree.File) []stack.Route {
	var found []stack.Route
	for _, source := range sources {
		for _, m := range maps.FindAllStringSubmatchIndex(source.Text, -1) {
			found = append(found, stack.Route{
				Path: "/" + strings.TrimPrefix(stack.Group(source.Text, m, 2), "/"), Get: stack.Group(source.Text, m, 1) == "Get", At: source.At(m[0], ""),
			})
		}
		for _, m := range attributes.FindAllStringSubmatchIndex(source.Text, -1) {
			found = append(found, stack.Route{Path: "/" + strings.TrimPrefix(stack.Group(source.Text, m, 1), "/"), At: source.At(m[0], "")})
		}
	}
	return found
}

// commands watch the source. The profiles of launchSettings.json name ports of a laptop.
func commands(a *stack.App) stack.Commands {
	if a.Module == "" {
		return stack.Commands{
			Dev:   []string{"dotnet", "watch", "run", "--no-launch-profile"},
			Build: []string{"dotnet", "publish", "--configuration", "Release", "--output", "/publish", "-p:AssemblyName=app"},
			Prod:  []string{"dotnet", "app.dll"},
		}
	}
	return stack.Commands{
		Dev:   []string{"dotnet", "watch", "--project", a.Packages.Manifest, "run", "--no-launch-profile"},
		Build: []string{"dotnet", "publish", a.Packages.Manifest, "--configuration", "Release", "--output", "/publish"},
		Prod:  []string{"dotnet", a.Module + ".dll"},
	}
}

func image(version string) untrusted.Inert { return tagged("sdk", version) }

func tagged(kind untrusted.Inert, version string) untrusted.Inert {
	if tag, _ := stack.ImageTag(version); tag != "" {
		return "mcr.microsoft.com/dotnet/" + kind + ":" + tag
	}
	return "mcr.microsoft.com/dotnet/" + kind + ":" + newest
}

// copies are the project files, each where it belongs.
func copies(q *untrusted.Quoter, s stack.Service) []untrusted.Inert {
	var all []untrusted.Inert
	for _, file := range slices.Concat(s.Packages.Members, s.Packages.Includes) {
		all = append(all, q.Copy(file, inDirectory(file)))
	}
	return all
}

// inDirectory is the directory of a file as COPY takes it.
func inDirectory(file string) string {
	if dir := path.Dir(file); dir != "." {
		return "./" + dir + "/"
	}
	return "./"
}

// installation is how the packages get into the image.
type installation struct {
	Runtime untrusted.Inert // the image of production
	Project untrusted.Inert // the project file, for sh; empty for none
	Owned   untrusted.Inert // the directories that builds write, for sh
}

func install(q *untrusted.Quoter, s stack.Service, _ *stack.Stack) any {
	v := installation{Runtime: tagged("aspnet", s.Runtime.Version), Owned: q.Shell(keeps(s)...)}
	if len(s.Packages.Members) > 0 {
		v.Project = q.Shell(s.Packages.Members[0])
	}
	return v
}

// keeps are what builds write, for each project: those of this machine do not fit the image.
func keeps(s stack.Service) []string {
	dirs := []string{path.Join(s.Member(), "bin"), path.Join(s.Member(), "obj")}
	for _, member := range s.Packages.Members {
		for _, name := range []string{"bin", "obj"} {
			if dir := path.Join(path.Dir(member), name); !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs
}
