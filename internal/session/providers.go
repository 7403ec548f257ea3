package session

import (
	"github.com/devup-cli/devup/internal/provider"
)

// Providers runs the programs of services that are no containers.
func Providers(s *Session) provider.Runner {
	return provider.Runner{
		Environ: s.Environ, Plugins: provider.Plugins(s.Getenv("DOCKER_CONFIG"), s.Home()), Sink: s.Sink,
		Consent: func(program string) provider.Consent { return s.programs[program] },
	}
}
