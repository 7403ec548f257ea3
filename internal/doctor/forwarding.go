package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/engine"
)

// checkForwarding connects to the ports that the project's containers publish: what the
// engine calls published may still not arrive here.
func checkForwarding(ctx context.Context, find func(context.Context) (*engine.Engine, error), look func(context.Context) (Standing, error)) Finding {
	e, err := find(ctx)
	if err != nil {
		return nothing()
	}
	if !e.Local() {
		return warning("the engine is another machine, and the ports of services are published there: "+e.Endpoint,
			"open them there, or bring them here, for example with `ssh -L 3000:localhost:3000 HOST`")
	}
	standing, err := look(ctx)
	if err != nil || len(standing.Published) == 0 {
		return nothing()
	}
	var open, deaf []string
	for _, p := range standing.Published {
		if err := knock(ctx, p); refused(err) {
			deaf = append(deaf, fmt.Sprintf("%d (%s)", p.Port, p.Service))
		} else {
			open = append(open, strconv.Itoa(p.Port))
		}
	}
	switch {
	case len(deaf) == 0 && len(open) == 1:
		return good(open[0] + " takes connections")
	case len(deaf) == 0:
		return good(strings.Join(open, ", ") + " take connections")
	}
	return warning("the engine publishes ports that nothing answers at on this machine: "+strings.Join(deaf, ", "),
		"restart the engine; where devup runs in a container of its own, give that the host's network")
}

// knock connects and hangs up.
func knock(ctx context.Context, p Published) error {
	host := p.HostIP
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	limited, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	c, err := (&net.Dialer{}).DialContext(limited, "tcp", net.JoinHostPort(host, strconv.Itoa(p.Port)))
	if err != nil {
		return err
	}
	return c.Close()
}

// refused is the answer of a machine on which nobody listens, or none at all.
// Windows has another number for it than ECONNREFUSED: it is enough that the connection
// was not made.
func refused(err error) bool {
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "dial" && !errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
