package detect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect/localcall"
	"github.com/devup-cli/devup/internal/envfile"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/tree"
)

// urlWords say that a variable holds a URL; neutralWords say nothing of whose.
var (
	urlWords     = setOf("URL", "URI", "URLS", "ORIGIN", "ORIGINS", "ENDPOINT", "BASEURL", "BASE")
	neutralWords = setOf("BASE", "PUBLIC", "ROOT", "MAIN", "DEFAULT", "LOCAL", "DEV", "HTTP", "ALLOWED", "ALLOW", "CORS", "CSRF", "TRUSTED", "V1", "APPLICATION")
	roleWords    = map[string]role{
		"FRONTEND": frontend, "FRONT": frontend, "CLIENT": frontend, "WEB": frontend, "UI": frontend, "WEBAPP": frontend, "SPA": frontend, "WEBSITE": frontend,
		"BACKEND": backend, "BACK": backend, "API": backend, "SERVER": backend, "REST": backend, "APIURL": backend,
		"WS": backend, "WSS": backend, "WEBSOCKET": backend, "WEBSOCKETS": backend, "SOCKET": backend,
	}
)

func setOf(words ...string) map[string]bool {
	set := map[string]bool{}
	for _, word := range words {
		set[word] = true
	}
	return set
}

// wire decides which sibling's URL the variable holds: the one its name says,
// else the one whose port its values name.
func wire(all services, c *candidate, v *Variable, values []string) {
	known, isURL, elsewhere := addressIn(c, v.Name, values)
	if looksSecret(v.Name) || elsewhere && !isURL {
		return
	}
	var sibling *candidate
	if !socketNames.MatchString(v.Name) || known.Port == 0 { // several services may have sockets
		sibling = all.byName(v.Name, c)
	}
	if sibling == nil && isURL && known.Port != 0 {
		sibling = all.byPort(known.Port)
	}
	if sibling == nil && !isURL && requestsBy(c, v.Name) {
		sibling = all.only(backend, c)
	}
	if sibling == nil {
		return
	}
	v.Sibling = sibling.Name
	v.Socket = known.Socket || !isURL && socketNames.MatchString(v.Name)
	if isURL {
		v.Path = known.Path
	}
}

var (
	// baseNames say that a variable holds an address, and nothing else.
	baseNames = lazyregexp.New(`^[A-Z]+_(?:APP_)?(?:BASE_?|ROOT_?|PUBLIC_)?(?:URL|URI|ENDPOINT|SERVER|BASE)$`)
	// hostNames say that a variable holds the address of a server, perhaps without its scheme.
	hostNames = lazyregexp.New(`^[A-Z]+_(?:[A-Z]+_)?(?:API|BACKEND|SERVER)_(?:HOST|HOSTNAME|DOMAIN|ADDRESS)$`)
	// asBase is a variable at the beginning of what a page requests.
	asBase = lazyregexp.New("(?:\\b(?:fetch|axios|ky)|\\.(?:get|post|put|patch|delete|request))\\(\\s*(?:`\\$\\{)?(?:import\\.meta|process)\\.env\\.(\\w+)|\\bbaseURL\\s*:\\s*(?:import\\.meta|process)\\.env\\.(\\w+)")
)

// requestsBy says whether a page sends its requests to the address in a variable, which by its name is
// that of any server.
func requestsBy(c *candidate, name string) bool {
	switch {
	case !c.Frontend || !c.hasPrefix(name) || !c.reads(name):
		return false
	case hostNames.MatchString(name):
		return slices.ContainsFunc(c.Sources, func(source tree.File) bool {
			return strings.Contains(source.Text, name) && slices.ContainsFunc(asBase.FindAllStringSubmatch(source.Text, 20), func(m []string) bool { return m[1]+m[2] == name })
		})
	}
	return !c.Stack.ServerSide && baseNames.MatchString(name) && environment{c}.mentions(requests)
}

