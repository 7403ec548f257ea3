package session

import (
	"context"

	"github.com/devup-cli/devup/internal/prepare"
	"github.com/devup-cli/devup/internal/provider"
)

// Providers runs the programs of services that are no containers.
func Providers(s *Session) provider.Runner {
	return provider.Runner{
		Environ: s.Environ, Plugins: provider.Plugins(s.Getenv("DOCKER_CONFIG"), s.Home()), Sink: s.Sink,
		Consent: func(program string) provider.Consent { return s.programs[program] },
	}
}

// allowPrograms finds out which programs the user lets the project's providers run. --yes
// agrees to all, for one run.
func (s *opening) allowPrograms(ctx context.Context, p *prepare.Preparer) {
	if s.Project == nil {
		return
	}
	s.programs = map[string]provider.Consent{}
	for _, program := range Providers(s.Session).Programs(s.Project) {
		yes, known := p.Answered(ctx, s.Project, provider.Question(program))
		switch {
		case yes || s.Settings.Yes:
			s.programs[program] = provider.Agreed
		case known:
			s.programs[program] = provider.Declined
		}
	}
}

// nextProgram asks about a program that the user has not decided about; nil where there is
// none, or no user to ask.
func (s *opening) nextProgram(p *prepare.Preparer) prepare.Step {
	if !s.want.Providers || s.Project == nil || !p.CanAsk() {
		return nil
	}
	for _, program := range Providers(s.Session).Programs(s.Project) {
		if s.programs[program] == provider.Undecided {
			return p.Question(s.Project, provider.Question(program))
		}
	}
	return nil
}
