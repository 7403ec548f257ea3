package composefile

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

// EnvResolver reads the env files of a project's services.
type EnvResolver struct {
	set    *Set
	reader envReader
	env    types.Mapping
}

// EnvResolver reads env files in which variables of env have a value.
func (s *Set) EnvResolver(env types.Mapping) *EnvResolver { return &EnvResolver{set: s, env: env} }

// Resolve completes the environment of a container of a service by its env files, as
// compose-go's Project.WithServicesEnvironmentResolved does, and gives the required ones that
// do not exist. The error is a [fail.Error] with the code Config.
func (r *EnvResolver) Resolve(service string, c *types.ContainerSpec) (absent []string, err error) {
	if absent, err = r.resolve(c); err != nil {
		return nil, r.set.envFileFailure(service, err)
	}
	return absent, nil
}

func (r *EnvResolver) resolve(c *types.ContainerSpec) (absent []string, err error) {
	env := r.env
	c.Environment = maps.Clone(c.Environment).Resolve(env.Resolve)
	c.EnvFiles = slices.Clone(c.EnvFiles)
	vars := c.Environment.ToMapping()
	for i, file := range c.EnvFiles {
		err := r.reader.file(file.Path, file.Format, vars, func(name string) (string, bool) {
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
func (s *Set) envFileFailure(service string, err error) error {
	fault, ok := errors.AsType[*envFileFault](err)
	if !ok {
		return Explain(err, s.Files)
	}
	if strings.Contains(fault.cause.Error(), "unsupported env_file format") {
		return Explain(fault.cause, s.Files)
	}
	e, ok := errors.AsType[*fail.Error](fault.cause)
	switch {
	case !ok:
		e = envFileError(envText{path: fault.path}, fault.cause)
	case refused(e) && e.Line == 0:
		e = unreadable(e, WithIncluded(s.Files), e.File)
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
