package tunnel

import (
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// cloudflared opens a quick tunnel: a random name below trycloudflare.com, for as long
// as the program runs.
func cloudflared() Tool {
	return Tool{
		Name: "cloudflared", Needs: "no account",
		Quirk: "Cloudflare's quick tunnels pass no server-sent events, and 200 requests at a time",
		args:  cloudflaredArgs, read: cloudflaredLine,
	}
}

// cloudflaredArgs keeps out the user's config file, whose rules would answer 404 for
// every request of a quick tunnel; updates, which end the tunnel; and half a minute of
// waiting for open websockets at the end. Dev servers that check the Host header are
// asked for what they are called locally.
func cloudflaredArgs(t Target) ([]string, error) {
	port := strconv.Itoa(t.Port)
	return []string{
		"tunnel", "--config", os.DevNull, "--no-autoupdate", "--grace-period", "1s",
		"--url", "http://" + net.JoinHostPort(t.Host, port), "--http-host-header", "localhost:" + port,
	}, nil
}

// quickName is a whole URL: what it asks for one at is not.
var quickName = lazyregexp.New(`https://([a-z0-9-]+)\.trycloudflare\.com`)

// cloudflaredLine takes the URL from the box that it is in. It is printed before
// the tunnel has a connection, and answers with an error of Cloudflare's until then.
func cloudflaredLine(line string, _ Target) (url string, works bool) {
	if m := quickName.FindStringSubmatch(line); m != nil && m[1] != "api" {
		return m[0], false
	}
	// "Connection <uuid> registered" until 2022
	return "", strings.Contains(line, "Registered tunnel connection") ||
		strings.Contains(line, "Connection ") && strings.Contains(line, " registered")
}
