package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/doctor"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ports"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/untrusted"
	"github.com/devup-cli/devup/internal/workspace"
)

// doctorOptions are what the checks of doctor look at.
func (a *app) doctorOptions(ctx context.Context) (doctor.Options, error) {
	place, err := a.place(ctx)
	if err != nil {
		return doctor.Options{}, err
	}
	outside, err := a.outside()
	if err != nil {
		return doctor.Options{}, err
	}
	examined, err := a.projectToExamine(ctx, place)
	if err != nil {
		return doctor.Options{}, err
	}
	return doctor.Options{
		Connect: a.connect, Settings: a.settings, Place: place, Project: examined,
		Look: func(ctx context.Context, e *engine.Engine) (doctor.Standing, error) {
			return a.standing(ctx, e, examined.Model)
		},
		Machine: doctor.Machine{
			GOOS: runtime.GOOS, WSL: a.stdio.env("WSL_DISTRO_NAME") != "", Files: os.DirFS("/"),
			Free: doctor.FreeSpace, StateDir: a.stateDir(),
		},
		Network: a.networkToExamine(ctx, outside, examined.Model),
	}, ctx.Err()
}

// networkToExamine is the way to the outside, as builds have it.
func (a *app) networkToExamine(ctx context.Context, outside egress.Settings, p *project.Project) doctor.Network {
	return doctor.Network{
		Client:     outside.Client(),
		Registries: doctor.Registries(outside.Full("npm"), outside.Full("pip")),
		CA:         outside.CA, CASource: outside.CASource, Proxy: outside.Proxy, Notes: outside.Notes,
		Credentials: a.credentialsFound(ctx, outside, p),
		Inside: func(ctx context.Context, e *engine.Engine, image string, work func(context.Context, doctor.DialFunc) error) error {
			options := a.buildDefaults()
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
func (a *app) credentialsFound(ctx context.Context, outside egress.Settings, p *project.Project) []string {
	outcomes := map[string]string{}
	if p != nil {
		requests, _ := a.requests(ctx, p) // outside could be read
		for _, r := range requests {
			outcomes[r.ID()] = r.outcome()
		}
	}
	var found []string
	for _, c := range outside.Credentials {
		outcome := outcomes[c.ID()]
		switch {
		case outcome == "" && p != nil && c.Configured:
			outcome = c.Held() + ": not handed on, as no build here installs packages from there"
		case outcome == "" && p != nil:
			outcome = c.Held() + ": not handed on, as neither your configuration nor a build here uses that registry"
		case outcome == "":
			outcome = c.Held() + ": not handed on without a project"
		}
		found = append(found, outcome)
	}
	return found
}

// projectToExamine reads the project here. That there is none, or that its files are
// wrong, is for the checks to tell.
func (a *app) projectToExamine(ctx context.Context, place workspace.Place) (doctor.Project, error) {
	dir, err := filepath.Abs(a.flags.dir)
	if err != nil {
		return doctor.Project{}, fail.Wrap(err, fail.Denied, "", "the current folder cannot be found")
	}
	p := doctor.Project{Dir: dir, Listening: listening}
	model, err := a.loadProject(ctx, a.projectOptions())
	switch {
	case err == nil:
		p.Dir, p.Model = model.WorkingDir, model
		p.Notes = a.resolve(ctx, model, place, nil, os.Getuid(), os.Getgid()).Notes
	case fail.CodeOf(err) != fail.NoProject:
		p.Broken = err
	}
	p.Files, p.Git = untrusted.DirFS(p.Dir), gitIn(p.Dir)
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
