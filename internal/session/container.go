package session

import (
	"fmt"
	"slices"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

// Container is the container of a service with a number, or the first, running or not.
func (s *Session) Container(service string, number int) (plan.Container, error) {
	for _, c := range s.Observed.Of(service) {
		if number == 0 || c.Number == number {
			return c, nil
		}
	}
	message := fmt.Sprintf("%s has no container", service)
	if number > 0 {
		message = fmt.Sprintf("%s has no container with the number %d", service, number)
	}
	e := fail.New(fail.Failed, "create it with `devup up "+service+"`", "%s", message)
	e.Service = service
	return plan.Container{}, e
}

// RunningContainer is the container of a service with a number, or the first; where none runs,
// that of a command of `devup run`.
func (s *Session) RunningContainer(service string, number int) (plan.Container, error) {
	for _, c := range s.Observed.Of(service) {
		if c.State == "running" && (number == 0 || c.Number == number) {
			return c, nil
		}
	}
	for _, c := range s.Observed.Containers {
		if c.OneOff && !c.Hook && c.Service == service && c.State == "running" && number == 0 {
			return c, nil
		}
	}
	name, hint, state := service, "start it with `devup up "+service+"`", "not running"
	if slices.ContainsFunc(s.Observed.Of(service), func(c plan.Container) bool { return c.State == "paused" && (number == 0 || c.Number == number) }) {
		hint, state = "resume it with `devup unpause "+service+"`", "paused"
	}
	if number > 0 {
		name = fmt.Sprintf("container %d of %s", number, service)
	}
	e := fail.New(fail.Failed, hint, "%s is %s", name, state)
	e.Service = service
	return plan.Container{}, e
}

// OpenPorts are the published ports on which a container of the session listens. Where it
// shares the network of another one, that one publishes them. Without readable files they
// are those of the container itself.
func OpenPorts(s *Session, c plan.Container) []plan.PublishedPort {
	if s.Project == nil {
		return c.Ports
	}
	publisher := c
	for range s.Observed.Containers { // the other one may share a third one's
		i := slices.IndexFunc(s.Observed.Containers, func(other plan.Container) bool {
			return publisher.Joins != "" && (other.ID == publisher.Joins || other.Name == publisher.Joins)
		})
		if i < 0 {
			break
		}
		publisher = s.Observed.Containers[i]
	}
	return slices.DeleteFunc(slices.Clone(publisher.Ports), func(p plan.PublishedPort) bool {
		return project.Listener(s.Project, publisher.Service, p.Target) != c.Service
	})
}
