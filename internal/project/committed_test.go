package project

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCommittedEnv: git's own index, in each of its forms, tells which env files it has.
func TestCommittedEnv(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git to make an index with")
	}
	for _, version := range []string{"2", "3", "4"} {
		t.Run("index version "+version, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			git := func(args ...string) {
				t.Helper()
				c := exec.CommandContext(t.Context(), "git", args...)
				c.Dir = dir
				if out, err := c.CombinedOutput(); err != nil {
					t.Fatalf("git %q: %v\n%s", args, err, out)
				}
			}
			git("init", "-q")
			for _, name := range []string{".aaa", ".env", "api/.env", "api/.env.example", "api/a.py", "web/.env", "web/" + strings.Repeat("long/", 20) + "a.js"} {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte("KEY=value\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			git("update-index", "--index-version", version)
			git("add", ".aaa", "api", "web/long")
			if version == "3" {
				git("add", "--intent-to-add", ".env") // for its flag, version 3 was made
			} else {
				git("add", ".env")
			}
			env := func(names ...string) string {
				var paths []string
				for _, name := range names {
					paths = append(paths, filepath.Join(dir, name))
				}
				return CommittedNote(dir, paths...)
			}
			if got := env(".env", "web/.env", "api/.env.example", "api/nothing/.env"); !strings.HasPrefix(got, ".env is in git,") {
				t.Errorf("note %q, want it of .env alone", got)
			}
			if got := env(".env", "api/.env"); !strings.HasPrefix(got, ".env, api/.env are in git,") {
				t.Errorf("note %q, want it of both", got)
			}
			if got := env("web/.env"); got != "" {
				t.Errorf("note %q of a file that git does not have", got)
			}
		})
	}
}

// TestNoIndex: without a repository, or with an index of a kind that is not known, nothing
// is said.
func TestNoIndex(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	env := filepath.Join(dir, ".env")
	for name, content := range map[string]string{".env": "A=b\n", ".git/index": "DIRC\x00\x00\x00\x02\x00\x00\x00\x09 and what is no entry"} {
		if got := CommittedNote(dir, env); got != "" {
			t.Errorf("note %q", got)
		}
		if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := CommittedNote(dir, env); got != "" {
		t.Errorf("note %q", got)
	}
}

// TestAHugeIndex: an archive brings any index, and a file with holes costs nothing. Reading
// one ends soon: entries without a name for ever, and names that each hold the one before.
func TestAHugeIndex(t *testing.T) {
	t.Parallel()
	const header = "DIRC\x00\x00\x00\x04\xff\xff\xff\xff"
	dir := t.TempDir()
	env, index := filepath.Join(dir, ".env"), filepath.Join(dir, ".git", "index")
	for _, err := range []error{
		os.WriteFile(env, nil, 0o600), os.Mkdir(filepath.Dir(index), 0o755), os.WriteFile(index, []byte(header), 0o600), os.Truncate(index, 1<<40),
	} {
		if err != nil {
			t.Skipf("no file with holes: %v", err)
		}
	}
	if got := CommittedNote(dir, env); got != "" {
		t.Errorf("note %q", got)
	}
}
