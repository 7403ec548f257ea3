package detect

import (
	"slices"

	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
)

var (
	// listenNames are variables that say where the program itself listens.
	listenNames = lazyregexp.New(`^(?:(?:APP|APPLICATION|SERVER|API|HTTP|WEB|LISTEN|BIND|SERVICE|BACKEND)_)?(?:(?:HOST|ADDR|ADDRESS|LISTEN|BIND|IP)(?:_(?:ADDR|ADDRESS|HOST|IP))?|HOSTNAME)$`)
	// listenValue is an address as such a variable has it, with its port.
	listenValue = lazyregexp.New(`^(localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0|\[::\])?(?::(\d{2,5}))?$`)
)

// listenAddress reads a variable that says where the program listens.
func listenAddress(name, value string) (hidden bool, port string, ok bool) {
	m := listenValue.FindStringSubmatch(value)
	if m == nil || value == "" || !listenNames.MatchString(name) {
		return false, "", false
	}
	return m[1] != "" && m[1] != "0.0.0.0" && m[1] != "[::]", m[2], true
}

// portOfAddress is the port of an address that an env file gives the service to listen on.
func (c *candidate) portOfAddress(env runfiles.EnvFile) (Port, bool) {
	for _, entry := range env.Entries {
		_, port, ok := listenAddress(entry.Name, entry.Value)
		if n, isPort := stack.PortNumber(port); ok && isPort && c.reads(entry.Name) {
			return stack.PortAt(n, env.At(entry.Name)), true
		}
	}
	return Port{}, false
}

// decideAddress has a server told to listen on all addresses where a variable that it reads
// has only the loopback address, in an env file or as a default.
func decideAddress(c *candidate) {
	if c.Page || c.Compose != "" {
		return
	}
	for i := range c.Variables {
		v := &c.Variables[i]
		if v.Wired() || stacks.IsSetting(v.Name) || !c.reads(v.Name) {
			continue
		}
		for _, u := range slices.Concat(c.read, environment{c}.fromEnvs()) {
			hidden, port, ok := listenAddress(u.Name, u.Value)
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
