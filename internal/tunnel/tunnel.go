// Package tunnel opens a way from the internet to a port of this machine, by one of the
// programs for that: cloudflared, ngrok, devtunnel, tailscale.
//
// [Choose] finds the program, [Open] runs it for one port and reads the URL from what it
// prints. What each of them takes and prints is one file: pure, held against recorded
// output. The package keeps no secret, stores nothing and asks no questions.
package tunnel

import (
	"net"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
)

// Tool is a program that opens tunnels.
type Tool struct {
	Name  string // as users call it, and its file name on PATH
	Needs string // what it asks for before the first time: "no account"
	Quirk string // what the user should know of its URLs, or empty
	Path  string // where it is, once [Choose] has found it

	args func(Target) ([]string, error)
	// read understands one line that the program prints: a URL, and whether the tunnel
	// works from here on. The two may come in different lines.
	read func(line string, t Target) (url string, works bool)
}

// Target is what a tunnel leads to.
type Target struct {
	Host string // the address on this machine that the port is reached at: "127.0.0.1"
	Port int
	Slot int // which of the tunnels of one run it is, from 0: some tools have a few places only
}

// Tools are the known ones, the best first: cloudflared asks for no account; who has
// ngrok or devtunnel has it for this; tailscale comes last, because most have it for
// something else, and its URL is the machine's own name, the same at every time.
func Tools() []Tool { return []Tool{cloudflared(), ngrok(), devtunnel(), tailscale()} }

// Choose finds the tool of that name, or the first that is installed where name is
// empty. find gives the path of a program, as exec.LookPath does. It fails with
// [fail.Usage] for an unknown name, and with [fail.Failed] when no tool is installed.
func Choose(name string, find func(program string) (string, error)) (Tool, error) {
	var known, wanted []string
	for _, t := range Tools() {
		known = append(known, t.Name)
		if name != "" && name != t.Name {
			continue
		}
		path, err := find(t.Name)
		if err == nil {
			t.Path = path
			return t, nil
		}
		wanted = append(wanted, t.Name+" ("+t.Needs+")")
	}
	if len(wanted) == 0 {
		return Tool{}, fail.New(fail.Usage, "known are "+strings.Join(known, ", "), "there is no tunnel program %q", name)
	}
	if name != "" {
		return Tool{}, fail.New(fail.Failed, "install it, or leave out --via to take one that is there", "%s is not on the PATH", name)
	}
	return Tool{}, fail.New(fail.Failed, "install one of them: "+strings.Join(wanted, ", "),
		"no program that opens a tunnel to this machine is on the PATH")
}

// loopback reports whether the target is reached as localhost.
func (t Target) loopback() bool { return net.ParseIP(t.Host).IsLoopback() }
