package checkout

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"time"
)

// gitTime is how long git may take to look at its index.
const gitTime = 20 * time.Second

// GitIn runs git in a directory and is nil where there is no git. The repository's own
// configuration, which an archive or a container may have written, starts no program:
//
//   - core.fsmonitor and hooks are off.
//   - No transport is allowed. A repository that says it is a partial clone makes git fetch
//     what it misses, through a command that the repository configures.
func GitIn(dir string) Git {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil
	}
	safe := []string{"-C", dir, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull}
	return func(ctx context.Context, args ...string) ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, gitTime)
		defer cancel()
		c := exec.CommandContext(ctx, git, slices.Concat(safe, args)...) //nolint:gosec // it only looks
		c.Env = append(c.Environ(), "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
		c.WaitDelay = time.Second // a child may hold its output open
		return c.Output()
	}
}
