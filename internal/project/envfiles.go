package project

import (
	"maps"

	"github.com/compose-spec/compose-go/v2/types"
)

// envFiles reads the env files of the services. One that does not exist is left out: they
// hold secrets, so repositories rarely have them.
func (l *loading) envFiles(p *Project) error {
	p.declared = map[string]types.MappingWithEquals{}
	missing := map[string][]string{} // services by file
	var order []string
	resolver := l.set.EnvResolver(l.symbols(p))
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		p.declared[name] = maps.Clone(s.Environment)
		absent, err := resolver.Resolve(name, &s.ContainerSpec)
		if err != nil {
			return err
		}
		for _, file := range absent {
			if missing[file] == nil {
				order = append(order, file)
			}
			missing[file] = append(missing[file], name)
		}
		for i := range s.PreStart {
			if len(s.PreStart[i].Environment)+len(s.PreStart[i].EnvFiles) == 0 {
				continue
			}
			// What a hook inherits of its service is in it. It stays with the service alone, so that
			// what changes there later changes for the hook.
			s.PreStart[i].Environment = maps.Clone(s.PreStart[i].Environment)
			maps.DeleteFunc(s.PreStart[i].Environment, func(key string, value *string) bool {
				of, inherited := s.Environment[key]
				return inherited && value != nil && of != nil && *value == *of
			})
			if _, err := resolver.Resolve(name, &s.PreStart[i].ContainerSpec); err != nil {
				return err
			}
		}
		p.Services[name] = s
	}
	for _, file := range order {
		m := l.missingEnvFile(p, missing[file], file)
		p.MissingEnvFiles = append(p.MissingEnvFiles, m)
		l.notes = append(l.notes, m.String())
	}
	return nil
}
