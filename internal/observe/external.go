package observe

import (
	"context"
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// sharedLister is what [CheckExternal] needs of the engine.
type sharedLister interface {
	NetworkList(context.Context, client.NetworkListOptions) (client.NetworkListResult, error)
	VolumeList(context.Context, client.VolumeListOptions) (client.VolumeListResult, error)
}

// CheckExternal fails when the engine lacks a network or volume that the project declares
// as external. It asks the engine nothing where the project has none.
func CheckExternal(ctx context.Context, e sharedLister, p *types.Project) error {
	if err := nameless(p); err != nil {
		return err
	}
	if names := externalNetworks(p); len(names) > 0 {
		found, err := e.NetworkList(ctx, client.NetworkListOptions{Filters: client.Filters{}.Add("name", names...)})
		if err != nil {
			return wrap(err, "list networks")
		}
		var have []string
		for _, n := range found.Items { // the filter also finds parts of names
			have = append(have, n.Name, n.ID)
		}
		if err := missing("network", names, have); err != nil {
			return err
		}
	}
	if names := externalVolumes(p); len(names) > 0 {
		found, err := e.VolumeList(ctx, client.VolumeListOptions{Filters: client.Filters{}.Add("name", names...)})
		if err != nil {
			return wrap(err, "list volumes")
		}
		var have []string
		for _, v := range found.Items {
			have = append(have, v.Name)
		}
		return missing("volume", names, have)
	}
	return nil
}

// nameless refuses what has an empty name, as a variable that is not set makes it. Loading
// takes such a project, so that it can be listed and taken down without the variable.
func nameless(p *types.Project) error {
	empty := func(kind, key string) error {
		return fail.New(fail.Config, "set the variable in its `name:`", "the %s %s is external and has an empty name", kind, key)
	}
	for _, key := range slices.Sorted(maps.Keys(p.Networks)) {
		if n := p.Networks[key]; bool(n.External) && n.Name == "" {
			return empty("network", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.Volumes)) {
		if v := p.Volumes[key]; bool(v.External) && v.Name == "" {
			return empty("volume", key)
		}
	}
	return nil
}

func missing(kind string, wanted, have []string) error {
	for _, name := range wanted {
		if !slices.Contains(have, name) {
			return fail.New(fail.Config, "create it: `docker "+kind+" create "+untrusted.Arguments(name)+"`, or remove `external: true`",
				"the %s %s is external, but does not exist on the engine", kind, name)
		}
	}
	return nil
}

// predefined are the networks that every engine has.
var predefined = []string{"bridge", "host", "none"}

func externalNetworks(p *types.Project) []string {
	var names []string
	for _, key := range slices.Sorted(maps.Keys(p.Networks)) {
		if n := p.Networks[key]; bool(n.External) && !slices.Contains(predefined, n.Name) {
			names = append(names, n.Name)
		}
	}
	return names
}

func externalVolumes(p *types.Project) []string {
	var names []string
	for _, key := range slices.Sorted(maps.Keys(p.Volumes)) {
		if v := p.Volumes[key]; bool(v.External) {
			names = append(names, v.Name)
		}
	}
	return names
}
