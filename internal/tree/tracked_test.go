package tree

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// indexOf is an index of git with the paths, which are sorted.
func indexOf(version uint32, names ...string) []byte {
	index := append([]byte("DIRC"), binary.BigEndian.AppendUint32(nil, version)...)
	index = binary.BigEndian.AppendUint32(index, uint32(len(names)))
	previous := ""
	for i, name := range names {
		entry := make([]byte, 62)
		binary.BigEndian.PutUint16(entry[60:], uint16(min(len(name), 0xfff)))
		if version > 2 && i == 0 {
			entry[60] |= 0x40 // extended: two bytes more
			entry = append(entry, 0, 0)
		}
		if version == 4 {
			common := 0
			for common < min(len(previous), len(name)) && previous[common] == name[common] {
				common++
			}
			entry = append(entry, byte(len(previous)-common))
			entry = append(append(entry, name[common:]...), 0)
		} else {
			entry = append(append(entry, name...), make([]byte, 8-(len(entry)+len(name))%8)...)
		}
		index, previous = append(index, entry...), name
	}
	return index
}

// TestTracked: what git tracks counts although .gitignore names it.
func TestTracked(t *testing.T) {
	t.Parallel()
	index := indexOf(2, ".gitignore", "api/.env", "lib/a/x")
	for name, test := range map[string]struct {
		index []byte
		want  string
	}{
		"version 2":     {index, ".gitignore x api/.env lib/a/x"},
		"version 3":     {indexOf(3, ".gitignore", "api/.env", "lib/a/x"), ".gitignore x api/.env lib/a/x"},
		"version 4":     {indexOf(4, ".gitignore", "api/.env", "api/.env.local", "lib/a/x"), ".gitignore x api/.env api/.env.local lib/a/x"},
		"no index":      {nil, ".gitignore x"},
		"a broken one":  {index[:len(index)-9], ".gitignore x api/.env"},
		"another file":  {[]byte("DIRX" + string(index[4:])), ".gitignore x"},
		"a later form":  {append([]byte("DIRC\x00\x00\x00\x09"), index[8:]...), ".gitignore x"},
		"more than fit": {append([]byte("DIRC\x00\x00\x00\x02\xff\xff\xff\xff"), index[12:]...), ".gitignore x api/.env lib/a/x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys := fstest.MapFS{".gitignore": {Data: []byte(".env*\nlib/\n")}, "x": {}, "api/.env": {}, "api/.env.local": {}, "lib/y": {}, "lib/a/x": {}, "lib/b/x": {}}
			if test.index != nil {
				fsys[".git/index"] = &fstest.MapFile{Data: test.index}
			}
			root, err := Walk(fsys, Files{Interesting: func(string) bool { return true }, Manifest: func(string) bool { return false }})
			if err != nil {
				t.Fatal(err)
			}
			if got := held(root); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestTrackedInALinkedWorkTree: its file .git names where its index lies.
func TestTrackedInALinkedWorkTree(t *testing.T) {
	t.Parallel()
	linked := t.TempDir()
	if err := os.WriteFile(filepath.Join(linked, "index"), indexOf(2, ".env", ".gitignore"), 0o600); err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{".git": {Data: []byte("gitdir: " + linked + "\n")}, ".gitignore": {Data: []byte(".env\n")}, ".env": {}}
	root, err := Walk(fsys, Files{Interesting: func(string) bool { return true }, Manifest: func(string) bool { return false }})
	if err != nil {
		t.Fatal(err)
	}
	if got := held(root); got != ".env .git .gitignore" {
		t.Errorf("got %s", got)
	}
}

// TestPathsOfAnIndexAreBounded: in version 4 some bytes in the file can stand for a long path, in
// each of many entries.
func TestPathsOfAnIndexAreBounded(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 200 {
		names = append(names, strings.Repeat("a/23456789012345678901234567890", i+1))
	}
	if got := trackedIn(bytes.NewReader(indexOf(4, names...))); len(got) == len(names) {
		t.Errorf("%d paths, the last of %d bytes", len(got), len(got[len(got)-1]))
	}
}

func FuzzTracked(f *testing.F) {
	f.Add(indexOf(2, "a", "b/c"))
	f.Add(indexOf(4, "a", "a/b", "a/c"))
	f.Fuzz(func(t *testing.T, index []byte) {
		for _, name := range trackedIn(bytes.NewReader(index)) {
			if name == "" || strings.Contains(name, "\x00") {
				t.Errorf("a path %q", name)
			}
		}
	})
}
