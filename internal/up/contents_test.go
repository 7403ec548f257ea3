package up

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// digestsOf are the digests of a project in a directory, sorted.
func digestsOf(t *testing.T, dir, token string) (string, error) {
	t.Helper()
	p, err := project.Load(t.Context(), project.Options{Dir: dir, Env: map[string]string{"TOKEN": token}})
	if err != nil {
		t.Fatal(err)
	}
	found, err := contents(p)
	var all []string
	for key, digest := range found {
		all = append(all, key+"="+digest)
	}
	slices.Sort(all)
	return fmt.Sprint(all), err
}

// TestContents: a container is recreated when the content of a config or secret that it
// mounts changed, wherever that content comes from, and only then.
func TestContents(t *testing.T) {
	t.Parallel()
	const files = `
-- compose.yaml --
name: shop
services: {web: {image: web, configs: [c], secrets: [s]}, other: {image: web}}
configs: {c: CONFIG, unused: {file: ./missing}}
secrets: {s: {environment: TOKEN}}
-- conf --
one
-- dir/conf --
one
`
	tests := []struct {
		name, config string
		edit         string // an archive
		token        string
		differs      bool
	}{
		{"nothing changed", "{file: ./conf}", "", "old", false},
		{"the file changed", "{file: ./conf}", "-- conf --\ntwo\n", "old", true},
		{"a file that no service mounts", "{file: ./conf}", "-- missing --\ntwo\n", "old", false},
		{"the variable changed", "{file: ./conf}", "", "new", true},
		{"inline content stays", "{content: one}", "", "old", false},
		{"inline content changed", "{content: one}", strings.Replace(strings.SplitAfter(files, "TOKEN}}\n")[0], "CONFIG", "{content: two}", 1), "old", true},
		{"a directory counts by its name", "{file: ./dir}", "-- dir/conf --\ntwo\n", "old", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFiles(t, dir, strings.Replace(files, "CONFIG", test.config, 1))
			before, err := digestsOf(t, dir, "old")
			if err != nil {
				t.Fatal(err)
			}
			writeFiles(t, dir, test.edit)
			after, err := digestsOf(t, dir, test.token)
			if err != nil {
				t.Fatal(err)
			}
			if differs := after != before; differs != test.differs {
				t.Errorf("differs: %t\n%s\n%s", differs, before, after)
			}
		})
	}
}

func TestContentsThatAreMissing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, "-- compose.yaml --\nname: shop\nservices: {web: {image: web, configs: [c]}}\nconfigs: {c: {file: ./missing}}\n")
	_, err := digestsOf(t, dir, "")
	e := fail.Failures(err)
	if len(e) != 1 || e[0].Code != fail.Config || e[0].Service != "web" || !strings.HasSuffix(e[0].File, "missing") {
		t.Errorf("error: %v", err)
	}
}
