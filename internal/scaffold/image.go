package scaffold

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// imageView is what the Dockerfile and the .dockerignore of a service say, in
// the form in which they say it.
type imageView struct {
	Mark      untrusted.Inert
	Name      untrusted.Inert
	FileFlag  untrusted.Inert // " -f Dockerfile.api" where the Dockerfile has another name; else empty
	From      untrusted.Inert // the directory in which those commands are typed, where it is not the service's own; else empty
	Image     untrusted.Inert // the base image
	Root      untrusted.Inert // the directory in the image that holds the build context
	Workdir   string          // the directory in the image that holds the service: Root, or below it in a workspace
	Member    string          // Workdir relative to Root; empty where they are one
	Ignored   untrusted.Inert // Output as .dockerignore has it
	Port      int
	Native    bool
	EmptyEnv  bool              // the program ends where its directory has no .env
	Manifest  untrusted.Inert   // by name, for comments
	Listed    untrusted.Inert   // the file that says which packages, by name, for comments
	Copies    []untrusted.Inert // the files of the dependency layer, each as one COPY takes them; empty for none
	Module    string
	Above     string // the directory above Workdir, where files import each other by the name of theirs; else empty
	Dev       []string
	Build     []string
	Output    string
	Static    bool // Output is what production serves
	Prod      []string
	BuildArgs []setting
	Settings  []setting // environment variables of both stages
	Debugging []setting // those of development alone
	Install   any       // how the packages get into the image, in the words of the language
}

// setting is an environment variable with its value.
type setting struct {
	Name  untrusted.Inert
	Value string
}

// newImageView makes the view of a service. The error is about a name of the repository
// that no Dockerfile can hold.
func newImageView(repo detect.Repository, s detect.Service) (imageView, error) {
	var q untrusted.Quoter
	of := stacks.Default(s.StackName)
	v := imageView{
		Mark:      tree.Mark,
		Name:      untrusted.ServiceName(s.Name),
		Image:     of.Language.Image(s.Runtime.Version),
		Root:      s.Root(),
		Workdir:   s.Workdir(),
		Member:    s.Member(),
		Port:      s.Port.Number,
		Native:    s.Packages.Native,
		EmptyEnv:  s.EmptyEnv,
		Manifest:  untrusted.Comment(s.Packages.Manifest),
		Listed:    untrusted.Comment(or(s.Packages.Lock, s.Packages.Manifest)),
		Copies:    of.Language.Copies(&q, s),
		Module:    s.Module,
		Dev:       s.Dev,
		Build:     s.Build,
		Output:    path.Clean(s.Output),
		Static:    s.Output != "",
		Prod:      s.Prod,
		BuildArgs: buildArgs(repo, s),
		Install:   of.Language.Install(&q, s, of),
	}
	v.Settings, v.Debugging = settings(s.Settings), settings(s.Debugging)
	if name := path.Join(v.Member, dockerfileName(repo, s)); name != "Dockerfile" {
		v.FileFlag = " -f " + q.Shell(name)
	}
	if v.Member != "" {
		v.From = "the root of the workspace"
		if s.Packages.Above != "" {
			v.From = "the directory that holds all that is copied"
		}
	}
	if s.Package != "" {
		v.Above = path.Dir(v.Workdir)
	}
	v.Ignored = q.Pattern(path.Join(v.Member, v.Output))
	return v, q.Err
}

func settings(all []stack.Setting) []setting {
	var named []setting
	for _, set := range all {
		named = append(named, setting{Name: untrusted.VariableName(set.Name), Value: set.Value})
	}
	return named
}

// buildArgs are the variables that a frontend's build writes into its files,
// with the addresses that hold on the machine that builds.
func buildArgs(repo detect.Repository, s detect.Service) []setting {
	var args []setting
	for _, v := range wired(repo, s) {
		if slices.ContainsFunc(stacks.BuiltIn(), func(prefix string) bool { return strings.HasPrefix(v.Name, prefix) }) {
			sibling, _ := find(repo, v.Sibling)
			args = append(args, setting{Name: untrusted.VariableName(v.Name), Value: localURL(sibling) + v.Path})
		}
	}
	return args
}

func localURL(s detect.Service) string { return "http://localhost:" + strconv.Itoa(s.HostPort) }

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
