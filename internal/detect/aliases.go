package detect

import (
	"slices"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// namedCalls are URLs at the name of a service, as a compose file of the project once had it.
var namedCalls = lazyregexp.New(`\bhttps?://([a-z][a-z0-9_-]{1,40}):(\d{2,5})\b`)

// otherHosts are names in URLs that are no service's.
var otherHosts = []string{"localhost", "host", "hostname", "server-name", "example", "your-server", "yourserver", "username"}

// decideAliases gives services the names by which sources call them and that nothing has: the
// port says which one is meant, where only one listens there.
func decideAliases(all services, data []Data) {
	taken := slices.Clone(otherHosts)
	for _, c := range all {
		taken = append(taken, c.Name)
	}
	for _, need := range data {
		taken = append(taken, need.Key)
	}
	for _, c := range all {
		if c.compose != nil {
			continue
		}
		for _, source := range append(slices.Clip(c.Configs), c.Sources...) {
			for _, match := range namedCalls.FindAllStringSubmatch(source.Text, 20) {
				port, ok := stack.PortNumber(match[2])
				if !ok || slices.Contains(taken, match[1]) {
					continue
				}
				if called := all.onlyAt(port, c); called != nil {
					called.Aliases = append(called.Aliases, match[1])
					taken = append(taken, match[1])
				}
			}
		}
	}
}

// onlyAt is the only service besides one that listens at a port in its container; nil for none.
func (all services) onlyAt(port int, besides *candidate) *candidate {
	var found *candidate
	for _, c := range all {
		switch {
		case c == besides || c.Port.Number != port:
		case found != nil || c.compose != nil:
			return nil
		default:
			found = c
		}
	}
	return found
}
