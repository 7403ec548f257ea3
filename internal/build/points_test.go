package build

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestContextLeavesMountPointsOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, directory := range []string{"node_modules", "empty", "full", ".devup", "full/.devup"} {
		if err := os.Mkdir(filepath.Join(dir, directory), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"full/x", ".devup/.env", "full/.devup/.env"} { // what devup keeps is never part of it
		if err := os.WriteFile(filepath.Join(dir, file), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct{ points, want []string }{
		"no mounts":          {nil, []string{"empty", "full", "full/x", "node_modules"}},
		"an empty one":       {[]string{"node_modules"}, []string{"empty", "full", "full/x"}},
		"one that has files": {[]string{"full"}, []string{"empty", "full", "full/x", "node_modules"}},
		"one that is absent": {[]string{"other"}, []string{"empty", "full", "full/x", "node_modules"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := Spec{Context: dir}
			for _, p := range test.points {
				s.Points = append(s.Points, filepath.Join(dir, p))
			}
			directory := open(t, s)
			var got []string
			err := directory.Walk(t.Context(), "", func(name string, _ fs.DirEntry, err error) error {
				got = append(got, filepath.ToSlash(name))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
