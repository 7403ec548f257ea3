package up

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

// TestMountsAreCopied: an engine that does not see this machine's files gets them as copies;
// what is a path of the engine's host stays a mount.
func TestMountsAreCopied(t *testing.T) {
	t.Parallel()
	p := loadedFrom(t, `
-- compose.yaml --
services:
  db:
    image: postgres:16
    volumes:
      - ./initial:/docker-entrypoint-initdb.d:ro
      - ./postgres.conf:/etc/postgres.conf
      - ./kept:/kept
      - ./out:/out
      - /var/run/no-such-engine.sock:/var/run/docker.sock
      - data:/var/lib/postgresql/data
volumes: {data: {}}
-- initial/a.sql --
create table a ();
-- initial/more/b.sql --
create table b ();
-- kept/.gitkeep --
-- postgres.conf --
port = 5432
`)
	if err := os.Symlink(t.TempDir(), filepath.Join(p.WorkingDir, "out")); err != nil {
		t.Skip(err) // Windows lets few users make links
	}
	services, err := copyMounts(p, Mounts{StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	db := p.Services["db"]
	if got := strings.Join(services, " "); got != "db" {
		t.Errorf("services with copies: %q", got)
	}
	var mounts []string
	for _, v := range db.Volumes {
		mounts = append(mounts, v.Target)
	}
	if got := strings.Join(mounts, " "); got != "/kept /out /var/run/docker.sock /var/lib/postgresql/data" {
		t.Errorf("mounts: %s", got)
	}
	got := map[string]string{}
	for _, c := range db.Configs {
		got[c.Target] = fmt.Sprintf("%s %v", strings.TrimSpace(p.Configs[c.Source].Content), *c.Mode)
	}
	want := map[string]string{
		"/docker-entrypoint-initdb.d/a.sql":      "create table a (); 384",
		"/docker-entrypoint-initdb.d/more/b.sql": "create table b (); 384",
		"/etc/postgres.conf":                     "port = 5432 384",
		"/kept/.gitkeep":                         " 384",
	}
	if !maps.Equal(got, want) {
		t.Errorf("copies: %v", got)
	}
	var watched []string
	for _, rule := range db.Develop.Watch {
		watched = append(watched, rule.Target)
	}
	if !slices.Equal(watched, []string{"/docker-entrypoint-initdb.d", "/etc/postgres.conf", "/kept"}) {
		t.Errorf("watched: %v", watched)
	}
}

// TestTooMuchToCopy: a mount that is too large to be copied is refused before anything runs.
func TestTooMuchToCopy(t *testing.T) {
	t.Parallel()
	files := "-- compose.yaml --\nservices: {web: {image: nginx, volumes: [\"./site:/site\"]}}\n"
	for i := range mostCopied + 1 {
		files += fmt.Sprintf("-- site/%d --\n", i)
	}
	p := loadedFrom(t, files)
	_, err := copyMounts(p, Mounts{})
	if fail.CodeOf(err) != fail.Config || !strings.Contains(fmt.Sprint(err), filepath.Join(p.WorkingDir, "site")+" cannot be mounted") {
		t.Errorf("error: %v", err)
	}
}
