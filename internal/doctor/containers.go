package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/untrusted"
)

// checkPorts names who else holds the TCP ports that the project wants.
func checkPorts(ctx context.Context, p Project, observe func(context.Context) (State, error)) Finding {
	if p.Model == nil || p.Listening == nil {
		return nothing()
	}
	wanted := wantedPorts(p)
	if len(wanted) == 0 {
		return good("the project publishes none")
	}
	held := p.Listening(ctx, p.Model.PublishedPorts())
	state, _ := observe(ctx) // without an engine nothing of ours runs
	var own []int
	for _, p := range state.Published {
		delete(held, p.Port)
		own = append(own, p.Port)
	}
	var taken []string
	for _, port := range wanted {
		if who, ok := held[port]; ok {
			taken = append(taken, fmt.Sprintf("%d is held by %s", port, cmp.Or(state.InUse[port], who)))
		}
	}
	if len(taken) == 0 {
		var texts []string
		for _, port := range wanted {
			word := "free"
			if slices.Contains(own, port) {
				word = "used by this project"
			}
			texts = append(texts, fmt.Sprintf("%d is %s", port, word))
		}
		return good(strings.Join(texts, ", "))
	}
	return warning(strings.Join(taken, "; "), "devup takes another port for the service, and its URL follows")
}

// wantedPorts are the TCP ports of the host that a project asks for, each once.
func wantedPorts(p Project) []int {
	var wanted []int
	for _, port := range p.Model.PublishedPorts() {
		if port.Wanted != 0 && port.Protocol == "tcp" {
			wanted = append(wanted, port.Wanted)
		}
	}
	slices.Sort(wanted)
	return slices.Compact(wanted)
}

func numbers(ports []int) string {
	texts := make([]string, 0, len(ports))
	for _, port := range ports {
		texts = append(texts, strconv.Itoa(port))
	}
	return strings.Join(texts, ", ")
}

// checkForwarding connects to the ports that the project's containers publish: what the
// engine calls published may still not arrive here.
func checkForwarding(ctx context.Context, find func(context.Context) (*engine.Engine, error), observe func(context.Context) (State, error)) Finding {
	e, err := find(ctx)
	if err != nil {
		return nothing()
	}
	if !e.Local() {
		return warning("the engine is another machine, and the ports of services are published there: "+e.Endpoint,
			"open them there, or bring them here, for example with `ssh -L 3000:localhost:3000 HOST`")
	}
	state, err := observe(ctx)
	if err != nil || len(state.Published) == 0 {
		return nothing()
	}
	var open, silent []string
	for _, p := range state.Published {
		if err := connect(ctx, p); refused(err) {
			silent = append(silent, fmt.Sprintf("%d (%s)", p.Port, p.Service))
		} else {
			open = append(open, strconv.Itoa(p.Port))
		}
	}
	switch {
	case len(silent) == 0 && len(open) == 1:
		return good(open[0] + " takes connections")
	case len(silent) == 0:
		return good(strings.Join(open, ", ") + " take connections")
	}
	return warning("the engine publishes ports that nothing answers at on this machine: "+strings.Join(silent, ", "),
		"restart the engine; if devup runs in a container, run that with the host's network")
}

// connect connects and hangs up.
func connect(ctx context.Context, p Published) error {
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

// refused is the answer of a machine on which nothing listens, or none at all.
// Windows has another number for it than ECONNREFUSED: it is enough that the connection
// was not made.
func refused(err error) bool {
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "dial" && !errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// checkServices says which services that run do not answer as they should now.
func checkServices(ctx context.Context, observe func(context.Context) (State, error)) Finding {
	state, err := observe(ctx)
	switch {
	case err != nil || len(state.Published) == 0:
		return nothing()
	case len(state.Wrong) == 0:
		return good("what runs answers")
	}
	names := slices.Sorted(maps.Keys(state.Wrong))
	var all []string
	for _, name := range names {
		all = append(all, name+" "+state.Wrong[name])
	}
	return warning(strings.Join(all, ", "), "run `devup inspect --no-config "+names[0]+"` for the cause")
}

// checkOrphans looks for containers of the project that its files know nothing of any
// more. They hold ports and names.
func checkOrphans(ctx context.Context, p Project, observe func(context.Context) (State, error)) Finding {
	if p.Model == nil {
		return nothing()
	}
	state, err := observe(ctx)
	switch {
	case err != nil:
		return nothing() // the check of the engine says why
	case len(state.Orphans) == 0:
		return good("")
	}
	return warning("containers of this project belong to no service of its files: "+strings.Join(state.Orphans, ", "),
		"`devup down --remove-orphans` removes them").
		fixed(Fix{
			Does: "remove the containers " + strings.Join(state.Orphans, ", "),
			Do:   func(ctx context.Context) error { return state.Remove(ctx, state.Orphans) },
		})
}

// checkProjects looks for projects on the engine whose directory was removed or moved.
func checkProjects(ctx context.Context, observe func(context.Context) (State, error)) Finding {
	state, err := observe(ctx)
	switch n := len(state.Gone); {
	case err != nil:
		return nothing()
	case n == 0:
		return good("")
	case n == 1:
		return warning("the directory of the project "+state.Gone[0]+" was deleted, and the engine still has its containers",
			"`devup down -p "+untrusted.Arguments(state.Gone[0])+"` removes them")
	default:
		return warning(fmt.Sprintf("the engine has containers of %d projects whose directory was deleted", n),
			"`devup prune` lists them and asks whether to remove them").with(state.Gone)
	}
}
