package execcmd

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/format"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/mattn/go-shellwords"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/fail"
)

// oneOffService is the service of a project as the flags of run change it, and the
// project with the volumes that they name. hostIP is where ports are open that say no
// address.
func oneOffService(env *command.Env, p *types.Project, name string, command []string, o runOptions, tty bool, hostIP string) (*types.Project, types.ServiceConfig, error) {
	s := p.Services[name]
	own := *p
	s.Tty, s.StdinOpen = tty, o.interactive
	if len(command) > 0 {
		s.Command = command
	}
	if o.entrypoint.given {
		words, err := shellwords.Parse(o.entrypoint.value)
		if err != nil {
			return nil, s, fail.Wrap(err, fail.Usage, "close the quote", "--entrypoint is not a command: %q", o.entrypoint.value)
		}
		if len(words) == 0 {
			words = []string{""} // the engine's word for: none, also not the image's
		}
		if s.Entrypoint = words; len(command) == 0 {
			s.Command = []string{}
		}
	}
	if o.user != "" {
		s.User = o.user
	}
	if o.workdir != "" {
		s.WorkingDir = o.workdir
	}
	s.CapAdd = append(without(s.CapAdd, o.capDrop), o.capAdd...)
	s.CapDrop = append(without(s.CapDrop, o.capAdd), o.capDrop...)
	var err error
	if s.Labels, err = labelled(s.Labels, o.labels); err != nil {
		return nil, s, err
	}
	if s.Environment, err = oneOffEnv(env, p.Environment, s.Environment, o); err != nil {
		return nil, s, err
	}
	if s.Ports, err = oneOffPorts(s.Ports, o, hostIP); err != nil {
		return nil, s, err
	}
	if own.Volumes, s.Volumes, err = oneOffVolumes(env, p.Volumes, s.Volumes, o.volumes); err != nil {
		return nil, s, err
	}
	return &own, s, nil
}

// without takes what is given out of a list.
func without(list, given []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(given, s) })
}

func labelled(labels types.Labels, given []string) (types.Labels, error) {
	all := maps.Clone(labels)
	for _, pair := range given {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fail.New(fail.Usage, "for example --label team=shop", "--label needs NAME=value, not %q", pair)
		}
		all = all.Add(name, value)
	}
	return all, nil
}

// oneOffEnv adds the variables of files and, over them, those of flags. A name alone
// takes the value that it has in the project's files: the user's own, or that of .env.
func oneOffEnv(env *command.Env, known types.Mapping, declared types.MappingWithEquals, o runOptions) (types.MappingWithEquals, error) {
	all := maps.Clone(declared)
	if all == nil {
		all = types.MappingWithEquals{}
	}
	for _, path := range o.envFiles {
		values, err := composefile.EnvFile(path, env.LookupEnv)
		if err != nil {
			return nil, err
		}
		for name, value := range values {
			all[name] = &value
		}
	}
	for _, pair := range o.env {
		name, value, given := strings.Cut(pair, "=")
		if !given {
			if value, given = known[name]; !given {
				continue
			}
		}
		all[name] = &value
	}
	return all, nil
}

// oneOffPorts are those that are asked for: the service may run and have its own.
func oneOffPorts(ports []types.ServicePortConfig, o runOptions, hostIP string) ([]types.ServicePortConfig, error) {
	if o.servicePorts {
		return ports, nil
	}
	var open []types.ServicePortConfig
	for _, text := range o.publish {
		parsed, err := types.ParsePortConfig(text)
		if err != nil {
			return nil, fail.Wrap(err, fail.Usage, "for example --publish 8080:80", "--publish needs HOST:CONTAINER, not %q", text)
		}
		for _, p := range parsed {
			if p.HostIP == "" {
				p.HostIP = hostIP
			}
			open = append(open, p)
		}
	}
	return open, nil
}

// oneOffVolumes adds volumes to those of a service. A path is relative to where the
// user stands; a name is that of a volume of the project, else of the engine.
func oneOffVolumes(env *command.Env, known types.Volumes, volumes []types.ServiceVolumeConfig, given []string) (types.Volumes, []types.ServiceVolumeConfig, error) {
	all, list := maps.Clone(known), slices.Clone(volumes)
	if all == nil {
		all = types.Volumes{}
	}
	for _, text := range given {
		v, err := format.ParseVolume(text)
		if err != nil {
			return nil, nil, fail.Wrap(err, fail.Usage, "for example --volume ./data:/data", "--volume needs SOURCE:TARGET, not %q", text)
		}
		if v.Type == types.VolumeTypeBind {
			if rest, home := strings.CutPrefix(v.Source, "~/"); home {
				v.Source = filepath.Join(env.Home(), rest)
			}
			if v.Source, err = filepath.Abs(v.Source); err != nil {
				return nil, nil, err
			}
		} else if _, ours := all[v.Source]; !ours && v.Source != "" {
			all[v.Source] = types.VolumeConfig{Name: v.Source, External: true}
		}
		list = append(list, v)
	}
	return all, list, nil
}
