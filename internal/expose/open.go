package expose

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/workspace"
)

// How long [Open] tries. A codespace knows a port some seconds after something
// listens on it, and only while a client is connected.
const (
	pause     = 2 * time.Second
	retryTime = 30 * time.Second
	overall   = time.Minute // with what the platform's program takes by itself
	fewTries  = 3           // of what fails for a reason that may pass
)

// Open makes those rows public that may be and whose service runs, and gives the
// rows back. It never fails: a row that could not be made public has an Advice with
// the reason and the manual steps. No other port is touched. Open is to be
// called at every up: a port of a codespace is private again after a restart.
//
// The platform's own list has the last word, because its program may report a
// success that there was none (gh does, when it runs into its own time limit).
func Open(ctx context.Context, c workspace.Control, rows []Row, sink event.Sink) []Row {
	rows = slices.Clone(rows)
	o := opening{control: c, rows: rows, sink: sink}
	for _, r := range rows {
		if r.openable() && !slices.Contains(o.pending, r.Port) {
			o.pending = append(o.pending, r.Port)
		}
	}
	if c.Open == nil || len(o.pending) == 0 {
		return rows
	}
	ctx, cancel := context.WithTimeout(ctx, overall)
	defer cancel()
	err := o.retry(ctx)
	for i, r := range rows {
		if r.openable() && slices.Contains(o.pending, r.Port) {
			rows[i].refuse(c, err)
		}
	}
	return rows
}

// openable reports whether the row is to be made public now.
func (r Row) openable() bool {
	return r.Public && !r.tunneled && r.URL != "" && r.Port != 0 && r.State == Running
}

// refuse notes that the port could not be made public.
func (r *Row) refuse(c workspace.Control, err error) {
	why := "the workspace does not report it as public"
	if err != nil {
		why = err.Error()
	}
	r.denied = errors.Is(err, workspace.ErrDenied) && !errors.Is(err, workspace.ErrNotYet) // else it is not known which port was
	r.Advice = fmt.Sprintf("port %d could not be made public (%s): %s", r.Port, why, c.ByHand(r.Port))
}

// opening is one call of [Open].
type opening struct {
	control workspace.Control
	rows    []Row
	sink    event.Sink
	pending []int // ports that are not public yet
}

// retry tries until every port is public, or until another try cannot help. The
// error is the platform's last word, nil where it has none. What is public already
// stays untouched: gh recreates a port to change it, which cuts what is connected.
func (o *opening) retry(ctx context.Context) error {
	began := time.Now()
	o.settle(ctx, errUntried, event.Cached, "is public already")
	o.report(o.pending, event.Working, "becomes public")
	for try := 1; len(o.pending) > 0; try++ {
		err := o.control.Open(ctx, o.pending)
		o.settle(ctx, err, event.Done, "is public")
		tooLate := ctx.Err() != nil || time.Since(began) > retryTime
		switch {
		case len(o.pending) == 0:
			return nil
		case tooLate, permanent(err) && !errors.Is(err, workspace.ErrNotYet), !transient(err) && try >= fewTries:
			o.report(o.pending, event.Warning, "could not be made public")
			return err
		}
		o.report(o.pending, event.Working, "is not known to the workspace as public yet")
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	return nil
}

// errUntried is the error before the first try.
var errUntried = errors.New("not tried yet")

// permanent reports whether another try would fail as well.
func permanent(err error) bool {
	return errors.Is(err, workspace.ErrDenied) || errors.Is(err, workspace.ErrNoProgram) || errors.Is(err, context.Canceled)
}

// transient reports whether another try may succeed.
func transient(err error) bool { return err == nil || errors.Is(err, workspace.ErrNotYet) }

// settle takes out of the pending ports those that are public after a try that
// ended in err, and reports them.
func (o *opening) settle(ctx context.Context, err error, state event.State, text string) {
	stillPrivate := o.stillPrivate(ctx, err)
	done := slices.DeleteFunc(o.pending, func(port int) bool { return slices.Contains(stillPrivate, port) })
	o.report(done, state, text)
	o.pending = stillPrivate
}

// stillPrivate gives the pending ports that are not public. Where there is no list, the
// word of the try is all there is.
func (o *opening) stillPrivate(ctx context.Context, err error) []int {
	known, listed := o.list(ctx)
	if !listed && err == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(o.pending), func(port int) bool {
		visibility, there := known[port]
		return visibility == workspace.Public || there && visibility == workspace.Unknown && err == nil
	})
}

// list gives what the platform knows of its ports.
func (o *opening) list(ctx context.Context) (known map[int]workspace.Visibility, listed bool) {
	if o.control.List == nil {
		return nil, false
	}
	ports, err := o.control.List(ctx)
	known = map[int]workspace.Visibility{}
	for _, p := range ports {
		known[p.Number] = p.Visibility
	}
	return known, err == nil
}

// report reports what happens to ports, a line for each service.
func (o *opening) report(ports []int, state event.State, text string) {
	for _, r := range o.rows {
		if r.openable() && slices.Contains(ports, r.Port) {
			name := r.Service + " " + strconv.Itoa(r.Port)
			o.sink(event.Event{Kind: event.Port, Name: name, State: state, Text: text})
		}
	}
}
