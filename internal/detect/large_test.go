package detect

import (
	"fmt"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"
)

// countingFS counts the files that are opened; directories are read, not opened.
type countingFS struct {
	fstest.MapFS
	listings map[string][]fs.DirEntry
	opened   *atomic.Int64
}

func (c countingFS) Open(name string) (fs.File, error) {
	c.opened.Add(1)
	return c.MapFS.Open(name)
}

func (c countingFS) ReadDir(name string) ([]fs.DirEntry, error) { return c.listings[name], nil }

// large is a repository of 100,000 files: two services, and what lies about in
// grown repositories: assets, documents, sources of a language without a stack,
// and directories that are not to be walked.
func large() countingFS {
	files := fstest.MapFS{
		".gitignore":            {Data: []byte("*.log\n/data/\n")},
		"api/requirements.txt":  {Data: []byte("flask\n")},
		"api/app.py":            {Data: []byte("from flask import Flask\napp = Flask(__name__)\n")},
		"web/package.json":      {Data: []byte(`{"scripts":{"start":"react-scripts start"},"dependencies":{"react-scripts":"5.0.1"}}`)},
		"web/package-lock.json": {Data: []byte(`{"packages":{"":{"dependencies":{"react-scripts":"5.0.1"}}}}`)},
	}
	empty := &fstest.MapFile{}
	add := func(n int, format string) {
		for i := range n {
			files[fmt.Sprintf(format, i/50, i)] = empty
		}
	}
	add(30_000, "assets/icons/%d/%d.svg")
	add(20_000, "docs/%d/page-%d.md")
	add(20_000, "engine/src/%d/part%d.cpp")
	add(10_000, "tools/lint/%d/rule%d.py")
	add(10_000, "web/src/pages/%d/page%d.tsx")
	add(2_000, "api/shops/%d-%d/config.json")
	add(5_000, "web/node_modules/%d/%d.js")
	add(5_000, "data/%d/%d.json")
	c := countingFS{MapFS: files, listings: map[string][]fs.DirEntry{}, opened: &atomic.Int64{}}
	// MapFS searches all of its files for every directory; a disk does not.
	directories := map[string]fs.DirEntry{}
	for name, file := range files {
		for entry := fs.FileInfoToDirEntry(entryInfo{name: name, MapFile: file}); ; {
			dir, _, nested := cutLast(name)
			if !nested {
				dir = "."
			}
			if _, known := directories[name]; !known {
				directories[name] = entry
				c.listings[dir] = append(c.listings[dir], entry)
			}
			if !nested {
				break
			}
			name = dir
			entry = fs.FileInfoToDirEntry(entryInfo{name: name, MapFile: &fstest.MapFile{Mode: fs.ModeDir}})
		}
	}
	return c
}

func cutLast(name string) (dir, base string, nested bool) {
	i := strings.LastIndexByte(name, '/')
	if i < 0 {
		return "", name, false
	}
	return name[:i], name[i+1:], true
}

type entryInfo struct {
	name string
	*fstest.MapFile
}

func (e entryInfo) Name() string       { _, base, _ := cutLast(e.name); return base }
func (e entryInfo) Size() int64        { return int64(len(e.Data)) }
func (e entryInfo) Mode() fs.FileMode  { return e.MapFile.Mode }
func (e entryInfo) ModTime() time.Time { return e.MapFile.ModTime }
func (e entryInfo) IsDir() bool        { return e.Mode().IsDir() }
func (e entryInfo) Sys() any           { return nil }

func TestScanOpensFewFilesOfALargeRepository(t *testing.T) {
	t.Parallel()
	files := large()
	repo, err := Scan(files)
	if err != nil {
		t.Fatal(err)
	}
	if len(repo.Services) != 2 {
		t.Fatalf("services = %+v, want api and web", repo.Services)
	}
	// The sources of a service are read up to a bound, and so are its settings; nothing
	// else but the manifests is.
	if got, most := files.opened.Load(), int64(2*maxSources+20); got > most {
		t.Errorf("%d files opened of %d, want at most %d", got, len(files.MapFS), most)
	}
}

func BenchmarkScanLarge(b *testing.B) {
	files := large()
	for b.Loop() {
		if _, err := Scan(files); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(files.opened.Load())/float64(b.N), "files-opened/op")
}