// addressIn is the first address among the values of a variable, and whether one of them is a
// database, another host, or no URL at all.
func addressIn(c *candidate, name string, values []string) (known localcall.Address, isURL, elsewhere bool) {
	alone := "" // a path
	for _, value := range values {
		if leftOpen(value) {
			continue
		}
		for item := range strings.SplitSeq(value, ",") { // CORS origins come in lists
			switch found, ok := localcall.ParseURL(item); {
			case ok && !isURL:
				known, isURL = found, true
			case !ok && callsNothing(c, name, item):
				alone = strings.TrimSpace(item)
			case !ok && !leftOpen(item):
				elsewhere = true
			}
		}
	}
	if !isURL && alone != "" {
		known, isURL = localcall.Address{Path: alone}, true
	}
	return known, isURL, elsewhere
}

// pathAlone is the address of a server behind the same address as the page.
var pathAlone = lazyregexp.New(`^\s*/[\w/-]+\s*$`)

// callsNothing says whether a value for a page is a path that nothing answers: the page's
// development server sends no requests on, as the platform does that the page is for.
func callsNothing(c *candidate, name, value string) bool {
	return pathAlone.MatchString(value) && c.Frontend && !c.Stack.ServerSide && c.hasPrefix(name) && !forwards(c)
}

// forwards says whether the page's development server sends requests on to another.
func forwards(c *candidate) bool {
	return len(c.Proxies) > 0 || slices.ContainsFunc(slices.Concat(c.Configs, c.Sources), func(source tree.File) bool {
		return c.isProxyFile(source.Path) && (proxies.MatchString(source.Text) || proxies.MatchString(source.Path))
	})
}

// socketNames are of variables that hold the URL of a WebSocket.
var socketNames = lazyregexp.New(`(?:^|_)(?:WS|WSS|WEBSOCKET|WEBSOCKETS)(?:_|$)`)

// leftOpen says whether a value stands for one that the user chooses.
func leftOpen(value string) bool { return envfile.IsOpen(strings.TrimSpace(value)) }

// callsInside says whether the service itself calls the sibling whose URL the
// variable holds: a backend calls another, a development server sends requests
// on, Next.js renders a page. All else is for a browser: CORS origins, links, and
// what a bundler writes into a page.
func callsInside(all services, c *candidate, v *Variable, readers []string) bool {
	if sibling := all.wired(*v); sibling == nil || sibling == c || sibling.Frontend {
		return false
	}
	ofProxy := func(name string) bool {
		return c.isProxyFile(name) && proxies.MatchString(c.Tree.Source(name).Text)
	}
	switch {
	case c.assets: // a bundler writes it into files for browsers
		return false
	case !c.Frontend:
		return !strings.Contains(v.Name, "CORS") && !strings.Contains(v.Name, "ORIGIN")
	case len(readers) > 0 && !slices.ContainsFunc(readers, func(name string) bool { return !ofProxy(name) }):
		return true
	}
	return c.Stack.ServerSide && len(readers) > 0 && !c.hasPrefix(v.Name) && !slices.ContainsFunc(readers, func(name string) bool {
		return c.isProxyFile(name) && !ofProxy(name) // settings put it into pages
	})
}

func (all services) byPort(port int) *candidate {
	for _, c := range all {
		if c.HostPort == port {
			return c
		}
	}
	for _, c := range all {
		if c.Port.Number == port {
			return c
		}
	}
	return nil
}

// byName is the service whose URL a variable of the reader's holds by its name,
// or nil. Every word of the name has to be understood: STRIPE_API_URL is not
// the API's, for STRIPE is no service here.
func (all services) byName(name string, reader *candidate) *candidate {
	name = strings.ToUpper(name)
	for _, prefix := range append(slices.Clip(stacks.Prefixes()), "EXPO_PUBLIC_") {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "URL" {
			name = rest
			break
		}
	}
	if direct := all.byOwnName(name); direct != nil {
		return direct
	}
	var isURL, ofOrigin bool
	var roles []role
	for word := range strings.SplitSeq(name, "_") {
		role, isRole := roleWords[word]
		switch {
		case isRole:
			roles = append(roles, role)
		case urlWords[word]:
			isURL = isURL || word != "BASE"
			ofOrigin = ofOrigin || strings.HasPrefix(word, "ORIGIN")
		case !neutralWords[word]:
			return nil
		}
	}
	if ofCORS.MatchString(name) || ofOrigin && len(roles) == 0 {
		roles, isURL = []role{frontend}, isURL || ofOrigin || name == "CORS"
	}
	if !isURL && !slices.Contains([]string{"API", "BACKEND", "API_BASE"}, name) || len(roles) == 0 {
		return nil
	}
	return all.only(roles[0], reader)
}

