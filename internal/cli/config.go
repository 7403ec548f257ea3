package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/untrusted"
	"github.com/devup-cli/devup/internal/up"
)

// configOptions are the flags of config.
type configOptions struct {
	lists         map[string]*bool // by the name of the flag that asks for the list
	format        string
	output        string
	quiet         bool
	noInterpolate bool
	hash          string
}

// configLists are the lists that config can print instead of the project.
var configLists = []struct{ flag, usage string }{
	{"services", "print the names of the services only"},
	{"volumes", "print the names of the volumes only"},
	{"networks", "print the names of the networks only"},
	{"images", "print the images of the services only"},
	{"profiles", "print the names of the profiles only"},
	{"environment", "print the names of the variables that can be filled in; their values are not shown"},
	{"variables", "print the variables that the files refer to, and their defaults"},
}

func (a *app) configCommand() *cobra.Command {
	o := configOptions{lists: map[string]*bool{}}
	c := &cobra.Command{
		Use:   "config [SERVICE...]",
		Short: "Print the project as devup understands it: one Compose file",
		Long: `Print the project as devup understands it: all config files merged, variables
and URLs filled in, as one Compose file. Values from env files are not repeated.
With services as arguments: these and what they depend on.`,
		Example: `  devup config
  devup config --services
  devup config --no-interpolate --output merged.yaml`,
		ValidArgsFunction: a.completeServices,
	}
	f := c.Flags()
	alone := []string{"quiet"}
	for _, list := range configLists {
		o.lists[list.flag] = f.Bool(list.flag, false, list.usage)
		alone = append(alone, list.flag)
	}
	f.StringVar(&o.format, "format", "yaml", "write the project as yaml or json")
	f.StringVarP(&o.output, "output", "o", "", "write to this new `file` instead of printing")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print nothing: only say what is wrong")
	f.BoolVar(&o.noInterpolate, "no-interpolate", false, "leave variables as they are written")
	f.StringVar(&o.hash, "hash", "", "print the hash by which Docker Compose knows the `services`: some, divided by commas, or * for all")
	c.MarkFlagsMutuallyExclusive(append(alone, "hash")...)
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.config(ctx, args, o) })
	return c
}

// The objects of config in JSON. Their names are a promise.
type (
	configObject struct {
		Type   string         `json:"type"` // "config"
		Config map[string]any `json:"config"`
		Notes  []string       `json:"notes,omitempty"`
	}
	serviceObject struct {
		Type    string `json:"type"` // "service"
		Service string `json:"service"`
	}
	nameObject struct {
		Type string `json:"type"` // "volume", "network", "image", "profile" or "environment"
		Name string `json:"name"`
	}
	variableObject struct {
		Type        string `json:"type"` // "variable"
		Name        string `json:"name"`
		Required    bool   `json:"required"`
		Default     string `json:"default,omitempty"`
		Alternative string `json:"alternative,omitempty"`
	}
)

func (a *app) config(ctx context.Context, services []string, o configOptions) error {
	if o.format != "yaml" && o.format != "json" {
		return fail.New(fail.Usage, "--format yaml or --format json", "there is no format %q for a project", o.format)
	}
	if o.noInterpolate || *o.lists["variables"] {
		return a.rawConfig(ctx, services, o)
	}
	p, err := a.load(ctx, services...)
	if err != nil {
		return err
	}
	if o.quiet {
		for _, n := range p.Notes {
			a.note(n)
		}
		return nil
	}
	if o.hash != "" {
		return a.configHashes(p, o.hash)
	}
	for _, list := range configLists {
		if *o.lists[list.flag] {
			a.configList(list.flag, listed(list.flag, p))
			return nil
		}
	}
	place, err := a.place(ctx)
	if err != nil {
		return err
	}
	if p, err = a.gated(ctx, p, nil, p.Name, choice{}); err != nil {
		return err
	}
	resolved := a.resolve(ctx, p, place, nil, os.Getuid(), os.Getgid())
	up.AddProxySettings(resolved, place)
	up.RemoveDebuggers(resolved, place)
	write := resolved.YAML
	if o.format == "json" {
		write = resolved.JSON
	}
	text, err := write()
	if err != nil {
		return err
	}
	return a.printConfig(text, append(slices.Clone(resolved.Notes), a.credentialNotes(ctx, p)...), o)
}

