package daemon

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/devup-cli/devup/internal/garbage"
)

// Options are what a process knows of itself. All fields but Interval must be set.
type Options struct {
	File     string // where its state is written; it ends when that is removed or replaced
	Version  string // of devup
	Log      *log.Logger
	Interval time.Duration // how often it checks whether it is still needed; zero for a few seconds
}

// Process is a process that serves a config.
type Process[C any] struct {
	Options
	Config   C
	Server   *http.Server
	Listener net.Listener
	Failures *FailureLog // what goes wrong while it serves

	// Change takes another config in, and gives it as it holds from now on; nil where the config does
	// not change.
	Change func(now, wanted C) C
	// Needed tells whether there is still something to serve; what it depends on may be away for a moment.
	Needed func(context.Context, C) bool

	mu    sync.Mutex
	state State[C]
	end   context.CancelCauseFunc
	ended <-chan struct{} // closed by end
}

// Main is what the process does: it reads its config from in, serves, and says so on out, or why not,
// in one line. serve listens for the config and calls ready when it serves. Main redirects the
// standard logger, to which net/http reports some failures.
func Main[C any](in io.Reader, out io.Writer, o Options, serve func(c C, failures *FailureLog, ready func()) error) error {
	garbage.Steady()
	var c C
	err := json.NewDecoder(in).Decode(&c)
	if err == nil {
		failures := NewFailureLog(o.Log)
		log.SetOutput(failures)
		log.SetFlags(0)
		err = serve(c, failures, func() { fmt.Fprintln(out, started) })
	}
	if err != nil {
		fmt.Fprintln(out, err)
	}
	return err
}

// Run serves until a command stops it, until the state file is another's or gone, until it is
// needed no more, or until ctx ends; all of these are no error. The error is why it could not serve
// at all. It calls ready once, when it serves.
func (p *Process[C]) Run(ctx context.Context, ready func()) error {
	control, address, err := listenForControl(ctx, p.File)
	if err != nil {
		return err
	}
	defer control.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	p.end, p.ended = cancel, ctx.Done()
	p.state = State[C]{Config: p.Config, Control: address, Token: rand.Text(), PID: os.Getpid(), Version: p.Version}
	if err := p.state.write(p.File); err != nil {
		return err
	}
	controlServer := &http.Server{Handler: http.HandlerFunc(p.control), ErrorLog: p.Failures.Logger(), ReadHeaderTimeout: 5 * time.Second}
	var group sync.WaitGroup
	serve := func(server *http.Server, on net.Listener) {
		group.Go(func() {
			if err := server.Serve(on); !errors.Is(err, http.ErrServerClosed) {
				cancel(err)
			}
		})
	}
	serve(p.Server, p.Listener)
	serve(controlServer, control)
	group.Go(func() { p.monitor(ctx) })
	p.Log.Printf("serves on %s", p.Listener.Addr())
	ready()
	<-ctx.Done()
	p.Log.Printf("ends: %v", context.Cause(ctx))
	_ = p.Server.Close()                                   // what is on its way ends with the process
	_ = controlServer.Shutdown(context.WithoutCancel(ctx)) // the answer to the stop request
	group.Wait()
	p.Failures.Flush()
	return nil
}

// Why a process ended, for its log.
var (
	errStopRequested = errors.New("a command ordered it")
	errReplaced      = errors.New("its state file is another's, or gone")
	errNotNeeded     = errors.New("nothing is left to serve")
)

// monitor ends the process when it is no longer needed.
func (p *Process[C]) monitor(ctx context.Context) {
	interval := p.Interval
	if interval == 0 {
		interval = 5 * time.Second
	}
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for idleChecks := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		p.Failures.Flush()
		switch s, err := readState[C](p.File); {
		case errors.Is(err, fs.ErrNotExist), err == nil && s.Token != p.state.Token:
			p.end(errReplaced)
			return
		case err != nil:
			continue // too many open files, or just being replaced: it says nothing of whose it is
		}
		if p.Needed(ctx, p.current().Config) {
			idleChecks = 0
			continue
		}
		if idleChecks++; idleChecks == 3 { // a replaced container is gone for a moment
			_ = os.Remove(socketOf(p.File)) // nothing connects to it any more
			_ = os.Remove(p.File)           // it was our own a moment ago
			p.end(errNotNeeded)
			return
		}
	}
}

func (p *Process[C]) current() State[C] {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}
