package golang

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// newest is the release for a module that asks for none, or for one older than images with
// the Debian of ours.
const newest = "1.26"

// oldest is the first release with an image of Debian bookworm that is still built.
const oldest = "1.21"

// module reads a go.mod; nil where there is none that can be read. Directives that this
// release of the parser does not know are passed over.
func module(t *tree.Tree, dir string) *modfile.File {
	text := []byte(t.Text(path.Join(dir, "go.mod")))
	f, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		f, err = modfile.ParseLax("go.mod", text, nil)
	}
	if err != nil {
		return nil
	}
	return f
}

func modulePath(t *tree.Tree, dir string) string {
	return modfile.ModulePath([]byte(t.Text(path.Join(dir, "go.mod"))))
}

// version is the newer one of the directives go and toolchain: a toolchain of at least that
// builds the module.
func version(a *stack.App) (string, tree.Evidence) {
	name := path.Join(a.Dir, "go.mod")
	f := module(a.Tree, a.Dir)
	if f == nil || f.Go == nil {
		return newest, tree.Evidence{Text: "the newest Go"}
	}
	asked, why := f.Go.Version, tree.At(name, f.Go.Syntax.Start.Line, "go "+f.Go.Version)
	if f.Toolchain != nil {
		if named := strings.TrimPrefix(f.Toolchain.Name, "go"); semver.Compare("v"+named, "v"+asked) > 0 {
			asked, why = named, tree.At(name, f.Toolchain.Syntax.Start.Line, "toolchain "+f.Toolchain.Name)
		}
	}
	line := stack.PlainVersion(strings.TrimPrefix(semver.MajorMinor("v"+asked), "v"))
	if line == "" || semver.Compare("v"+line, "v"+oldest) < 0 {
		why.Text += ", which the newest Go builds too"
		return newest, why
	}
	return line, why
}

// packagesOf says which files decide the dependencies, and from which directory the image is
// built: that of a workspace, or one that holds the directories of replace directives too.
func packagesOf(a *stack.App) stack.Packages {
	t, directory := a.Tree, a.Directory()
	p := stack.Packages{Manager: "go", Manifest: "go.mod"}
	if directory.Has("go.sum") {
		p.Lock = "go.sum"
	}
	members := modulesOf(t, a.Dir)
	if top := above(a.Dir, members); top != a.Dir {
		p.Workspace = top
	}
	root := cmp.Or(p.Workspace, a.Dir)
	if work := workspaceOf(t, a.Dir); work != "" && tree.IsBelow(root, work) {
		p.Includes = append(p.Includes, files(t, root, work, "go.work", "go.work.sum")...)
	}
	for _, dir := range members {
		if dir != root {
			p.Members = append(p.Members, tree.Relative(root, dir))
		}
		p.Includes = append(p.Includes, files(t, root, dir, "go.mod", "go.sum")...)
	}
	p.Native = isNative(a)
	if t.Exists(path.Join(a.Dir, "vendor", "modules.txt")) {
		p.Manager, p.Includes = "", nil // vendored: nothing is downloaded
	}
	return p
}

// files are those of a directory that exist, relative to the root of the build.
func files(t *tree.Tree, root, dir string, names ...string) []string {
	var found []string
	for _, name := range names {
		if t.Directory(dir).Has(name) {
			found = append(found, tree.Relative(root, path.Join(dir, name)))
		}
	}
	return found
}

// workspaceOf is the directory of the go.work that holds the module; empty for none.
func workspaceOf(t *tree.Tree, dir string) string {
	for at := dir; ; at = path.Dir(at) {
		if t.Directory(at).Has("go.work") {
			return at
		}
		if at == "." {
			return ""
		}
	}
}

