//go:build unix

package checkout

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// victim is a file outside of the checkout that nothing may change.
type victim struct {
	path string
	info fs.FileInfo
}

func newVictim(t *testing.T) victim {
	t.Helper()
	path := filepath.Join(t.TempDir(), "victim")
	long := time.Now().Add(-time.Hour)
	for _, err := range []error{os.WriteFile(path, []byte("precious"), 0o644), os.Chtimes(path, long, long)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return victim{path, info}
}

func (v victim) check(t *testing.T) {
	t.Helper()
	content, err := os.ReadFile(v.path)
	if err != nil || string(content) != "precious" {
		t.Errorf("the victim holds %q, %v", content, err)
	}
	info, err := os.Stat(v.path)
	if err != nil || !info.ModTime().Equal(v.info.ModTime()) || info.Mode() != v.info.Mode() {
		t.Errorf("the victim is %v, was %v, %v", info, v.info, err)
	}
	if entries, err := os.ReadDir(filepath.Dir(v.path)); err != nil || len(entries) != 1 {
		t.Errorf("next to the victim: %v, %v", entries, err)
	}
}

// refusals are directories .devup that are not to be used.
var refusals = []struct {
	name string
	make func(dir, victim string) []error
	want string
}{
	{"a link to a directory", func(dir, victim string) []error {
		return []error{os.Symlink(filepath.Dir(victim), dir)}
	}, ".devup is a symbolic link"},
	{"a link inside of the checkout", func(dir, _ string) []error {
		inside := filepath.Join(filepath.Dir(dir), "src")
		return []error{os.Mkdir(inside, 0o755), os.Symlink("src", dir)}
	}, ".devup is a symbolic link"},
	{"a dangling link", func(dir, victim string) []error {
		return []error{os.Symlink(victim+"-made", dir)}
	}, ".devup is a symbolic link"},
	{"a file", func(dir, _ string) []error {
		return []error{os.WriteFile(dir, nil, 0o600)}
	}, ".devup is not a directory"},
	{"a link as the state", func(dir, victim string) []error {
		return []error{os.Mkdir(dir, 0o700), os.Symlink(victim, filepath.Join(dir, "state.json"))}
	}, ".devup/state.json is a symbolic link"},
	{"a link as .gitignore", func(dir, victim string) []error {
		return []error{os.Mkdir(dir, 0o700), os.Symlink(victim, filepath.Join(dir, ".gitignore"))}
	}, ".devup/.gitignore is a symbolic link"},
	{"a dangling link as the answers", func(dir, victim string) []error {
		return []error{os.Mkdir(dir, 0o700), os.Symlink(victim+"-made", filepath.Join(dir, ".env"))}
	}, ".devup/.env is a symbolic link"},
	{"a pipe as the state", func(dir, _ string) []error {
		return []error{os.Mkdir(dir, 0o700), syscall.Mkfifo(filepath.Join(dir, "state.json"), 0o600)}
	}, ".devup/state.json is not a regular file"},
	{"a directory as the answers", func(dir, _ string) []error {
		return []error{os.MkdirAll(filepath.Join(dir, ".env"), 0o700)}
	}, ".devup/.env is not a regular file"},
}

// TestRefused: what a clone or a container has made of .devup is neither read nor written,
// and says why.
func TestRefused(t *testing.T) {
	t.Parallel()
	for _, test := range refusals {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root, v := t.TempDir(), newVictim(t)
			if err := errors.Join(test.make(filepath.Join(root, Dir), v.path)...); err != nil {
				t.Fatal(err)
			}
			refused(t, At(root, filepath.Join(t.TempDir(), "locks"), nil), test.want)
			v.check(t)
		})
	}
}

// refused checks that a checkout keeps nothing, and why.
func refused(t *testing.T, c *Checkout, want string) {
	t.Helper()
	ctx := t.Context()
	_, answers := c.KeepAnswers(ctx, false, func(string) string { return "KEY=secret\n" })
	for what, err := range map[string]error{
		"Problem":     c.Problem(ctx),
		"Update":      c.Update(ctx, "shop", keep(Port{Service: "web", Port: 3000})),
		"KeepAnswers": answers,
	} {
		if why, ok := errors.AsType[*Refused](err); !ok || why.Error() != want || why.Do == "" {
			t.Errorf("%s = %v, want %q", what, err, want)
		}
	}
	if got := c.Read(ctx); got.Projects != nil {
		t.Errorf("it read %+v", got)
	}
	if got := c.ReadAnswers(ctx); got != nil {
		t.Errorf("it read %q", got)
	}
}

// TestOtherOwner: a directory that another user has put into one's checkout is not used;
// that of the checkout's owner is.
func TestOtherOwner(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can change owners")
	}
	root := t.TempDir()
	dir := filepath.Join(root, Dir)
	c := at(t, root)
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, 65533, 65533)); err != nil {
		t.Fatal(err)
	}
	refused(t, c, ".devup belongs to another user")
	if err := os.Chown(root, 65533, 65533); err != nil {
		t.Fatal(err)
	}
	if err := c.Update(t.Context(), "shop", keep(Port{Service: "web", Port: 3000})); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "state.json"))
	if err != nil || info.Sys().(*syscall.Stat_t).Uid != 65533 {
		t.Errorf("the state is %v, %v; want it to belong to the checkout's owner", info, err)
	}
}

