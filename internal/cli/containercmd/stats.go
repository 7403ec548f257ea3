package containercmd

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// statsOptions are the flags of stats.
type statsOptions struct {
	once   bool
	all    bool
	format string
}

// NewStats is `devup stats`.
func NewStats(p *command.Program) *cobra.Command {
	var o statsOptions
	c := &cobra.Command{
		Use:         "stats [SERVICE...]",
		Annotations: command.ReadOnly,
		Short:       "Show the processor time, memory and traffic of the services",
		Long:        "Show what the containers of the services use, again and again until Ctrl-C,\nor until none runs.",
		Example: `  devup stats
  devup stats --no-stream --format '{{.Name}} {{.CPUPerc}}' backend-flask`,
		ValidArgsFunction: p.CompleteServices,
	}
	c.Flags().BoolVar(&o.once, "no-stream", false, "show it once")
	c.Flags().BoolVarP(&o.all, "all", "a", false, "also containers that do not run")
	c.Flags().Bool("no-trunc", false, "does nothing: names are shown whole")
	_ = c.Flags().MarkHidden("no-trunc") // declared a line above
	command.FormatFlag(c, &o.format)
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runStats(ctx, env, args, o) })
	return c
}

// usage is what a container uses, in JSON. Its names are a promise.
type usage struct {
	Type       string  `json:"type"` // "stats"
	Time       string  `json:"time"` // empty for a container that does not run
	Service    string  `json:"service"`
	Container  string  `json:"container"`
	CPUPercent float64 `json:"cpu_percent"` // of one core
	Memory     uint64  `json:"memory"`      // sizes in bytes
	Limit      uint64  `json:"memory_limit"`
	Received   uint64  `json:"received"`
	Sent       uint64  `json:"sent"`
	Read       uint64  `json:"read"`
	Written    uint64  `json:"written"`
	Processes  uint64  `json:"processes"`

	id string
}

// statsRow is the same as text, under the names that Docker has for its parts.
type statsRow struct {
	Container string
	ID        string
	Name      string
	Service   string
	CPUPerc   string
	MemUsage  string
	MemPerc   string
	NetIO     string
	BlockIO   string
	PIDs      string
}

func (u usage) row() statsRow {
	if u.Time == "" {
		const none = "--"
		return statsRow{u.Container, u.id, u.Container, u.Service, none, none, none, none, none, none}
	}
	return statsRow{
		Container: u.Container, ID: u.id, Name: u.Container, Service: u.Service,
		CPUPerc: percent(u.CPUPercent), MemPerc: percent(share(u.Memory, u.Limit)),
		MemUsage: sizes(u.Memory, u.Limit), NetIO: sizes(u.Received, u.Sent), BlockIO: sizes(u.Read, u.Written), PIDs: fmt.Sprint(u.Processes),
	}
}

func runStats(ctx context.Context, env *command.Env, services []string, o statsOptions) error {
	s, err := env.Observe(ctx, services...)
	if err != nil {
		return err
	}
	defer s.Close()
	next := time.NewTicker(time.Second) // at least, as an engine may answer at once
	defer next.Stop()
	for {
		shown, err := statsRound(ctx, env, s, services, o)
		switch {
		case ctx.Err() != nil && !o.once:
			return nil // Ctrl-C is the end that was asked for
		case err != nil || o.once:
			return err
		case !shown:
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-next.C:
		}
		if s, err = s.Refresh(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
	}
}

// statsRound shows once what the containers use. It says where none runs.
func statsRound(ctx context.Context, env *command.Env, s *session.Session, services []string, o statsOptions) (runs bool, err error) {
	all := s.Containers(services)
	running := slices.DeleteFunc(slices.Clone(all), func(c plan.Container) bool { return !sampled(c) })
	if len(running) == 0 {
		env.Say("nothing runs in project " + s.Name)
	}
	if !o.all {
		all = running
	}
	rows, err := statsOf(ctx, s.Engine.Client, all)
	if err == nil && len(rows) > 0 {
		err = showStats(env, rows, o)
	}
	return len(running) > 0, err
}

// statsOf asks for what the containers use, all at once. The engine takes a second for an
// answer: the share of the processor is counted over that time. One that is removed meanwhile
// has no row.
func statsOf(ctx context.Context, api *client.Client, containers []plan.Container) ([]usage, error) {
	rows := make([]usage, len(containers))
	group, asking := errgroup.WithContext(ctx)
	for i, c := range containers {
		if !sampled(c) {
			rows[i] = usage{Type: "stats", Service: c.Service, Container: c.Name, id: plan.ShortID(c.ID)}
			continue
		}
		group.Go(func() error {
			answer, err := api.ContainerStats(asking, c.ID, client.ContainerStatsOptions{IncludePreviousSample: true})
			if errdefs.IsNotFound(err) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("stats of %s: %w", c.Name, err)
			}
			defer answer.Body.Close()
			var found container.StatsResponse
			if err := json.NewDecoder(answer.Body).Decode(&found); err != nil {
				return fmt.Errorf("stats of %s: %w", c.Name, err)
			}
			if !found.Read.IsZero() { // else it has just stopped
				rows[i] = usageOf(c, found)
			}
			return nil
		})
	}
	err := group.Wait()
	return slices.DeleteFunc(rows, func(u usage) bool { return u.Container == "" }), err
}

