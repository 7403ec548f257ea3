package project

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/composefile"
)

// loading is one run of [Source.Load].
type loading struct {
	*Source
	unset composefile.Unset
	notes []string
}

func (l *loading) run(ctx context.Context, name, validated string) (*Project, error) {
	if l.options.ReadOnly {
		if err := l.standIn(); err != nil {
			return nil, err
		}
	}
	model, err := l.set.Load(ctx, composefile.LoadOptions{Name: name, Profiles: l.profiles(), Validated: validated})
	l.unset = model.Unset
	if err != nil {
		return nil, l.wanting(err)
	}
	p := &Project{Project: model.Project, Validated: model.Validated, sources: l.set.Files}
	if err := readExtensions(p, l.set.Files); err != nil {
		return nil, err
	}
	copies, err := l.copies()
	if err != nil {
		return nil, err
	}
	generated, err := l.generated()
	if err != nil {
		return nil, err
	}
	p.Wants = l.wants(copies, nil, l.unset.Names)
	p.Wants.Generate = generated
	open, empty, err := l.asked()
	if err != nil {
		return nil, err
	}
	p.Wants.Ask = open
	for _, a := range empty {
		l.notes = append(l.notes, a.note())
	}
	if note := unsetNote(l.unset.Names, l.set.Files); note != "" {
		l.notes = append(l.notes, note)
		p.UnsetNote = note
	}
	if err := l.images(p); err != nil {
		return nil, err
	}
	if err := l.selectServices(p); err != nil {
		return nil, err
	}
	for _, check := range []func(*Project) error{l.refuse, l.refuseProvider, l.refuseBuild, l.refuseExternal, valueChecks{l}.checkValues, l.defaultPlatform} {
		if err := check(p); err != nil {
			return nil, err
		}
	}
	l.swarmNotes(p)
	if err := l.envFiles(p); err != nil {
		return nil, err
	}
	if err := l.models(p); err != nil {
		return nil, err
	}
	l.committed(p)
	l.keepNodeModules(p)
	readOwnEnv(p)
	p.Notes = l.notes
	return p, nil
}

func (l *loading) profiles() []string {
	if len(l.options.Profiles) > 0 {
		return l.options.Profiles
	}
	var profiles []string
	for p := range strings.SplitSeq(l.set.Env["COMPOSE_PROFILES"], ",") {
		if p = strings.TrimSpace(p); p != "" {
			profiles = append(profiles, p)
		}
	}
	return profiles
}

// selectServices narrows the project to the wanted services and what they
// depend on, and drops networks and volumes that no one uses then.
func (l *loading) selectServices(p *Project) error {
	p.others = types.Services{}
	if len(l.options.Services) == 0 {
		p.Project = p.WithoutUnnecessaryResources()
		return nil
	}
	all := p.AllServices()
	for _, name := range l.options.Services {
		if _, ok := all[name]; ok {
			continue
		}
		return UnknownService(p.Name, name, slices.Sorted(maps.Keys(all)))
	}
	active := p.Services
	model, err := p.WithServicesEnabled(l.options.Services...)
	if err == nil {
		var how []types.DependencyOption
		if l.options.NoDeps {
			how = append(how, types.IgnoreDependencies)
		}
		whole := model.Services
		model, err = model.WithSelectedServices(slices.Clone(l.options.Services), how...)
		if err == nil && l.options.NoDeps {
			model.Services = withDependencies(model.Services, whole)
		}
	}
	if err != nil {
		return composefile.Explain(err, l.set.Files)
	}
	for name, s := range active {
		if _, selected := model.Services[name]; !selected {
			p.others[name] = s
		}
	}
	p.Project = model.WithoutUnnecessaryResources()
	return nil
}

// withDependencies gives the services back what they depend on, which compose-go takes
// from those that are selected alone. It says in which order they are stopped.
func withDependencies(selected, whole types.Services) types.Services {
	all := types.Services{}
	for name, s := range selected {
		s.DependsOn = whole[name].DependsOn
		all[name] = s
	}
	return all
}
