package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// movedPorts is the value of [LabelMoved] for a service: the ports as the config had
// them, TARGET/PROTOCOL=PUBLISHED, comma-separated, of those that got another host port.
// So a later run can tell a port that had to move from one that somebody has edited.
func movedPorts(authored, resolved types.ServiceConfig) string {
	if len(authored.Ports) != len(resolved.Ports) {
		return ""
	}
	var list []string
	for i, p := range authored.Ports {
		if first := firstPort(p.Published); first != 0 && strconv.Itoa(first) != resolved.Ports[i].Published {
			list = append(list, fmt.Sprintf("%d/%s=%d", p.Target, p.Protocol, first))
		}
	}
	return strings.Join(list, ",")
}

// firstPort is the number, or the first of the range, that a published value asks for;
// 0 for any.
func firstPort(published string) int {
	first, _, _ := strings.Cut(published, "-")
	n, _ := strconv.Atoi(first) // 0 where it is empty
	return n
}

// MovedFrom tells whether the container was made for a config that asked for the host
// port wanted, and got another one because that was held.
func (c Container) MovedFrom(target int, protocol string, wanted int) bool {
	return slices.Contains(strings.Split(c.Moved, ","), fmt.Sprintf("%d/%s=%d", target, protocol, wanted))
}
