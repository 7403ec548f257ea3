package images

import (
	"fmt"
	"path/filepath"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/event"
)

// warnLarge has large contexts reported before they are read and sent.
func (s Store) warnLarge(specs []build.Spec) {
	for i, spec := range specs {
		specs[i].Large = func(bytes int64, most string) { s.report(largeContext(spec, bytes, most)) }
	}
}

// largeContext is the note on a context that takes long to read and to send, and whose
// files are hardly all meant for the image.
func largeContext(s build.Spec, bytes int64, most string) event.Event {
	ignore := filepath.Join(s.Context, ".dockerignore")
	if rel, err := filepath.Rel(s.Root, ignore); err == nil {
		ignore = filepath.ToSlash(rel)
	}
	return event.Event{
		Kind: event.Note, ID: "context of " + s.Service, Name: s.Service, State: event.Warning,
		Text: fmt.Sprintf("%s is built from %.1f GB of files, most of it in %s: name in %s what the image does not need", s.Service, float64(bytes)/1e9, most, ignore),
	}
}
