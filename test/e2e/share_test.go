//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// tunnelProgram is the built test/tunnel.
var tunnelProgram = sync.OnceValues(func() (string, error) {
	program := filepath.Join(filepath.Dir(binary), "tunnel")
	build := exec.Command("go", "build", "-o", program, "./test/tunnel")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build test/tunnel: %w\n%s", err, out)
	}
	return program, nil
})

// installTunnels puts programs that open tunnels on the script's PATH: `tunnels ngrok`.
// $TUNNELS is the directory in which they say what is open.
func installTunnels(ts *testscript.TestScript, _ bool, names []string) {
	program, err := tunnelProgram()
	ts.Check(err)
	work := ts.Getenv("WORK")
	bin, open := filepath.Join(work, "bin"), filepath.Join(work, "tunnels")
	for _, dir := range []string{bin, open} {
		ts.Check(os.MkdirAll(dir, 0o755))
	}
	for _, name := range names {
		ts.Check(os.Symlink(program, filepath.Join(bin, name)))
	}
	ts.Setenv("TUNNELS", open)
	ts.Setenv("PATH", bin+string(os.PathListSeparator)+ts.Getenv("PATH"))
}

// through fetches a URL through the tunnel that is open under its name: `through TUNNELS`
// fetches the page of the only one, `through TUNNELS PART` that whose name has the part.
// It prints the name, the status and the body.
func (s *scene) through(ctx context.Context, args []string) (string, error) {
	entries, err := os.ReadDir(args[0])
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, entry := range entries {
		if len(args) > 1 && !strings.Contains(entry.Name(), args[1]) {
			continue
		}
		said, err := os.ReadFile(filepath.Join(args[0], entry.Name()))
		if err != nil {
			return "", err
		}
		address, _, _ := strings.Cut(string(said), " ")
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, (&url.URL{Scheme: "http", Host: address, Path: "/"}).String(), nil)
		if err != nil {
			return "", err
		}
		request.Host = entry.Name()
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return "", err
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&all, "%s %d %s\n", entry.Name(), answer.StatusCode, body)
	}
	return all.String(), nil
}
