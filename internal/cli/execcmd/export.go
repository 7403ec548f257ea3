package execcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

// exportOptions are the flags of export.
type exportOptions struct {
	output string
	index  int
}

// NewExport is `devup export`.
func NewExport(p *command.Program) *cobra.Command {
	var o exportOptions
	c := &cobra.Command{
		Use:         "export SERVICE",
		Annotations: command.ReadOnly,
		Short:       "Write the files of a service's container as a tar archive",
		Example: `  devup export web > web.tar
  devup export --output web.tar web`,
		Args:              oneService,
		ValidArgsFunction: p.CompleteServices,
	}
	c.Flags().StringVarP(&o.output, "output", "o", "", "write to this `file`, which must not exist")
	c.Flags().IntVar(&o.index, "index", 0, "the `number` of the container, where a service has several")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		return runExport(ctx, env, args[0], o)
	})
	return c
}

// oneService refuses any number of arguments but one.
func oneService(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fail.New(fail.Usage, "for example: "+c.CommandPath()+" web", "%s needs one service", c.CommandPath())
	}
	return nil
}

func runExport(ctx context.Context, env *command.Env, service string, o exportOptions) (err error) {
	if o.output == "" && env.UI.Streams().OutTTY {
		return fail.New(fail.Usage, "name a file with --output, or redirect the output", "an archive is not for a terminal")
	}
	s, err := env.Observe(ctx, service)
	if err != nil {
		return err
	}
	defer s.Close()
	c, err := s.Container(service, o.index)
	if err != nil || env.Flags.DryRun {
		return err
	}
	archive, err := s.Engine.Client.ContainerExport(ctx, c.ID, client.ContainerExportOptions{})
	if err != nil {
		return fmt.Errorf("export %s: %w", c.Name, err)
	}
	defer archive.Close()
	if o.output == "" {
		_, err := io.Copy(env.Out, archive)
		return err
	}
	if err := writeNew(o.output, archive); err != nil {
		return err
	}
	env.Sink(event.Event{Kind: event.Container, Name: c.Name, Parent: service, State: event.Done, Text: "exported to " + o.output})
	return nil
}

// writeNew writes a file that must not exist yet. What cannot be written whole is removed.
func writeNew(name string, from io.Reader) (err error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fail.New(fail.Failed, "name another file, or remove it", "%s exists already", name)
	}
	if err != nil {
		return fail.Wrap(err, fail.Denied, "", "%s cannot be written", name)
	}
	if _, err = io.Copy(file, from); err == nil {
		return file.Close()
	}
	_ = file.Close()
	_ = os.Remove(name) // the error says already that it is not whole
	return fmt.Errorf("write %s: %w", name, err)
}
