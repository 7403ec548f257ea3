package imagecmd

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/images"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// buildOptions are the flags of build.
type buildOptions struct {
	images.BuildOptions
	args         []string
	ssh          []string
	memory       string
	builder      string
	push         bool
	quiet        bool
	dependencies bool
}

// NewBuild is `devup build`.
func NewBuild(p *command.Program) *cobra.Command {
	var o buildOptions
	c := &cobra.Command{
		Use:   "build [SERVICE...]",
		Short: "Build the images of the services",
		Long: `Build the images of the services, or of all. devup up builds what is stale by
itself. Exit code 5 when an image could not be built.`,
		Example: `  devup build
  devup build --no-cache backend-flask
  devup build --push --build-arg VERSION=1.2`,
		ValidArgsFunction: p.CompleteServices,
	}
	f := c.Flags()
	f.StringArrayVar(&o.args, "build-arg", nil, "give builds this `name=value`; a name alone takes the value of the environment")
	f.BoolVar(&o.NoCache, "no-cache", false, "use nothing of earlier builds")
	f.BoolVar(&o.Pull, "pull", false, "look for newer base images")
	f.BoolVar(&o.push, "push", false, "after the build, push the images whose service has an image key")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "show no progress")
	f.StringArrayVar(&o.ssh, "ssh", nil, "SSH `agent` for builds: default, or a name=socket or key file")
	f.BoolVar(&o.dependencies, "with-dependencies", false, "build for the services that the named ones depend on, too")
	f.StringVar(&o.Provenance, "provenance", "", "add an attestation of how the image was built: true, false or its parameters")
	f.StringVar(&o.SBOM, "sbom", "", "add an attestation of what is in the image: true, false or its parameters")
	f.StringVarP(&o.memory, "memory", "m", "", "has no effect: BuildKit has no memory limit")
	f.StringVar(&o.builder, "builder", "", "the engine's own builder, default, is the only one")
	for _, name := range []string{"memory", "builder"} {
		_ = f.MarkHidden(name) // they are declared just above
	}
	deprecated(f, "parallel", "compress", "force-rm", "no-rm")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runBuild(ctx, env, args, o) })
	return c
}

// imageObject is a built image in JSON. Its names are a promise.
type imageObject struct {
	Type    string `json:"type"` // "image"
	Service string `json:"service"`
	ID      string `json:"id"`
}

func runBuild(ctx context.Context, env *command.Env, services []string, o buildOptions) error {
	if o.builder != "" && o.builder != "default" {
		return fail.New(fail.Usage, "leave out --builder: devup builds with the BuildKit of the engine that it is connected to", "the builder %s cannot be used", o.builder)
	}
	if o.memory != "" {
		env.Sink(event.Event{Kind: event.Note, ID: "--memory", State: event.Warning, Text: "--memory has no effect: BuildKit has no memory limit"})
	}
	s, p, err := open(ctx, env, services, o.quiet, session.Asked)
	if err != nil {
		return err
	}
	defer s.Close()
	if !o.dependencies {
		o.Services = services
	}
	o.Args = buildArgs(o.args, p.Environment)
	if o.SSH, err = sshKeys(o.ssh); err != nil {
		return err
	}
	for _, text := range s.Withheld {
		env.Note(text)
	}
	store := s.ImageStore()
	ids, err := store.BuildAll(ctx, p, o.BuildOptions)
	if env.UI.Mode() == ui.JSON {
		for _, service := range slices.Sorted(maps.Keys(ids)) {
			env.UI.Object(imageObject{"image", service, ids[service]})
		}
	}
	if len(ids) == 0 && err == nil {
		env.Say("nothing to build: no service has a build section")
	}
	if err != nil || !o.push || len(ids) == 0 {
		return err
	}
	_, err = store.Push(ctx, p, images.PushOptions{Services: slices.Sorted(maps.Keys(ids)), Quiet: o.quiet})
	return err
}

// buildArgs reads the arguments of --build-arg. One without a value that the
// environment does not have is declared and stays empty.
func buildArgs(given []string, env map[string]string) map[string]*string {
	args := map[string]*string{}
	for _, text := range given {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			value, ok = env[name]
		}
		args[name] = nil
		if ok {
			args[name] = &value
		}
	}
	return args
}

// sshKeys reads the arguments of --ssh.
func sshKeys(given []string) ([]build.SSH, error) {
	var keys []build.SSH
	for _, text := range given {
		id, path, ok := strings.Cut(text, "=")
		if id == "" && !ok {
			id = "default"
		}
		if !ok && id != "default" {
			return nil, fail.New(fail.Usage, "write --ssh default for your agent, or --ssh "+id+"=KEYFILE", "--ssh %s names no key", text)
		}
		keys = append(keys, build.SSH{ID: id, Path: path})
	}
	return keys, nil
}
