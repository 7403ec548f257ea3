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

// agree asks, before the project is locked, whether what question names may be lost. question
// gives that by name for what is on the engine, and the text to ask with. The result is nil
// where the user does not agree, and empty where nothing is lost.
func (a *app) agree(ctx context.Context, services []string, flags string, question func(*running) (lost []string, text string)) ([]string, error) {
	r, err := a.observeBy(ctx, everything)
	if err != nil {
		return nil, err
	}
	defer r.engine.Close()
	if err := r.check(services); err != nil {
		return nil, err
	}
	lost, text := question(r)
	if len(lost) == 0 {
		return []string{}, nil
	}
	if yes, err := a.confirmBy(ctx, text, flags); err != nil || !yes {
		return nil, err
	}
	return lost, nil
}

// alsoLost is the error for what would be lost now, of which the user was not asked.
func alsoLost(project string, agreed, lost []string) error {
	for _, name := range lost {
		if !slices.Contains(agreed, name) {
			return fail.New(fail.Failed, "run the command again, which asks about it", "project %s: %s came while you were asked", project, name)
		}
	}
	return nil
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
