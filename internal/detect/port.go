package detect

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// portVariables are the variables by which people tell a server its own port.
var portVariables = []string{
	"PORT", "FLASK_RUN_PORT", "VITE_PORT", "SERVER_PORT", "API_PORT", "BACKEND_PORT", "APP_PORT", "HTTP_PORT", "UVICORN_PORT",
}

// portNumber reads a port; 0 and what is above 65535 are none.
func portNumber(text string) (int, bool) {
	n, err := strconv.Atoi(strings.Trim(text, `"'`))
	return n, err == nil && n > 0 && n < 1<<16
}

var portFlags = lazyregexp.New(
	`(?:^|\s)(--port|-p|--http-port|-b|--bind)[= ]+["']?(?:[\w.\[\]*-]*:)?(\d{2,5})\b` +
		`|(?:^|\s)((?:FLASK_RUN_|SERVER_)?PORT)=["']?(\d{2,5})\b` +
		`|runserver\s+(?:[\w.\[\]]+:)?(\d{2,5})\b` +
		`|http\.server\s+(\d{2,5})\b`)

// portOfCommand is the port that a command line sets, with the words that do.
func portOfCommand(command string) (port int, text string, found bool) {
	match := portFlags.FindStringSubmatch(command)
	if match == nil {
		return 0, "", false
	}
	for _, group := range []int{2, 4, 5, 6} {
		if n, ok := portNumber(match[group]); ok {
			return n, strings.Join(strings.Fields(match[0]), " "), true
		}
	}
	return 0, "", false
}

// portPatterns find the port in a service's own source. Each has the number as
// its last group that matched.
var pythonPorts = []*lazyregexp.Regexp{
	lazyregexp.New(`(?:\.run|run_app|run_simple|serve)\((?:[^()]|\([^()]*\))*?\bport\s*=\s*(?:int\()?(?:os\.)?(?:getenv|environ\.get)\(\s*["']\w*PORT["']\s*,\s*["']?(\d{2,5})`),
	lazyregexp.New(`(?:\.run|run_app|run_simple|serve)\((?:[^()]|\([^()]*\))*?\bport\s*=\s*(\d{2,5})\b`),
	lazyregexp.New(`(?:getenv|environ\.get)\(\s*["']PORT["']\s*,\s*["']?(\d{2,5})`),
	lazyregexp.New(`(?:HTTPServer|TCPServer|make_server)\(\s*\(?\s*["'][^"']*["']\s*,\s*(\d{2,5})\b`),
	lazyregexp.New(`(?m)^\s*(?:PORT|SERVER_PORT|HTTP_PORT)\s*(?::\s*int\s*)?=\s*(\d{2,5})\b`),
	lazyregexp.New(`\.listen\(\s*(\d{2,5})\b`),
}

var nodePorts = []*lazyregexp.Regexp{
	lazyregexp.New(`process\.env\.(?:\w+_)?PORT\s*(?:\|\||\?\?|\?\s*[\w.()]+\s*:)\s*["'` + "`" + `]?(\d{2,5})\b`),
	lazyregexp.New(`process\.env\[["'](?:\w+_)?PORT["']\]\s*(?:\|\||\?\?)\s*["']?(\d{2,5})\b`),
	lazyregexp.New(`\{[^}]*\bPORT\s*(?::\s*\w+\s*)?=\s*["']?(\d{2,5})\b[^}]*\}\s*=\s*process\.env`),
	lazyregexp.New(`\.listen\(\s*(?:\{\s*port:\s*)?["']?(\d{2,5})\b`),
	lazyregexp.New(`\.listen\(\s*(?:\{\s*port:\s*)?[\w.]+\s*(?:\|\||\?\?)\s*["']?(\d{2,5})\b`),
	lazyregexp.New(`(?:const|let|var)\s+(?i:(?:server_?|http_?)?port)\s*(?::\s*\w+\s*)?=\s*["']?(\d{2,5})\b`),
	lazyregexp.New(`(?i)\.set\(\s*["']port["']\s*,\s*(?:[\w.]+\s*(?:\|\||\?\?)\s*)?["']?(\d{2,5})\b`),
	lazyregexp.New(`normalizePort\([^)]*?["']?(\d{2,5})\b`),
}

// portOfSource is the first port that the source sets: better patterns first,
// nearer files first.
func portOfSource(sources []tree.File, patterns []*lazyregexp.Regexp) (Port, bool) {
	sources = slices.DeleteFunc(slices.Clone(sources), func(f tree.File) bool { return !containsWord(f.Text, portHints) })
	for _, pattern := range patterns {
		for _, source := range sources {
			match := pattern.FindStringSubmatchIndex(source.Text)
			if match == nil {
				continue
			}
			if n, ok := portNumber(source.Text[match[2]:match[3]]); ok {
				return Port{n, source.At(match[2], fmt.Sprintf("port %d", n))}, true
			}
		}
	}
	return Port{}, false
}

// portHints are the words of which every port pattern needs one: most sources
// hold none, and looking for them costs next to nothing.
var portHints = []string{"port", "Port", "PORT", "listen", "Server(", "make_server("}

var viteServerPort = lazyregexp.New(`\bserver\s*:\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*?\bport\s*:\s*(?:[^,{}\n]*?(?:\|\||\?\?)\s*)?["']?(\d{2,5})\b`)

// decidePort goes through the evidence in the order that its users may rely on.
func (s *scan) decidePort(c *candidate) Port {
	for _, look := range []func(*candidate) (Port, bool){
		s.portOfDockerfile, s.portOfCompose, s.portOfStart, s.portOfOwnEnv, s.portOfSiblings, s.portOfCallers, s.portOfReadme,
	} {
		if port, ok := look(c); ok {
			return port
		}
	}
	return Port{c.defaultPort, Evidence{Text: "the default of " + c.Framework}}
}

