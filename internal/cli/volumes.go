package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/volume"
	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ui"
)

// volumesOptions are the flags of volumes.
type volumesOptions struct {
	quiet  bool
	format string
}

func (a *app) volumesCommand() *cobra.Command {
	var o volumesOptions
	c := &cobra.Command{
		Use:   "volumes [SERVICE...]",
		Short: "List the project's volumes",
		Example: `  devup volumes
  devup volumes --format '{{.Name}}' db`,
		ValidArgsFunction: a.completeServices,
	}
	c.Flags().BoolVarP(&o.quiet, "quiet", "q", false, "print the names only")
	formatFlag(c, &o.format)
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.volumes(ctx, args, o) })
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

func (a *app) volumes(ctx context.Context, services []string, o volumesOptions) error {
	r, err := a.observe(ctx)
	if err != nil {
		return err
	}
	if err := r.check(services); err != nil {
		return err
	}
	found, err := r.engine.Client.VolumeList(ctx, client.VolumeListOptions{
		Filters: client.Filters{}.Add("label", plan.LabelProject+"="+r.name),
	})
	if err != nil {
		return fmt.Errorf("list volumes: %w", err)
	}
	users := r.mounters()
	meant := slices.DeleteFunc(found.Items, func(v volume.Volume) bool {
		return len(services) > 0 && !slices.ContainsFunc(users[v.Name], func(s string) bool { return slices.Contains(services, s) })
	})
	slices.SortFunc(meant, func(x, y volume.Volume) int { return strings.Compare(x.Name, y.Name) })
	switch {
	case o.quiet:
		for _, v := range meant {
			a.ui.Text(v.Name)
		}
	case o.format != "" && o.format != "table":
		var rows []any
		for _, v := range meant {
			rows = append(rows, volumeRowOf(v))
		}
		return a.formatted(o.format, rows)
	default:
		a.showVolumes(meant, users)
	}
	return nil
}

// mounters gives the services that have each volume mounted, sorted.
func (r *running) mounters() map[string][]string {
	users := map[string][]string{}
	for _, c := range r.look.Containers {
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

func (a *app) showVolumes(volumes []volume.Volume, users map[string][]string) {
	t := ui.Table{Header: []string{"DRIVER", "VOLUME NAME", "SERVICES"}}
	for _, v := range volumes {
		if a.ui.Mode() == ui.JSON {
			a.ui.Object(volumeObject{"volume", v.Name, v.Labels[plan.LabelVolume], v.Driver, append([]string{}, users[v.Name]...)})
			continue
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: v.Driver}, {Text: v.Name, Tone: ui.Strong}, {Text: strings.Join(users[v.Name], ", ")}})
	}
	switch {
	case len(t.Rows) > 0:
		a.ui.Table(t)
	case a.ui.Mode() != ui.JSON:
		a.ui.Say("the project has no volume")
	}
}