// TestPlantedLocks: names in .devup that were those of locks are nothing special.
func TestPlantedLocks(t *testing.T) {
	t.Parallel()
	root, v := t.TempDir(), newVictim(t)
	dir := filepath.Join(root, Dir)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"state-e3b0c442.lock", "state-e3b0c442.lock.busy", "setup-e3b0c442.lock", "setup-e3b0c442.lock.busy"} {
		if err := os.Symlink(v.path, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	c := at(t, root)
	held, err := c.Lock(t.Context(), "setup", func() { t.Error("it waited") })
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Update(t.Context(), "shop", keep(Port{Service: "web", Port: 3000})); err != nil {
		t.Error(err)
	}
	held.Release()
	v.check(t)
}

// repository makes a repository with files, all of them tracked, and a git for it.
func repository(t *testing.T, files map[string]string) (string, Git) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	root := t.TempDir()
	git := func(ctx context.Context, args ...string) ([]byte, error) {
		return exec.CommandContext(ctx, "git", append([]string{"-C", root}, args...)...).Output()
	}
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A", "-f"}} {
		if _, err := git(t.Context(), args...); err != nil {
			t.Fatal(err)
		}
	}
	return root, git
}

// TestTracked: what git tracks came with the clone, or would go with the next commit.
func TestTracked(t *testing.T) {
	t.Parallel()
	const state = `{"version": 1, "projects": {"shop": {"ports": [{"service": "web", "port": 3001}]}}}`
	for name, files := range map[string]map[string]string{
		"the state":   {".devup/state.json": state},
		"the answers": {".devup/.env": "KEY=\n"},
		"another":     {".devup/state.json": state, ".devup/note": ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, git := repository(t, files)
			refused(t, At(root, "", git), ".devup is tracked by git")
			for name, want := range files {
				if got, err := os.ReadFile(filepath.Join(root, name)); err != nil || string(got) != want {
					t.Errorf("%s holds %q, %v", name, got, err)
				}
			}
		})
	}
}

// TestAnswersFile: answers go where git does not see them and no link leads away.
func TestAnswersFile(t *testing.T) {
	t.Parallel()
	ignoring := map[string]string{".gitignore": ".env\n"}
	for _, test := range []struct {
		name  string
		files map[string]string
		link  bool // .env is one
		want  string
	}{
		{"ignored .env", ignoring, false, ".env"},
		{"a link as .env", ignoring, true, ".devup/.env"},
		{"no .gitignore", nil, false, ".devup/.env"},
		{"tracked .env", map[string]string{".gitignore": ".env\n", ".env": "A=1\n"}, false, ".devup/.env"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root, git := repository(t, test.files)
			v := newVictim(t)
			if test.link {
				if err := os.Symlink(v.path, filepath.Join(root, ".env")); err != nil {
					t.Fatal(err)
				}
			}
			name, err := At(root, "", git).KeepAnswers(t.Context(), true, func(before string) string { return before + "KEY=secret\n" })
			if err != nil || name != test.want {
				t.Fatalf("kept in %s, %v; want %s", name, err, test.want)
			}
			info, err := os.Lstat(filepath.Join(root, name))
			if err != nil || info.Mode() != 0o600 {
				t.Errorf("%s is %v, %v; want mode 0600", name, info.Mode(), err)
			}
			status, err := git(t.Context(), "status", "--porcelain", "--untracked-files=all")
			if err != nil || strings.Contains(string(status), "devup") || strings.Contains(string(status), " M") {
				t.Errorf("git sees it: %s, %v", status, err)
			}
			v.check(t)
		})
	}
}

// TestAnswersOutsideGit: where there is no repository, answers go where one that is made later
// ignores them.
func TestAnswersOutsideGit(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	git := func(ctx context.Context, args ...string) ([]byte, error) {
		return exec.CommandContext(ctx, "git", append([]string{"-C", root}, args...)...).Output()
	}
	name, err := At(root, "", git).KeepAnswers(t.Context(), true, func(string) string { return "KEY=secret\n" })
	if err != nil || name != ".devup/.env" {
		t.Fatalf("kept in %s, %v", name, err)
	}
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "--all"}} {
		if _, err := git(t.Context(), args...); err != nil {
			t.Fatal(err)
		}
	}
	if files, err := git(t.Context(), "ls-files"); err != nil || strings.Contains(string(files), "env") {
		t.Errorf("git has %s, %v", files, err)
	}
}

// TestGitHasTheLastWord: where git does not say that it ignores the file, nothing is kept.
func TestGitHasTheLastWord(t *testing.T) {
	t.Parallel()
	deaf := func(context.Context, ...string) ([]byte, error) {
		return nil, errors.New("git does not trust this repository")
	}
	root, _ := repository(t, nil)
	_, err := At(root, "", deaf).AnswersFile(t.Context(), true)
	if why, ok := errors.AsType[*Refused](err); !ok || why.Name != Answers {
		t.Errorf("AnswersFile() = %v, want that git does not say that it ignores %s", err, Answers)
	}
}
