package engine

import (
	"context"
	"time"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/fail"
)

// answerLimit is how long an engine that was reached may take for requests that need no
// work: far longer than a busy one takes to list hundreds of containers.
const answerLimit = 30 * time.Second

// hintSilent is for an engine that does not answer: it may be busy.
const hintSilent = "wait and try again, or restart the engine"

// Limited makes requests that an engine answers at once, such as lists, as a command does
// first. An engine that hangs takes them and never answers: then the error is a
// [fail.Error] with the code NoEngine. Any other error is ask's.
func (e *Engine) Limited(ctx context.Context, ask func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	err := ask(limited)
	if err == nil || limited.Err() == nil || ctx.Err() != nil {
		return err
	}
	return fail.New(fail.NoEngine, hintSilent, "engine at %s: accepts connections but does not answer within %s", e.Endpoint, answerLimit)
}

// answerTime is how long an engine may take to say that it is still there.
const answerTime = 2 * time.Second

// Answers reports whether the engine answers now.
func (e *Engine) Answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	_, err := e.Client.Ping(ctx, client.PingOptions{})
	return err == nil
}
