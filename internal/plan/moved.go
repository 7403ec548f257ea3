package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/project"
)

// movedPorts is the value of [LabelMoved] for the container of that number of a service:
// the host ports that the config asked for, TARGET/PROTOCOL=PORT, comma-separated, where
// it got others. So a later run can distinguish a port that had to move from one that
// the user has edited.
func movedPorts(declared, resolved types.ServiceConfig, number int) string {
	if len(declared.Ports) != len(resolved.Ports) {
		return ""
	}
	var list []string
	for i, p := range declared.Ports {
		asked := project.WantedPort(p.Published, number)
		if asked != 0 && strconv.Itoa(asked) != project.HostPort(resolved.Ports[i], number) {
			list = append(list, fmt.Sprintf("%d/%s=%d", p.Target, p.Protocol, asked))
		}
	}
	return strings.Join(list, ",")
}

// MovedFrom reports whether the container was made for a config that asked for the host
// port wanted, and got another one because that was held.
func (c Container) MovedFrom(target int, protocol string, wanted int) bool {
	return slices.Contains(strings.Split(c.Moved, ","), fmt.Sprintf("%d/%s=%d", target, protocol, wanted))
}
