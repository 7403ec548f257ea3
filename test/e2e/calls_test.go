//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestAGatewayAsksTheEngineNothing: with one, up that has nothing to do asks as little as
// without.
func TestAGatewayAsksTheEngineNothing(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	c.write(t, "compose.yaml", fmt.Sprintf(`
x-devup: {gateway: {port: %d}}
services:
  web: {image: busybox, command: [httpd, -f, -p, "8080", -h, /etc], init: true, ports: ["%d:8080"]}
`, freePort(), freePort()))
	engine := count(t)
	c.env = append(c.env, "DOCKER_HOST="+engine.host)
	c.devup(t, "up", "--detach")
	engine.seen() // those of the first up
	r := c.devup(t, "up", "--detach")
	calls := engine.asked(t)
	const budget = 5 // containers, networks, volumes, images, and the look at what answers
	if len(calls) > budget {
		t.Errorf("%d API calls, want %d at most:\n%q\n%v", len(calls), budget, calls, r)
	}
	c.devup(t, "down")
}

// TestCallsDoNotGrow: with nothing to do and one image, up asks the engine four things, however many
// services there are.
func TestCallsDoNotGrow(t *testing.T) {
	t.Parallel()
	const budget = 4 // containers, networks, volumes, images
	for _, services := range []int{2, 12} {
		c := newCheckout(t)
		c.write(t, "compose.yaml", sleepers(services))
		c.devup(t, "up", "--detach")
		before := starts(t, c.name)
		engine := count(t)
		c.env = append(c.env, "DOCKER_HOST="+engine.host)
		r := c.devup(t, "up", "--detach")
		c.env = c.env[:len(c.env)-1]
		calls := engine.asked(t)
		if after := starts(t, c.name); !slices.Equal(before, after) {
			t.Errorf("containers before:\n%q\nafter:\n%q\n%v", before, after, r)
		}
		if len(calls) > budget {
			t.Errorf("%d services: %d API calls, want %d at most:\n%q", services, len(calls), budget, calls)
		}
		c.devup(t, "down")
	}
}

// TestCallsOfAFirstUp: up asks the engine to create and to start each container, and little else.
func TestCallsOfAFirstUp(t *testing.T) {
	t.Parallel()
	const services, budget = 10, 4 + 1 + 2*10 + 2 // what there is, a network, containers, and the wait: events, a list
	c := newCheckout(t)
	c.write(t, "compose.yaml", sleepers(services))
	c.devup(t, "pull", "--policy", "missing")
	engine := count(t)
	c.env = append(c.env, "DOCKER_HOST="+engine.host)
	r := c.devup(t, "up", "--detach")
	calls := slices.DeleteFunc(engine.asked(t), func(call string) bool { return strings.HasSuffix(call, "/stats") }) // asked for where this machine's kernel counts nothing
	if len(calls) > budget {
		t.Errorf("%d API calls, want %d at most:\n%q\n%v", len(calls), budget, calls, r)
	}
	c.devup(t, "down")
}

// sleepers is a project of so many services that do nothing.
func sleepers(services int) string {
	var b strings.Builder
	b.WriteString("services:\n")
	for i := range services {
		fmt.Fprintf(&b, "  s%d: {image: busybox, command: [sleep, '1000'], init: true}\n", i)
	}
	return b.String()
}

// asked are the calls since the last time, without those that ask for the API's version, and
// notes their number.
func (c *counter) asked(t *testing.T) []string {
	t.Helper()
	calls := slices.DeleteFunc(c.seen(), func(call string) bool { return strings.HasSuffix(call, "/_ping") })
	t.Logf("%s: %d requests and a ping", t.Name(), len(calls))
	return calls
}
