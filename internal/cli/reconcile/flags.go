package reconcile

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/up"
)

// Flags are those of the commands that bring the engine to what the files say: up, create,
// scale and plan. Names and meaning are Compose's. [Default] is a run without any flag.
type Flags struct {
	Images      images.Options
	Plan        plan.Options
	NoDeps      bool
	KeepGoing   bool
	Scale       []string // "SERVICE=NUMBER"
	Seconds     int      // that containers may take to stop; negative for their own time
	Gateway     session.Gateway
	StrictPorts bool
}

// Default are the flags where none is given.
func Default() Flags {
	return Flags{Seconds: -1, KeepGoing: true, Gateway: session.GatewayAsConfigured}
}

// Bind declares the flags, whose values then are the defaults.
func (f *Flags) Bind(c *cobra.Command) {
	*f = Default()
	set := c.Flags()
	set.BoolVar(&f.Images.Build, "build", false, "build every image, stale or not")
	set.BoolVar(&f.Images.NoBuild, "no-build", false, "build nothing")
	set.StringVar(&f.Images.Pull, "pull", "policy", "pull before starting: always, missing, never, or policy for what the files say")
	set.BoolVar(&f.Images.QuietPull, "quiet-pull", false, "show no progress of pulls")
	set.BoolVar(&f.KeepGoing, "keep-going", true, "start the services that do not need an image that could not be had; --keep-going=false starts none then")
	set.BoolVar(&f.Plan.ForceRecreate, "force-recreate", false, "replace the containers also where nothing changed")
	set.BoolVar(&f.Plan.AlwaysDeps, "always-recreate-deps", false, "replace the containers of the dependencies too")
	set.BoolVar(&f.Plan.NoRecreate, "no-recreate", false, "leave containers that exist as they are")
	set.BoolVarP(&f.Plan.RenewAnon, "renew-anon-volumes", "V", false, "give new containers new anonymous volumes")
	set.BoolVar(&f.Plan.RemoveOrphans, "remove-orphans", false, "remove containers that belong to no service")
	set.BoolVar(&f.NoDeps, "no-deps", false, "without the services that the named ones depend on")
	set.StringArrayVar(&f.Scale, "scale", nil, "run this many containers of a service: `SERVICE=NUMBER`; may be repeated")
	set.BoolVar(&f.StrictPorts, "strict-ports", false, "use exactly the host ports in the files; fail if one is taken")
	command.GatewayFlag(set, &f.Gateway)
	command.TimeoutFlag(c, &f.Seconds)
	c.MarkFlagsMutuallyExclusive("build", "no-build")
	c.MarkFlagsMutuallyExclusive("force-recreate", "no-recreate")
	c.MarkFlagsMutuallyExclusive("always-recreate-deps", "no-recreate")
	c.MarkFlagsMutuallyExclusive("renew-anon-volumes", "no-recreate")
}

// Request is what the flags mean for services, with what the settings and the environment
// say.
func (f Flags) Request(env *command.Env, services []string) (Request, error) {
	scale, err := Numbers(f.Scale)
	if err != nil {
		return Request{}, err
	}
	r := Request{
		Want: session.Want{
			Services: services, NoDeps: f.NoDeps, Scale: scale, Gateway: f.Gateway,
		},
		Options: up.Options{
			Options: f.Images, Plan: f.Plan, StrictPorts: f.StrictPorts, StopOnFailure: !f.KeepGoing,
			Timeout: env.Settings.WaitTimeout, StopTimeout: command.StopTimeout(f.Seconds),
		},
	}
	r.Options.Plan.Services = services
	return r, nil
}

// Numbers reads SERVICE=NUMBER pairs.
func Numbers(pairs []string) (map[string]int, error) {
	scale := map[string]int{}
	for _, pair := range pairs {
		name, text, ok := strings.Cut(pair, "=")
		n, err := strconv.Atoi(text)
		if !ok || name == "" || err != nil || n < 0 {
			return nil, fail.New(fail.Usage, "for example web=3", "%q is not SERVICE=NUMBER", pair)
		}
		scale[name] = n
	}
	return scale, nil
}
