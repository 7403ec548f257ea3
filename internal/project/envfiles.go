package project

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
)

// compose-go would open env_file and label_file itself, whatever they are. Here they are
// read as it does, but through [envReader].

// envFiles reads the env files of the services. One that does not exist is left out: they
// hold secrets, so repositories rarely have them.
func (l *loading) envFiles(p *Project) error {
	p.declared = map[string]types.MappingWithEquals{}
	missing := map[string][]string{} // services by file
	var order []string
	reader, env := &envReader{}, l.symbols(p)
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		p.declared[name] = maps.Clone(s.Environment)
		absent, err := resolveEnv(reader, &s.ContainerSpec, env)
		if err != nil {
			return l.envFileFailure(name, err)
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
			if _, err := resolveEnv(reader, &s.PreStart[i].ContainerSpec, env); err != nil {
				return l.envFileFailure(name, err)
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

// resolveEnv completes the environment of a container by its env files, as compose-go's
// Project.WithServicesEnvironmentResolved does, and gives the required ones that do not exist.
func resolveEnv(reader *envReader, c *types.ContainerSpec, env types.Mapping) (absent []string, err error) {
	c.Environment = maps.Clone(c.Environment).Resolve(env.Resolve)
	c.EnvFiles = slices.Clone(c.EnvFiles)
	vars := c.Environment.ToMapping()
	for i, file := range c.EnvFiles {
		err := reader.file(file.Path, file.Format, vars, func(name string) (string, bool) {
			if v, ok := env.Resolve(name); ok {
				return v, true
			}
			if v := c.Environment[name]; v != nil {
				return *v, true
			}
			return "", false
		})
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if bool(file.Required) {
				c.EnvFiles[i].Required = false
				absent = append(absent, file.Path)
			}
		case err != nil:
			return nil, &envFileFault{file.Path, err}
		}
	}
	c.Environment = vars.ToMappingWithEquals().OverrideBy(c.Environment)
	return absent, nil
}

// envFileFault is an error about an env_file.
type envFileFault struct {
	path  string
	cause error
}

func (f *envFileFault) Error() string { return f.path + ": " + f.cause.Error() }

// envFileFailure is the failure about an env_file of a service. What devup does not read is
// said where it is named.
func (l *loading) envFileFailure(service string, err error) error {
	fault, ok := errors.AsType[*envFileFault](err)
	if !ok {
		return explain(err, l.sources)
	}
	if strings.Contains(fault.cause.Error(), "unsupported env_file format") {
		return explain(fault.cause, l.sources)
	}
	e, ok := errors.AsType[*fail.Error](fault.cause)
	switch {
	case !ok:
		e = envFileError(envText{path: fault.path}, fault.cause)
	case refused(e) && e.Line == 0:
		e = unreadable(e, withIncluded(l.sources), e.File)
	}
	named := *e
	named.Service = service
	return &named
}

// labelFiles completes the labels of the containers by their label files, as compose-go's
// Project.WithServicesLabelsResolved does.
func labelFiles(p *types.Project) error {
	reader := &envReader{}
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		if err := resolveLabels(reader, &s.ContainerSpec); err != nil {
			return err
		}
		for i := range s.PreStart {
			if err := resolveLabels(reader, &s.PreStart[i].ContainerSpec); err != nil {
				return err
			}
		}
		p.Services[name] = s
	}
	return nil
}

func resolveLabels(reader *envReader, c *types.ContainerSpec) error {
	if len(c.LabelFiles) == 0 {
		return nil
	}
	labels := types.Mapping{}
	for _, path := range c.LabelFiles {
		found := types.Mapping{}
		if err := reader.file(path, "", found, labels.Resolve); err != nil {
			return err
		}
		maps.Copy(labels, found)
	}
	maps.Copy(labels, types.Mapping(c.Labels))
	if len(labels) > 0 {
		c.Labels = types.Labels(labels)
	}
	return nil
}
