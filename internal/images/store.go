// Package images decides which images a project needs pulled or built, and does it: [Store.Prepare]
// for a run, [Store.Build], [Store.Pull] and [Store.Push] for the commands of these names. What it
// knows of images beyond what the engine tells is kept in a file (see memory).
//
// What this package does not do: it builds no image itself (package build does), and it starts no
// container.
package images

import (
	"context"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/run"
)

// Store is the images of an engine and what is needed to get more of them.
type Store struct {
	Engine   Engine
	Builder  build.Engine
	StateDir string        // a directory of the user's own, where it is kept what images were made from; empty for none
	Build    build.Options // how images are built; its Sink and Logins are those of pulls and pushes too
}

// Engine is what a Store needs of the engine beside building.
type Engine interface {
	ImageList(context.Context, client.ImageListOptions) (client.ImageListResult, error)
	inspector
	ImagePull(context.Context, string, client.ImagePullOptions) (client.ImagePullResponse, error)
	ImagePush(context.Context, string, client.ImagePushOptions) (client.ImagePushResponse, error)
}

// Options are a user's choices for one run. The zero value builds what is stale and pulls what is
// missing.
type Options struct {
	Build   bool // build every image, stale or not
	NoBuild bool // build nothing; a missing image is an error
	// Pull stands in the place of every service's pull_policy: always, missing,
	// never and what else Compose has; empty or "policy" for none.
	Pull      string
	QuietPull bool // report no progress of pulls
}

// Request is what [Store.Prepare] is asked for.
type Request struct {
	Options
	Project *project.Project
	State   plan.Observed // the project's containers, and the images of its [References]
	OneOff  string        // a service that only runs a command: the image that is there will do
	DryRun  bool          // decide, and do nothing
}

// Result is what was decided and done.
type Result struct {
	IDs    map[string]string // reference -> image ID
	Inputs map[string]string // service -> hash of what its image is built from
	Builds []Build           // images that were built, or would be in a dry run
	Pulls  []run.Pull        // images that were pulled, or would be in a dry run
	// Failed are the services without an image that can be started, and Failure
	// says why; the rest of the project can go on.
	Failed  map[string]bool
	Failure error
}

// sink reports an event.
func (s Store) sink(e event.Event) {
	if s.Build.Sink != nil {
		s.Build.Sink(e)
	}
}