func (s *scan) portOfDockerfile(c *candidate) (Port, bool) {
	if c.docker == nil {
		return Port{}, false
	}
	return c.docker.port()
}

func (s *scan) portOfCompose(c *candidate) (Port, bool) {
	if c.compose == nil || c.compose.target == 0 {
		return Port{}, false
	}
	return Port{c.compose.target, c.compose.portEvidence}, true
}

// portOfStart looks at the start command, then at the source that it starts.
func (s *scan) portOfStart(c *candidate) (Port, bool) {
	for _, command := range c.commands {
		if n, text, ok := portOfCommand(command.text); ok {
			return Port{n, tree.At(command.file, command.line, text)}, true
		}
	}
	switch {
	case c.Stack == Vite:
		return portOfSource(c.configs, []*lazyregexp.Regexp{viteServerPort})
	case c.Stack == CRA:
		return Port{}, false // react-scripts listens where PORT says, whatever the source names
	case c.Runtime.Language == "python":
		return portOfSource(c.sources, pythonPorts)
	default:
		return portOfSource(c.sources, nodePorts)
	}
}

// portOfOwnEnv looks at the service's own env files: a port, or its own URL.
func (s *scan) portOfOwnEnv(c *candidate) (Port, bool) {
	for _, env := range c.envs {
		for _, name := range portVariables {
			if n, ok := portNumber(env.value(name)); ok {
				return Port{n, env.at(name)}, true
			}
		}
	}
	return s.portOfURLs(c, c)
}

// portOfSiblings looks at the env files of the others, where a variable holds
// the service's URL. Not for Create React App and Vite: their port is known,
// and a sibling that names another is wrong. (The FRONTEND_URL of the bootcamp's
// .env.example says 3001 in 27 of 27 forks; the frontend runs on 3000 in 26.) A
// Flask or Node server in contrast listens where its command says, and what
// its callers expect is the best there is to go by.
func (s *scan) portOfSiblings(c *candidate) (Port, bool) {
	known := c.Stack == CRA || c.Stack == Vite
	for _, sibling := range s.found {
		if sibling == c {
			continue
		}
		port, ok := s.portOfURLs(c, sibling)
		if ok && !known {
			return port, true
		}
		if ok && port.Number != c.defaultPort {
			e := port.Evidence
			e.Text += fmt.Sprintf(" says %d, which is passed over: %s listens where its own files say", port.Number, c.Framework)
			c.note(e)
		}
	}
	return Port{}, false
}

// portOfURLs is the port of a URL in the holder's env files that is c's by name.
func (s *scan) portOfURLs(c, holder *candidate) (Port, bool) {
	for _, env := range append(slices.Clip(holder.envs), s.rootEnvs...) {
		for _, entry := range env.entries {
			address, ok := parseURL(entry.value)
			if !ok || address.port == 0 || s.byName(entry.name, holder) != c {
				continue
			}
			return Port{address.port, tree.At(env.path, entry.line, entry.name)}, true
		}
	}
	return Port{}, false
}

// portOfCallers is the port that the frontends call on this machine by number,
// in their source or by a proxy, where one backend is all there is to call.
func (s *scan) portOfCallers(c *candidate) (Port, bool) {
	if c.role != backend || s.only(backend, c) != c || len(s.found) < 2 {
		return Port{}, false
	}
	var found []localCall
	for _, caller := range s.found {
		if caller.role == backend {
			continue
		}
		for _, call := range append(s.proxied(caller), caller.hardCoded()...) {
			if call.port != caller.defaultPort && !databasePorts[call.port] {
				found = append(found, call)
			}
		}
	}
	if len(found) == 0 || slices.ContainsFunc(found, func(call localCall) bool { return call.port != found[0].port }) {
		return Port{}, false
	}
	return Port{found[0].port, found[0].where}, true
}

// settleHostPorts gives each service a port of its own on the host. Where two
// want the same one, it goes to the service that a frontend calls by that very
// number, then to the one whose port comes from evidence.
func (s *scan) settleHostPorts() {
	taken := map[int]bool{}
	for _, service := range s.compose {
		if !slices.ContainsFunc(s.found, func(c *candidate) bool { return c.compose == service }) {
			taken[service.published] = true
		}
	}
	called := map[int]bool{}
	for _, caller := range s.found {
		for _, call := range caller.hardCoded() {
			called[call.port] = true
		}
	}
	inOrder := slices.Clone(s.found)
	slices.SortStableFunc(inOrder, func(a, b *candidate) int { return cmp.Compare(a.hostPortRank(called), b.hostPortRank(called)) })
	for _, c := range inOrder {
		wanted := c.Port.Number
		if c.compose != nil && c.compose.published != 0 {
			wanted = c.compose.published
		}
		c.HostPort = wanted
		for taken[c.HostPort] {
			c.HostPort = c.HostPort%65535 + 1
		}
		taken[c.HostPort] = true
		if c.HostPort != wanted {
			c.note(Evidence{Text: fmt.Sprintf("%d on the host, because a sibling has %d", c.HostPort, wanted)})
		}
	}
}

// hostPortRank orders the services that want the same port of the host.
func (c *candidate) hostPortRank(called map[int]bool) int {
	switch {
	case c.role == backend && called[c.Port.Number]:
		return 0
	case c.Port.Evidence.File != "":
		return 1
	}
	return 2
}
