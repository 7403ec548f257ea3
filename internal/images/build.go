package images

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/project"
)

// BuildOptions are the choices of [Store.BuildAll]. The zero value builds the images
// of all services, with the cache.
type BuildOptions struct {
	Services   []string           // only theirs and those that they are built from; empty: all
	Args       map[string]*string // build arguments in addition to those of the files, which they overrule
	SSH        []build.SSH        // agents and keys in addition to those of the files
	Provenance string             // instead of build.provenance; empty: what the files say
	SBOM       string             // instead of build.sbom; empty: what the files say
	NoCache    bool
	Pull       bool // pull newer base images
}

// BuildAll builds the images of a project's services, stale or not, as they are
// to be published: for all platforms and with the attestations that the files name.
// It gives the ID of each image by service, also with an error, which is that of
// [build.Run]; and it remembers what they were built from, so that up does not
// build them again.
func (s Store) BuildAll(ctx context.Context, p *project.Project, o BuildOptions) (map[string]string, error) {
	specs, err := build.Specs(p)
	if err != nil {
		return nil, err
	}
	specs = chosen(specs, o.Services)
	s.warnLarge(specs)
	hashes, err := inputs(ctx, specs, nil, false) // as the files say: what the user adds makes no image stale
	if err != nil {
		return nil, err
	}
	for i := range specs {
		adjust(&specs[i], o)
	}
	options := s.Build
	options.NoCache, options.Pull, options.Publish = o.NoCache, o.Pull, true
	ids, err := build.Run(ctx, s.Builder, specs, options)
	here, _ := s.List(ctx, p) // without it, up builds again what has an index
	memory := recall(s.StateDir)
	for _, spec := range specs {
		if id, hash := ids[spec.Service], hashes[spec.Service]; id != "" && hash != "" {
			memory.add("built %s %s", cmp.Or(here.IDs[spec.Image], id), hash)
		}
	}
	memory.save()
	return ids, err
}

// chosen are the specs of the services and of those that their images are built
// from; all without any.
func chosen(specs []build.Spec, services []string) []build.Spec {
	if len(services) == 0 {
		return specs
	}
	needed := map[string]bool{}
	var need func(s build.Spec)
	need = func(s build.Spec) {
		if needed[s.Service] {
			return
		}
		needed[s.Service] = true
		for _, base := range s.Bases {
			need(base)
		}
	}
	for _, s := range specs {
		if slices.Contains(services, s.Service) {
			need(s)
		}
	}
	return slices.DeleteFunc(slices.Clone(specs), func(s build.Spec) bool { return !needed[s.Service] })
}

// adjust puts what the user asks for into a spec.
func adjust(s *build.Spec, o BuildOptions) {
	if len(o.Args) > 0 {
		args := maps.Clone(s.Args)
		if args == nil {
			args = map[string]*string{}
		}
		maps.Copy(args, o.Args)
		s.Args = args
	}
	s.SSH = append(slices.Clone(s.SSH), o.SSH...)
	attest := maps.Clone(s.Attest)
	for kind, asked := range map[string]string{"provenance": o.Provenance, "sbom": o.SBOM} {
		if asked == "" {
			continue
		}
		if attest == nil {
			attest = map[string]string{}
		}
		delete(attest, kind)
		if asked == "true" {
			attest[kind] = ""
		} else if asked != "false" {
			attest[kind] = asked
		}
	}
	s.Attest = attest
}
