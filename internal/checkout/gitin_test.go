//go:build unix

package checkout

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestGitReadsNoPipe: git would wait for a writer, so it is not asked.
func TestGitReadsNoPipe(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	for _, test := range []struct{ name, dir, pipe string }{
		{"the repository", ".", ".git"},
		{"its index", ".", ".git/index"},
		{"its head", ".", ".git/HEAD"},
		{"its configuration", ".", ".git/config"},
		{"its list of ignored files", ".", ".git/info/exclude"},
		{"a list of ignored files above", "sub", ".gitignore"},
		{"the index of a linked work tree", "linked", ".git/worktrees/linked/index"},
		{"the configuration of a linked work tree", "linked", ".git/config"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			for _, args := range [][]string{
				{"init", "-q"},
				{"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "a"},
				{"worktree", "add", "-q", "linked"},
			} {
				if out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", root}, args...)...).CombinedOutput(); err != nil {
					t.Fatalf("git %v: %v\n%s", args, err, out)
				}
			}
			git := GitIn(filepath.Join(root, test.dir))
			if err := os.MkdirAll(filepath.Join(root, "sub"), 0o755); err != nil {
				t.Fatal(err)
			}
			if _, err := git(t.Context(), "ls-files"); err != nil {
				t.Fatalf("before: %v", err)
			}
			pipe := filepath.Join(root, test.pipe)
			if err := errors.Join(os.RemoveAll(pipe), syscall.Mkfifo(pipe, 0o600)); err != nil {
				t.Fatal(err)
			}
			if _, err := git(t.Context(), "ls-files"); !errors.Is(err, errPipe) {
				t.Errorf("git says %v, want %v", err, errPipe)
			}
		})
	}
}
