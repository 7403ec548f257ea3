package gitindex

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// TestALongPath: a path of a megabyte is not read to its end.
func TestALongPath(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("\x00", 60) + "\x0f\xff" + "\x00" + strings.Repeat("\x01", 1<<20) + "\x00"
	r := strings.NewReader("DIRC\x00\x00\x00\x04\xff\xff\xff\xff" + long)
	if got := slices.Collect(Paths(r)); len(got) > 0 || r.Len() == 0 {
		t.Errorf("%d paths, %d bytes not read", len(got), r.Len())
	}
}

// FuzzPaths: whatever lies there as an index, reading it ends.
func FuzzPaths(f *testing.F) {
	f.Add([]byte("DIRC\x00\x00\x00\x04\x00\x00\x00\x02" + strings.Repeat("\x00", 61) + "\x04\x80\x80\x00.env\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		for path := range Paths(bytes.NewReader(content)) {
			if strings.Contains(path, "\x00") || len(path) >= longest {
				t.Errorf("a path %q", path)
			}
		}
	})
}
