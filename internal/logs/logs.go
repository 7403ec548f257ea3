// Package logs follows what many containers print as one ordered stream of
// lines, which it reports as events of kind Log.
//
// [Follow] first merges what the containers printed so far by the time of each
// line, then passes on new lines as they come. It follows a container that
// restarts again, and it neither colours nor aligns: that is package ui's.
package logs

import (
	"cmp"
	"context"
	"errors"
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
}

// Options say which lines are wanted. The zero value is all that was printed so far.
type Options struct {
	Follow     bool       // go on with new lines until the containers end
	Since      string     // only lines from here on: a time, or a duration back from now ("10m"); empty for all
	Until      string     // only lines up to here, in the same forms
	Tail       string     // only so many of the last lines of each container; empty or "all" for all
	Timestamps bool       // put the time of each line before it
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
	if len(sources) == 0 {
		return ctx.Err()
	}
	if o.Sink == nil {
		o.Sink = event.Discard
	}
	f := &follower{engine: e, sources: sources, options: o, began: time.Now(), labels: labels(sources)}
	positions := make([]position, len(sources))
	if o.Tail != "0" {
		positions = f.backlog(ctx)
	}
	var gone error
	if o.Follow && ctx.Err() == nil {
		gone = f.live(ctx, positions)
	}
	return cmp.Or(ctx.Err(), gone)
}

// follower is one call of Follow.
type follower struct {
	engine  Engine
	sources []Source
	options Options
	began   time.Time
	labels  []string // what to call each source where its service has several
}
