//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"
)

// pair is a project of two services that start at once and publish nothing. web is
// restarted after db.
const pair = `
-- devup.yaml --
services:
  db:
    image: busybox
    init: true
    command: sleep 1000
    volumes: ["data:/data", "/own"]
  web:
    image: busybox
    init: true
    command: sh -c 'echo hello from web; exec sleep 1000'
    environment: {COLOR: blue}
    depends_on: {db: {condition: service_started, restart: true}}
volumes: {data: {}}
`

// state is the engine's word for the one container of a service.
func stateOf(t *testing.T, project, service string) string {
	t.Helper()
	return string(inspect(t, project, service).State.Status)
}

func TestPauseAndUnpause(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	c.devup(t, "up", "-d")
	c.devup(t, "pause", "db")
	if db, web := stateOf(t, c.name, "db"), stateOf(t, c.name, "web"); db != "paused" || web != "running" {
		t.Errorf("after pause db: db is %s, web is %s", db, web)
	}
	c.devup(t, "unpause")
	if db := stateOf(t, c.name, "db"); db != "running" {
		t.Errorf("after unpause: db is %s", db)
	}
}

func TestKillSendsTheSignal(t *testing.T) {
	t.Parallel()
	c := files(t, strings.Replace(pair, "exec sleep 1000", "trap \"exit 7\" HUP; echo trapped; while :; do sleep 0.1; done", 1))
	c.devup(t, "up", "-d")
	c.prints(t, "web", "trapped")
	c.devup(t, "kill", "-s", "HUP", "web")
	eventually(t, func() (bool, string) { s := stateOf(t, c.name, "web"); return s == "exited", s })
	if code := inspect(t, c.name, "web").State.ExitCode; code != 7 {
		t.Errorf("web ended with %d, want 7: the signal did not reach it", code)
	}
	c.exits(t, 2, "kill", "-s", "NOSUCH", "db")
	if db := stateOf(t, c.name, "db"); db != "running" {
		t.Errorf("db is %s", db)
	}
}

// TestStartStartsWhatExists: start makes nothing, and brings dependencies up first.
func TestStartStartsWhatExists(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	c.exits(t, 1, "start", "web")
	if rest := left(t, c.name); len(rest) > 0 {
		t.Errorf("start made %q", rest)
	}
	c.devup(t, "up", "-d")
	id := inspect(t, c.name, "web").ID
	c.devup(t, "stop")
	c.devup(t, "start")
	web, db := inspect(t, c.name, "web"), inspect(t, c.name, "db")
	if web.ID != id || web.State.Status != "running" || db.State.StartedAt > web.State.StartedAt {
		t.Errorf("web %s is %s since %s, db since %s", web.ID, web.State.Status, web.State.StartedAt, db.State.StartedAt)
	}
}

func TestRestartTakesFollowersAlong(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	c.devup(t, "up", "-d")
	before := inspect(t, c.name, "web").State.StartedAt
	c.devup(t, "restart", "--no-deps", "-t", "1", "db")
	if now := inspect(t, c.name, "web").State.StartedAt; now != before {
		t.Error("restart --no-deps db restarted web")
	}
	c.devup(t, "restart", "-t", "1", "db")
	if now := inspect(t, c.name, "web").State.StartedAt; now == before {
		t.Error("restart db did not restart web, which asks for it")
	}
}

