package run

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/distribution/reference"
	"github.com/moby/moby/client"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

// puller is what Pull needs of the engine.
type puller interface {
	ImagePull(context.Context, string, client.ImagePullOptions) (client.ImagePullResponse, error)
}

// Pull is an image to pull, for the services that want it.
type Pull struct {
	Image    string
	Platform string // "linux/arm64"; empty for the engine's own
	Services []string
}

// PullAll pulls images in parallel. auth gives the registry credentials for an
// image as the engine API wants them, or an empty string; it is asked once for
// each image. The error joins all failures in the order of pulls.
func PullAll(ctx context.Context, e puller, pulls []Pull, auth func(image string) string, sink event.Sink) error {
	errs := make([]error, len(pulls))
	var group errgroup.Group
	group.SetLimit(parallel)
	for i, p := range pulls {
		group.Go(func() error {
			errs[i] = pull(ctx, e, p, auth(p.Image), sink)
			return nil
		})
	}
	_ = group.Wait() // every error is in errs
	return errors.Join(errs...)
}

func pull(ctx context.Context, e puller, p Pull, auth string, sink event.Sink) error {
	start := time.Now()
	name := strings.Join(p.Services, ", ")
	report := func(state event.State, text string) {
		sink(event.Event{Kind: event.Image, ID: p.Image, Name: name, State: state, Text: text, Took: time.Since(start)})
	}
	report(event.Working, "pulling "+p.Image)
	err := drain(ctx, e, p, auth, func(text string) { report(event.Working, "pulling "+p.Image+": "+text) })
	if err != nil {
		report(event.Failed, "pulling "+p.Image)
		return pullFailure(err, p)
	}
	report(event.Done, "pulled "+p.Image)
	return nil
}

// drain starts the pull and reads its messages to the end: a pull that nobody
// reads stops.
func drain(ctx context.Context, e puller, p Pull, auth string, progress func(string)) error {
	opts := client.ImagePullOptions{RegistryAuth: auth}
	if p.Platform != "" {
		opts.Platforms = []ocispec.Platform{*platform(p.Platform)}
	}
	response, err := e.ImagePull(ctx, p.Image, opts)
	if err != nil {
		return err
	}
	defer response.Close()
	layers := map[string]layer{}
	shown := ""
	for message, err := range response.JSONMessages(ctx) {
		if err != nil {
			return err
		}
		if message.Error != nil {
			return errors.New(message.Error.Message)
		}
		if message.Progress == nil || message.ID == "" || message.Progress.Total <= 0 || message.Status != "Downloading" {
			continue
		}
		layers[message.ID] = layer{message.Progress.Current, message.Progress.Total}
		if text := sizes(layers); text != shown {
			shown = text
			progress(text)
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
	return fmt.Sprintf("%d of %d MB", sum.current/1e6, sum.total/1e6)
}

var unknownHost = regexp.MustCompile(`lookup (\S+?)(?: on \S+)?: no such host`)

// pullFailure says which registry refused and what to do about it.
func pullFailure(err error, p Pull) error {
	text := engineText(err)
	registry := "docker.io"
	if named, parseErr := reference.ParseNormalizedNamed(p.Image); parseErr == nil {
		registry = reference.Domain(named)
	}
	login := "docker login"
	if registry != "docker.io" {
		login += " " + registry
	}
	hint := "check the image's name, and that this machine reaches " + registry
	switch {
	case errdefs.IsUnauthorized(err), strings.Contains(text, "denied"), strings.Contains(text, "unauthorized"), strings.Contains(text, "no basic auth"):
		hint = fmt.Sprintf("if it is private, run `%s`; else check its name", login)
	case strings.Contains(text, "toomanyrequests"):
		hint = fmt.Sprintf("the registry limits how often you may pull: wait, or run `%s`", login)
	case errdefs.IsNotFound(err), strings.Contains(text, "not found"), strings.Contains(text, "manifest unknown"):
		hint = fmt.Sprintf("%s has no such image or tag: check the name in the config", registry)
	}
	if host := unknownHost.FindStringSubmatch(text); host != nil {
		text = "the name " + host[1] + " cannot be resolved"
	}
	failure := fail.Wrap(err, fail.ImageMissing, hint, "the image %s of %s cannot be pulled: %s", p.Image, strings.Join(p.Services, ", "), text)
	failure.Service = p.Services[0]
	return failure
}
