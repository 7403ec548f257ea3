//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/devup-cli/devup/test/contract"
)

// checkout is a repository on disk as a person has cloned it, and the environment in
// which they run devup there.
type checkout struct {
	dir  string
	name string   // of the directory, and so of the project
	env  []string // besides that of the test; a later value wins
	// within is a command that runs devup, which is put behind it; empty for none.
	within []string
}

// newCheckout makes an empty checkout. What devup made of it is taken down at the test's
// end, also after a failure.
func newCheckout(t *testing.T) *checkout {
	t.Helper()
	c := makeCheckout(t.TempDir())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), waitLimit)
		defer cancel()
		if _, err := os.Stat(filepath.Join(c.dir, "devup.yaml")); err == nil {
			c.run(ctx, "down", "--volumes", "--yes") // what it leaves, reap finds
		}
	})
	return c
}

func makeCheckout(parent string) *checkout {
	name := thisRun + strings.ToLower(rand.Text()[:6])
	c := &checkout{dir: filepath.Join(parent, name), name: name}
	c.env = []string{
		"XDG_CONFIG_HOME=" + filepath.Join(parent, "config"), "XDG_STATE_HOME=" + filepath.Join(parent, "state"), "DEVUP_DASHBOARD=off",
		"XDG_CACHE_HOME=" + filepath.Join(parent, "cache"), "NO_COLOR=1",
	}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		panic(err)
	}
	return c
}

// example gives a checkout that is a copy of one of the examples.
func example(t *testing.T, name string) *checkout {
	t.Helper()
	c := newCheckout(t)
	if err := os.CopyFS(c.dir, os.DirFS(filepath.Join(root, "examples", name))); err != nil {
		t.Fatal(err)
	}
	return c
}

// files gives a checkout that holds the files of a txtar archive.
func files(t *testing.T, archive string) *checkout {
	t.Helper()
	c := newCheckout(t)
	for _, f := range txtar.Parse([]byte(archive)).Files {
		c.write(t, f.Name, string(f.Data))
	}
	return c
}

func (c *checkout) path(name string) string { return filepath.Join(c.dir, filepath.FromSlash(name)) }

func (c *checkout) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(c.path(name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.path(name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (c *checkout) read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(c.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// replace edits a file in place, as an editor that keeps the inode does.
func (c *checkout) replace(t *testing.T, name, from, to string) {
	t.Helper()
	content := c.read(t, name)
	if !strings.Contains(content, from) {
		t.Fatalf("%s does not contain %q:\n%s", name, from, content)
	}
	c.write(t, name, strings.Replace(content, from, to, 1))
}

// tree is the content of every file by its path.
func (c *checkout) tree(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(c.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(c.dir, path)
		all[filepath.ToSlash(name)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// result is what a run of devup gave.
type result struct {
	args     []string
	out, err string
	code     int
	took     time.Duration
}

func (r result) String() string {
	return fmt.Sprintf("devup %s: exit %d after %v\n--- stdout\n%s--- stderr\n%s",
		strings.Join(r.args, " "), r.code, r.took.Round(time.Millisecond), r.out, r.err)
}

// command is devup in the checkout, not started yet.
func (c *checkout) command(ctx context.Context, args ...string) *exec.Cmd {
	line := slices.Concat(c.within, []string{binary}, args)
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	return cmd
}

// run runs devup and waits for it.
func (c *checkout) run(ctx context.Context, args ...string) result {
	var out, err bytes.Buffer
	cmd := c.command(ctx, args...)
	cmd.Stdout, cmd.Stderr = &out, &err
	began := time.Now()
	failure := cmd.Run()
	r := result{args: args, out: out.String(), err: err.String(), code: cmd.ProcessState.ExitCode(), took: time.Since(began)}
	if _, exited := errors.AsType[*exec.ExitError](failure); failure != nil && !exited {
		r.err += "could not run: " + failure.Error()
	}
	if undocumented := contract.Check(r.out + r.err); undocumented != nil && slices.Contains(args, "--json") {
		r.code, r.err = -1, r.err+undocumented.Error()
	}
	return r
}

// devup runs a command that must succeed.
func (c *checkout) devup(t *testing.T, args ...string) result {
	t.Helper()
	return c.exits(t, 0, args...)
}

// exits runs a command that must end with that exit code.
func (c *checkout) exits(t *testing.T, code int, args ...string) result {
	t.Helper()
	r := c.run(t.Context(), args...)
	if r.code != code {
		t.Fatalf("want exit %d, got\n%v", code, r)
	}
	return r
}

// url asks devup for the URL of a service.
func (c *checkout) url(t *testing.T, service string) string {
	t.Helper()
	r := c.devup(t, "urls", "--json")
	for decoder := json.NewDecoder(strings.NewReader(r.out)); ; {
		var row struct{ Type, Service, URL string }
		if err := decoder.Decode(&row); errors.Is(err, io.EOF) {
			t.Fatalf("no URL of %s in\n%v", service, r)
		} else if err != nil {
			t.Fatalf("%v in\n%v", err, r)
		}
		if row.Type == "url" && row.Service == service {
			return row.URL
		}
	}
}

// get asks for a URL once.
func get(ctx context.Context, url string) (status int, body string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return response.StatusCode, string(content), err
}

// prints waits until the container of a service has printed a text.
func (c *checkout) prints(t *testing.T, service, text string) {
	t.Helper()
	eventually(t, func() (bool, string) {
		out, err := (&scene{project: c.name}).output(t.Context(), []string{service})
		return strings.Contains(out, text), fmt.Sprint(out, err)
	})
}

// waitLimit is how long a test waits for what has to happen. Only a failure takes so long:
// a busy machine must not fail a test, so no test sets a shorter limit of its own.
const waitLimit = 3 * time.Minute

// eventually waits until the condition holds, and fails with what it last said.
func eventually(t *testing.T, condition func() (done bool, said string)) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(waitLimit)
	for {
		done, said := condition()
		if done {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("not within %v; at last: %s", waitLimit, said)
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-tick.C:
		}
	}
}
