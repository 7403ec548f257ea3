package tunnel

import (
	"net"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// tailscale is Tailscale Funnel: the machine's own name in the user's network, open
// to everybody while the program runs in the foreground.
func tailscale() Tool {
	return Tool{
		Name: "tailscale", Needs: "an account whose network allows Funnel",
		args: tailscaleArgs, read: tailscaleLine,
	}
}

// funnelPorts are the only ones that Funnel has.
var funnelPorts = []int{443, 8443, 10000}

func tailscaleArgs(t Target) ([]string, error) {
	if t.Slot >= len(funnelPorts) {
		return nil, fail.New(fail.Usage, "name the services that count, or take another tool with --via",
			"tailscale funnel opens %d ports at most", len(funnelPorts))
	}
	return []string{
		"funnel", "--yes", "--https=" + strconv.Itoa(funnelPorts[t.Slot]),
		"http://" + net.JoinHostPort(t.Host, strconv.Itoa(t.Port)),
	}, nil
}

var funnelURL = lazyregexp.New(`^https://[a-z0-9-]+\.[a-z0-9.-]+\.ts\.net(:[0-9]+)?/?$`)

// tailscaleLine takes the URL, which has a line of its own. What it prints where the
// network does not allow Funnel names a URL too, on which it can be allowed.
func tailscaleLine(line string, _ Target) (url string, works bool) {
	line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "Available on the internet:"))
	if funnelURL.MatchString(line) {
		return strings.TrimSuffix(line, "/"), true
	}
	return "", false
}
