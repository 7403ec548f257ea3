package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/project"
)

// checkoutAt is the checkout in a directory, the same value for the whole command.
func (a *app) checkoutAt(root string) *checkout.Checkout {
	at, _ := a.checkouts.LoadOrStore(root, checkout.At(root, a.checkoutLocks(), gitIn(root)))
	return at.(*checkout.Checkout)
}

// checkoutLocks is where the locks on checkouts lie; empty for nowhere.
func (a *app) checkoutLocks() string {
	if dir := a.stateDir(); dir != "" {
		return filepath.Join(dir, "locks", "checkouts")
	}
	return ""
}

// withAnswers are the options with what the user was asked for before.
func (a *app) withAnswers(ctx context.Context, o project.Options) project.Options {
	o.Answers = func(root string) []byte { return a.checkoutAt(root).ReadAnswers(ctx) }
	return o
}

// noteRefused says once that what the checkout brings as devup's own is not used.
func (a *app) noteRefused(ctx context.Context, root string) {
	if root == "" {
		return
	}
	err := a.checkoutAt(root).Problem(ctx)
	if _, refused := errors.AsType[*checkout.Refused](err); refused {
		a.noteForgotten(ctx, err)
	}
}

// noteForgotten says once that something could not be kept in the checkout, and why. err
// may be nil.
func (a *app) noteForgotten(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	text := forgotten(err)
	if _, said := a.noted.LoadOrStore(text, true); !said {
		a.note(text)
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
