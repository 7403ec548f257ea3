package project

import (
	"fmt"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/suggest"
)

// UnknownService is the error for a name that is not one of the known services of a project.
func UnknownService(project, name string, known []string) *fail.Error {
	e := fail.New(fail.UnknownService, knownServices(name, known), "project %s has no service %q", project, name)
	e.Service = name
	return e
}

// NoService is the error for a name that is none of the project's services, or that of a
// service whose profile is not active.
func NoService(p *Project, name string) *fail.Error {
	s, declared := p.AllServices()[name]
	if !declared || len(s.Profiles) == 0 {
		return UnknownService(p.Name, name, p.ServiceNames())
	}
	e := fail.New(fail.UnknownService, fmt.Sprintf("start it with `devup up %s`, or add --profile %s to the command", name, s.Profiles[0]),
		"service %s is in the profile %s, which is not active", name, strings.Join(s.Profiles, ", "))
	e.Service = name
	return e
}

// knownServices is a hint for a name that is not among the known ones: the nearest, and all.
func knownServices(name string, known []string) string {
	all := "its services are " + strings.Join(known, ", ")
	switch near := suggest.Nearest(name, known); {
	case len(known) == 0:
		return "it has no services"
	case near == "":
		return all
	case len(known) == 1:
		return fmt.Sprintf("did you mean %q?", near)
	default:
		return fmt.Sprintf("did you mean %q? %s", near, all)
	}
}
