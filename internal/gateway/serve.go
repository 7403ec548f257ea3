package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// Options configure a gateway's process. All fields but Interval must be set.
type Options struct {
	Config  Config
	File    string // where its state is written; it ends when that is removed or replaced
	Version string // of devup
	Log     *log.Logger
	// Ready is called once, when the gateway serves.
	Ready func()
	// Gone asks the engine whether the project has no container any more.
	Gone     func(context.Context) (bool, error)
	Interval time.Duration // how often it checks whether it is still needed; zero for a few seconds
}

// serve serves until a command stops it, until the state file is another's or gone,
// until the project's containers are gone for good, or until ctx ends; all of these are
// no error. The error is why it could not serve at all.
func (options Options) serve(ctx context.Context, failures *failureLog) error {
	var binding net.ListenConfig
	listener, err := binding.Listen(ctx, "tcp", options.Config.Listen)
	if err != nil {
		return fmt.Errorf("listen for browsers: %w", err)
	}
	defer listener.Close()
	control, address, err := listenForControl(ctx, options.File)
	if err != nil {
		return err
	}
	defer control.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	p := &process{
		options: options, failures: failures, gateway: New(options.Config, failures.logger()), end: cancel,
		state: State{Config: options.Config, Control: address, Token: rand.Text(), PID: os.Getpid(), Version: options.Version},
	}
	if err := p.state.write(options.File); err != nil {
		return err
	}
	p.server = Server(p.gateway, failures.logger())
	controlServer := &http.Server{Handler: p, ErrorLog: failures.logger(), ReadHeaderTimeout: 5 * time.Second}
	var group sync.WaitGroup
	serve := func(server *http.Server, on net.Listener) {
		group.Go(func() {
			if err := server.Serve(on); !errors.Is(err, http.ErrServerClosed) {
				cancel(err)
			}
		})
	}
	serve(p.server, listener)
	serve(controlServer, control)
	group.Go(func() { p.monitor(ctx) })
	options.Log.Printf("serves on %s: %v", options.Config.Listen, options.Config.Routes)
	options.Ready()
	<-ctx.Done()
	options.Log.Printf("ends: %v", context.Cause(ctx))
	_ = p.server.Close()                                   // what is on its way ends with the containers
	_ = controlServer.Shutdown(context.WithoutCancel(ctx)) // the answer to the stop request
	group.Wait()
	failures.flush()
	return nil
}

// Why a gateway ended, for its log.
var (
	errStopRequested = errors.New("a command ordered it")
	errReplaced      = errors.New("its state file is another's, or gone")
	errOrphaned      = errors.New("the project has no containers any more")
)

// monitor ends the process when it is no longer needed.
func (p *process) monitor(ctx context.Context) {
	interval := p.options.Interval
	if interval == 0 {
		interval = 5 * time.Second
	}
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for orphanedChecks := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		p.failures.flush()
		switch s, err := readState(p.options.File); {
		case errors.Is(err, fs.ErrNotExist), err == nil && s.Token != p.state.Token:
			p.end(errReplaced)
			return
		case err != nil:
			continue // too many open files, or just being replaced: it says nothing of whose it is
		}
		if !p.orphaned(ctx) {
			orphanedChecks = 0
			continue
		}
		if orphanedChecks++; orphanedChecks == 3 { // a replaced container is gone for a moment
			_ = os.Remove(socketOf(p.options.File)) // nothing connects to it any more
			_ = os.Remove(p.options.File)           // it was our own a moment ago
			p.end(errOrphaned)
			return
		}
	}
}

// orphaned reports whether nothing is left to serve. The engine is asked only when no
// service listens; where it does not answer, its containers may come back with it.
func (p *process) orphaned(ctx context.Context) bool {
	for _, address := range p.upstreams() {
		if listens(ctx, address) {
			return false
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	gone, err := p.options.Gone(ctx)
	return err == nil && gone
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
