package urls

import (
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/symbol"
)

// ownEnv sets the variables of a service's own env files whose URLs are others here.
func (r *resolver) ownEnv(s *types.ServiceConfig, before types.ServiceConfig) {
	for _, v := range r.project.OwnEnv(s.Name) {
		if _, set := s.Environment[v.Name]; set {
			continue
		}
		text, urls := r.urls(before, v.Name, v.Value)
		known := !slices.ContainsFunc(symbol.BareNames(text), func(name string) bool { _, ok := r.value(name); return !ok })
		if len(urls) == 0 || !known {
			continue
		}
		if v.Built {
			r.notes = append(r.notes, fmt.Sprintf("%s: %s in %s is built into the image and stays as it is: add `ARG %s` to the Dockerfile, and %s under args of build",
				s.Name, v.Name, v.File, v.Name, v.Name))
			continue
		}
		filled := symbol.Fill(text, r.value)
		if s.Environment == nil {
			s.Environment = types.MappingWithEquals{}
		}
		s.Environment[v.Name] = &filled
		r.notes = append(r.notes, fmt.Sprintf("%s: %s in %s is resolved to %s", s.Name, v.Name, v.File, strings.Join(urls, " and ")))
	}
}
