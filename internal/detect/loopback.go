package detect

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect/filenames"
	"github.com/devup-cli/devup/internal/detect/localcall"
	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/dataservice"
	"github.com/devup-cli/devup/internal/tree"
)

// Loopback is a network that services share because the source of one calls another at
// localhost, where no variable can change it: each finds the others there. One service alone
// is in a network that forwards to it, where it listens on 127.0.0.1 alone.
type Loopback struct {
	Name    string     // of the service that holds the network, unique in the repository
	Members []string   // the names of the services in it, sorted
	Data    []string   // the keys of the data services in it, sorted
	Calls   []Evidence // what shows it; the text is the URL
	Hidden  []Evidence // where members listen on 127.0.0.1 alone, which [Service.Forward] is forwarded to
	Relays  []Relay    // the ports by which a source calls data services that listen on others
}

// Relay is a port of a network that is forwarded to the one on which a data service listens.
type Relay struct{ From, To int }

// loopback is a [Loopback] while decisions are made.
type loopback struct {
	members services
	calls   []Evidence
	hidden  []Evidence
	data    []dataPorts
	relays  []Relay
}

// localCaller finds what a service calls at localhost.
type localCaller struct{ *candidate }

// decideLoopbacks puts services into one network of which one calls another at localhost. A
// compose file of the repository decides for its own services. Two services that listen on
// the same port cannot share a network; a page's server is moved, where only its default says
// the port.
func decideLoopbacks(all services) {
	for _, c := range all {
		joinCalled(all, c)
	}
	for _, c := range all {
		decideForward(c)
		if local := c.Stack.Language.Local; c.loopback != nil && local != nil {
			local(&c.Runtime)
		}
	}
}

// joinCalled puts the service into one network with those that it calls at localhost.
func joinCalled(all services, c *candidate) {
	if c.compose != nil {
		return
	}
	for _, call := range (localCaller{c}).serverCalls() {
		sibling := all.byContainerPort(call.Port, c)
		if sibling == nil || sibling.compose != nil || sibling.Frontend && !call.forwards {
			continue
		}
		joinLoopback(c, sibling, call.Where)
		if !sibling.Frontend && c.inNetworkOf(sibling) {
			c.need(sibling)
		}
	}
	for _, v := range c.Variables {
		sibling := all.wired(v)
		if sibling == nil || sibling.compose != nil {
			continue
		}
		if v.Inside && refusesHosts(sibling) || (localCaller{c}).rendersBy(v, sibling) {
			joinLoopback(c, sibling, v.Evidence)
		}
	}
}

// rendersBy says whether a page's server reads the URL of a sibling that is for browsers, too,
// as it renders the page before they do.
func (c localCaller) rendersBy(v Variable, sibling *candidate) bool {
	if !c.Frontend || !c.Stack.ServerSide || sibling.Frontend || sibling.HostPort != sibling.Port.Number || !c.hasPrefix(v.Name) {
		return false
	}
	return slices.ContainsFunc(c.read, func(u stack.Use) bool {
		return u.Name == v.Name && filenames.IsCode(u.Where.File) && !c.inBrowsers(c.Tree.Source(u.Where.File))
	})
}

// inBrowsers says whether a source of a page that a server renders runs in browsers alone.
func (c localCaller) inBrowsers(source tree.File) bool {
	browsers := c.Stack.Language.BrowserOnly
	return browsers != nil && browsers.MatchString(source.Text)
}

// decideForward has a service reached from outside of its container that listens on 127.0.0.1
// alone: from a port of its network that no member has. The network of a service that a compose
// file has is that file's.
func decideForward(c *candidate) {
	hidden := c.Stack.Language.LoopbackOnly
	if hidden == nil || c.Port.Number == 0 {
		return
	}
	why := hidden(c.App)
	if why.File == "" {
		return
	}
	if c.compose != nil {
		why.Text += ", which nothing outside of its container reaches"
		c.Remark(why, "write 0.0.0.0 there")
		return
	}
	if c.loopback == nil {
		c.loopback = &loopback{members: services{c}}
	}
	c.loopback.hidden = append(c.loopback.hidden, why)
	c.Note(why)
	forward := (c.Port.Number + 10000) % 55536
	for c.loopback.has(forward) || forward < 1024 {
		forward++
	}
	c.Forward = forward
}

// refusesHosts says whether the server answers only for hosts that its settings name, of
// which localhost is one and the name of a service is not.
func refusesHosts(c *candidate) bool {
	return c != nil && !c.Frontend && slices.ContainsFunc(c.Stack.Proxy, func(r stack.Rule) bool { return r.Line.Why == stack.Refuses })
}

// wired is the service whose URL a variable holds; nil for none.
func (all services) wired(v Variable) *candidate {
	i := slices.IndexFunc(all, func(c *candidate) bool { return c.Name == v.Sibling })
	if v.Sibling == "" || i < 0 {
		return nil
	}
	return all[i]
}

