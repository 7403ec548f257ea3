package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ui"
)

func (a *app) psCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "ps [SERVICE...]",
		Aliases: []string{"status"},
		Short:   "List the project's containers",
		Example: `  devup ps
  devup ps --json`,
		ValidArgsFunction: a.completeServices,
		RunE:              a.run(a.ps),
	}
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
}

type portObject struct {
	HostIP   string `json:"host_ip,omitempty"`
	Port     int    `json:"port"`
	Target   int    `json:"target"`
	Protocol string `json:"protocol"`
}

func (a *app) ps(ctx context.Context, services []string) error {
	r, err := a.observe(ctx)
	if err != nil {
		return err
	}
	if err := r.check(services); err != nil {
		return err
	}
	containers := r.containers(services)
	if a.ui.Mode() == ui.JSON {
		for _, c := range containers {
			a.ui.Object(describeContainer(c))
		}
		return nil
	}
	if len(containers) == 0 {
		a.ui.Say("project " + r.name + " has no containers; `devup up` makes them")
		return nil
	}
	t := ui.Table{Header: []string{"CONTAINER", "SERVICE", "STATE", "PORTS"}}
	for _, c := range containers {
		word := state(c)
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: c.Name}, {Text: c.Service, Tone: ui.Strong}, {Text: word, Tone: tone(word)}, {Text: openPorts(c)},
		})
	}
	a.ui.Table(t)
	return nil
}

func describeContainer(c plan.Container) containerObject {
	o := containerObject{
		Type: "container", Name: c.Name, Service: c.Service, Number: c.Number, ID: c.ID,
		State: c.State, Health: c.Health, Ports: []portObject{},
	}
	for _, p := range c.Ports {
		o.Ports = append(o.Ports, portObject{p.HostIP, p.Public, p.Target, p.Protocol})
	}
	return o
}

// openPorts are the ports of a container as text: "4567->4567". One that is open on
// IPv4 and IPv6 is named once.
func openPorts(c plan.Container) string {
	var texts []string
	seen := map[string]bool{}
	for _, p := range c.Ports {
		text := fmt.Sprintf("%d->%d", p.Public, p.Target)
		if p.Protocol != "tcp" {
			text += "/" + p.Protocol
		}
		if !seen[text] {
			seen[text] = true
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, ", ")
}
