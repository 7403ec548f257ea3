package urlcmd

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/tunnel"
	"github.com/devup-cli/devup/internal/up"
)

// sharing is one run of share: tunnels, and a project that knows their URLs.
type sharing struct {
	env     *command.Env
	tool    tunnel.Tool
	rows    []expose.Row // what is shared, each with its tunnel
	tunnels []*tunnel.Tunnel
	ended   []time.Time   // when a tunnel of each port ended last; the zero time for never
	share   session.Share // tells other devups what is shared
	wired   []string      // services that run with URLs of tunnels
	again   bool          // what has to be asked was asked
}

// run shares until ctx ends or a tunnel cannot be had any more, and puts everything back. The
// services run without debuggers from before the first tunnel opens until the last is closed.
func (s *sharing) run(ctx context.Context) error {
	err := s.prepare(ctx)
	if err == nil {
		err = s.open(ctx)
	}
	if err == nil {
		err = s.wire(ctx)
	}
	for err == nil {
		err = s.watch(ctx)
	}
	return s.end(ctx, err)
}

// prepare runs the project as it is while it is shared, except for the URLs, which are
// known when the tunnels are open. What has to be asked and built is asked and built here.
func (s *sharing) prepare(ctx context.Context) error {
	urls := map[int]string{}
	for _, r := range s.rows {
		urls[r.Port] = ""
	}
	outcome, err := s.upWith(ctx, urls)
	if err != nil {
		show.Notes(s.env, outcome) // else those of the run with the URLs are shown
	}
	return err
}

// upWith runs the project with these URLs of the shared ports, of which other devups hear.
func (s *sharing) upWith(ctx context.Context, urls map[int]string) (*up.Outcome, error) {
	if err := s.share.Say(urls); err != nil {
		return &up.Outcome{}, err
	}
	outcome, err := s.up(ctx, s.env.WithTunnels(urls), false)
	if err == nil {
		err = s.stillThere(outcome.URLs)
	}
	return outcome, err
}

// open opens a tunnel for each port, all at once.
func (s *sharing) open(ctx context.Context) error {
	s.tunnels, s.ended = make([]*tunnel.Tunnel, len(s.rows)), make([]time.Time, len(s.rows))
	s.env.Say("opening " + command.Plural(len(s.rows), "a tunnel", "tunnels") + " with " + s.tool.Name)
	// The tunnels outlive the group, and end with ctx.
	var group errgroup.Group
	failed := make([]error, len(s.rows))
	for i := range s.rows {
		group.Go(func() error {
			failed[i] = s.openOne(ctx, i)
			return nil
		})
	}
	_ = group.Wait() // each error is in its place
	for i, err := range failed {
		if err != nil {
			return s.about(err, i)
		}
	}
	return nil
}

func (s *sharing) openOne(ctx context.Context, i int) error {
	opened, err := tunnel.Open(ctx, s.tool, target(s.rows[i], i), tunnel.Options{
		Environ: s.env.Environ, Secrets: s.tunnelSecrets(),
	})
	if err != nil {
		return err
	}
	s.tunnels[i] = opened
	if opened.Slow != "" {
		s.env.Note(s.rows[i].Service + ": " + opened.Slow)
	}
	return nil
}

// tunnelSecrets are the values by which the tools know the user.
func (s *sharing) tunnelSecrets() []string {
	return []string{s.env.Getenv("NGROK_AUTHTOKEN"), s.env.Getenv("NGROK_API_KEY"), s.env.Getenv("TUNNEL_TOKEN"), s.env.Getenv("TS_AUTHKEY")}
}

// about names the service that a failure is about.
func (s *sharing) about(err error, i int) error {
	if e, ok := errors.AsType[*fail.Error](err); ok {
		named := *e
		named.Service = s.rows[i].Service
		return &named
	}
	return err
}

// wire runs the project with the URLs of the tunnels, and prints them.
func (s *sharing) wire(ctx context.Context) error {
	urls := map[int]string{}
	for i, t := range s.tunnels {
		urls[s.rows[i].Port] = t.URL
	}
	outcome, err := s.upWith(ctx, urls)
	show.Notes(s.env, outcome)
	if err != nil {
		return err
	}
	show.URLs(s.env, show.Addresses{Workspace: outcome.Workspace, Project: outcome.Project, Rows: outcome.URLs})
	for _, text := range expose.Unshared(outcome.Project, outcome.URLs, s.rows) {
		s.env.Note(text)
	}
	if s.tool.Quirk != "" {
		s.env.Say(s.tool.Quirk)
	}
	s.env.Say("Ctrl-C closes " + command.Plural(len(s.tunnels), "the tunnel", "the tunnels"))
	return nil
}

