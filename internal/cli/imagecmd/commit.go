package imagecmd

import (
	"context"
	"fmt"

	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ui"
)

// commitOptions are the flags of commit.
type commitOptions struct {
	author  string
	message string
	changes []string
	pause   bool
	index   int
}

// NewCommit is `devup commit`.
func NewCommit(p *command.Program) *cobra.Command {
	var o commitOptions
	c := &cobra.Command{
		Use:         "commit SERVICE [IMAGE]",
		Annotations: command.HasDryRun,
		Short:       "Make an image of a service's container as it is now",
		Long: `Make an image of what a container of a service holds now, without its volumes, and
print its ID. The container is paused meanwhile.`,
		Example: `  devup commit web shop/web:snapshot
  devup commit --change 'ENV DEBUG=1' web shop/web:debug`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return fail.New(fail.Usage, "for example: devup commit web shop/web:snapshot", "%s needs a service, and may have an image's name", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: p.CompleteServices,
	}
	f := c.Flags()
	f.StringVarP(&o.author, "author", "a", "", "note this `author` in the image")
	f.StringVarP(&o.message, "message", "m", "", "note this `text` in the image")
	f.StringArrayVarP(&o.changes, "change", "c", nil, "apply this `instruction` of a Dockerfile; may be repeated")
	f.BoolVarP(&o.pause, "pause", "p", true, "pause the container meanwhile")
	f.IntVar(&o.index, "index", 0, "the `number` of the container, where a service has several")
	p.BindName(f) // -p is --pause here, as in Compose
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runCommit(ctx, env, args, o) })
	return c
}

// committed is the image that commit made, in JSON. Its names are a promise.
type committed struct {
	Type    string `json:"type"` // "image"
	ID      string `json:"id"`
	Service string `json:"service"`
}

func runCommit(ctx context.Context, env *command.Env, args []string, o commitOptions) error {
	service := args[0]
	s, err := env.Observe(ctx, service)
	if err != nil {
		return err
	}
	defer s.Close()
	c, err := s.Container(service, o.index)
	if err != nil {
		return err
	}
	if env.Flags.DryRun {
		show.Operation(env, "commit", c.Name)
		return nil
	}
	options := client.ContainerCommitOptions{Comment: o.message, Author: o.author, Changes: o.changes, NoPause: !o.pause}
	if len(args) == 2 {
		options.Reference = args[1]
	}
	made, err := s.Engine.Client.ContainerCommit(ctx, c.ID, options)
	if err != nil {
		return fmt.Errorf("commit %s: %w", c.Name, err)
	}
	if env.UI.Mode() == ui.JSON {
		env.UI.Object(committed{"image", made.ID, service})
		return nil
	}
	env.UI.Text(made.ID)
	return nil
}
