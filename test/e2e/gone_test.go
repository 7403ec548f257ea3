//go:build e2e

package e2e

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestPrune: of a project whose directory is gone, ls says so, with its URL; prune tells the
// sizes, asks, and removes it, and its volumes only when told to. One whose directory is there
// is left alone.
func TestPrune(t *testing.T) {
	t.Parallel()
	const text = `
-- compose.yaml --
services:
  web:
    image: busybox
    init: true
    command: sh -c 'head -c 3000000 /dev/zero > /data/big; head -c 2000000 /dev/zero > /own; httpd -f -p 8080'
    ports: ["127.0.0.1::8080"]
    volumes: ["data:/data"]
volumes: {data: {}}
`
	gone, stays := files(t, text), files(t, text)
	gone.devup(t, "up", "-d")
	stays.devup(t, "up", "-d")
	url := gone.url(t, "web")
	before := starts(t, stays.name)
	if err := os.RemoveAll(gone.dir); err != nil {
		t.Fatal(err)
	}
	sizes := strings.NewReplacer("2.02MB", "2MB") // what containerd's store counts of its own
	says := func(r result, wanted ...string) {
		t.Helper()
		for _, want := range wanted {
			if !strings.Contains(sizes.Replace(r.out+r.err), want) {
				t.Errorf("no %q in\n%v", want, r)
			}
		}
	}
	says(stays.devup(t, "ls", "--filter", "name=^"+gone.name+"$"), url, gone.dir+" was deleted", "devup prune")
	says(stays.devup(t, "ls", "--filter", "name=^"+stays.name+"$"), stays.dir, stays.url(t, "web"))

	says(stays.devup(t, "prune", "--dry-run"), gone.name, gone.dir+" was deleted", "(3MB)")
	says(stays.exits(t, 2, "prune", gone.name), "remove 1 container (2MB), 1 network of this project?", "--yes")
	says(stays.exits(t, 2, "prune", stays.name, "--yes"), "is not a project on this engine whose directory was deleted")
	if rest := left(t, gone.name); len(rest) != 3 {
		t.Fatalf("nothing was agreed to, and left is %q", rest)
	}
	says(stays.devup(t, "prune", "--yes", "--timeout", "0", gone.name), "1 volume (3MB) stays", "--volumes")
	if rest := left(t, gone.name); !slices.Equal(rest, []string{"volume " + gone.name + "_data"}) {
		t.Errorf("left: %q", rest)
	}
	says(stays.devup(t, "prune", "--yes", gone.name), "only volumes are left")
	says(stays.devup(t, "ls", "--all", "--filter", "name=^"+gone.name+"$"), "only 1 volume", "was deleted")
	says(stays.devup(t, "prune", "--yes", "--volumes", gone.name), "removed")
	if rest := left(t, gone.name); len(rest) > 0 {
		t.Errorf("left: %q", rest)
	}
	if after := starts(t, stays.name); !slices.Equal(before, after) {
		t.Errorf("%s was touched:\n%q\n%q", stays.name, before, after)
	}
}

// TestClones: two clones of a repository that fixes names for the whole engine run side by
// side without any setting, a linked worktree as a third, and the down of one leaves the
// others.
func TestClones(t *testing.T) {
	t.Parallel()
	const text = `
-- compose.yaml --
name: ${E2E_SHOP}
services:
  web:
    image: busybox
    init: true
    container_name: ${E2E_SHOP}-web
    command: sh -c 'echo $$COLOR > /data/color; httpd -f -p 8080 -h /data'
    environment: {COLOR: "${COLOR}"}
    ports: ["127.0.0.1:${E2E_PORT}:8080"]
    volumes: ["data:/data"]
volumes: {data: {}}
`
	a, b, worktree := files(t, text), files(t, text), files(t, text)
	worktree.write(t, ".git", "gitdir: elsewhere\n")
	port := freePort()
	for color, c := range map[string]*checkout{"red": a, "blue": b, "green": worktree} {
		c.env = append(c.env, "E2E_SHOP="+a.name, "COLOR="+color, "E2E_PORT="+strconv.Itoa(port))
	}
	a.devup(t, "up", "-d")
	r := b.devup(t, "up", "-d")
	for _, want := range []string{
		"the container name " + a.name + "-web is held by project " + a.name + ", so it is " + a.name + "-",
		" is held by container " + a.name + "-web of project " + a.name + " in " + a.dir + ", so it is ",
	} {
		if !strings.Contains(r.err, want) {
			t.Errorf("no %q in\n%v", want, r)
		}
	}
	worktree.devup(t, "up", "-d")
	eventually(t, answers(t, a.url(t, "web")+"/color", "red"))
	eventually(t, answers(t, b.url(t, "web")+"/color", "blue"))
	eventually(t, answers(t, worktree.url(t, "web")+"/color", "green"))
	b.devup(t, "down", "--timeout", "0")
	eventually(t, answers(t, a.url(t, "web")+"/color", "red"))
	a.devup(t, "down", "--timeout", "0")
	eventually(t, answers(t, worktree.url(t, "web")+"/color", "green"))
	worktree.devup(t, "down", "--volumes", "--yes", "--timeout", "0")
}
