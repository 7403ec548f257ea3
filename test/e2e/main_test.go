//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/moby/moby/client"
)

// What all tests share; set once before the first one runs.
var (
	binary string         // the built devup
	docker *client.Client // the engine, to look at behind devup's back
	root   string         // of this repository
)

func TestMain(m *testing.M) {
	code, err := runAll(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func runAll(m *testing.M) (code int, err error) {
	ctx := context.Background()
	if root, err = filepath.Abs(filepath.Join("..", "..")); err != nil {
		return 1, err
	}
	if docker, err = client.New(client.FromEnv); err != nil {
		return 1, err
	}
	limit, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if _, err := docker.Ping(limit, client.PingOptions{}); err != nil {
		return 1, fmt.Errorf("the end-to-end tests need an engine (make test brings one up): %w", err)
	}
	dir, err := os.MkdirTemp("", "devup-e2e-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "devup")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/devup")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build devup: %w\n%s", err, out)
	}
	if err := reap(ctx, ofKilledRuns); err != nil {
		return 1, err
	}
	code = m.Run()
	return code, reap(ctx, ofThisRun)
}