// stillThere holds that the ports are those to which the tunnels lead: another user
// may have taken one in between.
func (s *sharing) stillThere(now []expose.Row) error {
	for _, r := range s.rows {
		there := false
		for _, n := range now {
			there = there || n.Service == r.Service && n.Target == r.Target && n.Port == r.Port
		}
		if !there {
			e := fail.New(fail.Failed, "try again", "port %d of %s was taken by another program meanwhile", r.Port, r.Service)
			e.Service = r.Service
			return e
		}
	}
	return nil
}

// tooOften is the time in which a tunnel that ends twice is not opened once more.
const tooOften = time.Minute

// watch waits until a tunnel ends of itself, and opens another in its place: a new one
// has a new URL, which everything has to learn. The error ends the sharing.
func (s *sharing) watch(ctx context.Context) error {
	i, err := s.firstEnd(ctx)
	if err != nil {
		return err
	}
	before := s.ended[i]
	s.ended[i] = time.Now()
	if s.ended[i].Sub(before) < tooOften {
		e := fail.New(fail.Failed, "its last lines say why; `devup share --via NAME` takes another tool", "the tunnel has ended twice within %s", tooOften)
		e.Service, e.Lines = s.rows[i].Service, s.tunnels[i].LastLines()
		return e
	}
	s.env.Note("the tunnel of " + s.rows[i].Service + " has ended; opening another")
	if err := s.openOne(ctx, i); err != nil {
		return s.about(err, i)
	}
	return s.wire(ctx)
}

// firstEnd waits for the end of a tunnel.
func (s *sharing) firstEnd(ctx context.Context) (int, error) {
	over, cancel := context.WithCancel(ctx)
	var group errgroup.Group
	defer func() { cancel(); _ = group.Wait() }() // they have no error
	ends := make(chan int, len(s.tunnels))
	for i, t := range s.tunnels {
		group.Go(func() error {
			select {
			case <-t.Ended():
				ends <- i
			case <-over.Done():
			}
			return nil
		})
	}
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case i := <-ends:
		// Ctrl-C on a terminal reaches the tunnel's program too, perhaps first.
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(300 * time.Millisecond):
			return i, nil
		}
	}
}

// end closes the tunnels and gives the services their local URLs back. err is why, the
// context's for Ctrl-C.
func (s *sharing) end(ctx context.Context, err error) error {
	for _, t := range s.tunnels {
		if t != nil {
			t.Close()
		}
	}
	s.share.End()
	if len(s.wired) > 0 {
		if lost := s.unwire(ctx); lost != nil {
			s.env.UI.Error(fail.Wrap(lost, fail.Failed, "`devup up` gives them their local URLs", "the tunnels are closed, but %s still have their URLs", command.List(s.wired)))
		}
	}
	if ctx.Err() != nil {
		return command.ExitCode(130)
	}
	return err
}

// unwire runs the project as it is without tunnels. It does not wait for answers: no one
// waits for the URLs any more.
func (s *sharing) unwire(ctx context.Context) error {
	if slices.ContainsFunc(s.tunnels, func(t *tunnel.Tunnel) bool { return t != nil }) {
		s.env.Say("closed; giving the services their local URLs back")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if _, err := s.up(ctx, s.env, true); err != nil {
		return err
	}
	s.env.Say("the services go on running, with their local URLs; `devup down` removes them")
	return nil
}

// up runs the project, and notes which services were started. Questions are asked the first
// time only.
func (s *sharing) up(ctx context.Context, env *command.Env, noWait bool) (*up.Outcome, error) {
	if s.again || noWait {
		env = env.Quiet()
	}
	r, err := reconcile.Default().Request(env, nil)
	if err != nil {
		return &up.Outcome{}, err
	}
	r.Options.NoWait, r.Setup = noWait, !noWait
	running, outcome, err := reconcile.Run(ctx, env, r)
	if running == nil {
		return outcome, err
	}
	running.Close()
	s.again = true
	for _, service := range outcome.Started {
		if !slices.Contains(s.wired, service) {
			s.wired = append(s.wired, service)
		}
	}
	return outcome, err
}
