// Package scaffold turns what detection found into the files of a project:
// devup.yaml, a Dockerfile and a .dockerignore for each service that has none, and
// what each [Platform] reads: .gitpod.yml, .devcontainer/devcontainer.json,
// .ona/automations.yaml.
//
// [Render] makes all of them as values and touches nothing. [Compare] says what a repository has of them already, and
// [Write] creates what it has not. No function changes a file that exists.
//
// Decisions about a service are detect's. Those about the form of a file (which
// image tag, which install command) are made here, before a template is filled in.
package scaffold

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Options is what Render has to know besides the repository.
type Options struct {
	Name    string // the project's name as the directory has it; made fit for Compose
	Install string // the shell command that installs devup in a workspace; empty when none is known

	Platforms []Platform // which ones to write for; nil for the usual ones, an empty list for none
	Gateway   int        // the host port of the gateway that serves all services; 0 for none

	// Marked are the services of an existing devup.yaml, by their names in the Compose
	// model: true for those that it marks as public. What it decided stays.
	Marked map[string]bool
}

// File is a file to be: its slash-separated path in the repository and its content.
type File struct {
	Path    string
	Content []byte
}

// Render makes all files of a repository, sorted by path. A service that brings
// its own Dockerfile gets none, and no .dockerignore, which could keep away what
// that Dockerfile copies. The error is a [fail.Error] with code [fail.Config]
// when a service's stack has no template.
func Render(repo detect.Repository, o Options) ([]File, error) {
	repo = complete(repo)
	var files []File
	for _, s := range repo.Services {
		if s.Dockerfile != "" {
			continue
		}
		more, err := serviceFiles(repo, s)
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	}
	more, err := projectFiles(repo, o)
	if err != nil {
		return nil, err
	}
	files = append(files, more...)
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return files, nil
}

// serviceFiles makes the files of one service, whose fields are all filled in.
func serviceFiles(repo detect.Repository, s detect.Service) ([]File, error) {
	if stacks.Default(s.StackName) == nil {
		return nil, &fail.Error{
			Code: fail.Config, Service: s.Name,
			Message: "service " + s.Name + " has the stack \"" + s.StackName + "\", which has no template",
			Hint:    "stacks are " + strings.Join(stacks.Names(), ", "),
		}
	}
	if untrusted.ServiceName(s.Name) == "" {
		return nil, fail.New(fail.Config, "give it a name of letters, digits, dots, dashes and underscores", "service %q: the name cannot stand in generated files", s.Name)
	}
	view, err := newImageView(repo, s)
	if err != nil {
		return nil, fail.Wrap(err, fail.Config, "rename the file or directory", "service %s in %q: %v", s.Name, s.Dir, err)
	}
	dockerfile, err := render(path.Join(s.StackName, "Dockerfile"), view)
	if err != nil {
		return nil, err
	}
	ignore, err := render(path.Join(s.StackName, ".dockerignore"), view)
	if err != nil {
		return nil, err
	}
	name := dockerfileName(repo, s)
	return []File{
		{Path: path.Join(s.Dir, ignoreName(s, name)), Content: ignore},
		{Path: path.Join(s.Dir, name), Content: dockerfile},
	}, nil
}

// dockerfileName is the name of the Dockerfile that is made for the service. Two
// services in one directory cannot share one, so all but the first carry their name, and all
// where one brings its own, or where one for production stays.
func dockerfileName(repo detect.Repository, s detect.Service) string {
	before := true
	for _, other := range repo.Services {
		if other.Name == s.Name {
			before = false
			continue
		}
		if other.Dir == s.Dir && (before || other.Dockerfile != "") {
			return "Dockerfile." + s.Name
		}
	}
	if s.ProdDockerfile {
		return "Dockerfile." + s.Name
	}
	return "Dockerfile"
}

// ignoreName is the name of the ignore file that goes with a Dockerfile: BuildKit
// prefers one with the Dockerfile's own name in front, and reads a plain one only
// at the top of the build context.
func ignoreName(s detect.Service, dockerfile string) string {
	if dockerfile == "Dockerfile" && s.Member() == "" {
		return ".dockerignore"
	}
	return dockerfile + ".dockerignore"
}
