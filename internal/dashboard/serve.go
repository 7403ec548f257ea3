package dashboard

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/devup-cli/devup/internal/daemon"
)

// Config is what a dashboard's process serves. It is a plain value that travels as JSON.
type Config struct {
	Listen   string `json:"listen"` // address and port; the port is another one where that is taken
	Token    string `json:"token"`  // what a browser must know; empty for a new one
	ReadOnly bool   `json:"read_only"`
}

// usual is where a dashboard listens, so that a bookmark holds.
const usual = "127.0.0.1:4773"

// Served is what a dashboard's process serves, and what it must know of the engine and the workspace.
type Served struct {
	Source Source
	Act    func(context.Context, Action) (string, error)
	Origin func(port int) string               // where browsers reach a port of this machine
	Empty  func(context.Context) (bool, error) // asks the engine whether it has no project any more
}

// Serve serves a config as [daemon.Main] wants it done.
func Serve(ctx context.Context, o daemon.Options, s Served, c Config, failures *daemon.FailureLog, ready func()) error {
	var binding net.ListenConfig
	listener, err := binding.Listen(ctx, "tcp", cmp.Or(c.Listen, usual))
	if err != nil {
		listener, err = binding.Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return fmt.Errorf("listen for browsers: %w", err)
	}
	defer listener.Close()
	c.Listen, c.Token = listener.Addr().String(), cmp.Or(c.Token, rand.Text())
	port := listener.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert,revive // a listener for TCP has no other address
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	shown := Options{Source: s.Source, Act: s.Act, Token: c.Token, Origins: []string{s.Origin(port)}}
	if c.ReadOnly {
		shown.Act = nil
	}
	life := idleMonitor{since: time.Now(), empty: s.Empty}
	p := daemon.Process[Config]{
		Options: o, Config: c, Failures: failures, Listener: listener,
		Server: &http.Server{Handler: life.noting(New(ctx, shown)), ErrorLog: failures.Logger(), ReadHeaderTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute},
		Needed: func(ctx context.Context, _ Config) bool { return life.needed(ctx) },
	}
	return p.Run(ctx, ready)
}
