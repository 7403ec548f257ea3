package detect

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// decideRemarks says what will not work in a container, or not everywhere, as
// the files stand.
func decideRemarks(all services, c *candidate) {
	for _, call := range c.proxied() {
		remarkProxy(all, c, call)
	}
	decideCalls(all, c)
	if remark := c.Of.Language.Remarks; remark != nil {
		remark(c.App)
	}
}

var proxies = lazyregexp.New(`\bproxy\b|\brewrites\b|createProxyMiddleware`)

// proxied are the URLs to which a development server sends requests on: CRA's
// "proxy" in package.json, Vite's server.proxy, Next's rewrites, a setupProxy.
func (c *candidate) proxied() []localCall {
	var calls []localCall
	for _, e := range c.Proxies {
		if match := localCalls.FindStringSubmatch(e.Text); match != nil {
			port, _ := stack.PortNumber(match[1])
			e.Text = match[0]
			calls = append(calls, localCall{port, match[0], e})
		}
	}
	for _, source := range append(slices.Clip(c.Configs), c.Sources...) {
		if c.isProxyFile(source.Path) && proxies.MatchString(source.Text) {
			calls = append(calls, callsIn(source)...)
		}
	}
	return slices.DeleteFunc(calls, func(call localCall) bool { return call.port == c.Port.Number })
}

// isProxyFile says whether a source of the service says what its development server does.
func (c *candidate) isProxyFile(name string) bool {
	files := c.Of.Language.ProxyFiles
	return files != nil && files.MatchString(path.Base(name))
}

func remarkProxy(all services, c *candidate, call localCall) {
	e := call.where
	sibling := all.byPort(call.port)
	if sibling == nil || sibling == c {
		e.Text = fmt.Sprintf("forwards requests to %s, which inside a container is %s itself, and no service here has port %d", call.url, c.Name, call.port)
		c.Remark(e, "forward them to a service of the project, by its name")
		return
	}
	scheme, _, _ := strings.Cut(call.url, "://")
	inside := fmt.Sprintf("%s://%s:%d", scheme, sibling.Name, sibling.Port.Number)
	e.Text = fmt.Sprintf("forwards requests to %s, which inside a container is %s itself", call.url, c.Name)
	if path.Base(e.File) == "package.json" {
		c.Remark(e, fmt.Sprintf("write %q there", inside))
		return
	}
	c.Remark(e, fmt.Sprintf("write process.env.PROXY_TARGET || %q there, and set PROXY_TARGET: %s under environment in devup.yaml", call.url, inside))
}
