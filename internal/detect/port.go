package detect

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/detect/localcall"
	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/tree"
)

// containerPorts decides which port a service listens on.
type containerPorts struct {
	*scan
	written map[*candidate]writtenPort // what sources say that were read before: others ask for it, too
}

// writtenPort is the port that a source says, if any.
type writtenPort struct {
	Port
	ok bool
}

// decidePort goes through the evidence in the order that its users may rely on.
func (s containerPorts) decidePort(c *candidate) Port {
	if c.Stack.Worker {
		return stack.PortAt(0, Evidence{Text: c.Framework + " listens nowhere"})
	}
	for _, find := range []func(*candidate) (Port, bool){
		s.portOfDockerfile, s.portOfCompose, s.portOfStart, s.portOfLoadedEnv, s.portOfSource, s.portOfOwnEnv, s.portOfSiblings, s.portOfCallers, s.portOfProduction, s.portOfReadme,
	} {
		if port, ok := find(c); ok {
			return port
		}
	}
	if c.Stack.FindPort != nil {
		if port, ok := c.Stack.FindPort(c.App); ok {
			return port
		}
	}
	if c.Stack == &adopted { // only its files say whether it listens at all
		return Port{}
	}
	return stack.PortAt(defaultPort(c), Evidence{Text: "the default of " + c.Framework})
}

// defaultPort is where the stack listens where nothing says more.
func defaultPort(c *candidate) int { return cmp.Or(c.Stack.Port, usualPort) }

// usualPort is for a server whose stack has no default.
const usualPort = 8000

func (s containerPorts) portOfDockerfile(c *candidate) (Port, bool) {
	if c.docker == nil {
		return Port{}, false
	}
	return c.docker.Port()
}

func (s containerPorts) portOfCompose(c *candidate) (Port, bool) {
	if c.compose == nil || c.compose.Target == 0 {
		return Port{}, false
	}
	return stack.PortAt(c.compose.Target, c.compose.PortEvidence), true
}

// productionServers are started on the platform that a Procfile is for. Its port is not the one
// that the project has on a laptop, where pages call it.
var productionServers = lazyregexp.New(`\b(?:gunicorn|uwsgi|waitress-serve|hypercorn|daphne|puma|unicorn)\b`)

// portOfStart looks at the start commands for development.
func (s containerPorts) portOfStart(c *candidate) (Port, bool) { return portOfCommands(c, false) }

// portOfProduction looks at the start commands for production.
func (s containerPorts) portOfProduction(c *candidate) (Port, bool) { return portOfCommands(c, true) }

func portOfCommands(c *candidate, production bool) (Port, bool) {
	for _, command := range c.Starts {
		if production != (path.Base(command.File) == "Procfile" && productionServers.MatchString(command.Text)) {
			continue
		}
		if n, text, ok := runfiles.PortOfCommand(command.Text); ok {
			return stack.PortAt(n, tree.At(command.File, command.Line, text)), true
		}
	}
	return Port{}, false
}

// portOfLoadedEnv looks at the variables that the service loads from its env files and reads:
// they go before the default in its source.
func (s containerPorts) portOfLoadedEnv(c *candidate) (Port, bool) {
	for _, env := range c.envs {
		if !env.Loaded && !loadsByName(c, env) || !(environment{c}).loadsEnvFiles() {
			continue
		}
		if port, ok := c.portRead(env); ok {
			return port, true
		}
		if port, ok := portOfAddress(c, env); ok {
			return port, true
		}
	}
	return Port{}, false
}

// portRead is the port that an env file gives a variable which the service reads.
func (c *candidate) portRead(env runfiles.EnvFile) (Port, bool) {
	for _, name := range stacks.PortVariables() {
		value := strings.TrimPrefix(env.Value(name), ":") // as Go takes it
		if n, ok := stack.PortNumber(value); ok && c.reads(name) {
			return stack.PortAt(n, env.At(name)), true
		}
	}
	return Port{}, false
}

// byPath is code that loads an env file of a name of its own: dotenv.config({ path: "config.env" }).
var byPath = lazyregexp.New(`\bconfig\(\s*\{[^{}]*\bpath\s*:[^{}]*?["'` + "`" + `](?:[\w./-]*/)?([\w-]+\.env)["'` + "`" + `]`)

// loadsByName says whether the service's source loads an env file by its name.
func loadsByName(c *candidate, env runfiles.EnvFile) bool {
	return slices.ContainsFunc(c.Sources, func(source tree.File) bool {
		match := byPath.FindStringSubmatch(source.Text)
		return match != nil && match[1] == path.Base(env.Path)
	})
}

