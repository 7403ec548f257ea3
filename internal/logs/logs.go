// Package logs follows what many containers print as one ordered stream of
// lines, which it reports as events of kind Log.
//
// [Follow] first merges what the containers printed so far by the time of each
// line, then passes on new lines as they come. It follows a container that
// restarts again, and with [Options.Later] those that replace it or come later. It neither
// colours nor aligns: that is package ui's.
package logs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
)

// Engine is what Follow needs of the engine; [client.Client] has it.
type Engine interface {
	ContainerLogs(context.Context, string, client.ContainerLogsOptions) (client.ContainerLogsResult, error)
	ContainerInspect(context.Context, string, client.ContainerInspectOptions) (client.ContainerInspectResult, error)
	Events(context.Context, client.EventsListOptions) client.EventsResult
}

// Source is one container to follow.
type Source struct {
	Service   string // the service it belongs to
	Container string // its name
	ID        string // its full ID
	Number    int    // its number among the containers of its service, counted from 1
	Several   bool   // its service has more containers than are followed, so its lines have its number
	Aside     bool   // it is followed only as long as others are
}

// Label is what the lines of the container are named by: its service, with its number where that
// has several.
func (s Source) Label() string {
	if s.Several {
		return fmt.Sprintf("%s-%d", s.Service, s.Number)
	}
	return s.Service
}

// Later says which containers are followed that start while others are followed.
type Later struct {
	Label string // those with this label, NAME=VALUE
	Since string // also those that have started since this time; empty for from now on

	// Source makes a source of a container's ID and labels, and says whether to follow it.
	Source func(id string, attributes map[string]string) (Source, bool)
	// Successor says by its labels whether a container that is not yet started replaces one.
	Successor func(attributes map[string]string) bool
}

// Options say which lines are wanted. The zero value is all that was printed so far.
type Options struct {
	Follow     bool       // go on with new lines until the containers end
	Endless    bool       // with Follow: until the context ends
	Later      *Later     // with Follow: containers that start later; nil for none
	Since      string     // only lines from here on: a time, or a duration back from now ("10m"); empty for all
	Until      string     // only lines up to here, in the same forms
	Tail       string     // only so many of the last lines of each container; empty or "all" for all
	Timestamps bool       // put the time of each line before it
	Current    func()     // called when all that was printed so far is reported; nil for no call
	Sink       event.Sink // takes the lines; nil drops them
}

// ErrEngineGone says that the engine went away while logs were followed.
var ErrEngineGone = errors.New("the engine went away")

// Follow reports the lines of the sources. It returns nil when all of them have
// been read, which with Options.Follow is when all containers have ended and none
// started again within a second, and the context's error when ctx ended first. Where
// they ended because the engine went away, the error is an [ErrEngineGone]. A
// container that is gone is no error; one whose lines cannot be read is
// reported as a warning. No more than a few lines of each container are held
// in memory.
func Follow(ctx context.Context, e Engine, sources []Source, o Options) error {
	if len(sources) == 0 && !o.Endless {
		return ctx.Err()
	}
	if o.Sink == nil {
		o.Sink = event.Discard
	}
	f := &follower{engine: e, options: o, began: time.Now(), numbers: map[string]map[int]bool{}}
	for _, s := range sources {
		f.add(s)
	}
	if o.Tail != "0" {
		f.backlog(ctx)
	}
	if o.Current != nil && ctx.Err() == nil {
		o.Current()
	}
	var gone error
	if o.Follow && ctx.Err() == nil {
		gone = f.live(ctx)
	}
	return cmp.Or(ctx.Err(), gone)
}

// follower is one call of Follow.
type follower struct {
	engine  Engine
	options Options
	began   time.Time
	tails   []*tail

	mu      sync.Mutex
	numbers map[string]map[int]bool // of the containers of each service
}

// tail is one container that is followed. Its position belongs to who reads its lines, the
// rest to live.
type tail struct {
	Source
	position
	running bool
	again   bool // it was started while its last stream was ending
}