// sampled tells whether the engine counts what a container uses.
func sampled(c plan.Container) bool { return c.Up() || c.State == "paused" }

// usageOf counts as `docker stats` does: memory without the cache that the kernel gives
// back when it is needed, and the processor as a share of one core.
func usageOf(c plan.Container, s container.StatsResponse) usage {
	u := usage{
		Type: "stats", Time: s.Read.UTC().Format(time.RFC3339), Service: c.Service, Container: c.Name, id: plan.ShortID(c.ID),
		CPUPercent: processor(s), Memory: s.MemoryStats.Usage, Limit: s.MemoryStats.Limit, Processes: s.PidsStats.Current,
	}
	for _, cache := range []string{"total_inactive_file", "inactive_file"} {
		if n, known := s.MemoryStats.Stats[cache]; known && n < u.Memory {
			u.Memory -= n
			break
		}
	}
	for _, n := range s.Networks {
		u.Received, u.Sent = u.Received+n.RxBytes, u.Sent+n.TxBytes
	}
	for _, b := range s.BlkioStats.IoServiceBytesRecursive {
		switch strings.ToLower(b.Op) {
		case "read":
			u.Read += b.Value
		case "write":
			u.Written += b.Value
		}
	}
	return u
}

// processor is the share of a core that was used between two counts.
func processor(s container.StatsResponse) float64 {
	cores := float64(s.CPUStats.OnlineCPUs)
	if cores == 0 {
		cores = float64(len(s.CPUStats.CPUUsage.PercpuUsage))
	}
	used := float64(s.CPUStats.CPUUsage.TotalUsage) - float64(s.PreCPUStats.CPUUsage.TotalUsage)
	passed := float64(s.CPUStats.SystemUsage) - float64(s.PreCPUStats.SystemUsage)
	if used <= 0 || passed <= 0 {
		return 0
	}
	return used / passed * cores * 100
}

func share(part, whole uint64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole) * 100
}

func percent(n float64) string { return fmt.Sprintf("%.2f%%", n) }

func sizes(a, b uint64) string { return command.Size(int64(a)) + " / " + command.Size(int64(b)) }

func showStats(env *command.Env, found []usage, o statsOptions) error {
	if o.format != "" && o.format != "table" {
		var rows []any
		for _, u := range found {
			rows = append(rows, u.row())
		}
		return env.Formatted(o.format, rows)
	}
	t := ui.Table{Header: []string{"CONTAINER", "CPU %", "MEM USAGE / LIMIT", "MEM %", "NET I/O", "BLOCK I/O", "PIDS"}}
	for _, u := range found {
		if env.UI.Mode() == ui.JSON {
			env.UI.Object(u)
			continue
		}
		r := u.row()
		row := []ui.Cell{{Text: r.Name, Tone: ui.Strong}}
		for _, text := range []string{r.CPUPerc, r.MemUsage, r.MemPerc, r.NetIO, r.BlockIO, r.PIDs} {
			row = append(row, ui.Cell{Text: text})
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		return nil
	}
	if !o.once && env.UI.Streams().OutTTY {
		env.UI.Raw([]byte("\x1b[H\x1b[2J")) // each table stands where the one before stood
	}
	env.UI.Table(t)
	return nil
}
