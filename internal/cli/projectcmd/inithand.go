package projectcmd

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"strings"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/urls"
)

// handWritten is what an existing devup.yaml has decided.
type handWritten struct {
	services []detect.Wanted            // those that name their stack
	marked   map[string]bool            // all services, true for those that may be opened to the internet
	gateway  int                        // the host port of the gateway; 0 for none
	set      map[string]map[string]bool // the variables that it gives a value, by service
}

// missingValue stands for the value of a variable that is not set.
const missingValue = "value-that-is-missing"

// withValues is an environment in which what is missing has some value.
func withValues(env map[string]string, w project.Wants) map[string]string {
	filled := map[string]string{}
	maps.Copy(filled, env)
	for _, v := range w.Values {
		filled[v.Name] = missingValue
	}
	for _, g := range w.Generate {
		filled[g.Name] = missingValue
	}
	return filled
}

func readHandWritten(ctx context.Context, env *command.Env, fsys fs.FS, dir string) (handWritten, error) {
	var hand handWritten
	if _, err := fs.Stat(fsys, projectFile); errors.Is(err, fs.ErrNotExist) {
		return hand, nil
	}
	// With the compose files next to it: alone, what adds to them is no project.
	o := project.Options{
		Dir: dir, Env: env.Variables(),
		Answers: func(root string) []byte { return env.Checkout(root).ReadAnswers(ctx) },
	}
	p, err := project.Load(ctx, o)
	if missing, ok := errors.AsType[*project.MissingValues](err); ok {
		o.Env = withValues(o.Env, missing.Wants) // what a start needs, a look at the files does not
		p, err = project.Load(ctx, o)
	}
	if err != nil {
		return hand, err
	}
	if port, on := urls.GatewayPort(p); on {
		hand.gateway = port.Wanted
	}
	hand.marked, hand.set = map[string]bool{}, map[string]map[string]bool{}
	for _, name := range p.ServiceNames() {
		hand.marked[name] = p.Extensions[name].Public
		hand.set[name] = map[string]bool{}
		for variable, value := range p.Services[name].Environment {
			hand.set[name][variable] = value != nil && *value != "" && !strings.Contains(*value, missingValue)
		}
		stack := p.Extensions[name].Stack
		build := p.Services[name].Build
		if stack == "" || build == nil {
			continue
		}
		within, err := filepath.Rel(dir, build.Context)
		if err != nil || !filepath.IsLocal(within) {
			continue // what lies outside of the repository is not ours to write
		}
		// The Dockerfile lies in the service's directory, which is below its context where
		// that is a workspace.
		context := filepath.ToSlash(within)
		service := path.Join(context, path.Dir(filepath.ToSlash(build.Dockerfile)))
		if !fs.ValidPath(service) {
			service = context
		}
		hand.services = append(hand.services, detect.Wanted{Name: name, Dir: service, Stack: stack, Context: context})
	}
	return hand, nil
}
