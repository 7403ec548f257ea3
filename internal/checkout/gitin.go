package checkout

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/devup-cli/devup/internal/untrusted"
)

// gitTime is how long git may take to look at its index.
const gitTime = 20 * time.Second

// GitIn runs git in a directory and is nil where there is no git. The repository's own
// configuration, which an archive or a container may have written, starts no program:
//
//   - core.fsmonitor and hooks are off.
//   - No transport is allowed. A repository that says it is a partial clone makes git fetch
//     what it misses, through a command that the repository configures.
//
// Git would wait for a writer where a file that it reads is a pipe. So it is not run where
// one of those files is, and not again after it once took longer than it may.
func GitIn(dir string) Git {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil
	}
	safe := []string{"-C", dir, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull}
	var slow atomic.Bool
	return func(ctx context.Context, args ...string) ([]byte, error) {
		if slow.Load() {
			return nil, context.DeadlineExceeded
		}
		if err := blocking(dir); err != nil {
			return nil, err
		}
		ctx, cancel := context.WithTimeout(ctx, gitTime)
		defer cancel()
		c := exec.CommandContext(ctx, git, slices.Concat(safe, args)...) //nolint:gosec // it only looks
		c.Env = append(c.Environ(), "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
		c.WaitDelay = time.Second // a child may hold its output open
		out, err := c.Output()
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			slow.Store(true)
		}
		return out, err
	}
}

// errPipe is the error for a repository with a pipe or device where git reads a file.
var errPipe = errors.New("a pipe or device in a git repository")

// blocking is [errPipe] where git would wait for one in a directory: among what lies in the
// repository's own directory, and among the files of the work tree that git reads everywhere.
func blocking(dir string) error {
	top, ok := repositoryOf(dir)
	if !ok {
		return nil
	}
	suspects := []string{filepath.Join(top, ".git")}
	for at := dir; len(at) >= len(top); at = filepath.Dir(at) {
		suspects = append(suspects, filepath.Join(at, ".gitignore"), filepath.Join(at, ".gitattributes"))
		if at == top {
			break
		}
	}
	for _, own := range gitDirs(top) {
		suspects = append(suspects, entries(own)...)
		suspects = append(suspects, entries(filepath.Join(own, "info"))...)
	}
	for _, name := range suspects {
		info, err := os.Stat(name)
		if err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeDevice) != 0 {
			return fmt.Errorf("%w: %s", errPipe, name)
		}
	}
	return nil
}

// gitDirs are the directories of a repository itself: that of the work tree and, where it is
// a linked one, that which it shares with others.
func gitDirs(top string) []string {
	own := filepath.Join(top, ".git")
	if target, found := pointer(own, "gitdir: "); found {
		own = target
	}
	if common, found := pointer(filepath.Join(own, "commondir"), ""); found {
		return []string{own, common}
	}
	return []string{own}
}

// pointer is the path that a file holds after a prefix, as seen from the file.
func pointer(file, prefix string) (target string, found bool) {
	text, err := untrusted.ReadFile(file, untrusted.MaxText)
	target, found = strings.CutPrefix(strings.TrimSpace(string(text)), prefix)
	if err != nil || !found {
		return "", false
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(filepath.Dir(file), target)
	}
	return target, true
}

// entries are the paths of what lies in a directory; none where it cannot be read.
func entries(dir string) []string {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil
	}
	list, _ := os.ReadDir(dir)
	var names []string
	for _, e := range list {
		names = append(names, filepath.Join(dir, e.Name()))
	}
	return names
}
