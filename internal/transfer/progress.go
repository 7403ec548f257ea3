package transfer

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/moby/moby/api/types/jsonstream"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/registry"
)

// Options are what a pull or push needs besides the image. The zero value logs in nowhere
// and reports nothing.
type Options struct {
	Logins *registry.Credentials // nil: none
	Sink   event.Sink            // nil: events are dropped
	Quiet  bool                  // report the beginning and the end, no progress
	Gentle bool                  // a failure is reported as a warning: the caller goes on without the image
}

// transfers is how many images travel at a time; each brings its layers in parallel.
const transfers = 4

// progress reports a pull or a push.
type progress struct {
	sink     event.Sink
	id, name string
	doing    string // "pulling redis"
	counted  string // the status of the messages that say how much is there
	quiet    bool
	began    time.Time
}

func (o Options) progress(id, name, doing, counted string) *progress {
	sink := o.Sink
	if sink == nil {
		sink = event.Discard
	}
	return &progress{sink: sink, id: id, name: name, doing: doing, counted: counted, quiet: o.Quiet, began: time.Now()}
}

func (p *progress) report(state event.State, text string) {
	p.sink(event.Event{Kind: event.Image, ID: p.id, Name: p.name, State: state, Text: text, Took: time.Since(p.began)})
}

func (p *progress) begin() { p.report(event.Working, p.doing) }

func (p *progress) done(text string) { p.report(event.Done, text) }

func (p *progress) warn(text string) { p.report(event.Warning, text) }

// failed reports that the transfer failed; the error says why.
func (p *progress) failed(gentle bool) {
	if gentle {
		p.report(event.Warning, "not done: "+p.doing)
		return
	}
	p.report(event.Failed, p.doing)
}

// follow reads the engine's messages to the end and reports how far it is. The
// error is what the engine says last.
func (p *progress) follow(messages iter.Seq2[jsonstream.Message, error]) error {
	layers := map[string]layer{}
	shown := ""
	for message, err := range messages {
		if err != nil {
			return err
		}
		if message.Error != nil {
			return errors.New(message.Error.Message)
		}
		if p.quiet || message.Progress == nil || message.ID == "" || message.Progress.Total <= 0 || message.Status != p.counted {
			continue
		}
		layers[message.ID] = layer{message.Progress.Current, message.Progress.Total}
		if text := sizes(layers); text != shown {
			shown = text
			p.report(event.Working, p.doing+": "+text)
		}
	}
	return nil
}

// layer is how much of a layer is there, in bytes.
type layer struct{ current, total int64 }

func sizes(layers map[string]layer) string {
	var sum layer
	for _, l := range layers {
		sum.current += l.current
		sum.total += l.total
	}
	if sum.total < 1e6 {
		return fmt.Sprintf("%d of %d kB", sum.current/1e3, sum.total/1e3)
	}
	return fmt.Sprintf("%d of %d MB", sum.current/1e6, sum.total/1e6)
}
