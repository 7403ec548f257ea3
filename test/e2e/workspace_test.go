//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/devup-cli/devup/test/edge"
)

// workplace is a checkout in a pretended workspace: whatever runs there has the
// workspace's variables, commands, host names and authority.
type workplace struct {
	*checkout
	edge *edge.Edge
}

// edges counts the addresses on loopback that were tried: each edge has one of its own,
// because all want port 443, also those of other runs in the same world.
var edges atomic.Int32

// start serves a workspace at the next free address.
func start(t *testing.T, w edge.Workspace) *edge.Edge {
	t.Helper()
	for {
		e, err := edge.Start(t.Context(), w, fmt.Sprintf("127.0.77.%d:443", edges.Add(1)))
		if err == nil {
			return e
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			t.Fatal(err)
		}
	}
}

// in gives the same checkout in a workspace. The machine stays as it is: devup runs in a
// mount namespace that has an /etc/hosts of its own.
func (c *checkout) in(t *testing.T, w edge.Workspace) *workplace {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root may serve port 443 and give devup an /etc/hosts of its own")
	}
	e := start(t, w)
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if wrong := e.Wrong(); len(wrong) > 0 {
			t.Errorf("the platform does not know these commands: %q", wrong)
		}
	})
	dir, err := os.MkdirTemp("", "edge") //nolint:usetesting // a socket's path has a limit of about 100 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, directory := range []string{"bin", "authorities"} {
		if err := os.Mkdir(filepath.Join(dir, directory), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Install(t.Context(), filepath.Join(dir, "bin")); err != nil {
		t.Fatal(err)
	}
	hosts, err := os.ReadFile("/etc/hosts")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"hosts": append(hosts, "\n"+e.Hosts()...), "authorities/edge.pem": e.Certificate()} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	moved := *c
	moved.env = slices.Concat(c.env, w.Env(), []string{
		"PATH=" + filepath.Join(dir, "bin") + ":" + os.Getenv("PATH"),
		// Next to the machine's own authorities; what devup passes into builds is in SSL_CERT_FILE and the like.
		"SSL_CERT_DIR=" + filepath.Join(dir, "authorities") + ":/etc/ssl/certs",
	})
	moved.within = []string{"unshare", "--mount", "sh", "-c", `mount --bind "$0" /etc/hosts && exec "$@"`, filepath.Join(dir, "hosts")}
	return &workplace{&moved, e}
}

// browse opens a URL of the workspace in a browser outside of it, which no one has signed
// in with.
func (w *workplace) browse(t *testing.T, url string) *page {
	t.Helper()
	return browse(t, url, chromedp.Flag("host-resolver-rules", w.edge.Resolve()), chromedp.Flag("ignore-certificate-errors", true))
}

// types runs a command of the platform, as a person would.
func (w *workplace) types(t *testing.T, line string) {
	t.Helper()
	if a := w.edge.Run(edge.Call{Args: strings.Fields(line), Token: true}); a.Code != 0 {
		t.Fatalf("%s: %+v", line, a)
	}
}
