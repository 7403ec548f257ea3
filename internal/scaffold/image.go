package scaffold

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/detect"
)

// imageView is what the Dockerfile and the .dockerignore of a service say, in
// the form in which they say it.
type imageView struct {
	Mark      string
	Name      string
	FileFlag  string // " -f Dockerfile.api" where the Dockerfile has another name; else empty
	From      string // the folder in which those commands are typed, where it is not the service's own; else empty
	Image     string // the base image
	Root      string // the folder in the image that holds the build context
	Workdir   string // the folder in the image that holds the service: Root, or below it in a workspace
	Member    string // Workdir relative to Root; empty where they are one
	Ignored   string // Output as .dockerignore has it
	Port      int
	Flags     string // NODE_OPTIONS
	Why       string // the reason for Flags
	Native    bool
	Manifest  string
	Lock      string
	Copies    []string // the files of the dependency layer, each as one COPY takes them; empty for none
	Module    string
	Dev       []string
	Build     []string
	Output    string
	Prod      []string
	BuildArgs []setting
	Node      nodeView
	Python    pythonView
}

// setting is an environment variable with its value.
type setting struct{ Name, Value string }

func newImageView(repo detect.Repository, s detect.Service) imageView {
	v := imageView{
		Mark:     Mark,
		Name:     s.Name,
		Image:    baseImage(s.Runtime),
		Root:     root(s),
		Workdir:  workdir(s),
		Member:   memberDir(s),
		Port:     s.Port.Number,
		Flags:    s.Runtime.Flags,
		Native:   s.Packages.Native,
		Manifest: s.Packages.Manifest,
		Lock:     s.Packages.Lock,
		Module:   s.Module,
		Dev:      s.Dev,
		Build:    s.Build,
		Output:   path.Clean(s.Output),
		Prod:     s.Prod,
	}
	if name := dockerfileName(repo, s); name != "Dockerfile" {
		v.FileFlag = " -f " + name
	}
	v.Ignored = v.Output
	if v.Member != "" {
		v.FileFlag = " -f " + shellWord(path.Join(v.Member, dockerfileName(repo, s)))
		v.From = "the root of the workspace"
		v.Ignored = path.Join(v.Member, v.Output)
	}
	if s.Runtime.Language == "python" {
		v.Copies = pythonFiles(s.Packages)
		v.Python = newPythonView(s)
		return v
	}
	v.Why = "Its packages need this on Node " + s.Runtime.Version + "."
	if strings.Contains(s.Runtime.Flags, "openssl-legacy-provider") {
		v.Why = "Its version of webpack uses a hash that newer OpenSSL only has as legacy."
	}
	v.Copies = nodeFiles(s.Packages)
	v.Node = newNodeView(s.Packages, s.Runtime.Version)
	v.Node.Modules, v.Node.Owned = modules(s), owned(s)
	v.BuildArgs = buildArgs(repo, s)
	return v
}

// systemFolders are the names at the root of a Debian image.
var systemFolders = []string{
	"bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "media", "mnt", "opt", "proc", "root", "run", "sbin",
	"srv", "sys", "tmp", "usr", "var",
}

// root is the folder in the container that holds the build context: the
// service's name, so that a path in a log says which service it was. A service
// that is called like a folder of the system must not hide that.
func root(s detect.Service) string {
	if slices.Contains(systemFolders, s.Name) {
		return "/srv/" + s.Name
	}
	return "/" + s.Name
}

// workdir is the folder in the container that holds the service's source.
func workdir(s detect.Service) string { return path.Join(root(s), memberDir(s)) }

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
			args = append(args, setting{Name: v.Name, Value: localURL(sibling) + v.Path})
		}
	}
	return args
}

func localURL(s detect.Service) string { return "http://localhost:" + strconv.Itoa(s.HostPort) }
