package composefile

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

// load finds and loads files under their plain name, and reads the env files of all services.
func load(ctx context.Context, o Options, validated string) (Model, *Set, error) {
	set, err := Find(o)
	if err != nil {
		return Model{}, nil, err
	}
	name, _, err := set.PlainName("")
	if err != nil {
		return Model{}, set, err
	}
	model, err := set.Load(ctx, LoadOptions{Name: name, Validated: validated})
	if err != nil {
		return model, set, err
	}
	resolver := set.EnvResolver(set.Env)
	for _, service := range slices.Sorted(maps.Keys(model.Project.Services)) {
		s := model.Project.Services[service]
		if _, err := resolver.Resolve(service, &s.ContainerSpec); err != nil {
			return model, set, err
		}
		model.Project.Services[service] = s
	}
	return model, set, nil
}

// loaded is the model of the files in a directory, which have to load.
func loaded(t *testing.T, dir string, o Options) (Model, *Set) {
	t.Helper()
	if o.Dir == "" {
		o.Dir = dir
	}
	model, set, err := load(t.Context(), o, "")
	if err != nil {
		t.Fatal(err)
	}
	return model, set
}

// failure is the error of files, which is one for the user.
func failure(t *testing.T, err error) *fail.Error {
	t.Helper()
	e, ok := err.(*fail.Error) //nolint:errorlint // Load promises the type itself
	if !ok {
		t.Fatalf("error %v (%T), want a fail.Error", err, err)
	}
	return e
}

// bases are the last elements of paths.
func bases(paths []string) []string {
	var all []string
	for _, path := range paths {
		all = append(all, filepath.Base(path))
	}
	return all
}
