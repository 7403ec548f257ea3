package setup

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/plan"
)

// TestFilesIn: a name, a content and a file more or less count, and nothing else does.
func TestFilesIn(t *testing.T) {
	t.Parallel()
	repository := func(names ...string) fs.FS {
		all := fstest.MapFS{}
		for i := 0; i < len(names); i += 2 {
			all[names[i]] = &fstest.MapFile{Data: []byte(names[i+1])}
		}
		return all
	}
	of := func(project fs.FS) string { return FilesIn(project)([]string{"api/*/migrations", "db"}) }
	base := of(repository("api/shop/migrations/1.py", "a", "db/x.sql", "b"))
	same := of(repository("api/shop/migrations/1.py", "a", "db/x.sql", "b", "api/shop/views.py", "c", "web/migrations/1", "d", "db/dev.sqlite3-wal", "e", "db/__pycache__/x.pyc", "f"))
	if base != same {
		t.Error("files that no pattern matches count")
	}
	for name, other := range map[string]fs.FS{
		"content":    repository("api/shop/migrations/1.py", "A", "db/x.sql", "b"),
		"name":       repository("api/shop/migrations/2.py", "a", "db/x.sql", "b"),
		"a file":     repository("api/shop/migrations/1.py", "a", "db/x.sql", "b", "api/blog/migrations/deep/1.py", ""),
		"less":       repository("db/x.sql", "b"),
		"two halves": repository("api/shop/migrations/1.py", "", "db/x.sql", "ab"),
	} {
		if of(other) == base {
			t.Errorf("%s: no difference", name)
		}
	}
}

// TestDueOnFiles: a step with changed runs again with other files, and only then.
func TestDueOnFiles(t *testing.T) {
	t.Parallel()
	const text = `name: p
services:
  api:
    image: x
    x-devup: {setup: [{name: migrate, run: make, changed: [a, "b/*"]}, {name: seed, run: make}]}
`
	p := read(t, text)
	done := Done{}
	var asked [][]string
	files := func(hash string) Files {
		return func(patterns []string) string { asked = append(asked, patterns); return hash }
	}
	names := func(steps []Step) (all []string) {
		for _, s := range steps {
			all = append(all, s.Name+": "+s.Cause)
		}
		return all
	}
	remember(Due(p, plan.Observed{}, done, nil), done)
	for _, test := range []struct {
		hash string
		want []string
	}{
		{"1", []string{"migrate: files in a, b/* are new"}}, // nothing is known of those at the first run
		{"1", nil},
		{"2", []string{"migrate: files in a, b/* are new"}},
	} {
		due := Due(p, plan.Observed{}, done, files(test.hash))
		if diff := cmp.Diff(test.want, names(due)); diff != "" {
			t.Errorf("hash %s (-want +got):\n%s", test.hash, diff)
		}
		remember(due, done)
	}
	if len(asked) != 3 || !cmp.Equal(asked[0], []string{"a", "b/*"}) {
		t.Errorf("asked for %v", asked)
	}
}
