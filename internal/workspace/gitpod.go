package workspace

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// gitpodTemplate puts the port in front of the workspace's own host, as `gp url`
// does. The other two variables give the same host.
func gitpodTemplate(p probe) (template, unknown string) {
	if u, err := url.Parse(p.env("GITPOD_WORKSPACE_URL")); err == nil && u.Host != "" && strings.HasPrefix(u.Scheme, "http") {
		return u.Scheme + "://" + portMark + "-" + u.Host, ""
	}
	id, cluster := p.env("GITPOD_WORKSPACE_ID"), p.env("GITPOD_WORKSPACE_CLUSTER_HOST")
	if id != "" && cluster != "" {
		return "https://" + portMark + "-" + id + "." + cluster, ""
	}
	return "", "GITPOD_WORKSPACE_URL is not set"
}

// gitpodControl is the gp command, which takes one port a call.
func gitpodControl(_ Info, t Tools) Control {
	c := Control{
		ByHand: func(port int) string {
			return fmt.Sprintf("run `gp ports visibility %d:public`, or click the lock of port %d in the Ports view", port, port)
		},
		Unreachable: "see with `gp ports list` whether Gitpod serves the port: it reaches what is published on 0.0.0.0, not on 127.0.0.1 alone",
	}
	if t.Run == nil {
		return c
	}
	set := func(v Visibility) func(context.Context, []int) error {
		return func(ctx context.Context, ports []int) error {
			return forEach(ports, func(port int) error {
				_, err := t.Run(ctx, "gp", "ports", "visibility", strconv.Itoa(port)+":"+string(v))
				return kind(err)
			})
		}
	}
	c.Open, c.Close = set(Public), set(Private)
	c.List = func(ctx context.Context) ([]Port, error) {
		out, err := t.Run(ctx, "gp", "ports", "list")
		if err != nil {
			return nil, kind(err)
		}
		return gitpodPorts(out), nil
	}
	return c
}

// gitpodLine is a port in the table of `gp ports list`, whose frame has changed
// over time.
var gitpodLine = lazyregexp.New(`(?m)^\W*(\d{2,5})\b.*?\bopen \((public|private)\)`)

// gitpodPorts leaves out ports on which nothing listens: they are "not served".
func gitpodPorts(table string) []Port {
	var ports []Port
	for _, m := range gitpodLine.FindAllStringSubmatch(table, -1) {
		number, _ := strconv.Atoi(m[1]) // two to five digits
		ports = append(ports, Port{number, Visibility(m[2])})
	}
	return ports
}
