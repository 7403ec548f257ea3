package session

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/setup"
	"github.com/devup-cli/devup/internal/up"
)

// Checkout is the checkout in a directory, the same value for the whole run.
func (e *Env) Checkout(root string) *checkout.Checkout {
	at, _ := e.memo.checkouts.LoadOrStore(root, checkout.At(root, e.CheckoutLocks(), checkout.GitIn(root)))
	return at.(*checkout.Checkout)
}

// CheckoutLocks is where the locks on checkouts are; empty for nowhere.
func (e *Env) CheckoutLocks() string { return e.stateSubdir("locks", "checkouts") }

// NoteRefused says once that what a checkout brings as devup's own is not used.
func (e *Env) NoteRefused(ctx context.Context, root string) {
	err := e.Checkout(root).Problem(ctx)
	if _, refused := errors.AsType[*checkout.Refused](err); refused {
		e.noteForgotten(ctx, err)
	}
}

// noteForgotten says once that something could not be kept in the checkout, and why. err
// may be nil.
func (e *Env) noteForgotten(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		e.noteOnce(forgotten(err))
	}
}

// forgotten is the sentence about an error of package checkout.
func forgotten(err error) string {
	if refused, ok := errors.AsType[*checkout.Refused](err); ok {
		return refused.Error() + ", so devup neither reads nor writes there: " + refused.Do
	}
	return "devup cannot remember ports and setup steps in " + checkout.Dir + ": " + reasonOf(err) + "; steps run again at the next `devup up`"
}

// reasonOf is the system's part of an error about a file.
func reasonOf(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// KeptPorts are the host ports that a project had in its checkout the last time, where the
// files ask for the same as then.
func (e *Env) KeptPorts(ctx context.Context, p *project.Project) map[project.PortKey]int {
	wanted := map[project.PortKey]int{}
	for _, w := range p.PublishedPorts() {
		wanted[w.Key()] = w.Wanted
	}
	ports := map[project.PortKey]int{}
	for _, kept := range e.Checkout(p.WorkingDir).Read(ctx).Projects[p.Name].Ports {
		if asked, ok := wanted[keyOf(kept)]; ok && asked == kept.Wanted {
			ports[keyOf(kept)] = kept.Port
		}
	}
	return ports
}

func keyOf(p checkout.Port) project.PortKey {
	return project.PortKey{Service: p.Service, Target: p.Target, Protocol: p.Protocol, Index: p.Index, Copy: p.Copy}
}

// keepPorts keeps those ports of a run that are not the files' own. A checkout that cannot
// be written keeps none, and has them as long as its containers exist.
func (s *Session) keepPorts(ctx context.Context, o *up.Outcome) {
	p := s.Project
	err := s.Checkout(p.WorkingDir).Update(ctx, p.Name, func(kept *checkout.Project) {
		var ports []checkout.Port
		for _, other := range kept.Ports { // services that are no part of this run
			if _, ran := o.Ports[keyOf(other)]; !ran {
				ports = append(ports, other)
			}
		}
		for _, w := range p.PublishedPorts() {
			if n := o.Ports[w.Key()]; n != 0 && n != w.Wanted {
				ports = append(ports, checkout.Port{
					Service: w.Publisher(), Target: w.Target, Protocol: w.Protocol, Index: w.Index, Copy: w.Copy, Wanted: w.Wanted, Port: n,
				})
			}
		}
		kept.Ports = ports
	})
	s.noteForgotten(ctx, err)
}

// setupMemory keeps in the checkout which setup steps its project has had.
type setupMemory struct {
	env  *Env
	in   *checkout.Checkout
	name string
}

// SetupMemory is that of the session's project.
func (s *Session) SetupMemory() setup.Memory {
	return setupMemory{s.Env, s.Checkout(s.Project.WorkingDir), s.Project.Name}
}

// Lock implements [setup.Memory].
func (m setupMemory) Lock(ctx context.Context) (release func(), err error) {
	held, err := m.in.Lock(ctx, "setup", func() {
		m.env.Note("another devup is setting up project " + m.name + "; waiting until it is done")
	})
	return held.Release, err
}

// Done implements [setup.Memory].
func (m setupMemory) Done(ctx context.Context) setup.Done {
	done := setup.Done{}
	for service, steps := range m.in.Read(ctx).Projects[m.name].Setup {
		done[service] = map[string]setup.Mark{}
		for name, kept := range steps {
			done[service][name] = setup.Mark(kept)
		}
	}
	return done
}

// Keep implements [setup.Memory]. A checkout that cannot be written keeps nothing, which is
// said once.
func (m setupMemory) Keep(ctx context.Context, s setup.Step) {
	err := m.in.Update(ctx, m.name, func(kept *checkout.Project) {
		if kept.Setup == nil {
			kept.Setup = map[string]map[string]checkout.Step{}
		}
		if kept.Setup[s.Service] == nil {
			kept.Setup[s.Service] = map[string]checkout.Step{}
		}
		kept.Setup[s.Service][s.Name] = checkout.Step(s.Mark)
	})
	m.env.noteForgotten(ctx, err)
}
