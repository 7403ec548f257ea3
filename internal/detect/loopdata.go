package detect

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/stack/dataservice"
)

// joinData puts a data service into the network of a service whose source has its address at
// localhost, where no variable can change it.
func (s *scan) joinData(all []Data) {
	networks := map[string]*loopback{} // by the key of the data service
	for _, need := range all {
		for _, fixed := range need.Fixed {
			port := dataservice.Lookup(need.Service).Port
			i := slices.IndexFunc(s.found, func(c *candidate) bool { return c.Name == fixed.User })
			if i < 0 || need.Compose || s.found[i].compose != nil || !isLoopback(fixed.Host) || fixed.Port != 0 && fixed.Port != port {
				continue
			}
			c := s.found[i]
			if network := networks[need.Key]; network != nil {
				joinLoopback(c, network.members[0], fixed.Evidence)
				networks[need.Key] = network.members[0].loopback
				continue
			}
			if l := c.loopbackOrNew(); !l.has(port) {
				l.calls, l.data = append(l.calls, fixed.Evidence), append(l.data, need.Key)
				c.loopback, networks[need.Key] = l, l
			}
		}
	}
}

// isLoopback says whether a host is the container's own.
func isLoopback(host string) bool {
	return slices.Contains([]string{"localhost", "127.0.0.1", "::1", "[::1]"}, strings.ToLower(host))
}
