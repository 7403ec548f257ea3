// Package images decides which images a project needs pulled or built, and does so:
// [Store.Prepare] for a run, and [Store.BuildAll], [Store.Pull] and [Store.Push] for
// the commands of these names.
//
// Prepare works in three steps: it collects what is known of the images (imageState),
// decides from that alone what to pull and to build (decide), and does it. What the
// engine does not report of an image is remembered in a file of the user's (memory).
//
// What this package does not do: it builds no image itself, which is package build's,
// and it starts no container.
package images

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/transfer"
)

// Store is the images of an engine, and what is needed to get more of them. It may be
// used by several goroutines.
type Store struct {
	Engine   Engine
	Builder  build.Engine
	StateDir string        // the user's directory in which devup remembers what images were made from; empty for none
	Build    build.Options // how images are built; pulls and pushes use its Sink and Logins too
}

// Engine is what a Store needs of the engine in addition to building.
type Engine interface {
	ImageList(context.Context, client.ImageListOptions) (client.ImageListResult, error)
	inspector
	ClientVersion() string
	ImagePull(context.Context, string, client.ImagePullOptions) (client.ImagePullResponse, error)
	ImagePush(context.Context, string, client.ImagePushOptions) (client.ImagePushResponse, error)
}

// Listing is the answer of an engine to which images it has. The zero value knows of
// none, and answers for no project.
type Listing struct {
	References []string          // that were asked for
	IDs        map[string]string // by reference; an image that the engine lacks is not in it
}

// List asks the engine for the images that a project refers to.
func (s Store) List(ctx context.Context, p *project.Project) (Listing, error) {
	l := Listing{References: references(p)}
	var err error
	l.IDs, err = observe.Images(ctx, s.Engine, l.References)
	return l, err
}

// Covers reports whether the listing answers for the project.
func (l Listing) Covers(p *project.Project) bool { return slices.Equal(l.References, references(p)) }

// references are the images of the project's services, those that they mount, and
// those that only their builds are made from, sorted.
func references(p *project.Project) []string {
	set := map[string]bool{}
	var add func(s types.ServiceConfig)
	add = func(s types.ServiceConfig) {
		image := plan.ImageName(p.Project, s)
		if set[image] {
			return
		}
		set[image] = true
		if s.Build == nil {
			return
		}
		for _, where := range s.Build.AdditionalContexts {
			name, is := strings.CutPrefix(where, types.ServicePrefix)
			if base, ok := p.DisabledServices[name]; is && ok {
				add(base)
			}
		}
	}
	for _, s := range p.Services {
		add(s)
		for _, image := range moreImages(s) {
			set[image] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// moreImages are the images that a service mounts and those that its pre_start hooks run in.
func moreImages(s types.ServiceConfig) []string {
	var images []string
	for _, v := range s.Volumes {
		if v.Type == types.VolumeTypeImage {
			images = append(images, v.Source)
		}
	}
	for _, hook := range s.PreStart {
		if hook.Image != "" && hook.Image != s.Image {
			images = append(images, hook.Image)
		}
	}
	return images
}

// report reports an event, if there is a sink.
func (s Store) report(e event.Event) {
	if s.Build.Sink != nil {
		s.Build.Sink(e)
	}
}

// warn reports a warning.
func (s Store) warn(id, text string) {
	s.report(event.Event{Kind: event.Note, ID: id, State: event.Warning, Text: text})
}

// transfer is how a pull or a push is done.
func (s Store) transfer(quiet, gentle bool) transfer.Options {
	return transfer.Options{Logins: s.Build.Logins, Sink: s.report, Quiet: quiet, Gentle: gentle}
}
