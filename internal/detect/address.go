package detect

import (
	"fmt"
	"slices"

	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
)

// portOfAddress is the port of an address that an env file gives the service to listen on.
func portOfAddress(c *candidate, env runfiles.EnvFile) (Port, bool) {
	for _, entry := range env.Entries {
		_, port, ok := runfiles.ListenAddress(entry.Name, entry.Value)
		if n, isPort := stack.PortNumber(port); ok && isPort && c.reads(entry.Name) {
			return stack.PortAt(n, env.At(entry.Name)), true
		}
	}
	return Port{}, false
}

// decideAddress has a server told to listen on all addresses where a variable that it reads
// has only the loopback address, in an env file or as a default.
func decideAddress(c *candidate) {
	if c.Frontend || c.Compose != "" {
		return
	}
	whole := decideWholeAddress(c)
	for i := range c.Variables {
		v := &c.Variables[i]
		if v.Name == whole {
			v.Default, v.Required, v.Usual = true, false, ""
		}
		if v.Wired() || stacks.IsSetting(v.Name) || !c.reads(v.Name) || v.Name == whole {
			continue
		}
		for _, u := range slices.Concat(c.read, environment{c}.fromEnvs()) {
			hidden, port, ok := runfiles.ListenAddress(u.Name, u.Value)
			if u.Name != v.Name || !ok || !hidden {
				continue
			}
			if port != "" {
				port = ":" + port
			}
			c.Listens = append(c.Listens, stack.Setting{Name: v.Name, Value: "0.0.0.0" + port})
			v.Default, v.Required, v.Usual = true, false, ""
			c.Note(u.Where)
			break
		}
	}
}

// decideWholeAddress has a server told the address that it listens on, by the variable that it
// takes as it is; empty for none.
func decideWholeAddress(c *candidate) string {
	if c.Stack.Language.Address == nil || c.Port.Number == 0 {
		return ""
	}
	name := c.Stack.Language.Address(c.App)
	if name == "" {
		return ""
	}
	host := ""
	if c.Stack.Language.Name != "golang" { // which takes none for all
		host = "0.0.0.0"
	}
	c.Listens = append(c.Listens, stack.Setting{Name: name, Value: fmt.Sprintf("%s:%d", host, c.Port.Number)})
	if c.PortName == name {
		c.PortName = ""
	}
	return name
}

// namedCalls are URLs at the name of a service, as a compose file of the project once had it. What
// an @ follows is a login.
var namedCalls = lazyregexp.New(`\bhttps?://([a-z][a-z0-9_-]{1,40}):(\d{2,5})(?:[^@\w]|$)`)

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
