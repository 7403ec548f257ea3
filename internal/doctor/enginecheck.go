package doctor

import (
	"context"
	"errors"
	"fmt"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
)

var errNoEngine = errors.New("no engine was looked for")

// littleMemory is what a check complains below.
const littleMemory = 2 * gibibyte

func checkEngine(ctx context.Context, o Options, find func(context.Context) (*engine.Engine, error)) Finding {
	e, err := find(ctx)
	if err != nil {
		return withStart(problem(err.Error(), hintOf(err)), err, o.Connect)
	}
	facts, err := e.Facts(ctx)
	if err != nil {
		return problem(err.Error(), "restart the engine")
	}
	text := describe(e, facts)
	switch {
	case facts.OS == "windows":
		return problem(text+", set to Windows containers", "switch Docker Desktop to Linux containers")
	case !e.BuildKit:
		return warning(text+", without BuildKit", "images are built one step after the other, without build caches; Docker 20.10 or newer does better")
	case facts.MemTotal > 0 && facts.MemTotal < littleMemory:
		return warning(fmt.Sprintf("%s, with %s of memory only", text, size(facts.MemTotal)),
			"give the engine 4 GiB; building a frontend takes two")
	default:
		return good(text)
	}
}

// withStart lets devup start an engine where it may do so without the rights of root.
func withStart(f Finding, err error, connect func(context.Context, bool) (*engine.Engine, error)) Finding {
	stopped, ok := errors.AsType[*engine.Stopped](err)
	if !ok || !stopped.Startable {
		return f
	}
	return f.fixed(Fix{Does: "start " + stopped.Product, Safe: true, Do: func(ctx context.Context) error {
		started, err := connect(ctx, true)
		if err != nil {
			return err
		}
		return started.Close()
	}})
}

// describe is the engine in one line.
func describe(e *engine.Engine, f engine.Facts) string {
	product := "Docker"
	switch {
	case f.Podman:
		product = "Podman"
	case f.Desktop:
		product = "Docker in a virtual machine"
	case f.Rootless:
		product = "rootless Docker"
	}
	return fmt.Sprintf("%s %s at %s (%s), API %s", product, f.ServerVersion, e.Endpoint, e.Source, e.APIVersion)
}

func hintOf(err error) string {
	if known, ok := errors.AsType[*fail.Error](err); ok {
		return known.Hint
	}
	return ""
}