// takesPort is code in which a port is only the default of the variable PORT.
var takesPort = lazyregexp.New(`(?:\benv\??\.|[(\[]\s*["'])PORT\b|\{[^{}]*\bPORT\b[^{}]*\}\s*=\s*process\.env|\$\{PORT:`)

// portOfSource looks at the source. The one port that all pages call goes before a default of PORT,
// which said that one on the machine of those who wrote the pages, and before the port of a start
// by hand, where the service is started by a command that says the port. A default of PORT also goes behind the
// port of the example of an env file that the service loads: users copy it. A default that only the framework has comes last.
func (s containerPorts) portOfSource(c *candidate) (Port, bool) {
	port, ok := s.portWritten(c)
	if !ok || c.Stack.FindPort != nil {
		return port, ok
	}
	isDefault := c.reads("PORT") && takesPort.MatchString(lineOf(s.tree.Source(port.Evidence.File).Text, port.Evidence.Line))
	if called, all := s.portOfCallers(c); all && (isDefault || startsAt(c, called)) && !s.isOfOther(c, called.Number) {
		if called.Number == port.Number {
			return port, true
		}
		e := port.Evidence
		e.Text += fmt.Sprintf(" is only a default: the pages call port %d", called.Number)
		c.Note(e)
		return called, true
	}
	if !isDefault {
		return port, true
	}
	if example := exampleIn(c.envs); example != nil && (environment{c}).loadsEnvFiles() {
		if shown, ok := c.portRead(*example); ok {
			return shown, true
		}
	}
	return port, true
}

// startsAt says whether the command that starts the service says the port.
func startsAt(c *candidate, port Port) bool {
	app := *c.App
	app.Port = port
	return c.Stack.Commands != nil && slices.ContainsFunc(c.Stack.Commands(&app).Dev, func(word string) bool { return strings.Contains(word, strconv.Itoa(port.Number)) })
}

// isOfOther says whether the source of another server says the port.
func (s containerPorts) isOfOther(c *candidate, port int) bool {
	return slices.ContainsFunc(s.found, func(other *candidate) bool {
		written, ok := s.portWritten(other)
		return other != c && !other.Frontend && ok && written.Number == port
	})
}

// portWritten is the port in the service's own source. It asks no other service, so that two
// cannot ask each other without end.
func (s containerPorts) portWritten(c *candidate) (Port, bool) {
	w, known := s.written[c]
	switch {
	case known:
	case c.Stack.FindPort != nil:
		w.Port, w.ok = c.Stack.FindPort(c.App)
		w.ok = w.ok && w.Evidence.File != ""
	default:
		w.Port, w.ok = stack.PortIn(c.Sources, c.Stack.Language.Ports...)
	}
	s.written[c] = w
	return w.Port, w.ok
}

// portOfOwnEnv looks at the service's own env files: a port, or its own URL.
func (s containerPorts) portOfOwnEnv(c *candidate) (Port, bool) {
	for _, env := range c.envs {
		for _, name := range stacks.PortVariables() {
			if n, ok := stack.PortNumber(env.Value(name)); ok {
				return stack.PortAt(n, env.At(name)), true
			}
		}
		if port, ok := portOfAddress(c, env); ok {
			return port, true
		}
	}
	return s.portOfURLs(c, c)
}

// portOfSiblings looks at the env files of the others, where a variable holds
// the service's URL. Not for Create React App, Vite and others whose port is
// known: a sibling that names another is wrong. (The FRONTEND_URL of the bootcamp's
// .env.example says 3001 in 27 of 27 forks; the frontend runs on 3000 in 26.) A
// Flask or Node server in contrast listens where its command says, and what
// its callers expect is the best there is to go by.
func (s containerPorts) portOfSiblings(c *candidate) (Port, bool) {
	for _, sibling := range s.found {
		if sibling == c {
			continue
		}
		port, ok := s.portOfURLs(c, sibling)
		if ok && !c.Stack.OwnPort {
			return port, true
		}
		if ok && port.Number != defaultPort(c) {
			e := port.Evidence
			e.Text += fmt.Sprintf(" says %d, which is passed over: %s listens where its own files say", port.Number, c.Framework)
			c.Note(e)
		}
	}
	return Port{}, false
}

