package containercmd

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// psOptions are the flags of ps.
type psOptions struct {
	all       bool
	quiet     bool
	services  bool
	noOrphans bool
	ready     bool
	whole     bool // IDs and commands are not cut
	statuses  []string
	filter    string
	format    string
}

// NewPs is `devup ps`.
func NewPs(p *command.Program) *cobra.Command {
	o := psOptions{}
	orphans := true
	c := &cobra.Command{
		Use:         "ps [SERVICE...]",
		Annotations: command.ReadOnly,
		Aliases:     []string{"status"},
		Short:       "List the project's containers",
		Long: `List the project's containers. The table and --json show stopped ones too; --quiet,
--services and --format, which scripts use, only those that run, unless --all or a
status is given. --all adds the containers of one-off commands.

Exit codes: 3 a service does not answer now, or has no container (with --ready).`,
		Example: `  devup ps
  devup ps --ready
  devup ps --services --status running
  devup ps --format '{{.Name}} {{.State}}'`,
		ValidArgsFunction: p.CompleteServices,
	}
	f := c.Flags()
	f.BoolVarP(&o.all, "all", "a", false, "all containers, those of one-off commands too")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print the IDs only")
	f.BoolVar(&o.services, "services", false, "print the names of the services only")
	f.BoolVar(&orphans, "orphans", true, "include containers of services that the files do not name")
	f.BoolVar(&o.ready, "ready", false, "succeed only if every service answers now; for scripts that wait")
	f.BoolVar(&o.whole, "no-trunc", false, "cut neither IDs nor commands")
	f.StringArrayVar(&o.statuses, "status", nil, "only containers with this `status`; may be repeated")
	f.StringVar(&o.filter, "filter", "", "only containers for which `status=VALUE` holds")
	command.FormatFlag(c, &o.format)
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		o.noOrphans = !orphans
		return runPs(ctx, env, args, o)
	})
	return c
}

// containerObject is a container in JSON. Its names are a promise.
type containerObject struct {
	Type    string       `json:"type"` // "container"
	Name    string       `json:"name"`
	Service string       `json:"service"`
	Number  int          `json:"number"`
	ID      string       `json:"id"`
	State   string       `json:"state"` // as the engine says it
	Health  string       `json:"health,omitempty"`
	Ports   []portObject `json:"ports"`
	// ExitCode is how the main process ended; absent where it has not.
	ExitCode *int `json:"exit_code,omitempty"`
}

type portObject struct {
	HostIP   string `json:"host_ip,omitempty"`
	Port     int    `json:"port"`
	Target   int    `json:"target"`
	Protocol string `json:"protocol"`
}

// statusWords are the states that a container may be asked for.
var statusWords = []string{"paused", "restarting", "removing", "running", "dead", "created", "exited"}

// check refuses a filter or a status that is none. Stopped is what ps itself calls a
// container that the engine calls exited.
func (o *psOptions) check() error {
	if o.filter != "" {
		key, value, ok := strings.Cut(o.filter, "=")
		if !ok || key != "status" {
			return fail.New(fail.Usage, "for example --filter status=running", "--filter takes status=VALUE only, not %q", o.filter)
		}
		o.statuses = append(o.statuses, value)
	}
	for i, s := range o.statuses {
		if s == "stopped" {
			o.statuses[i], s = "exited", "exited"
		}
		if !slices.Contains(statusWords, s) {
			return fail.New(fail.Usage, "they are "+command.List(statusWords)+", and stopped for exited", "no container has the status %q", s)
		}
	}
	return nil
}

func runPs(ctx context.Context, env *command.Env, services []string, o psOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	s, err := env.Open(ctx, session.Want{State: session.Containers, Workspace: true}, services)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := printContainers(ctx, env, s, services, o); err != nil || !o.ready {
		return err
	}
	return answering(ctx, s, services)
}

