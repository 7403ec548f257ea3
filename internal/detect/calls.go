package detect

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/devup-cli/devup/internal/detect/localcall"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// localCalls are the addresses on this machine in a service's own source: what a
// frontend calls, and what a server lets in.
func (c localCaller) localCalls() []localcall.Call {
	var calls []localcall.Call
	for _, source := range c.Sources {
		switch {
		case c.isProxyFile(source.Path): // it speaks of what the development server does
		case c.Frontend:
			calls = append(calls, localcall.In(source)...)
		default:
			calls = append(calls, localcall.Origins(source)...)
		}
	}
	return calls
}

// hardCoded are the ports that a frontend's source calls on this machine by
// number, each with the first place that does.
func (c localCaller) hardCoded() []localcall.Call {
	if c.role() != frontend {
		return nil
	}
	return localcall.FirstOfEach(c.localCalls())
}

// decideCalls lists the addresses on this machine in the service's source, and says of
// each port once what comes of it.
func decideCalls(all services, c *candidate) {
	remarked := map[string]bool{} // by port and kind of URL
	calls := localCaller{c}.localCalls()
	for _, call := range calls {
		sibling := all.byPort(call.Port)
		if sibling == c || !c.Frontend && sibling == nil {
			continue // its own page, or another server's business
		}
		c.Calls = append(c.Calls, Call{Port: call.Port, Origin: !c.Frontend, Instead: localCaller{c}.instead(sibling, call.URL), Evidence: call.Where})
		if remarked[call.Target()] {
			continue
		}
		remarked[call.Target()] = true
		e := call.Where
		e.Text = call.URL + alsoAt(calls, call) + remarkOf(c, sibling, call)
		switch {
		case sibling == nil:
			c.Remark(e, "")
		case c.Frontend && (sibling.HostPort != call.Port || call.AsksForTLS()):
			c.Remark(e, localCaller{c}.instead(sibling, call.URL))
		default:
			c.RemarkElsewhere(e, localCaller{c}.instead(sibling, call.URL))
		}
	}
}

// alsoAt counts the other places of the same target.
func alsoAt(all []localcall.Call, first localcall.Call) string {
	more := -1
	for _, call := range all {
		if call.Target() == first.Target() {
			more++
		}
	}
	return stack.AndIn(more)
}

// remarkOf says what comes of an address in the source.
func remarkOf(c, sibling *candidate, call localcall.Call) string {
	switch {
	case sibling == nil:
		return fmt.Sprintf(" is hard-coded, and no service here has port %d", call.Port)
	case !c.Frontend:
		return fmt.Sprintf(" is a hard-coded origin: the pages of %s have another one in a cloud workspace, or when their port changes", sibling.Name)
	case call.AsksForTLS():
		return fmt.Sprintf(" is hard-coded, but %s answers http there, not https", sibling.Name)
	case sibling.HostPort != call.Port:
		return fmt.Sprintf(" is hard-coded, but %s gets port %d here", sibling.Name, sibling.HostPort)
	default:
		return fmt.Sprintf(" is hard-coded: browsers do not find %s there in a cloud workspace, or when its port changes", sibling.Name)
	}
}

// instead is what to write in the place of an address: a variable, where the stack has
// them, or the path alone behind a gateway.
func (c localCaller) instead(sibling *candidate, url string) string {
	const gateway = "run `devup up --gateway`"
	url = strings.Replace(strings.Replace(url, "https:", "http:", 1), "wss:", "ws:", 1)
	if sibling == nil {
		return "write the path alone and " + gateway
	}
	name := EnvName(cmp.Or(sibling.Compose, sibling.Name))
	prefix := ""
	if c.Frontend {
		if c.Stack.EnvSyntax == "" {
			return "write the path alone and " + gateway
		}
		prefix = c.Stack.EnvSyntax[strings.LastIndexByte(c.Stack.EnvSyntax, '.')+1:]
	}
	variable, symbol := prefix+name+"_URL", "DEVUP_URL_"
	if localcall.IsSocket(url) {
		variable, symbol = prefix+name+"_WS_URL", "DEVUP_WS_"
	}
	for _, v := range c.Variables {
		if v.Sibling == sibling.Name && !v.Inside && v.Socket == localcall.IsSocket(url) && strings.HasPrefix(v.Name, prefix) {
			variable = v.Name // the service has one for it already
			break
		}
	}
	set := fmt.Sprintf("%s: ${%s%s:-%s} under environment", variable, symbol, name, url)
	if c.Frontend {
		code := fmt.Sprintf(`%s%s || "%s"`, strings.TrimSuffix(c.Stack.EnvSyntax, prefix), variable, url)
		return fmt.Sprintf("write %s, and set %s; or write the path alone and %s", code, set, gateway)
	}
	code := "the value of " + variable
	if getenv := c.Stack.Language.Getenv; getenv != nil {
		code = getenv(variable, url)
	}
	return fmt.Sprintf("write %s, and set %s; or run `devup up --gateway`, where pages and servers have one origin", code, set)
}

// EnvName is a service's name as part of a variable's: BACKEND_FLASK.
func EnvName(service string) string {
	return notVariable.ReplaceAllString(strings.ToUpper(service), "_")
}

// notVariable is what cannot stand in the name of a variable.
var notVariable = lazyregexp.New(`[^A-Z0-9]`)

// decideRemarks says what will not work in a container, or not everywhere, as
// the files stand.
func decideRemarks(all services, c *candidate) {
	remarkCalls(all, c)
	decideCalls(all, c)
	if remark := c.Stack.Language.Remarks; remark != nil {
		remark(c.App)
	}
}
