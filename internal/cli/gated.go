package cli

import (
	"context"
	"slices"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/untrusted"
)

// gated is the project with its gateway, where one is wanted: by the flag, else by the
// files, else by a command before this one that had the flag. e is nil where no engine
// answers, and name is the project's there.
func (a *app) gated(ctx context.Context, p *project.Project, e *engine.Engine, name string, flag choice) (*project.Project, error) {
	state, serves := a.keeper(e, name).Look(ctx)
	byFiles := p.Gateway != nil
	if !flag.or(byFiles || state.Asked) {
		return p.WithoutGateway(), nil
	}
	if e != nil && !e.Local() {
		return nil, fail.New(fail.Usage, "run devup on that machine, or leave the gateway out with --gateway=false",
			"the engine is on another machine, and a gateway here does not reach the ports there")
	}
	found := map[string]project.Found{}
	if !p.RoutesConfigured() {
		for service, folders := range p.SourceFolders() {
			found[service] = lookAt(folders)
		}
	}
	p, err := p.WithGateway(found)
	if err != nil {
		return nil, err
	}
	now := project.GatewayNow{Asked: !byFiles}
	if wanted, _ := p.GatewayPort(); state.Wanted == wanted.Wanted {
		now.Port, now.Serves = state.Port(), serves
	}
	return p.WithGatewayNow(now), nil
}

// lookAt finds out what the source of a service serves. Of several services in its
// folders, the nearest is the service itself.
func lookAt(folders []string) project.Found {
	for _, folder := range folders {
		repo, err := detect.Scan(untrusted.DirFS(folder))
		if err != nil {
			continue
		}
		slices.SortStableFunc(repo.Services, func(x, y detect.Service) int { return len(x.Dir) - len(y.Dir) })
		for _, s := range repo.Services {
			if len(s.Routes) > 0 || s.Page {
				return project.Found{Routes: s.Routes, Page: s.Page}
			}
		}
	}
	return project.Found{}
}

// choice is a flag that says yes, no, or nothing.
type choice struct{ given, on bool }

func (c choice) or(otherwise bool) bool { return c.given && c.on || !c.given && otherwise }

// String is the choice as the flag's help shows it.
func (c *choice) String() string {
	if !c.given {
		return ""
	}
	return strconv.FormatBool(c.on)
}

// Set reads true or false.
func (c *choice) Set(text string) (err error) {
	c.given = true
	c.on, err = strconv.ParseBool(text)
	return err
}

// Type makes the help show the flag without a value, which it may have.
func (c *choice) Type() string { return "bool" }

func bindGateway(f *pflag.FlagSet, c *choice) {
	f.VarPF(c, "gateway", "", "serve everything through one port: the frontend at /, the others below the paths that they answer").NoOptDefVal = "true"
}
