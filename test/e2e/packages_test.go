//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const flaskApp = `
-- api/requirements.txt --
flask>=2.2
-- api/app.py --
from flask import Flask

app = Flask(__name__)


@app.route("/")
def first():
    return "hello"
`

// TestAddedPackage: a package that is added to requirements.txt is there after the next
// up, though the source is mounted over what the image holds.
func TestAddedPackage(t *testing.T) {
	t.Parallel()
	c := files(t, flaskApp)
	c.devup(t, "init", "--yes")
	c.devup(t, "up", "--detach")
	eventually(t, answers(t, c.url(t, "api"), "hello"))
	c.write(t, "api/requirements.txt", "flask>=2.2\nsix\n")
	c.replace(t, "api/app.py", `"hello"`, `"hello " + __import__("six").text_type("six")`)
	c.devup(t, "up", "--detach")
	eventually(t, answers(t, c.url(t, "api"), "hello six"))
}

// TestFilesBelongToTheUser: what init writes and what a container writes into the
// checkout belongs to the person who ran devup, who is not root.
func TestFilesBelongToTheUser(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can be another user")
	}
	const person = 1234
	c := files(t, flaskApp)
	c.replace(t, "api/app.py", "app = ", "open(\"written\", \"w\").close()\napp = ")
	err := filepath.WalkDir(filepath.Dir(c.dir), func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, person, person)
	})
	if err != nil {
		t.Fatal(err)
	}
	// To this person, the engine's socket is one that a proxy opens for all.
	socket := strings.TrimPrefix(count(t).host, "unix://")
	open := []string{socket, filepath.Dir(socket), binary, filepath.Dir(binary)}
	for directory := c.dir; directory != os.TempDir(); directory = filepath.Dir(directory) {
		open = append(open, directory)
	}
	for _, path := range open {
		if err := os.Chmod(path, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	c.env = append(c.env, "HOME="+filepath.Dir(c.dir), "DOCKER_HOST=unix://"+socket)
	for _, args := range [][]string{{"init", "--yes"}, {"up", "--detach"}} {
		cmd := c.command(t.Context(), args...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: person, Gid: person}}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("devup %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	if _, err := os.Stat(c.path("api/written")); err != nil {
		t.Fatal(err)
	}
	foreign, err := exec.CommandContext(t.Context(), "find", c.dir, "!", "-user", "1234").Output()
	if err != nil || len(foreign) > 0 {
		t.Errorf("not the person's: %s %v", foreign, err)
	}
	// With sudo they are the person's too, so that nothing is built or replaced for it.
	before := inspect(t, c.name, "api").ID
	c.devup(t, "up", "--detach")
	if inspect(t, c.name, "api").ID != before {
		t.Error("the up of root replaced api")
	}
}
