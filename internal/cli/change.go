package cli

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lock"
	"github.com/devup-cli/devup/internal/plan"
)

// changing gives a command that changes containers of services what all of these have.
func (a *app) changing(c *cobra.Command) *cobra.Command {
	c.ValidArgsFunction, c.Annotations = a.completeServices, canRehearse
	return c
}

// change is what a command does to the containers of services that are there.
type change struct {
	decide func(*running) (todo *plan.Plan, idle string) // idle is what to say where there is nothing to do
	grace  *time.Duration                                // to stop; nil for the containers' own
	after  func(*running) error                          // what to do then; nil for nothing
}

// change applies a plan that is made of what is there.
func (a *app) change(ctx context.Context, services []string, c change) error {
	r, held, err := a.takeTurn(ctx, containersOnly, services)
	if err != nil {
		return err
	}
	defer held.Release()
	todo, idle := c.decide(r)
	if todo.Empty() {
		a.ui.Say(idle)
	} else if err := a.apply(ctx, r, todo, c.grace); err != nil {
		return err
	}
	if c.after == nil {
		return nil
	}
	return c.after(r)
}

// lossQuestion says what of the engine would be lost, by name, and asks for it.
type lossQuestion func(*running) (lost []string, text string)

// takeAgreedTurn is [app.takeTurn] after the user has agreed to lose what ask names. It is
// asked before the project is locked; what came meanwhile is an error. The result is nil
// where the user does not agree. flags name what answers without a terminal.
func (a *app) takeAgreedTurn(ctx context.Context, g glance, services []string, flags string, ask lossQuestion) (*running, lock.Held, error) {
	before, err := a.observeBy(ctx, g)
	if err != nil {
		return nil, lock.Held{}, err
	}
	defer before.engine.Close()
	if err := before.check(services); err != nil {
		return nil, lock.Held{}, err
	}
	agreed, text := ask(before)
	if len(agreed) > 0 {
		if yes, err := a.confirmBy(ctx, text, flags); err != nil || !yes {
			return nil, lock.Held{}, err
		}
	}
	r, held, err := a.takeTurn(ctx, g, services)
	if err != nil {
		return nil, lock.Held{}, err
	}
	lost, _ := ask(r)
	for _, name := range lost {
		if !slices.Contains(agreed, name) {
			held.Release()
			return nil, lock.Held{}, fail.New(fail.Failed, "run the command again, which asks about it", "project %s: %s came while you were asked", r.name, name)
		}
	}
	return r, held, nil
}

// takeTurn is [app.observeInTurn] for a command that got names of services.
func (a *app) takeTurn(ctx context.Context, g glance, services []string) (*running, lock.Held, error) {
	r, held, err := a.observeInTurn(ctx, g)
	if err != nil {
		return nil, lock.Held{}, err
	}
	if err := r.check(services); err != nil {
		held.Release()
		return nil, lock.Held{}, err
	}
	return r, held, nil
}