// printConfig prints a project, or writes it to the file that was asked for.
func (a *app) printConfig(text []byte, notes []string, o configOptions) error {
	if a.ui.Mode() == ui.JSON && o.output == "" {
		var model map[string]any
		if err := yaml.Unmarshal(text, &model); err != nil {
			return fmt.Errorf("read the project's own YAML: %w", err)
		}
		a.ui.Object(configObject{"config", model, notes})
		return nil
	}
	for _, note := range notes {
		a.note(note)
	}
	if o.output == "" {
		a.ui.Raw(text)
		return nil
	}
	return writeNew(o.output, text)
}

// writeNew writes a file that is not there yet.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // it may hold values of variables
	if errors.Is(err, fs.ErrExist) {
		return fail.Wrap(err, fail.Usage, "choose another name, or remove it first", "the file %s is there already", path)
	}
	if err != nil {
		return fail.Wrap(err, fail.Denied, "", "%s cannot be written", path)
	}
	_, err = f.Write(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fail.Wrap(err, fail.Denied, "", "%s cannot be written", path)
	}
	return nil
}

// configList prints one of the lists of a project.
func (a *app) configList(list string, names []string) {
	for _, name := range names {
		switch {
		case a.ui.Mode() != ui.JSON:
			a.ui.Text(untrusted.Name(name))
		case list == "services":
			a.ui.Object(serviceObject{"service", name})
		case list == "environment":
			a.ui.Object(nameObject{list, name})
		default:
			a.ui.Object(nameObject{list[:len(list)-1], name})
		}
	}
}

func listed(list string, p *project.Project) []string {
	switch list {
	case "services":
		return p.ServiceNames()
	case "volumes":
		return p.VolumeNames()
	case "networks":
		return p.NetworkNames()
	case "images":
		return p.Images()
	case "profiles":
		all := map[string]bool{}
		for _, s := range p.AllServices() {
			for _, name := range s.Profiles {
				all[name] = true
			}
		}
		return slices.Sorted(maps.Keys(all))
	default:
		return slices.Sorted(maps.Keys(p.Environment))
	}
}

// rawConfig prints what needs no variable filled in.
func (a *app) rawConfig(ctx context.Context, services []string, o configOptions) error {
	for name, set := range map[string]bool{"environment": *o.lists["environment"], "hash": o.hash != ""} {
		if set {
			return fail.New(fail.Usage, "leave out one of them", "--%s and --no-interpolate do not go together", name)
		}
	}
	if len(services) > 0 {
		return fail.New(fail.Usage, "leave them out", "variables stay as they are in the whole project, so no services can be chosen")
	}
	raw, err := project.Raw(ctx, a.projectOptions())
	if err != nil || o.quiet {
		return err
	}
	if *o.lists["variables"] {
		a.showVariables(project.Variables(raw))
		return nil
	}
	for _, list := range configLists {
		if *o.lists[list.flag] {
			a.configList(list.flag, project.RawNames(raw, list.flag))
			return nil
		}
	}
	write := project.RawYAML
	if o.format == "json" {
		write = project.RawJSON
	}
	text, err := write(raw)
	if err != nil {
		return err
	}
	return a.printConfig(text, nil, o)
}

func (a *app) showVariables(variables []project.Variable) {
	table := ui.Table{Header: []string{"NAME", "REQUIRED", "DEFAULT", "ALTERNATIVE"}}
	for _, v := range variables {
		if a.ui.Mode() == ui.JSON {
			a.ui.Object(variableObject{"variable", v.Name, v.Required, v.Default, v.Alternative})
			continue
		}
		required := "no"
		if v.Required {
			required = "yes"
		}
		table.Rows = append(table.Rows, []ui.Cell{{Text: v.Name}, {Text: required}, {Text: v.Default}, {Text: v.Alternative}})
	}
	if a.ui.Mode() != ui.JSON {
		a.ui.Table(table)
	}
}
