package cli

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ui"
)

// portOptions are the flags of port.
type portOptions struct {
	protocol string
	index    int
}

func (a *app) portCommand() *cobra.Command {
	var o portOptions
	c := &cobra.Command{
		Use:   "port SERVICE PORT",
		Short: "Print the address at which a port of a service is open here",
		Example: `  devup port web 80
  devup port --protocol udp dns 53`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fail.New(fail.Usage, "for example: devup port web 80", "%s wants a service and a port", c.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: a.completeServices,
	}
	c.Flags().StringVar(&o.protocol, "protocol", "tcp", "the `protocol` of the port: tcp or udp")
	c.Flags().IntVar(&o.index, "index", 0, "the `number` of the container, where a service has several")
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.port(ctx, args[0], args[1], o) })
	return c
}

// addressObject is where a port is open, in JSON. Its names are a promise.
type addressObject struct {
	Type    string `json:"type"` // "address"
	Service string `json:"service"`
	portObject
}

func (a *app) port(ctx context.Context, service, text string, o portOptions) error {
	number, protocol, both := strings.Cut(text, "/")
	if !both {
		protocol = o.protocol
	}
	protocol = strings.ToLower(protocol)
	target, err := strconv.ParseUint(number, 10, 16)
	if err != nil || target == 0 {
		return fail.New(fail.Usage, "for example: devup port web 80", "%q is no port", text)
	}
	r, err := a.observe(ctx)
	if err != nil {
		return err
	}
	if err := r.check([]string{service}); err != nil {
		return err
	}
	c, err := r.runningContainer(service, o.index)
	if err != nil {
		return err
	}
	var open []string
	for _, p := range c.Ports {
		if p.Target == int(target) && p.Protocol == protocol {
			if a.ui.Mode() == ui.JSON {
				a.ui.Object(addressObject{"address", service, portObject{p.HostIP, p.Public, p.Target, p.Protocol}})
			} else {
				a.ui.Text(net.JoinHostPort(p.HostIP, strconv.Itoa(p.Public)))
			}
			return nil
		}
		open = append(open, fmt.Sprintf("%d/%s", p.Target, p.Protocol))
	}
	hint := "its open ports are " + list(open)
	if len(open) == 0 {
		hint = "it opens none; list it under ports of the service"
	}
	e := fail.New(fail.Failed, hint, "%s does not open the port %d/%s", c.Name, target, protocol)
	e.Service = service
	return e
}

// numbered is the container of a service with a number, or the first, running or not.
func (r *running) numbered(service string, number int) (plan.Container, error) {
	for _, c := range r.look.Of(service) {
		if number == 0 || c.Number == number {
			return c, nil
		}
	}
	message := fmt.Sprintf("%s has no container", service)
	if number > 0 {
		message = fmt.Sprintf("%s has no container with the number %d", service, number)
	}
	e := fail.New(fail.Failed, "make it with `devup up "+service+"`", "%s", message)
	e.Service = service
	return plan.Container{}, e
}
