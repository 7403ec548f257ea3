package doctor

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/engine"
)

// networkChecks are one check per registry, and those about what all of them tell. All
// share one answer of each registry.
func networkChecks(o Options, find func(context.Context) (*engine.Engine, error)) []Check {
	var checks []Check
	var asks []askRegistry
	if o.Network.Client != nil {
		for _, registry := range append([]Registry{dockerHub}, o.Network.Registries...) {
			ask := once(func(ctx context.Context) (reach, error) { return askTwice(ctx, o.Network.Client, registry), nil })
			asks = append(asks, ask)
			checks = append(checks, Check{Name: registry.Name, Run: func(ctx context.Context) Finding {
				answer, _ := ask(ctx)
				return judgeReach(answer)
			}})
		}
		checks = append(checks, Check{Name: "ca", Run: func(ctx context.Context) Finding {
			return judgeCA(answers(ctx, asks), o.Network.CASource)
		}})
	}
	return append(checks,
		Check{Name: "proxy", Run: func(ctx context.Context) Finding { return checkProxy(ctx, o.Network, find) }},
		Check{Name: "credentials", Run: func(context.Context) Finding { return checkCredentials(o.Network) }},
		Check{Name: "build", Run: func(ctx context.Context) Finding { return checkBuild(ctx, o.Network, find, asks) }},
		Check{Name: "clock", Run: func(ctx context.Context) Finding { return checkClock(ctx, find, asks) }},
	)
}

func answers(ctx context.Context, asks []askRegistry) []reach {
	var all []reach
	for _, ask := range asks {
		answer, _ := ask(ctx)
		all = append(all, answer)
	}
	return all
}

// Registries gives the package registries that configuration files of npm
// (.npmrc) and pip (pip.conf) name, each once. A client for which none is named
// uses its own default, which is not checked: it is the client's to know.
func Registries(npmrc, pipConf []byte) []Registry {
	var found []Registry
	add := func(name, address string) {
		one := Registry{Name: name, URL: address}
		if address != "" && !slices.Contains(found, one) {
			found = append(found, one)
		}
	}
	for key, value := range assignments(npmrc) {
		if key == "registry" || (strings.HasPrefix(key, "@") && strings.HasSuffix(key, ":registry")) {
			add("npm", value)
		}
	}
	for key, value := range assignments(pipConf) {
		switch strings.ReplaceAll(key, "_", "-") {
		case "index-url":
			add("pip", value)
		case "extra-index-url":
			for address := range strings.FieldsSeq(value) {
				add("pip", address)
			}
		}
	}
	return found
}

// assignments are the key=value lines of an INI file, whatever their section.
func assignments(ini []byte) func(yield func(key, value string) bool) {
	return func(yield func(string, string) bool) {
		for line := range strings.Lines(string(ini)) {
			line = strings.TrimSpace(line)
			key, value, ok := strings.Cut(line, "=")
			if !ok || strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";") {
				continue
			}
			if !yield(strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"'`)) {
				return
			}
		}
	}
}

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
