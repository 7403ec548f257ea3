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
	calls := slices.DeleteFunc(engine.seen(), func(call string) bool { return strings.HasSuffix(call, "/_ping") })
	const budget = 5 // containers, networks, volumes, images, and the look at what answers
	if len(calls) > budget {
		t.Errorf("%d API calls, want %d at most:\n%q\n%v", len(calls), budget, calls, r)
	}
	c.devup(t, "down")
}

// TestCallsDoNotGrow: with nothing to do, up asks the engine four things, however many
// services there are.
func TestCallsDoNotGrow(t *testing.T) {
	t.Parallel()
	const budget = 4 // containers, networks, volumes, images
	for _, services := range []int{2, 12} {
		c := newCheckout(t)
		var b strings.Builder
		b.WriteString("services:\n")
		for i := range services {
			fmt.Fprintf(&b, "  s%d: {image: busybox, command: [sleep, '1000'], init: true}\n", i)
		}
		c.write(t, "compose.yaml", b.String())
		c.devup(t, "up", "--detach")
		before := starts(t, c.name)
		engine := count(t)
		c.env = append(c.env, "DOCKER_HOST="+engine.host)
		r := c.devup(t, "up", "--detach")
		c.env = c.env[:len(c.env)-1]
		calls := slices.DeleteFunc(engine.seen(), func(call string) bool { return strings.HasSuffix(call, "/_ping") })
		if after := starts(t, c.name); !slices.Equal(before, after) {
			t.Errorf("containers before:\n%q\nafter:\n%q\n%v", before, after, r)
		}
		if len(calls) > budget {
			t.Errorf("%d services: %d API calls, want %d at most:\n%q", services, len(calls), budget, calls)
		}
		c.devup(t, "down")
	}
}
