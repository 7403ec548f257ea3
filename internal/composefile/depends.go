package composefile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// compose-go looks for circles of dependencies along every way through them, and 22
// services that each depend on all before have four million ways. So dependencies that can
// be nothing but right are taken out of the model before it looks, and are put back
// afterwards; circles are looked for here, once for each service.

// build makes a project of a model of plain keys and values, as
// [loader.LoadWithContext] does.
func build(ctx context.Context, details types.ConfigDetails, with func(*loader.Options)) (*types.Project, error) {
	var profiles []string
	dict, err := loader.LoadModelWithContext(ctx, details, with)
	if err != nil {
		return nil, err
	}
	services, _ := dict["services"].(map[string]any)
	if len(services) > maxServices {
		return nil, tooMuch("", 0, "", "there are %d services, and a project can have %d", len(services), maxServices)
	}
	name, _ := dict["name"].(string)
	options := loader.ToOptions(&details, []func(*loader.Options){with, func(lo *loader.Options) {
		lo.SetProjectName(name, true)
		profiles = lo.Profiles
	}})
	kept := takeDependencies(services, profiles)
	model, err := loader.ModelToProject(dict, options, details)
	if err != nil {
		return nil, err
	}
	if err := putDependencies(model, kept); err != nil {
		return nil, err
	}
	return model, circle(model.Services)
}

// takeDependencies takes out those on services that exist and are active: by service, and
// by the service that it depends on.
func takeDependencies(services map[string]any, profiles []string) map[string]map[string]any {
	kept := map[string]map[string]any{}
	for name, s := range services {
		fields, _ := s.(map[string]any)
		needed, _ := fields["depends_on"].(map[string]any)
		for other, how := range needed {
			target, ok := services[other].(map[string]any)
			if _, mapping := how.(map[string]any); !ok || !mapping || !active(target, profiles) {
				continue
			}
			if kept[name] == nil {
				kept[name] = map[string]any{}
			}
			kept[name][other] = how
		}
		for other := range kept[name] {
			delete(needed, other)
		}
	}
	return kept
}

// active tells whether a service of a model runs with these profiles.
func active(service map[string]any, profiles []string) bool {
	declared, _ := service["profiles"].([]any)
	return len(declared) == 0 || slices.ContainsFunc(declared, func(p any) bool {
		return slices.ContainsFunc(profiles, func(active string) bool { return active == "*" || p == active })
	})
}

func putDependencies(model *types.Project, kept map[string]map[string]any) error {
	for _, services := range []types.Services{model.Services, model.DisabledServices} {
		for name, s := range services {
			var needed types.DependsOnConfig
			if err := loader.Transform(kept[name], &needed); err != nil {
				return err
			}
			for other, how := range needed {
				if s.DependsOn == nil {
					s.DependsOn = types.DependsOnConfig{}
				}
				s.DependsOn[other] = how
			}
			services[name] = s
		}
	}
	return nil
}

// circle finds services that depend on each other. The error has compose-go's words.
func circle(services types.Services) error {
	var path []string
	done := map[string]bool{}
	var visit func(name string) error
	visit = func(name string) error {
		if i := slices.Index(path, name); i >= 0 {
			return fmt.Errorf("dependency cycle detected: %s -> %s", strings.Join(path[i:], " -> "), name)
		}
		if done[name] {
			return nil
		}
		path = append(path, name)
		for _, other := range slices.Sorted(maps.Keys(services[name].DependsOn)) {
			if err := visit(other); err != nil {
				return err
			}
		}
		path = path[:len(path)-1]
		done[name] = true
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(services)) {
		if err := visit(name); err != nil {
			return err
		}
	}
	return nil
}
