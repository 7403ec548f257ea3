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
	Image     string // the base image
	Workdir   string
	Port      int
	Flags     string // NODE_OPTIONS
	Why       string // the reason for Flags
	Native    bool
	Manifest  string
	Lock      string
	Copy      string // the files of the dependency layer, as COPY takes them; empty for none
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
		Workdir:  workdir(s),
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
	if s.Runtime.Language == "python" {
		v.Copy = pythonFiles(s.Packages)
		v.Python = newPythonView(s)
		return v
	}
	v.Why = "Its packages need this on Node " + s.Runtime.Version + "."
	if strings.Contains(s.Runtime.Flags, "openssl-legacy-provider") {
		v.Why = "Its version of webpack uses a hash that newer OpenSSL only has as legacy."
	}
	v.Copy = nodeFiles(s.Packages)
	v.Node = newNodeView(s.Packages, s.Runtime.Version)
	v.BuildArgs = buildArgs(repo, s)
	return v
}

// systemFolders are the names at the root of a Debian image.
var systemFolders = []string{
	"bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "media", "mnt", "opt", "proc", "root", "run", "sbin",
	"srv", "sys", "tmp", "usr", "var",
}

// workdir is the folder in the container that holds the service's source: its
// name, so that a path in a log says which service it was. A service that is
// called like a folder of the system must not hide that.
func workdir(s detect.Service) string {
	if slices.Contains(systemFolders, s.Name) {
		return "/srv/" + s.Name
	}
	return "/" + s.Name
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
