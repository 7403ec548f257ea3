package project

import "github.com/compose-spec/compose-go/v2/types"

// Declared gives a service as Docker Compose reads it from the same files: what
// devup would decide is unset, and what devup added is not there. It is for a
// project that is loaded and not resolved; the zero value comes for a service that
// the project does not have.
func (p *Project) Declared(service string) types.ServiceConfig {
	s := rewritten(p.Services[service], func(text string) string { return fill(text, unset) })
	s.Name = service
	s.Volumes = s.Volumes[:len(s.Volumes)-p.kept[service]]
	for _, name := range p.wired[service] {
		delete(s.Environment, name)
	}
	s.EnvFiles, s.LabelFiles = nil, nil // Compose drops them once it has read them
	return s
}

// WithScale gives a copy of the project in which services have other numbers of
// containers than the files say. Names that are no services of it are ignored.
func (p *Project) WithScale(scale map[string]int) *Project {
	if len(scale) == 0 {
		return p
	}
	return p.Edit(func(own *Project) {
		for name, number := range scale {
			s, ok := own.Services[name]
			if !ok {
				continue
			}
			s.Scale = &number
			if s.Deploy != nil { // the two must not contradict each other
				s.Deploy.Replicas = &number
			}
			own.Services[name] = s
		}
	})
}