// printContainers prints the containers in the form that the flags ask for.
func printContainers(ctx context.Context, env *command.Env, s *session.Session, services []string, o psOptions) error {
	containers := o.choose(s, services)
	switch {
	case o.quiet:
		for _, c := range containers {
			env.UI.Text(c.ID)
		}
	case o.services:
		printServices(env, containers)
	case o.format != "" && o.format != "table":
		return env.Formatted(o.format, containerRows(s.State, containers, !o.whole))
	case env.UI.Mode() == ui.JSON:
		for _, c := range containers {
			env.UI.Object(describeContainer(c, session.OpenPorts(s, c)))
		}
	case len(containers) == 0:
		what := "no containers"
		if len(services) > 0 || len(o.statuses) > 0 {
			what = "no such containers"
		}
		env.Say("project " + s.Name + " has " + what + "; `devup up` creates them")
	default:
		showContainers(ctx, env, s, containers)
	}
	return nil
}

// choose are the containers that the flags mean, by service and number.
func (o psOptions) choose(s *session.Session, services []string) []plan.Container {
	running := o.quiet || o.services || o.format != "" && o.format != "table"
	running = running && !o.all && len(o.statuses) == 0
	known := s.Declared()
	var chosen []plan.Container
	for _, name := range s.Services() {
		for _, c := range s.Observed.Containers {
			switch {
			case c.Service != name, c.OneOff && !o.all,
				len(services) > 0 && !slices.Contains(services, name),
				running && !c.Up() && c.State != "paused",
				len(o.statuses) > 0 && !slices.Contains(o.statuses, c.State),
				o.noOrphans && known != nil && !slices.Contains(known, name):
				continue
			}
			chosen = append(chosen, c)
		}
	}
	slices.SortFunc(chosen, byPlace)
	return chosen
}

// serviceObject is a service in JSON.
type serviceObject struct {
	Type    string `json:"type"` // "service"
	Service string `json:"service"`
}

func printServices(env *command.Env, containers []plan.Container) {
	seen := map[string]bool{}
	for _, c := range containers {
		if seen[c.Service] {
			continue
		}
		seen[c.Service] = true
		if env.UI.Mode() == ui.JSON {
			env.UI.Object(serviceObject{"service", c.Service})
		} else {
			env.UI.Text(c.Service)
		}
	}
}

func showContainers(ctx context.Context, env *command.Env, s *session.Session, containers []plan.Container) {
	t := ui.Table{Header: []string{"CONTAINER", "SERVICE", "STATUS", "PORTS"}}
	seen, wrong := summariesByID(s.State), show.Wrong(ctx, s)
	for _, c := range containers {
		status := ui.Cell{Text: cmp.Or(seen[c.ID].Status, show.State(c)), Tone: show.Tone(show.State(c))}
		if text := wrong[c.Service]; text != "" && c.State == "running" {
			status = ui.Cell{Text: status.Text + ", " + text, Tone: ui.Bad}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.Name}, {Text: c.Service, Tone: ui.Strong}, status, {Text: openPorts(session.OpenPorts(s, c))}})
	}
	env.UI.Table(t)
}

func describeContainer(c plan.Container, ports []plan.PublishedPort) containerObject {
	o := containerObject{
		Type: "container", Name: c.Name, Service: c.Service, Number: c.Number, ID: c.ID,
		State: c.State, Health: c.Health, Ports: []portObject{},
	}
	if c.State == string(container.StateExited) {
		o.ExitCode = &c.ExitCode
	}
	for _, p := range ports {
		o.Ports = append(o.Ports, portObject{p.HostIP, p.Public, p.Target, p.Protocol})
	}
	return o
}

// openPorts are ports of a container as text: "4567->4567". One that is open on
// IPv4 and IPv6 is named once.
func openPorts(ports []plan.PublishedPort) string {
	var texts []string
	for _, p := range ports {
		if p.HostIP == "::" && slices.Contains(ports, plan.PublishedPort{HostIP: "0.0.0.0", Public: p.Public, Target: p.Target, Protocol: p.Protocol}) {
			continue // every address, said before
		}
		text := fmt.Sprintf("%s->%d", net.JoinHostPort(p.HostIP, strconv.Itoa(p.Public)), p.Target)
		if p.Protocol != "tcp" {
			text += "/" + p.Protocol
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}
