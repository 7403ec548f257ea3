//go:build e2e

package e2e

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/containerd/console"

	"github.com/devup-cli/devup/test/hostile"
)

// TestHostileProject walks all commands over a project whose every text tries to reach the
// terminal, while its containers run: labels, logs, healthchecks, setup steps and builds
// say it too.
func TestHostileProject(t *testing.T) {
	t.Parallel()
	c := newCheckout(t)
	c.env = append(c.env, "HOME="+t.TempDir())
	if err := hostile.WriteProject(c.dir); err != nil {
		t.Fatal(err)
	}
	for _, call := range hostile.Calls(t.TempDir()) {
		if call.Endless {
			continue
		}
		for _, args := range [][]string{call.Args, append([]string{"--json"}, call.Args...)} {
			r := c.run(t.Context(), args...)
			if testing.Verbose() {
				t.Logf("%s", r)
			}
			if err := hostile.Check(r.out+r.err, false); err != nil {
				t.Errorf("devup %q: %v", args, err)
			}
		}
		if call.Piped {
			continue
		}
		if shown := c.onTerminal(t, call.Args...); hostile.Check(shown, true) != nil {
			t.Errorf("devup %q on a terminal: %v", call.Args, hostile.Check(shown, true))
		}
	}
}

// onTerminal runs devup on a terminal, where it is asked nothing, and gives what that shows.
func (c *checkout) onTerminal(t *testing.T, args ...string) string {
	t.Helper()
	master, name, err := console.NewPty()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	slave, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	shown := make(chan string)
	go func() {
		var all strings.Builder
		_, _ = io.Copy(&all, master) // ends with an error of its own when the other end is closed
		shown <- all.String()
	}()
	command := c.command(t.Context(), append([]string{"--yes"}, args...)...)
	command.Stdin, command.Stdout, command.Stderr = slave, slave, slave
	_ = command.Run() // some fail here
	_ = slave.Close() // nothing was written to it
	return <-shown
}
