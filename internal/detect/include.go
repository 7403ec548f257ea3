package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// include takes the compose files in sub-directories, which devup.yaml includes. Where a
// compose file at the root says what runs, those below are that file's affair.
func (s *scan) include() {
	for _, dir := range s.tree.Paths {
		file := s.tree.Directory(dir).First(runfiles.ComposeNames[:4]...)
		if dir == "." || file == "" {
			continue
		}
		name := path.Join(dir, file)
		if len(s.files) > 0 || tree.IsBelowAside(dir) || isCopy(dir) {
			s.tree.Reject(dir, file+" is not at the root", Evidence{File: name})
			continue
		}
		services, why := s.includable(dir, name)
		if why != "" {
			s.tree.LeaveOut(dir, file+" is not included: "+why+"; `devup -C "+untrusted.Arguments(dir)+" up` runs it", Evidence{File: name})
			continue
		}
		s.includes = append(s.includes, name)
		s.compose = append(s.compose, services...)
	}
}

// includable are the services of a compose file that can be part of the project as they are,
// or the reason why not.
func (s *scan) includable(dir, name string) (services []*runfiles.ComposeService, why string) {
	for _, word := range strings.FieldsFunc(strings.ToLower(dir), func(r rune) bool { return r == '/' || r == '-' || r == '_' }) {
		if notForDevelopment[word] || word == "monitoring" || word == "k8s" {
			return nil, "its directory is not for development"
		}
	}
	services, err := runfiles.ParseCompose(name, s.tree.Text(name), runfiles.LoadedEnv(s.tree, dir))
	switch {
	case err != nil:
		return nil, "it is not valid YAML"
	case len(services) == 0:
		return nil, "it has no services"
	}
	for _, service := range services {
		if service.Dir != "" {
			service.Dir = path.Join(dir, service.Dir)
			service.Settle(s.tree)
		}
		service.Included = true
		switch {
		case strings.HasPrefix(service.Dir, ".."):
			return nil, "service " + service.Name + " builds a directory outside of the repository"
		case service.Builds && !s.tree.Exists(path.Join(service.Dir, orName(service.Dockerfile))):
			return nil, "the Dockerfile of service " + service.Name + " does not exist"
		case !service.Builds && service.Image == "":
			return nil, "service " + service.Name + " has no image and no build"
		case slices.ContainsFunc(s.compose, func(other *runfiles.ComposeService) bool { return other.Name == service.Name }):
			return nil, "another compose file has a service " + service.Name + ", too"
		case service.Published != 0 && slices.ContainsFunc(s.compose, func(other *runfiles.ComposeService) bool { return other.Published == service.Published }):
			return nil, "another compose file publishes the port of service " + service.Name + ", too"
		}
	}
	return services, ""
}

func orName(dockerfile string) string {
	if dockerfile == "" {
		return "Dockerfile"
	}
	return dockerfile
}
