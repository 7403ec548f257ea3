package containercmd

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/observe"
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

func rowOf(u observe.Usage) statsRow {
	if u.Time == "" {
		const none = "--"
		return statsRow{u.Container, plan.ShortID(u.ID), u.Container, u.Service, none, none, none, none, none, none}
	}
	return statsRow{
		Container: u.Container, ID: plan.ShortID(u.ID), Name: u.Container, Service: u.Service,
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
	running := slices.DeleteFunc(slices.Clone(all), func(c plan.Container) bool { return !observe.Sampled(c) })
	if len(running) == 0 {
		env.Say("nothing runs in project " + s.Name)
	}
	if !o.all {
		all = running
	}
	rows, err := observe.Usages(ctx, s.Engine.Client, all)
	if err == nil && len(rows) > 0 {
		err = showStats(env, rows, o)
	}
	return len(running) > 0, err
}

func share(part, whole uint64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole) * 100
}

func percent(n float64) string { return fmt.Sprintf("%.2f%%", n) }

func sizes(a, b uint64) string { return command.Size(int64(a)) + " / " + command.Size(int64(b)) }

func showStats(env *command.Env, found []observe.Usage, o statsOptions) error {
	if o.format != "" && o.format != "table" {
		var rows []any
		for _, u := range found {
			rows = append(rows, rowOf(u))
		}
		return env.Formatted(o.format, rows)
	}
	t := ui.Table{Header: []string{"CONTAINER", "CPU %", "MEM USAGE / LIMIT", "MEM %", "NET I/O", "BLOCK I/O", "PIDS"}}
	for _, u := range found {
		if env.UI.Mode() == ui.JSON {
			env.UI.Object(u)
			continue
		}
		r := rowOf(u)
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
