package doctor

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// What a check of build contexts looks at and calls large: what is sent to the engine
// before a build begins, once, and then as far as it changed.
const (
	mostOfContext = 20000
	largeContext  = 200 << 20
)

// checkContext looks for directories that builds send to the engine whole, without a
// .dockerignore, and that are large. It stops counting early.
func checkContext(ctx context.Context, p Project) Finding {
	if p.Model == nil {
		return nothing()
	}
	seen := map[string]bool{}
	var large []string
	var first weight
	for _, name := range p.Model.ServiceNames() {
		b := p.Model.Services[name].Build
		if b == nil || !filepath.IsAbs(b.Context) || seen[b.Context] || ignores(*b) {
			continue
		}
		seen[b.Context] = true
		w := weigh(ctx, b.Context)
		if w.bytes < largeContext && !w.partly {
			continue
		}
		if len(large) == 0 {
			first = w
		}
		large = append(large, fmt.Sprintf("%s of %s, with %s", relativeTo(p.Dir, b.Context), name, w))
	}
	if len(large) == 0 {
		return good("")
	}
	return warning("build contexts without a .dockerignore are sent to the engine whole: "+strings.Join(large, "; "),
		"write .dockerignore there, with a line each for what no build needs: "+strings.Join(first.needless(), ", "))
}

// ignores tells whether a build leaves anything out.
func ignores(b types.BuildConfig) bool {
	for _, file := range []string{filepath.Join(b.Context, ".dockerignore"), dockerfilePath(b) + ".dockerignore"} {
		if _, err := os.Stat(file); err == nil {
			return true
		}
	}
	return false
}

// weight is how much lies in a directory.
type weight struct {
	bytes  int64
	parts  map[string]int64 // by what lies directly in it
	partly bool             // there is more, which was not counted
}

func weigh(ctx context.Context, dir string) weight {
	w := weight{parts: map[string]int64{}}
	entries := 0
	_ = filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error { // what cannot be read weighs nothing
		entries++
		switch {
		case ctx.Err() != nil || entries > mostOfContext:
			w.partly = true
			return fs.SkipAll
		case err != nil && entry != nil && entry.IsDir():
			return fs.SkipDir
		case err != nil || entry.IsDir():
			return nil
		}
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() {
			return nil //nolint:nilerr // it went away meanwhile
		}
		w.bytes += info.Size()
		w.parts[topOf(dir, name)] += info.Size()
		return nil
	})
	return w
}

// topOf is what lies directly in the directory and holds the file.
func topOf(dir, file string) string {
	rel, _ := filepath.Rel(dir, file) // the walk makes them of one kind
	top, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	return top
}

func (w weight) String() string {
	text := size(w.bytes)
	if w.partly {
		text += " and more"
	}
	if largest := w.largest(); largest != "" {
		text += fmt.Sprintf(" (%s: %s)", largest, size(w.parts[largest]))
	}
	return text
}

func (w weight) largest() string {
	largest := ""
	for _, name := range slices.Sorted(maps.Keys(w.parts)) {
		if largest == "" || w.parts[name] > w.parts[largest] {
			largest = name
		}
	}
	return largest
}

// needless are what builds make themselves, as far as it is there, and what weighs most.
func (w weight) needless() []string {
	var names []string
	for _, name := range []string{".git", "node_modules", ".venv", "venv", "target", "dist", ".next", w.largest()} {
		if w.parts[name] > 0 && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// relativeTo is a path as the user sees it from the project's directory.
func relativeTo(dir, name string) string {
	rel, err := filepath.Rel(dir, name)
	if err != nil || !filepath.IsLocal(rel) {
		return name
	}
	return "./" + strings.TrimPrefix(filepath.ToSlash(rel), ".")
}