// joinLoopback makes one network of those of two services.
func joinLoopback(a, b *candidate, why Evidence) {
	ours, theirs := a.loopbackOrNew(), b.loopbackOrNew()
	if ours != theirs && ours.conflict(theirs, true) != "" {
		return
	}
	a.Note(Evidence{File: why.File, Line: why.Line, Text: why.Text + ": shares a network with " + b.Name})
	if ours == theirs {
		ours.calls = append(ours.calls, why)
		return
	}
	ours.data, ours.hidden = append(ours.data, theirs.data...), append(ours.hidden, theirs.hidden...)
	ours.relays = append(ours.relays, theirs.relays...)
	ours.members, ours.calls = append(ours.members, theirs.members...), append(append(ours.calls, theirs.calls...), why)
	for _, member := range ours.members {
		member.loopback = ours
	}
}

func (c *candidate) loopbackOrNew() *loopback {
	if c.loopback == nil {
		return &loopback{members: services{c}}
	}
	return c.loopback
}

// loopbacks are the networks of the services by the names of their members.
func (s *scan) loopbacks() []Loopback {
	var found []Loopback
	var known []*loopback
	for _, c := range s.found {
		if c.loopback == nil || slices.Contains(known, c.loopback) {
			continue
		}
		known = append(known, c.loopback)
		l := Loopback{Name: s.loopbackName(len(known)), Calls: c.loopback.calls, Hidden: c.loopback.hidden, Relays: c.loopback.relays}
		for _, member := range c.loopback.members {
			l.Members = append(l.Members, member.Name)
		}
		for _, d := range c.loopback.data {
			l.Data = append(l.Data, d.key)
		}
		slices.Sort(l.Members)
		slices.Sort(l.Data)
		found = append(found, l)
	}
	return found
}

// loopbackName is a name that no service has.
func (s *scan) loopbackName(number int) string {
	name := "loopback"
	if number > 1 {
		name = fmt.Sprintf("loopback-%d", number)
	}
	for slices.ContainsFunc(s.found, func(c *candidate) bool { return c.Name == name }) ||
		slices.ContainsFunc(s.compose, func(c *runfiles.ComposeService) bool { return c.Name == name }) {
		name += "-network"
	}
	return name
}