// ofCORS are variables of a server for the origins of pages: BACKEND_CORS_ORIGINS.
var ofCORS = lazyregexp.New(`(?:^|_)CORS`)

// byOwnName is the service that the name without its URL word names: USERS_URL,
// USERS_SERVICE_URL and BACKEND_FLASK_URL.
func (all services) byOwnName(name string) *candidate {
	stem := name
	for _, ending := range []string{"_URL", "_URI", "_ENDPOINT", "_ORIGIN", "_BASE", "_API", "_SERVICE", "_SERVER"} {
		stem = strings.TrimSuffix(stem, ending)
	}
	if stem == name {
		return nil
	}
	for _, c := range all {
		service := strings.ToUpper(strings.ReplaceAll(c.Name, "-", "_"))
		if stem == service || stem == strings.TrimSuffix(service, "_SERVICE") {
			return c
		}
	}
	return nil
}

// only is the one service of the role. Among several, one that is called like
// the role counts ("api", "backend-flask"); the reader itself counts last.
func (all services) only(wanted role, reader *candidate) *candidate {
	var ofRole, named services
	for _, c := range all {
		if c.role() != wanted {
			continue
		}
		ofRole = append(ofRole, c)
		for word := range strings.SplitSeq(strings.ToUpper(c.Name), "-") {
			if r, ok := roleWords[word]; ok && r == wanted {
				named = append(named, c)
				break
			}
		}
	}
	switch {
	case len(ofRole) == 1:
		return ofRole[0]
	case len(named) == 1:
		return named[0]
	case reader.role() == wanted && slices.Contains(ofRole, reader):
		return reader
	}
	return nil
}

// onePrefix is where all that a server answers begins, in most projects.
var onePrefix = lazyregexp.New(`^/(?:api|rest)(?:/v\d+)?$`)

// requests are calls of a page with a path.
var requests = lazyregexp.New(`\b(?:fetch|axios|ky|\w+\.(?:get|post|put|patch|delete|request))\s*(?:<[^>\n]*>)?\([^)\n]*/\w`)

// decideBase has the URL of a server in a page's variable end with the path where all that the server
// answers begins, where the page itself never writes that path: the variable held it on the machine of
// those who wrote the page. A value that the project has says it itself.
func decideBase(all services, c *candidate) {
	if !c.Frontend {
		return
	}
	for i := range c.Variables {
		v := &c.Variables[i]
		sibling := all.wired(*v)
		if sibling == nil || sibling.Frontend || len(sibling.Routes) != 1 || v.Path != "" || v.Inside || v.Socket || !c.reads(v.Name) {
			continue
		}
		base := sibling.Routes[0]
		if onePrefix.MatchString(base) && (environment{c}).mentions(requests) && !hasURL(c, v.Name) && !writesPath(c, base) {
			v.Path = base
			c.Note(Evidence{File: v.Evidence.File, Line: v.Evidence.Line, Text: fmt.Sprintf("%s ends with %s, where all routes of %s begin", v.Name, base, sibling.Name)})
		}
	}
}

// hasURL says whether the project has a URL for a variable: in an env file, or as a default.
func hasURL(c *candidate, name string) bool {
	return slices.ContainsFunc(slices.Concat(c.read, environment{c}.fromEnvs()), func(u stack.Use) bool {
		_, isURL := localcall.ParseURL(u.Value)
		return u.Name == name && isURL
	})
}

// writesPath says whether a source of the service or of its development server has a path in it, or the
// first part of one.
func writesPath(c *candidate, text string) bool {
	first := "/" + strings.SplitN(text, "/", 3)[1]
	for _, source := range slices.Concat(c.Sources, c.Configs) {
		for _, before := range []string{`"`, "'", "`", "}", "}/", `"/`} {
			if strings.Contains(source.Text, before+strings.TrimPrefix(first, "/")+"/") || strings.Contains(source.Text, before+first) {
				return true
			}
		}
	}
	return false
}
