package gateway

import (
	"context"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/devup-cli/devup/internal/daemon"
)

// Serve serves a config as [daemon.Main] wants it done. gone asks the engine whether the project
// has no container any more.
func Serve(ctx context.Context, o daemon.Options, gone func(context.Context) (bool, error), c Config, failures *daemon.FailureLog, ready func()) error {
	var binding net.ListenConfig
	listener, err := binding.Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("%s%w", listenFailure, err)
	}
	defer listener.Close()
	g := New(c, failures.Logger())
	p := daemon.Process[Config]{
		Options: o, Config: c, Failures: failures, Server: Server(g, failures.Logger()), Listener: listener,
		Change: func(now, wanted Config) Config {
			wanted.Listen = now.Listen
			g.Set(wanted)
			o.Log.Printf("serves now: %v", wanted.Routes)
			return wanted
		},
		Needed: func(ctx context.Context, c Config) bool { return !orphaned(ctx, c, gone) },
	}
	return p.Run(ctx, ready)
}

// orphaned reports whether nothing is left to serve. The engine is asked only when no
// service listens; where it does not answer, its containers may come back with it.
func orphaned(ctx context.Context, c Config, gone func(context.Context) (bool, error)) bool {
	if slices.ContainsFunc(c.Routes, func(r Route) bool { return listens(ctx, r.Upstream) }) {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	none, err := gone(ctx)
	return err == nil && none
}

func listens(ctx context.Context, address string) bool {
	dialer := net.Dialer{Timeout: time.Second}
	c, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	_ = c.Close() // that it opened is the answer
	return true
}
