package imagecmd

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/volume"
	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// volumesOptions are the flags of volumes.
type volumesOptions struct {
	quiet  bool
	format string
}

// NewVolumes is `devup volumes`.
func NewVolumes(p *command.Program) *cobra.Command {
	var o volumesOptions
	c := &cobra.Command{
		Use:         "volumes [SERVICE...]",
		Annotations: command.ReadOnly,
		Short:       "List the project's volumes",
		Example: `  devup volumes
  devup volumes --format '{{.Name}}' db`,
		ValidArgsFunction: p.CompleteServices,
	}
	c.Flags().BoolVarP(&o.quiet, "quiet", "q", false, "print the names only")
	command.FormatFlag(c, &o.format)
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runVolumes(ctx, env, args, o) })
	return c
}

// volumeObject is a volume in JSON. Its names are a promise.
type volumeObject struct {
	Type     string   `json:"type"` // "volume"
	Name     string   `json:"name"`
	Key      string   `json:"key,omitempty"` // under which the files name it
	Driver   string   `json:"driver"`
	Services []string `json:"services"` // that have it mounted
}

// volumeRow is a volume for --format json and templates, under docker's names.
type volumeRow struct {
	Availability string
	Driver       string
	Group        string
	Labels       string
	Links        string
	Mountpoint   string
	Name         string
	Scope        string
	Size         string
	Status       string
}

func runVolumes(ctx context.Context, env *command.Env, services []string, o volumesOptions) error {
	s, err := env.Observe(ctx, services...)
	if err != nil {
		return err
	}
	defer s.Close()
	found, err := s.Engine.Client.VolumeList(ctx, client.VolumeListOptions{
		Filters: client.Filters{}.Add("label", plan.LabelProject+"="+s.Name),
	})
	if err != nil {
		return fmt.Errorf("list volumes: %w", err)
	}
	users := mounters(s)
	meant := slices.DeleteFunc(found.Items, func(v volume.Volume) bool {
		return len(services) > 0 && !slices.ContainsFunc(users[v.Name], func(s string) bool { return slices.Contains(services, s) })
	})
	slices.SortFunc(meant, func(x, y volume.Volume) int { return strings.Compare(x.Name, y.Name) })
	switch {
	case o.quiet:
		for _, v := range meant {
			env.UI.Text(v.Name)
		}
	case o.format != "" && o.format != "table":
		var rows []any
		for _, v := range meant {
			rows = append(rows, volumeRowOf(v))
		}
		return env.Formatted(o.format, rows)
	default:
		showVolumes(env, meant, users)
	}
	return nil
}

// mounters gives the services that have each volume mounted, sorted.
func mounters(s *session.Session) map[string][]string {
	users := map[string][]string{}
	for _, c := range s.Observed.Containers {
		for _, m := range c.Mounts {
			if m.Name != "" && !slices.Contains(users[m.Name], c.Service) {
				users[m.Name] = append(users[m.Name], c.Service)
			}
		}
	}
	for _, names := range users {
		slices.Sort(names)
	}
	return users
}

func volumeRowOf(v volume.Volume) volumeRow {
	var labels []string
	for _, name := range slices.Sorted(maps.Keys(v.Labels)) {
		labels = append(labels, name+"="+v.Labels[name])
	}
	const unknown = "N/A"
	return volumeRow{
		Availability: unknown, Driver: v.Driver, Group: unknown, Labels: strings.Join(labels, ","), Links: unknown,
		Mountpoint: v.Mountpoint, Name: v.Name, Scope: v.Scope, Size: unknown, Status: unknown,
	}
}

func showVolumes(env *command.Env, volumes []volume.Volume, users map[string][]string) {
	t := ui.Table{Header: []string{"DRIVER", "VOLUME NAME", "SERVICES"}}
	for _, v := range volumes {
		if env.UI.Mode() == ui.JSON {
			env.UI.Object(volumeObject{"volume", v.Name, v.Labels[plan.LabelVolume], v.Driver, append([]string{}, users[v.Name]...)})
			continue
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: v.Driver}, {Text: v.Name, Tone: ui.Strong}, {Text: strings.Join(users[v.Name], ", ")}})
	}
	switch {
	case len(t.Rows) > 0:
		env.UI.Table(t)
	case env.UI.Mode() != ui.JSON:
		env.Say("the project has no volume")
	}
}