// byContainerPort is the sibling of a service that listens on a port, if it is the only one: of
// several, the one that has the port of the host, too.
func (all services) byContainerPort(port int, of *candidate) *candidate {
	listens := func(c *candidate) bool { return c.Port.Number == port }
	found := slices.DeleteFunc(slices.Clone(all), func(c *candidate) bool { return !listens(c) })
	if slices.Contains(found, of) {
		return nil
	}
	if len(found) > 1 {
		found = slices.DeleteFunc(found, func(c *candidate) bool { return c.HostPort != port })
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// serverCall is a URL on this machine to which a service itself sends requests.
type serverCall struct {
	localcall.Call
	forwards bool // it passes the requests of browsers on
}

// serverCalls are the URLs on this machine that the service calls: to which its development
// server sends requests on, and which a server's source names. It leaves out those that a
// variable with another value decides.
func (c localCaller) serverCalls() []serverCall {
	var calls []serverCall
	for _, call := range c.proxied() {
		calls = append(calls, serverCall{call, true})
	}
	if c.Frontend && !c.Stack.ServerSide {
		return calls
	}
	for _, source := range c.Sources {
		if c.isProxyFile(source.Path) || c.Frontend && c.inBrowsers(source) {
			continue
		}
		forwards := proxies.MatchString(source.Text)
		origins := localcall.Origins(source)
		for _, call := range c.unwired(source) {
			if !slices.ContainsFunc(origins, func(o localcall.Call) bool { return o.Where == call.Where }) {
				calls = append(calls, serverCall{call, forwards})
			}
		}
	}
	return calls
}

// proxies are the words by which a source sends requests on.
var proxies = lazyregexp.New(`\b(?:proxy|proxyTable|devProxy|rewrites)\b|createProxyMiddleware|httpProxy`)

// proxied are the URLs to which a development server sends requests on: CRA's
// "proxy" in package.json, Vite's server.proxy, Next's rewrites, a setupProxy.
func (c localCaller) proxied() []localcall.Call {
	var calls []localcall.Call
	for _, e := range c.Proxies {
		for _, match := range localcall.Pattern.FindAllStringSubmatch(e.Text, -1) {
			port, _ := stack.PortNumber(match[1])
			at := e
			at.Text = match[0]
			calls = append(calls, localcall.Call{Port: port, URL: match[0], Where: at})
		}
	}
	seen := map[string]bool{}
	for _, source := range append(slices.Clip(c.Configs), c.Sources...) {
		again := seen[source.Path]
		seen[source.Path] = true
		if !again && c.isProxyFile(source.Path) && (proxies.MatchString(source.Text) || proxies.MatchString(source.Path)) {
			calls = append(calls, c.unwired(source)...)
		}
	}
	return slices.DeleteFunc(calls, func(call localcall.Call) bool { return call.Port == c.Port.Number })
}

// isProxyFile says whether a source of the service says what its development server does.
func (c *candidate) isProxyFile(name string) bool {
	files := c.Stack.Language.ProxyFiles
	return files != nil && files.MatchString(path.Base(name))
}

// unwired are the URLs on this machine in a source that hold here: not the fallback of a
// variable that gets the address of a service.
func (c localCaller) unwired(source tree.File) []localcall.Call {
	return slices.DeleteFunc(localcall.All(source), func(call localcall.Call) bool {
		return call.Fallback && slices.ContainsFunc(c.Variables, func(v Variable) bool {
			return v.Inside && strings.Contains(lineOf(source.Text, call.Where.Line), v.Name)
		})
	})
}

// remarkCalls says what a service calls at localhost that is not there.
func remarkCalls(all services, c *candidate) {
	for _, call := range (localCaller{c}).serverCalls() {
		sibling := all.byPort(call.Port)
		if sibling != nil && c.loopback != nil && c.loopback == sibling.loopback {
			continue
		}
		if sibling == c && call.Port == c.Port.Number && (!call.forwards || c.Stack.Language.ProxyFiles == nil) {
			continue // its own address is the same in its container
		}
		if call.forwards && !call.Fallback || sibling != nil && !sibling.Frontend {
			remarkCall(c, sibling, call)
		}
	}
}

func remarkCall(c, sibling *candidate, call serverCall) {
	e, does := call.Where, "calls"
	if call.forwards {
		does = "forwards requests to"
	}
	e.Text = fmt.Sprintf("%s %s, which inside a container is %s itself", does, call.URL, c.Name)
	if sibling == nil || sibling == c {
		e.Text += fmt.Sprintf(", and no service here has port %d", call.Port)
		c.Remark(e, "forward them to a service of the project, by its name")
		return
	}
	if why := c.loopbackOrNew().conflict(sibling.loopbackOrNew(), false); why != "" && c.compose == nil && sibling.compose == nil {
		e.Text += "; they cannot share a network, because " + why
	}
	scheme, _, _ := strings.Cut(call.URL, "://")
	inside := fmt.Sprintf("%s://%s:%d", scheme, sibling.Name, sibling.Port.Number)
	if path.Base(e.File) == "package.json" {
		c.Remark(e, fmt.Sprintf("write %q there", inside))
		return
	}
	const variable = "PROXY_TARGET"
	code := fmt.Sprintf("process.env.%s || %q", variable, call.URL)
	if getenv := c.Stack.Language.Getenv; getenv != nil && !call.forwards {
		code = getenv(variable, call.URL)
	}
	c.Remark(e, fmt.Sprintf("write %s there, and set %s: %s under environment in devup.yaml", code, variable, inside))
}

// decideFixed puts data services into the network of the services whose source has their
// address at localhost, where no variable can change it. Where that is not possible, it remarks
// on the source.
func (s *scan) decideFixed(all []Data) {
	for _, need := range all {
		var network *loopback // of the data service
		for _, fixed := range need.Fixed {
			if !dataservice.IsHere(fixed.Host) {
				continue
			}
			c := s.called(fixed.User)
			if isDefaultOf(c, need.Key, lineOf(s.tree.Source(fixed.File).Text, fixed.Line)) {
				continue
			}
			of := dataservice.Lookup(need.Service)
			if need.Compose || c.compose != nil || !c.joinData(&network, newDataPorts(need.Key, of), fixed.Evidence) || !c.loopback.relay(fixed.Port, of.Port) {
				c.remarkFixed(need.Key, fixed)
			}
		}
	}
}

// joinData puts the service into the network of a data service, or the other way round where
// that has none yet.
func (c *candidate) joinData(network **loopback, data dataPorts, call Evidence) bool {
	if *network != nil {
		joinLoopback(c, (*network).members[0], call)
		*network = (*network).members[0].loopback
		return c.loopback == *network
	}
	l := c.loopbackOrNew()
	if slices.ContainsFunc(data.ports, l.has) {
		return false
	}
	l.calls, l.data = append(l.calls, call), append(l.data, data)
	c.loopback, *network = l, l
	return true
}

// relay has a port of the network forwarded to another one, where they differ, and says whether
// both can be reached.
func (l *loopback) relay(from, to int) bool {
	switch {
	case from == 0, from == to, slices.Contains(l.relays, Relay{from, to}):
		return true
	case l.has(from):
		return false
	}
	l.relays = append(l.relays, Relay{from, to})
	return true
}
