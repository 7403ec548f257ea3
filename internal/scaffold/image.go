package scaffold

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/untrusted"
)

// imageView is what the Dockerfile and the .dockerignore of a service say, in
// the form in which they say it.
type imageView struct {
	Mark      untrusted.Inert
	Name      untrusted.Inert
	FileFlag  untrusted.Inert // " -f Dockerfile.api" where the Dockerfile has another name; else empty
	From      untrusted.Inert // the folder in which those commands are typed, where it is not the service's own; else empty
	Image     untrusted.Inert // the base image
	Root      untrusted.Inert // the folder in the image that holds the build context
	Workdir   string          // the folder in the image that holds the service: Root, or below it in a workspace
	Member    string          // Workdir relative to Root; empty where they are one
	Ignored   untrusted.Inert // Output as .dockerignore has it
	Port      int
	Flags     string          // NODE_OPTIONS
	Why       untrusted.Inert // the reason for Flags
	Native    bool
	Manifest  untrusted.Inert   // by name, for comments
	Listed    untrusted.Inert   // the file that says which packages, by name, for comments
	Copies    []untrusted.Inert // the files of the dependency layer, each as one COPY takes them; empty for none
	Module    string
	Dev       []string
	Build     []string
	Output    string
	Server    untrusted.Inert // what npm installs to serve the built files
	Serve     []string        // the command that serves them, in exec form
	Prod      []string
	BuildArgs []setting
	Node      nodeView
	Python    pythonView
}

// setting is an environment variable with its value.
type setting struct {
	Name  untrusted.Inert
	Value string
}

// newImageView makes the view of a service. The error is about a name of the repository
// that no Dockerfile can hold.
func newImageView(repo detect.Repository, s detect.Service) (imageView, error) {
	var g gate
	v := imageView{
		Mark:     Mark,
		Name:     untrusted.ServiceName(s.Name),
		Image:    baseImage(s.Runtime),
		Root:     root(s),
		Workdir:  workdir(s),
		Member:   memberDir(s),
		Port:     s.Port.Number,
		Flags:    s.Runtime.Flags,
		Native:   s.Packages.Native,
		Manifest: untrusted.Comment(s.Packages.Manifest),
		Listed:   untrusted.Comment(or(s.Packages.Lock, s.Packages.Manifest)),
		Module:   s.Module,
		Dev:      s.Dev,
		Build:    s.Build,
		Output:   path.Clean(s.Output),
		Server:   serve,
		Serve:    []string{"serve", "--single", "--listen", strconv.Itoa(s.Port.Number), path.Clean(s.Output)},
		Prod:     s.Prod,
	}
	if name := path.Join(v.Member, dockerfileName(repo, s)); name != "Dockerfile" {
		v.FileFlag = " -f " + g.shell(name)
	}
	if v.Member != "" {
		v.From = "the root of the workspace"
	}
	v.Ignored = g.pattern(path.Join(v.Member, v.Output))
	if s.Runtime.Language == "python" {
		v.Copies = pythonFiles(&g, s.Packages)
		v.Python = newPythonView(&g, s)
		return v, g.err
	}
	v.Why = "Its packages need this on Node " + untrusted.ImageTag(s.Runtime.Version) + "."
	if strings.Contains(s.Runtime.Flags, "openssl-legacy-provider") {
		v.Why = "Its version of webpack uses a hash that newer OpenSSL only has as legacy."
	}
	v.Copies = nodeFiles(&g, s.Packages)
	v.Node = newNodeView(s.Packages, s.Runtime.Version)
	v.Node.Modules, v.Node.Owned = modules(&g, s), owned(&g, s)
	v.BuildArgs = buildArgs(repo, s)
	return v, g.err
}

// gate quotes what has a notation in most cases, and keeps the first error.
type gate struct{ err error }

func (g *gate) keep(text untrusted.Inert, err error) untrusted.Inert {
	g.err = cmp.Or(g.err, err)
	return text
}

func (g *gate) shell(words ...string) untrusted.Inert { return g.keep(untrusted.ShellWords(words...)) }

func (g *gate) copy(paths ...string) untrusted.Inert { return g.keep(untrusted.DockerWords(paths...)) }

func (g *gate) pattern(path string) untrusted.Inert { return g.keep(untrusted.IgnorePattern(path)) }

// systemFolders are the names at the root of a Debian image.
var systemFolders = []string{
	"bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "media", "mnt", "opt", "proc", "root", "run", "sbin",
	"srv", "sys", "tmp", "usr", "var",
}

// root is the folder in the container that holds the build context: the
// service's name, so that a path in a log says which service it was. A service
// that is called like a folder of the system must not hide that.
func root(s detect.Service) untrusted.Inert {
	if slices.Contains(systemFolders, s.Name) {
		return "/srv/" + untrusted.ServiceName(s.Name)
	}
	return "/" + untrusted.ServiceName(s.Name)
}

// workdir is the folder in the container that holds the service's source.
func workdir(s detect.Service) string { return path.Join(string(root(s)), memberDir(s)) }

// contextDir is the folder in the repository that the image is built from: the
// service's own, or that of its workspace, whose lock file and libraries it needs.
func contextDir(s detect.Service) string {
	if s.Packages.Workspace != "" && s.Dockerfile == "" {
		return s.Packages.Workspace
	}
	return s.Dir
}

// memberDir is the service's folder relative to its build context; empty where it
// is that folder.
func memberDir(s detect.Service) string {
	context := contextDir(s)
	switch context {
	case s.Dir:
		return ""
	case ".":
		return s.Dir
	}
	return strings.TrimPrefix(s.Dir, context+"/")
}

// buildArgs are the variables that a frontend's build writes into its files,
// with the addresses that hold on the machine that builds.
func buildArgs(repo detect.Repository, s detect.Service) []setting {
	var args []setting
	for _, v := range wired(repo, s) {
		if strings.HasPrefix(v.Name, "REACT_APP_") || strings.HasPrefix(v.Name, "VITE_") {
			sibling, _ := find(repo, v.Sibling)
			args = append(args, setting{Name: untrusted.VariableName(v.Name), Value: localURL(sibling) + v.Path})
		}
	}
	return args
}

func localURL(s detect.Service) string { return "http://localhost:" + strconv.Itoa(s.HostPort) }
