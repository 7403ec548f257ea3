package run

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/client"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/engineconfig"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/registry"
)

// puller is what PullAll needs of the engine.
type puller interface {
	ImagePull(context.Context, string, client.ImagePullOptions) (client.ImagePullResponse, error)
}

// Pull is an image to pull, for the services that want it.
type Pull struct {
	Image    string
	Platform string // "linux/arm64"; empty for the engine's own
	Services []string
}

// PullOptions are what a pull or push needs beside the image. The zero value
// logs in nowhere and reports nothing.
type PullOptions struct {
	Logins *registry.Credentials // nil: none
	Sink   event.Sink            // nil: events are dropped
	Quiet  bool                  // report the beginning and the end, not how far it is
	Gentle bool                  // a failure is reported as a warning: the caller goes on without the image
}

// transfers is how many images travel at a time; each brings its layers in parallel.
const transfers = 4

// PullAll pulls images in parallel. A login is looked for when the image is
// pulled, once for each registry. The error of each pull stands at its place: a
// [fail.Error] with the code [fail.ImageMissing] or [fail.DiskFull], or the
// context's; nil for what was pulled.
func PullAll(ctx context.Context, e puller, pulls []Pull, o PullOptions) []error {
	errs := make([]error, len(pulls))
	var group errgroup.Group
	group.SetLimit(transfers)
	for i, p := range pulls {
		group.Go(func() error {
			errs[i] = pull(ctx, e, p, o)
			return nil
		})
	}
	_ = group.Wait() // every error is in errs
	return errs
}

func pull(ctx context.Context, e puller, p Pull, o PullOptions) error {
	progress := o.progress(p.Image, strings.Join(p.Services, ", "), "pulling "+p.Image, "Downloading")
	progress.begin()
	attempt := registry.Attempt{Image: p.Image, Platform: p.Platform, Login: o.Logins.OfImage(ctx, p.Image)}
	err := drainPull(ctx, e, p, attempt.Login, progress)
	if err != nil && !attempt.Login.Empty() && registry.Explain(engineText(err), attempt).Reason == diagnose.LoginRefused {
		// A login that ran out keeps nobody from a public image.
		if drainPull(ctx, e, p, registry.Login{}, progress) == nil {
			progress.warn("pulled " + p.Image + " without the stored login, which " + registry.HostOf(p.Image) + " refuses")
			return nil
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		progress.failed(o.Gentle)
		return pullFailure(err, p, attempt)
	}
	progress.done("pulled " + p.Image)
	return nil
}

// drainPull starts the pull and reads its messages to the end: a pull that nobody
// reads stops.
func drainPull(ctx context.Context, e puller, p Pull, login registry.Login, progress *progress) error {
	opts := client.ImagePullOptions{RegistryAuth: login.Header()}
	if p.Platform != "" {
		opts.Platforms = []ocispec.Platform{*engineconfig.Platform(p.Platform)}
	}
	response, err := e.ImagePull(ctx, p.Image, opts)
	if err != nil {
		return err
	}
	defer response.Close()
	return progress.follow(response.JSONMessages(ctx))
}

// pullFailure says which registry refused and what to do about it.
func pullFailure(err error, p Pull, a registry.Attempt) error {
	if p.Image == "" { // only of a mount: a service without image and build does not load
		e := fail.Wrap(err, fail.Config, "a variable in its `source:` that is not set leaves it empty", "%s mounts an image without a name", strings.Join(p.Services, ", "))
		e.Service, e.Told = p.Services[0], true
		return e
	}
	cause := registry.Explain(engineText(err), a)
	code := fail.ImageMissing
	if cause.Reason == diagnose.DiskFull {
		code = fail.DiskFull
	}
	failure := fail.Wrap(err, code, cause.Hint, "the image %s of %s cannot be pulled: %s", p.Image, strings.Join(p.Services, ", "), cause.Sentence)
	failure.Service, failure.Told, failure.Reason = p.Services[0], true, cause.Reason
	return failure
}

// WrongPlatform is the failure of a pull that brought an image for another platform
// than was asked for, as engines do when a registry has the image for one only.
func WrongPlatform(p Pull) error {
	return pullFailure(errors.New("the image does not provide the specified platform"), p, registry.Attempt{Image: p.Image, Platform: p.Platform})
}

// progress reports a pull or a push.
type progress struct {
	sink     event.Sink
	id, name string
	doing    string // "pulling redis"
	counted  string // the status of the messages that say how much is there
	quiet    bool
	began    time.Time
}

func (o PullOptions) progress(id, name, doing, counted string) *progress {
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

// failed reports the end of an attempt that came to nothing; the error says why.
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
