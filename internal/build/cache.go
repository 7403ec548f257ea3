package build

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	bkclient "github.com/moby/buildkit/client"
)

// cached leaves of a spec the caches that the engine's builder can use, and warns of
// the others. The one of an engine with the old image store reads caches of
// registries and writes none but into the image itself; and those of a cloud need
// what only its own machines have.
func (b *buildKit) cached(ctx context.Context, s Spec) (Spec, error) {
	types := func(list []string) (all []string) {
		for _, text := range list {
			all = append(all, cacheEntry(text).Type)
		}
		return all
	}
	from, to := []string{"registry", "inline"}, []string{"inline"}
	if slices.ContainsFunc(types(s.CacheFrom), notIn(from)) || slices.ContainsFunc(types(s.CacheTo), notIn(to)) {
		able, err := storesIndexes(ctx, b.engine)
		if err != nil {
			return s, err
		}
		if able {
			from, to = append(from, "local"), append(to, "local", "registry")
		}
	}
	s.CacheFrom = b.usable(s, "cache_from", s.CacheFrom, from)
	s.CacheTo = b.usable(s, "cache_to", s.CacheTo, to)
	return s, nil
}

func notIn(known []string) func(string) bool {
	return func(kind string) bool { return !slices.Contains(known, kind) }
}

func (b *buildKit) usable(s Spec, key string, list, known []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(text string) bool {
		kind := cacheEntry(text).Type // the rest may hold a token
		if slices.Contains(known, kind) {
			return false
		}
		warning := key + " type=" + kind + " is left out: this engine's builder has " + strings.Join(known, ", ") + " there"
		if (kind == "local" || kind == "registry") && !slices.Contains(known, "local") {
			warning += "; with the containerd image store it has local and registry too"
		}
		b.warn(s, warning)
		return true
	})
}

// cacheEntry reads one entry: a reference of an image, or fields with commas.
func cacheEntry(text string) bkclient.CacheOptionsEntry {
	entry := bkclient.CacheOptionsEntry{Type: "registry", Attrs: map[string]string{}}
	if !strings.Contains(text, "=") {
		entry.Attrs["ref"] = text
		return entry
	}
	for field := range strings.SplitSeq(text, ",") {
		key, value, _ := strings.Cut(field, "=")
		if key = strings.TrimSpace(key); key == "type" {
			entry.Type = strings.TrimSpace(value)
		} else {
			entry.Attrs[key] = strings.TrimSpace(value)
		}
	}
	return entry
}

// cacheFrom are the caches that exist: a directory that does not exist yet
// is one that the first build writes.
func cacheFrom(s Spec) []bkclient.CacheOptionsEntry {
	return slices.DeleteFunc(s.entries(s.CacheFrom), func(e bkclient.CacheOptionsEntry) bool {
		switch e.Type {
		case "local":
			_, err := os.Stat(filepath.Join(e.Attrs["src"], "index.json"))
			return err != nil
		case "inline":
			return true // it lies in the image, which a registry entry names
		default:
			return e.Attrs["ref"] == ""
		}
	})
}

func cacheTo(s Spec) []bkclient.CacheOptionsEntry { return s.entries(s.CacheTo) }

// entries are caches as BuildKit takes them, with paths from the project's directory.
func (s Spec) entries(list []string) []bkclient.CacheOptionsEntry {
	var entries []bkclient.CacheOptionsEntry
	for _, text := range list {
		e := cacheEntry(text)
		for _, key := range []string{"src", "dest"} {
			if where := e.Attrs[key]; where != "" && !filepath.IsAbs(where) {
				e.Attrs[key] = filepath.Join(s.Root, filepath.FromSlash(where))
			}
		}
		entries = append(entries, e)
	}
	return entries
}
