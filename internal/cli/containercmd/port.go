package containercmd

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// portOptions are the flags of port.
type portOptions struct {
	protocol string
	index    int
}

// NewPort is `devup port`.
func NewPort(p *command.Program) *cobra.Command {
	var o portOptions
	c := &cobra.Command{
		Use:         "port [SERVICE [PORT]]",
		Annotations: command.ReadOnly,
		Short:       "Print the address at which a port of a service is open here",
		Long: `Print the address at which a port of a service is open here. Without a port, list
those of all open ports of the service; without a service, those of all services.`,
		Example: `  devup port
  devup port web 80
  devup port --protocol udp dns 53`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 2 {
				return fail.New(fail.Usage, "for example: devup port web 80", "%s takes a service and a port", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: p.CompleteServices,
	}
	c.Flags().StringVar(&o.protocol, "protocol", "tcp", "the `protocol` of the port: tcp or udp")
	c.Flags().IntVar(&o.index, "index", 0, "the `number` of the container, where a service has several")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		if len(args) < 2 {
			return listPorts(ctx, env, args, o)
		}
		return runPort(ctx, env, args[0], args[1], o)
	})
	return c
}

// addressObject is where a port is open, in JSON. Its names are a promise.
type addressObject struct {
	Type    string `json:"type"` // "address"
	Service string `json:"service"`
	portObject
}

// listPorts prints the addresses of all open ports of the running containers.
func listPorts(ctx context.Context, env *command.Env, services []string, o portOptions) error {
	s, err := env.Observe(ctx, services...)
	if err != nil {
		return err
	}
	defer s.Close()
	containers := slices.DeleteFunc(s.Containers(services), func(c plan.Container) bool {
		return c.State != "running" || o.index > 0 && c.Number != o.index
	})
	if len(services) > 0 && len(containers) == 0 {
		_, err := s.RunningContainer(services[0], o.index)
		return err
	}
	t := ui.Table{}
	for _, c := range containers {
		for _, p := range session.OpenPorts(s, c) {
			if env.UI.Mode() == ui.JSON {
				env.UI.Object(addressObject{"address", c.Service, portObject{p.HostIP, p.Public, p.Target, p.Protocol}})
				continue
			}
			t.Rows = append(t.Rows, []ui.Cell{
				{Text: c.Service, Tone: ui.Strong}, {Text: fmt.Sprintf("%d/%s", p.Target, p.Protocol)}, {Text: net.JoinHostPort(p.HostIP, strconv.Itoa(p.Public))},
			})
		}
	}
	if len(t.Rows) > 0 {
		env.UI.Table(t)
	} else if env.UI.Mode() != ui.JSON {
		env.Say("no port is open")
	}
	return nil
}

func runPort(ctx context.Context, env *command.Env, service, text string, o portOptions) error {
	number, protocol, both := strings.Cut(text, "/")
	if !both {
		protocol = o.protocol
	}
	protocol = strings.ToLower(protocol)
	target, err := strconv.ParseUint(number, 10, 16)
	if err != nil || target == 0 {
		return fail.New(fail.Usage, "for example: devup port web 80", "%q is not a port", text)
	}
	s, err := env.Observe(ctx, service)
	if err != nil {
		return err
	}
	defer s.Close()
	c, err := s.RunningContainer(service, o.index)
	if err != nil {
		return err
	}
	var open []string
	for _, p := range session.OpenPorts(s, c) {
		if p.Target == int(target) && p.Protocol == protocol {
			if env.UI.Mode() == ui.JSON {
				env.UI.Object(addressObject{"address", service, portObject{p.HostIP, p.Public, p.Target, p.Protocol}})
			} else {
				env.UI.Text(net.JoinHostPort(p.HostIP, strconv.Itoa(p.Public)))
			}
			return nil
		}
		open = append(open, fmt.Sprintf("%d/%s", p.Target, p.Protocol))
	}
	hint := "its open ports are " + command.List(open)
	if len(open) == 0 {
		hint = "it opens none; list it under ports of the service"
	}
	e := fail.New(fail.Failed, hint, "%s does not open the port %d/%s", c.Name, target, protocol)
	e.Service = service
	return e
}
