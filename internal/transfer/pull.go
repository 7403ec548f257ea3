// Package transfer pulls and pushes images through the engine, several at a time, with the
// logins of package registry. It does not decide which: that is images' work.
package transfer

import (
	"context"
	"errors"
	"strings"

	"github.com/moby/moby/client"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/engineconfig"
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

// PullAll pulls images in parallel. A login is looked for when the image is
// pulled, once for each registry. The error of each pull stands at its place: a
// [fail.Error] with the code [fail.ImageMissing] or [fail.DiskFull], or the
// context's; nil for what was pulled.
func PullAll(ctx context.Context, e puller, pulls []Pull, o Options) []error {
	return inParallel(pulls, func(p Pull) error { return pull(ctx, e, p, o) })
}

// inParallel handles images, several at a time, and gives each one's error at its place.
func inParallel[T any](images []T, handle func(T) error) []error {
	errs := make([]error, len(images))
	var group errgroup.Group
	group.SetLimit(transfers)
	for i, image := range images {
		group.Go(func() error {
			errs[i] = handle(image)
			return nil
		})
	}
	_ = group.Wait() // every error is in errs
	return errs
}

func pull(ctx context.Context, e puller, p Pull, o Options) error {
	progress := o.progress(p.Image, strings.Join(p.Services, ", "), "pulling "+p.Image, "Downloading")
	progress.begin()
	attempt := registry.Attempt{Image: p.Image, Platform: p.Platform, Login: o.Logins.OfImage(ctx, p.Image)}
	err := drainPull(ctx, e, p, attempt.Login, progress)
	if err != nil && !attempt.Login.Empty() && registry.Explain(err.Error(), attempt).Reason == diagnose.LoginRefused {
		// A login that expired does not prevent the pull of a public image.
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

// drainPull starts the pull and reads its messages to the end: a pull that no one
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
		e.Service, e.CauseShown = p.Services[0], true
		return e
	}
	cause := registry.Explain(err.Error(), a)
	code := fail.ImageMissing
	if cause.Reason == diagnose.DiskFull {
		code = fail.DiskFull
	}
	failure := fail.Wrap(err, code, cause.Hint, "the image %s of %s cannot be pulled: %s", p.Image, strings.Join(p.Services, ", "), cause.Sentence)
	failure.Service, failure.CauseShown, failure.Reason = p.Services[0], true, cause.Reason
	return failure
}

// WrongPlatform is the failure of a pull that brought an image for another platform
// than was asked for, as engines do when a registry has the image for one only.
func WrongPlatform(p Pull) error {
	return pullFailure(errors.New("the image does not provide the specified platform"), p, registry.Attempt{Image: p.Image, Platform: p.Platform})
}
