package workspace

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/diagnose"
)

// Visibility says who reaches a port of a workspace.
type Visibility string

// The visibilities. Their text is the platforms' own.
const (
	Public  Visibility = "public"  // everyone
	Private Visibility = "private" // the owner, or others after a login
	Unknown Visibility = ""        // the platform does not say
)

// Port is a port that a platform knows.
type Port struct {
	Number     int
	Visibility Visibility
}

// Control is what devup can do with the ports of a workspace. A function that is nil
// cannot be done there; ByHand never is.
type Control struct {
	// List gives the ports that the platform knows.
	List func(context.Context) ([]Port, error)
	// Open makes ports public. The platform may say that it did so before it
	// has, and some of the ports may be public although others failed: List
	// tells. The error is one of [ErrNotYet], [ErrDenied] and [ErrNoProgram]
	// where the platform's words say so.
	Open func(ctx context.Context, ports []int) error
	// Close takes from ports what Open gave them.
	Close func(ctx context.Context, ports []int) error
	// Reveal opens ports before anything listens on them, and gives the template
	// of the URLs, where these cannot be known without a port that is open.
	Reveal func(ctx context.Context, ports []int) (template string, err error)
	// ByHand says what a user does to make the port public, or why that is impossible.
	ByHand func(port int) string
	// Unreachable says what to check where a port that is open does not
	// answer; [Info.Control] leaves it empty for no workspace with a proxy.
	Unreachable string
}

// Errors of [Control.Open] that ask for different things.
var (
	ErrNotYet = errors.New("the port is not known to the workspace yet") // try again
	ErrDenied = errors.New("the workspace does not allow it")            // no use to try again
)

// Control gives what can be done with the ports of the workspace. In one where
// browsers reach ports through localhost, nothing can.
func (p Info) Control(t Tools) Control {
	var c Control
	if control := p.provider().control; control != nil && p.Remote {
		c = control(p, t.guarded())
	}
	if c.ByHand == nil {
		c.ByHand = func(port int) string {
			return fmt.Sprintf("make port %d public in the settings of %s", port, p.Title)
		}
	}
	if p.Remote && (p.given || c.Unreachable == "") {
		c.Unreachable = p.unreachable()
	}
	return c
}

// unreachable says what to check where nothing is known of the workspace's own proxy.
func (p Info) unreachable() string {
	if p.given {
		return "check that DEVUP_PUBLIC_URL_TEMPLATE is the URL of a port in " + p.Title + ", and that its proxy reaches this workspace"
	}
	return "check in " + p.Title + " that it knows the port, and under which URL"
}

// byHand is a [Control] of a workspace where devup itself can do nothing.
func byHand(format string) func(Info, Tools) Control {
	return func(Info, Tools) Control {
		return Control{ByHand: func(port int) string { return fmt.Sprintf(format, port) }}
	}
}

// locked is a [Control] of a workspace where no user can make a port public. unreachable is
// its Unreachable, empty for nothing special.
func locked(why, unreachable string) func(Info, Tools) Control {
	return func(Info, Tools) Control {
		return Control{ByHand: func(int) string { return why }, Unreachable: unreachable}
	}
}

// kind classifies the failure that a program's words report, and keeps the words.
func kind(err error) error {
	if errors.Is(err, ErrNoProgram) || errors.Is(err, context.Canceled) {
		return err
	}
	switch diagnose.ExplainError(diagnose.Workspace, err).Reason {
	case diagnose.NotAllowed:
		return fmt.Errorf("%w (%w)", ErrDenied, err)
	case diagnose.PortUnknown:
		return fmt.Errorf("%w (%w)", ErrNotYet, err)
	}
	return err
}

// atOnce is how many ports are worked on at the same time where a program takes
// one a call.
const atOnce = 4

// forEach does the same to each port, and joins the errors in the order of the
// ports.
func forEach(ports []int, do func(port int) error) error {
	errs := make([]error, len(ports))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, port := range ports {
		group.Go(func() error {
			errs[i] = do(port)
			return nil
		})
	}
	_ = group.Wait() // the errors are in the slice
	return errors.Join(errs...)
}
