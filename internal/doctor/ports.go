package doctor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// checkPorts names who else holds the TCP ports that the project wants.
func checkPorts(ctx context.Context, p Project, look func(context.Context) (Standing, error)) Finding {
	if p.Model == nil || p.Listening == nil {
		return nothing()
	}
	wanted := wantedPorts(p)
	if len(wanted) == 0 {
		return good("the project publishes none")
	}
	held := p.Listening(ctx, p.Model.PublishedPorts())
	standing, _ := look(ctx) // without an engine nothing of ours runs
	for _, own := range standing.Published {
		delete(held, own.Port)
	}
	var taken []string
	for _, port := range wanted {
		if who, ok := held[port]; ok {
			taken = append(taken, fmt.Sprintf("%d is held by %s", port, cmp.Or(standing.Held[port], who)))
		}
	}
	if len(taken) == 0 {
		return good(numbers(wanted) + " free")
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