// modulesOf are the directories of the module and of those that its build reads: members of
// its workspace, and what replace directives name, sorted.
func modulesOf(t *tree.Tree, dir string) []string {
	all := []string{dir}
	add := func(from, to string) {
		if to = path.Join(from, to); !strings.HasPrefix(to, "..") && t.Directory(to).Has("go.mod") && !slices.Contains(all, to) {
			all = append(all, to)
		}
	}
	if top := workspaceOf(t, dir); top != "" {
		work, err := modfile.ParseWork("go.work", []byte(t.Text(path.Join(top, "go.work"))), nil)
		if err == nil && slices.ContainsFunc(work.Use, func(u *modfile.Use) bool { return path.Join(top, u.Path) == dir }) {
			for _, u := range work.Use {
				add(top, u.Path)
			}
		}
	}
	for i := 0; i < len(all) && i < maxModules; i++ {
		f := module(t, all[i])
		if f == nil {
			continue
		}
		for _, r := range f.Replace {
			if r.New.Version == "" && !path.IsAbs(r.New.Path) {
				add(all[i], r.New.Path)
			}
		}
	}
	slices.Sort(all)
	return all
}

// maxModules bounds how far replace directives are followed.
const maxModules = 50

// above is the nearest directory that holds all of the modules, and the workspace's file.
func above(dir string, modules []string) string {
	top := dir
	for _, m := range modules {
		for top != "." && m != top && !tree.IsBelow(top, m) {
			top = path.Dir(top)
		}
	}
	return top
}

// native are modules that compile C code.
var native = []string{
	"github.com/mattn/go-sqlite3", "gorm.io/driver/sqlite", "github.com/confluentinc/confluent-kafka-go", "github.com/chai2010/webp",
	"github.com/h2non/bimg", "github.com/davidbyttow/govips", "gocv.io/x/gocv", "github.com/godror/godror", "github.com/marcboeker/go-duckdb",
}

var importsC = lazyregexp.New(`(?m)^import "C"`)

// isNative says whether the build needs a C compiler, and its program the C library.
func isNative(a *stack.App) bool {
	text := a.Tree.Text(path.Join(a.Dir, "go.mod"))
	return stack.HasOne(text, native...) ||
		slices.ContainsFunc(reached(a.Tree, a.Dir, a.Entry), func(f tree.File) bool { return importsC.MatchString(f.Text) })
}

// wants is what a go.mod says of a module.
func wants(read func(string) string, name string) (versions string, found bool) {
	return stack.Match(read("go.mod"), `(?m)^\s*(?:require\s+)?`+name+`(?:/v\d+)?\s+v?(\S+)`)
}

// image is the official image, with the Debian release in its tag.
func image(version string) untrusted.Inert {
	tag, whole := stack.ImageTag(version)
	switch {
	case tag == "":
		return image(newest)
	case whole:
		return "golang:" + tag
	}
	return "golang:" + tag + "-bookworm"
}

// installation is what the template reads as .Install.
type installation struct {
	Download bool              // modules are downloaded: they are not vendored
	Sources  untrusted.Inert   // names of files after whose edit the program is built again, as find takes them
	Tools    []untrusted.Inert // the commands that install what setup steps need, for sh
	Build    untrusted.Inert   // the command that builds it for development, for sh
}

func install(q *untrusted.Quoter, s stack.Service, _ *stack.Stack) any {
	program := cmp.Or(s.Module, ".")
	return installation{
		Download: s.Packages.Manager != "",
		Tools:    stack.Tools(q, s),
		Sources:  `-name "*.go" -o -name "go.*" -o -name "*.html" -o -name "*.tmpl" -o -name "*.gohtml" -o -name "*.sql" -o -name "*.css" -o -name "*.js" -o -name "*.yaml" -o -name "*.yml" -o -name "*.toml" -o -name ".env"`,
		Build:    q.Shell("go", "build", "-o", "/tmp/app", program),
	}
}

// copies are the files that decide which modules are downloaded, each directory's as one
// COPY takes them.
func copies(q *untrusted.Quoter, s stack.Service) []untrusted.Inert {
	p := s.Packages
	if p.Manager == "" {
		return nil
	}
	var layers []untrusted.Inert
	for i := 0; i < len(p.Includes); {
		dir := path.Dir(p.Includes[i])
		words := []string{}
		for ; i < len(p.Includes) && path.Dir(p.Includes[i]) == dir; i++ {
			words = append(words, p.Includes[i])
		}
		to := "./"
		if dir != "." {
			to = dir + "/"
		}
		layers = append(layers, q.Copy(append(words, to)...))
	}
	return layers
}
