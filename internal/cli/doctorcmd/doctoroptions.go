package doctorcmd

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/doctor"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ports"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/untrusted"
	"github.com/devup-cli/devup/internal/workspace"
)

// doctorOptions are what the checks of doctor look at.
func doctorOptions(ctx context.Context, env *command.Env) (doctor.Options, error) {
	place, err := env.ReadWorkspace(ctx)
	if err != nil {
		return doctor.Options{}, err
	}
	outside := env.ReadEgress()
	examined, err := projectToExamine(ctx, env, place)
	if err != nil {
		return doctor.Options{}, err
	}
	return doctor.Options{
		Connect: env.Connect, Settings: env.Settings, Workspace: place, Project: examined,
		Observe: func(ctx context.Context, e *engine.Engine) (doctor.State, error) {
			return standing(ctx, env, e, examined.Model)
		},
		Machine: doctor.Machine{
			GOOS: runtime.GOOS, WSL: env.Getenv("WSL_DISTRO_NAME") != "", Files: os.DirFS("/"),
			Free: doctor.FreeSpace, StateDir: env.StateDir(),
		},
		Network: networkToExamine(ctx, env, outside, examined.Model),
	}, ctx.Err()
}

// networkToExamine is the way to the internet, as builds have it.
func networkToExamine(ctx context.Context, env *command.Env, outside egress.Settings, p *project.Project) doctor.Network {
	return doctor.Network{
		Client:     outside.Client(),
		Registries: doctor.Registries(outside.Full("npm"), outside.Full("pip")),
		CA:         outside.CA, CASource: outside.CASource, Proxy: outside.Proxy, Notes: outside.Notes,
		Credentials: credentialsFound(ctx, env, outside, p),
		Inside: func(ctx context.Context, e *engine.Engine, image string, work func(context.Context, doctor.DialFunc) error) error {
			options := env.BuildDefaults()
			options.Egress = outside
			err := build.Inside(ctx, e.Client, image, options, func(ctx context.Context, dial build.Dial) error {
				return work(ctx, doctor.DialFunc(dial))
			})
			switch {
			case errors.Is(err, build.ErrUnfit):
				return doctor.ErrUnfit
			case errors.Is(err, build.ErrTooOld):
				return doctor.ErrTooOld
			}
			return err
		},
	}
}

// credentialsFound says of each credential of this machine what the project gets of it.
func credentialsFound(ctx context.Context, env *command.Env, outside egress.Settings, p *project.Project) []string {
	outcomes := map[string]string{}
	if p != nil {
		for _, r := range env.Preparer().Requests(ctx, p, outside, env.Settings.Credentials) {
			outcomes[r.ID()] = r.Outcome()
		}
	}
	var found []string
	for _, c := range outside.Credentials {
		outcome := outcomes[c.ID()]
		switch {
		case outcome == "" && p != nil && c.Configured:
			outcome = c.Description() + ": not passed on: no build here installs packages from that registry"
		case outcome == "" && p != nil && c.Public():
			outcome = c.Description() + ": not passed on: public packages need no " + c.Kind
		case outcome == "" && p != nil:
			outcome = c.Description() + ": not passed on: neither your configuration nor a build here uses that registry"
		case outcome == "":
			outcome = c.Description() + ": not passed on: there is no project here"
		}
		found = append(found, outcome)
	}
	return found
}

// projectToExamine reads the project here. That there is none, or that its files are
// wrong, is for the checks to tell.
func projectToExamine(ctx context.Context, env *command.Env, place workspace.Info) (doctor.Project, error) {
	dir, err := filepath.Abs(env.Flags.Dir)
	if err != nil {
		return doctor.Project{}, fail.Wrap(err, fail.Denied, "", "the current directory cannot be found")
	}
	p := doctor.Project{Dir: dir, Listening: listening}
	s, err := session.Open(ctx, env.Quiet().Env, session.Want{Project: session.Required})
	switch {
	case err == nil:
		s.Workspace = place
		p.Dir, p.Model = s.Project.WorkingDir, s.Project
		p.Notes = s.Resolved(ctx, os.Getuid(), os.Getgid()).Notes
	case fail.CodeOf(err) != fail.NoProject:
		p.Broken = err
	}
	p.Files, p.Git = untrusted.DirFS(p.Dir), checkout.GitIn(p.Dir)
	return p, ctx.Err()
}

// listening tells who holds which of the TCP ports, where the config wants them.
func listening(ctx context.Context, wanted []project.Port) map[int]string {
	var addresses []ports.Address
	for _, p := range wanted {
		if p.Wanted != 0 && p.Protocol == "tcp" {
			addresses = append(addresses, ports.Address{HostIP: p.HostIP, Port: p.Wanted})
		}
	}
	held := map[int]string{}
	for _, h := range ports.Bound(ctx, "tcp", addresses) {
		held[h.Port] = h.String()
	}
	return held
}
