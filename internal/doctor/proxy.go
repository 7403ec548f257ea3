package doctor

import (
	"cmp"
	"context"
	"net/url"

	"github.com/devup-cli/devup/internal/engine"
)

// checkProxy says through which proxies builds go, what of this machine's settings they
// cannot have, and whether the engine, which fetches images, knows of a proxy.
func checkProxy(ctx context.Context, n Network, find func(context.Context) (*engine.Engine, error)) Finding {
	if len(n.Notes) > 0 {
		return warning(n.Notes[0], "").with(n.Notes[1:])
	}
	proxy := publicHost(cmp.Or(n.Proxy["HTTPS_PROXY"], n.Proxy["ALL_PROXY"], n.Proxy["HTTP_PROXY"]))
	if proxy == "" {
		return good("")
	}
	e, err := find(ctx)
	if err != nil {
		return good("builds go through " + proxy)
	}
	facts, err := e.Facts(ctx)
	if err == nil && facts.HTTPProxy == "" && facts.HTTPSProxy == "" {
		return warning("this machine goes through the proxy "+proxy+", the engine fetches images without one",
			`if images cannot be fetched, set "proxies" in the engine's daemon.json (in Docker Desktop: Settings, Resources, Proxies) and restart it`)
	}
	return good("builds and the engine go through a proxy: " + proxy)
}

// checkCredentials says which tokens and passwords this machine has for packages, and who
// gets them.
func checkCredentials(n Network) Finding {
	if len(n.Credentials) == 0 {
		return nothing()
	}
	return good(n.Credentials[0]).with(n.Credentials[1:])
}

// publicHost is what may be shown of an address: its host and port.
func publicHost(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		u, err = url.Parse("//" + address)
	}
	if err != nil {
		return ""
	}
	return u.Host
}
