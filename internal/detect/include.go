package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/tree"
)

// include takes the compose files in sub-directories, which devup.yaml includes. Where a
// compose file at the root says what runs, those below are that file's affair.
func (s *scan) include() {
	for _, dir := range s.tree.Paths {
		file := s.tree.Directory(dir).First(composeNames[:4]...)
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
			s.tree.LeaveOut(dir, file+" is not included: "+why+"; `devup -C "+dir+" up` runs it", Evidence{File: name})
			continue
		}
		s.includes = append(s.includes, name)
		s.compose = append(s.compose, services...)
	}
}

// includable are the services of a compose file that can be part of the project as they are,
// or the reason why not.
func (s *scan) includable(dir, name string) (services []*composeService, why string) {
	for _, word := range strings.FieldsFunc(strings.ToLower(dir), func(r rune) bool { return r == '/' || r == '-' || r == '_' }) {
		if notForDevelopment[word] || word == "monitoring" || word == "k8s" {
			return nil, "its directory is not for development"
		}
	}
	services, err := parseCompose(name, s.tree.Text(name), loadedEnv(s.tree, dir))
	switch {
	case err != nil:
		return nil, "it is not valid YAML"
	case len(services) == 0:
		return nil, "it has no services"
	}
	for _, service := range services {
		if service.dir != "" {
			service.dir = path.Join(dir, service.dir)
		}
		service.included = true
		switch {
		case strings.HasPrefix(service.dir, ".."):
			return nil, "service " + service.name + " builds a directory outside of the repository"
		case service.builds && !s.tree.Exists(path.Join(service.dir, orName(service.dockerfile))):
			return nil, "the Dockerfile of service " + service.name + " does not exist"
		case !service.builds && service.image == "":
			return nil, "service " + service.name + " has no image and no build"
		case slices.ContainsFunc(s.compose, func(other *composeService) bool { return other.name == service.name }):
			return nil, "another compose file has a service " + service.name + ", too"
		case service.published != 0 && slices.ContainsFunc(s.compose, func(other *composeService) bool { return other.published == service.published }):
			return nil, "another compose file publishes the port of service " + service.name + ", too"
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

// loadedEnv are the values of the .env file of a directory, as Compose reads it.
func loadedEnv(t *tree.Tree, dir string) map[string]string {
	env := map[string]string{}
	for _, file := range envsOf(t, dir) {
		for _, entry := range file.entries {
			if path.Base(file.path) == ".env" {
				env[entry.name] = entry.value
			}
		}
	}
	return env
}
