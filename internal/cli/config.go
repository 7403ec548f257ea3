package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/ui"
)

func (a *app) configCommand() *cobra.Command {
	var services bool
	c := &cobra.Command{
		Use:   "config",
		Short: "Print the project as devup understands it: one Compose file",
		Long: `Print the project as devup understands it: all config files merged, variables
and URLs filled in, as one Compose file. Values from env files are not repeated.`,
		Example: `  devup config
  devup config --services`,
		Args: cobra.NoArgs,
	}
	c.Flags().BoolVar(&services, "services", false, "print the names of the services only")
	c.RunE = a.run(func(ctx context.Context, _ []string) error { return a.config(ctx, services) })
	return c
}

// configObject is the project in JSON.
type configObject struct {
	Type   string         `json:"type"` // "config"
	Config map[string]any `json:"config"`
	Notes  []string       `json:"notes,omitempty"`
}

// serviceObject is the name of a service in JSON.
type serviceObject struct {
	Type    string `json:"type"` // "service"
	Service string `json:"service"`
}

func (a *app) config(ctx context.Context, services bool) error {
	p, err := a.load(ctx)
	if err != nil {
		return err
	}
	if services {
		for _, name := range p.ServiceNames() {
			if a.ui.Mode() == ui.JSON {
				a.ui.Object(serviceObject{"service", name})
			} else {
				a.ui.Text(name)
			}
		}
		return nil
	}
	place, err := a.place()
	if err != nil {
		return err
	}
	resolved := resolve(p, place, nil, os.Getuid(), os.Getgid())
	text, err := resolved.YAML()
	if err != nil {
		return err
	}
	if a.ui.Mode() == ui.JSON {
		var model map[string]any
		if err := yaml.Unmarshal(text, &model); err != nil {
			return fmt.Errorf("read the project's own YAML: %w", err)
		}
		a.ui.Object(configObject{"config", model, resolved.Notes})
		return nil
	}
	for _, note := range resolved.Notes {
		a.ui.Say("note: " + note)
	}
	a.ui.Raw(text)
	return nil
}