// portOfURLs is the port of a URL in the holder's env files that is c's by name.
func (s containerPorts) portOfURLs(c, holder *candidate) (Port, bool) {
	for _, env := range append(slices.Clip(holder.envs), s.rootEnvs...) {
		for _, entry := range env.Entries {
			address, ok := localcall.ParseURL(entry.Value)
			if !ok || address.Port == 0 || s.found.byName(entry.Name, holder) != c {
				continue
			}
			return stack.PortAt(address.Port, tree.At(env.Path, entry.Line, entry.Name)), true
		}
	}
	return Port{}, false
}

// portOfCallers is the port that the frontends call on this machine by number,
// in their source or by a proxy, where one backend is all there is to call.
func (s containerPorts) portOfCallers(c *candidate) (Port, bool) {
	if c.Frontend || s.found.only(backend, c) != c || len(s.found) < 2 {
		return Port{}, false
	}
	var found []localcall.Call
	for _, caller := range s.found {
		if !caller.Frontend {
			continue
		}
		own := s.decidePort(caller).Number
		for _, call := range slices.Concat(localCaller{caller}.proxied(), (localCaller{caller}).hardCoded(), s.found.setFor(caller)) {
			if !call.Fallback && call.Port != defaultPort(caller) && call.Port != own && !stack.IsDataPort(call.Port) {
				found = append(found, call)
			}
		}
	}
	if len(found) == 0 || slices.ContainsFunc(found, func(call localcall.Call) bool { return call.Port != found[0].Port }) {
		return Port{}, false
	}
	return stack.PortAt(found[0].Port, found[0].Where), true
}

// setFor are the URLs on this machine in a page's env files that by their names are of no other
// service: VUE_APP_HOST.
func (all services) setFor(page *candidate) []localcall.Call {
	var calls []localcall.Call
	for _, env := range page.envs {
		for _, entry := range env.Entries {
			if address, ok := localcall.ParseURL(entry.Value); ok && page.hasPrefix(entry.Name) && all.byName(entry.Name, page) == nil {
				calls = append(calls, localcall.Call{Port: address.Port, URL: entry.Value, Where: tree.At(env.Path, entry.Line, entry.Name)})
			}
		}
	}
	return slices.DeleteFunc(calls, func(call localcall.Call) bool { return call.Port == 0 })
}

// settleHostPorts gives each service a port of its own on the host. Where two
// want the same one, it goes to the service that a frontend calls by that very
// number, then to the one whose port comes from evidence.
func (s *scan) settleHostPorts() {
	taken := map[int]bool{}
	for _, service := range s.compose {
		if !slices.ContainsFunc(s.found, func(c *candidate) bool { return c.compose == service }) {
			taken[service.Published] = true
		}
	}
	called := map[int]bool{}
	for _, caller := range s.found {
		for _, call := range (localCaller{caller}).hardCoded() {
			called[call.Port] = true
		}
	}
	inOrder := slices.Clone(s.found)
	slices.SortStableFunc(inOrder, func(a, b *candidate) int {
		return cmp.Compare(a.hostPortRank(s.found, called), b.hostPortRank(s.found, called))
	})
	for _, c := range inOrder {
		wanted := c.Port.Number
		if wanted == 0 {
			continue
		}
		if c.compose != nil && c.compose.Published != 0 {
			wanted = c.compose.Published
		}
		c.HostPort = wanted
		for taken[c.HostPort] {
			c.HostPort = c.HostPort%65535 + 1
		}
		taken[c.HostPort] = true
		if c.HostPort != wanted {
			c.Note(Evidence{Text: fmt.Sprintf("%d on the host, because a sibling has %d", c.HostPort, wanted)})
		}
	}
}

// hostPortRank orders the services that want the same port of the host.
func (c *candidate) hostPortRank(all services, called map[int]bool) int {
	switch {
	case c.Included: // its file decides
		return -1
	case c.Frontend && c.Dir != "." && slices.ContainsFunc(all, func(o *candidate) bool { return o.Frontend && strings.HasPrefix(c.Dir, o.Dir+"/") }):
		return 3 // what a generator left within another page
	case !c.Frontend && called[c.Port.Number]:
		return 0
	case c.Port.Evidence.File != "":
		return 1
	}
	return 2
}

// lineOf is a line of a text, from 1; empty for what is none.
func lineOf(text string, number int) string {
	if number < 1 {
		return ""
	}
	for range number - 1 {
		_, text, _ = strings.Cut(text, "\n")
	}
	line, _, _ := strings.Cut(text, "\n")
	return line
}