func TestRmRemovesStopped(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	c.devup(t, "up", "-d")
	c.devup(t, "stop", "web")
	c.exits(t, 2, "rm") // no user can be asked
	if n := len(containers(t, c.name)); n != 2 {
		t.Errorf("%d containers after a question without answer", n)
	}
	c.devup(t, "rm", "-f")
	if got := containers(t, c.name); len(got) != 1 || got[0].Labels["com.docker.compose.service"] != "db" {
		t.Errorf("after rm -f: %v", got)
	}
	own := ""
	for _, m := range inspect(t, c.name, "db").Mounts {
		if m.Destination == "/own" {
			own = m.Name
		}
	}
	c.devup(t, "rm", "-fsv", "db")
	if hasVolume(t, own) || !hasVolume(t, c.name+"_data") {
		t.Errorf("after rm -fsv: the anonymous volume is there: %v, the named one: %v", hasVolume(t, own), hasVolume(t, c.name+"_data"))
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	c.devup(t, "up", "-d")
	before := starts(t, c.name)
	for _, args := range [][]string{{"down", "-v"}, {"stop"}, {"kill"}, {"restart"}, {"pause"}, {"rm", "-fs"}} {
		r := c.devup(t, append([]string{"--dry-run"}, args...)...)
		if !strings.Contains(r.out, c.name+"-web-1") {
			t.Errorf("it does not name web:\n%v", r)
		}
	}
	if after := starts(t, c.name); !slices.Equal(before, after) {
		t.Errorf("changed:\n%q\n%q", before, after)
	}
}

// TestDownKeepsOrphans: what belongs to no service of the files stays and is named, until
// it is asked for or the files are gone.
func TestDownKeepsOrphans(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	c.devup(t, "up", "-d")
	both := c.read(t, "devup.yaml")
	c.write(t, "devup.yaml", "services: {db: {image: busybox, init: true, command: sleep 1000}}")
	r := c.devup(t, "down")
	if got := containers(t, c.name); len(got) != 1 || got[0].Labels["com.docker.compose.service"] != "web" {
		t.Errorf("after down: %v", got)
	}
	if !strings.Contains(r.err, c.name+"-web-1") || !strings.Contains(r.err, "--remove-orphans") {
		t.Errorf("the orphan is not named\n%v", r)
	}
	c.devup(t, "down", "--remove-orphans")
	if got := left(t, c.name); len(got) != 1 { // the volume
		t.Errorf("after down --remove-orphans: %q", got)
	}
	c.write(t, "devup.yaml", both)
	c.devup(t, "up", "-d")
	c.write(t, "devup.yaml", "services: [")
	c.devup(t, "down", "-p", c.name)
	if got := left(t, c.name); len(got) != 1 {
		t.Errorf("after down with broken files: %q", got)
	}
	c.write(t, "devup.yaml", both)
}

// TestDownOfAService takes those that depend on it along, and only its own volumes.
func TestDownOfAService(t *testing.T) {
	t.Parallel()
	c := files(t, strings.Replace(pair, "environment:", "volumes: [\"cache:/cache\"]\n    environment:", 1)+"  cache: {}\n")
	c.write(t, "devup.yaml", strings.Replace(c.read(t, "devup.yaml"), "volumes: {data: {}}\n  cache: {}", "volumes: {data: {}, cache: {}}", 1))
	c.devup(t, "up", "-d")
	c.devup(t, "down", "--volumes", "--yes", "web")
	if got := left(t, c.name); len(got) != 3 || hasVolume(t, c.name+"_cache") || !hasVolume(t, c.name+"_data") {
		t.Errorf("after down web: %q", got)
	}
	c.devup(t, "up", "-d")
	c.devup(t, "down", "db")
	if got := containers(t, c.name); len(got) != 0 {
		t.Errorf("after down db: %v", got)
	}
}

func TestDownRemovesImages(t *testing.T) {
	t.Parallel()
	named := thisRun + "-named-by-hand"
	c := files(t, `
-- devup.yaml --
services:
  a: {build: ., init: true, command: sleep 1000}
  b: {build: ., image: `+named+`, init: true, command: sleep 1000}
-- Dockerfile --
FROM busybox
RUN echo once > /once
`)
	c.devup(t, "up", "-d")
	c.devup(t, "down", "--rmi", "local")
	if hasImage(t, c.name+"-a") || !hasImage(t, named) {
		t.Errorf("after --rmi local: local %v, named %v", hasImage(t, c.name+"-a"), hasImage(t, named))
	}
	c.devup(t, "down", "--rmi", "all")
	if hasImage(t, named) {
		t.Error("after --rmi all: the named image is there")
	}
}
