package transfer

import (
	"context"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/registry"
)

// pusher is what PushAll needs of the engine.
type pusher interface {
	ImagePush(context.Context, string, client.ImagePushOptions) (client.ImagePushResponse, error)
}

// Push is an image to push, which a service builds.
type Push struct {
	Image   string
	Service string
}

// PushAll pushes images in parallel, as [PullAll] pulls. The error of each push
// stands at its place: a [fail.Error] with the code [fail.PushFailed], or
// [fail.ImageMissing] for an image that was not built yet, or the context's.
func PushAll(ctx context.Context, e pusher, pushes []Push, o Options) []error {
	return inParallel(pushes, func(p Push) error { return push(ctx, e, p, o) })
}

func push(ctx context.Context, e pusher, p Push, o Options) error {
	progress := o.progress(p.Image, p.Service, "pushing "+p.Image, "Pushing")
	progress.begin()
	attempt := registry.Attempt{Image: p.Image, Login: o.Logins.OfImage(ctx, p.Image), Push: true}
	err := drainPush(ctx, e, p, attempt.Login, progress)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		progress.failed(o.Gentle)
		return pushFailure(err, p, attempt)
	}
	progress.done("pushed " + p.Image)
	return nil
}

func drainPush(ctx context.Context, e pusher, p Push, login registry.Login, progress *progress) error {
	header := login.Header()
	if header == "" {
		header = "e30=" // {}: engines before 25 refuse a push without any header
	}
	response, err := e.ImagePush(ctx, p.Image, client.ImagePushOptions{RegistryAuth: header})
	if err != nil {
		return err
	}
	defer response.Close()
	return progress.follow(response.JSONMessages(ctx))
}

func pushFailure(err error, p Push, a registry.Attempt) error {
	cause := registry.Explain(err.Error(), a)
	code := fail.PushFailed
	switch cause.Reason {
	case diagnose.NotLocal:
		code, cause.Hint = fail.ImageMissing, "build it first: `devup build "+p.Service+"`"
	case diagnose.DiskFull:
		code = fail.DiskFull
	}
	failure := fail.Wrap(err, code, cause.Hint, "the image %s of %s cannot be pushed: %s", p.Image, p.Service, cause.Sentence)
	failure.Service, failure.CauseShown, failure.Reason = p.Service, true, cause.Reason
	return failure
}
