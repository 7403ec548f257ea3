package projectcmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/session"
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

// NewConfig is `devup config`.
func NewConfig(p *command.Program) *cobra.Command {
	o := configOptions{lists: map[string]*bool{}}
	c := &cobra.Command{
		Use:         "config [SERVICE...]",
		Annotations: command.ReadOnly,
		Short:       "Print the project as devup understands it: one Compose file",
		Long: `Print the project as devup understands it: all config files merged, variables
and URLs filled in, as one Compose file. Values from env files are not repeated.
With services as arguments: these and what they depend on.`,
		Example: `  devup config
  devup config --services
  devup config --no-interpolate --output merged.yaml`,
		ValidArgsFunction: p.CompleteServices,
	}
	f := c.Flags()
	alone := []string{"quiet"}
	for _, list := range configLists {
		o.lists[list.flag] = f.Bool(list.flag, false, list.usage)
		alone = append(alone, list.flag)
	}
	f.StringVar(&o.format, "format", "", "write the project, or its variables, as `yaml` or json")
	f.StringVarP(&o.output, "output", "o", "", "write to this new `file` instead of printing")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print nothing: only say what is wrong")
	f.BoolVar(&o.noInterpolate, "no-interpolate", false, "leave variables as they are written")
	f.StringVar(&o.hash, "hash", "", "print the hash by which Docker Compose knows the `services`: some, divided by commas, or * for all")
	c.MarkFlagsMutuallyExclusive(append(alone, "hash")...)
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runConfig(ctx, env, args, o) })
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

func runConfig(ctx context.Context, env *command.Env, services []string, o configOptions) error {
	if o.format != "" && o.format != "yaml" && o.format != "json" {
		return fail.New(fail.Usage, "--format yaml or --format json", "--format must be yaml or json, not %q", o.format)
	}
	if o.noInterpolate || *o.lists["variables"] {
		return rawConfig(ctx, env, services, o)
	}
	s, err := session.Open(ctx, env.Env, session.Want{
		Project: session.Required, Services: services, Workspace: true, Gateway: session.GatewayAsConfigured,
	})
	if err != nil {
		return err
	}
	p := s.Project
	if o.quiet {
		for _, n := range p.Notes {
			env.Note(n)
		}
		return nil
	}
	if o.hash != "" {
		return configHashes(env, p, o.hash)
	}
	for _, list := range configLists {
		if *o.lists[list.flag] {
			configList(env, list.flag, listed(list.flag, p))
			return nil
		}
	}
	resolved := s.Resolved(ctx, os.Getuid(), os.Getgid())
	up.AddProxySettings(resolved, s.Workspace)
	up.RemoveDebuggers(resolved, s.Workspace)
	write := resolved.YAML
	if o.format == "json" {
		write = resolved.JSON
	}
	text, err := write()
	if err != nil {
		return err
	}
	return printConfig(env, text, append(slices.Clone(resolved.Notes), credentialNotes(ctx, env, p)...), o)
}

// credentialNotes say what the project would use of this machine's credentials, and gets.
func credentialNotes(ctx context.Context, env *command.Env, p *project.Project) []string {
	var notes []string
	for _, r := range env.Preparer().Requests(ctx, p, env.ReadEgress(), env.Settings.Credentials) {
		notes = append(notes, r.Outcome())
	}
	return notes
}

// printConfig prints a project, or writes it to the file that was asked for.
func printConfig(env *command.Env, text []byte, notes []string, o configOptions) error {
	if env.UI.Mode() == ui.JSON && o.output == "" {
		var model map[string]any
		if err := yaml.Unmarshal(text, &model); err != nil {
			return fmt.Errorf("read the project's own YAML: %w", err)
		}
		env.UI.Object(configObject{"config", model, notes})
		return nil
	}
	for _, note := range notes {
		env.Note(note)
	}
	if o.output == "" {
		env.UI.Raw(text)
		return nil
	}
	return writeNew(o.output, text)
}

// writeNew writes a file that is not there yet.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // it may hold values of variables
	if errors.Is(err, fs.ErrExist) {
		return fail.Wrap(err, fail.Usage, "choose another name, or remove it first", "the file %s already exists", path)
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
func configList(env *command.Env, list string, names []string) {
	for _, name := range names {
		switch {
		case env.UI.Mode() != ui.JSON:
			env.UI.Text(untrusted.Name(name))
		case list == "services":
			env.UI.Object(serviceObject{"service", name})
		case list == "environment":
			env.UI.Object(nameObject{list, name})
		default:
			env.UI.Object(nameObject{list[:len(list)-1], name})
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
func rawConfig(ctx context.Context, env *command.Env, services []string, o configOptions) error {
	for name, set := range map[string]bool{"environment": *o.lists["environment"], "hash": o.hash != ""} {
		if set {
			return fail.New(fail.Usage, "leave out one of them", "--%s and --no-interpolate do not go together", name)
		}
	}
	if len(services) > 0 {
		env.Note("the services that are named are not followed: without values of variables it is the whole project that is printed")
	}
	raw, err := project.Raw(ctx, env.ProjectOptions(ctx, session.Want{}))
	if err != nil || o.quiet {
		return err
	}
	if *o.lists["variables"] {
		return showVariables(env, project.Variables(raw), o.format)
	}
	for _, list := range configLists {
		if *o.lists[list.flag] {
			configList(env, list.flag, project.RawNames(raw, list.flag))
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
	return printConfig(env, text, nil, o)
}

// composeVariable is a variable as Docker Compose prints it.
type composeVariable struct {
	Name          string `json:"Name" yaml:"name"`
	DefaultValue  string `json:"DefaultValue" yaml:"defaultvalue"`
	PresenceValue string `json:"PresenceValue" yaml:"presencevalue"`
	Required      bool   `json:"Required" yaml:"required"`
}

// showVariables prints variables as a table, or with --format in the form of Docker Compose.
func showVariables(env *command.Env, variables []project.Variable, format string) error {
	if format != "" && env.UI.Mode() != ui.JSON {
		byName := map[string]composeVariable{}
		for _, v := range variables {
			byName[v.Name] = composeVariable{v.Name, v.Default, v.Alternative, v.Required}
		}
		write := func(v any) ([]byte, error) { return yaml.Marshal(v) }
		if format == "json" {
			write = func(v any) ([]byte, error) { return json.MarshalIndent(v, "", "    ") }
		}
		text, err := write(byName)
		if err != nil {
			return err
		}
		env.UI.Text(strings.TrimSuffix(string(text), "\n"))
		return nil
	}
	table := ui.Table{Header: []string{"NAME", "REQUIRED", "DEFAULT", "ALTERNATIVE"}}
	for _, v := range variables {
		if env.UI.Mode() == ui.JSON {
			env.UI.Object(variableObject{"variable", v.Name, v.Required, v.Default, v.Alternative})
			continue
		}
		required := "no"
		if v.Required {
			required = "yes"
		}
		table.Rows = append(table.Rows, []ui.Cell{{Text: v.Name}, {Text: required}, {Text: v.Default}, {Text: v.Alternative}})
	}
	if env.UI.Mode() != ui.JSON {
		env.UI.Table(table)
	}
	return nil
}
