package checkout

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
)

// Git runs git in a directory and gives what it prints. The error of a git that ends with
// another code than 0 has a method ExitCode, as [os/exec.ExitError] has.
type Git func(ctx context.Context, args ...string) ([]byte, error)

// Ignored tells whether git leaves a file of the checkout alone: it ignores the file, which
// it does not track, or there is no repository.
func (c *Checkout) Ignored(ctx context.Context, name string) bool {
	if c.git != nil {
		_, err := c.git(ctx, "check-ignore", "--quiet", "--", name)
		if err == nil {
			return true
		}
		if ended, ok := errors.AsType[interface {
			error
			ExitCode() int
		}](err); ok && ended.ExitCode() == 1 {
			return false
		}
	}
	return !inRepository(c.root) // git says nothing of a directory that it does not trust
}

// Tracks tells whether git says that it tracks a file of the checkout, or one below it, in
// letters of any case: file systems of macOS and Windows do not tell them apart.
func (c *Checkout) Tracks(ctx context.Context, name string) bool {
	if c.git == nil || !inRepository(c.root) {
		return false
	}
	files, err := c.git(ctx, "ls-files", "-z", "--", ":(icase,literal)"+name)
	return err == nil && len(files) > 0
}

// inRepository tells whether there is a repository of git at a directory or above.
func inRepository(dir string) bool {
	_, found := repositoryOf(dir)
	return found
}

// repositoryOf is the directory, at dir or above, that has a .git.
func repositoryOf(dir string) (top string, found bool) {
	dir, err := filepath.Abs(dir)
	for err == nil {
		if _, missing := os.Lstat(filepath.Join(dir, ".git")); missing == nil {
			return dir, true
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	return "", false
}

// once is the function with the answer of its first call, which may read a large index.
func once(f func(context.Context) bool) func(context.Context) bool {
	var (
		first  sync.Once
		answer bool
	)
	return func(ctx context.Context) bool {
		first.Do(func() { answer = f(ctx) })
		return answer
	}
}
