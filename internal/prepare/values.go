package prepare

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/envfile"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/secret"
)

// fromShell tells whether a value is taken from the shell: that goes before every file, so
// that no answer would help.
func fromShell(w project.Wants) bool {
	return slices.ContainsFunc(w.Values, func(v composefile.WantedValue) bool { return v.Shell })
}

// askValues asks for required variables and keeps the answers. The error, of the code
// Config, names what was left empty; the others are kept.
func (p *Preparer) askValues(ctx context.Context, w project.Wants) error {
	var values []envfile.Value
	var empty []string
	// Before the user types anything: where git does not see it, or not at all.
	if _, err := p.Checkout(w.Root).AnswersFile(ctx, w.DotEnv); err != nil {
		return unkept(err)
	}
	p.Say(plural(len(w.Values), "One value is needed:", fmt.Sprintf("%d values are needed:", len(w.Values))))
	for _, v := range w.Values {
		answer, err := p.value(ctx, v.Name, v.Reason)
		if err == nil && answer == "" {
			answer, err = p.value(ctx, v.Name, "required")
		}
		if err != nil {
			return err
		}
		if answer == "" {
			empty = append(empty, v.Name)
			continue
		}
		values = append(values, envfile.Value{Name: v.Name, Value: answer})
	}
	if len(values) > 0 {
		if err := p.keep(ctx, w, values); err != nil {
			return err
		}
	}
	if len(empty) > 0 {
		hint := fmt.Sprintf("set %s in the environment or in .env next to %s", plural(len(empty), "it", "them"), w.Values[0].File)
		return fail.New(fail.Config, hint, "nothing was entered for %s", strings.Join(empty, ", "))
	}
	return nil
}

// askOptional asks for values that the services start without, too. An empty answer is kept as
// well, so that it is given once.
func (p *Preparer) askOptional(ctx context.Context, w project.Wants) error {
	if _, err := p.Checkout(w.Root).AnswersFile(ctx, w.DotEnv); err != nil {
		return unkept(err)
	}
	p.Say(fmt.Sprintf("%s may be given; Enter alone starts without it:", count(len(w.Ask), "value")))
	var values []envfile.Value
	for _, a := range w.Ask {
		answer, err := p.value(ctx, a.Name, a.Reason)
		if err != nil {
			return err
		}
		values = append(values, envfile.Value{Name: a.Name, Value: answer})
	}
	return p.keep(ctx, w, values)
}

// value asks for the value of a variable. One whose name says that it is a secret is not
// shown while it is typed.
func (p *Preparer) value(ctx context.Context, name, about string) (string, error) {
	hidden := secret.HasName(name)
	var notes []string
	if about != "" {
		notes = append(notes, about)
	}
	if hidden {
		notes = append(notes, "input hidden")
	}
	question := "  " + name
	if len(notes) > 0 {
		question += " (" + strings.Join(notes, "; ") + ")"
	}
	return p.Answer(ctx, question+": ", hidden)
}

// keep keeps what the user was asked for: in .env where the project reads that and git
// ignores it, else where devup keeps what belongs to the checkout.
func (p *Preparer) keep(ctx context.Context, w project.Wants, values []envfile.Value) error {
	name, err := p.Checkout(w.Root).KeepAnswers(ctx, w.DotEnv, func(before string) string {
		return envfile.Append(before, "asked for by devup", values)
	})
	if err != nil {
		return unkept(err)
	}
	p.Say("saved in " + name + ", which stays out of git; devup does not ask again")
	return nil
}

// unkept is about answers that cannot be kept.
func unkept(err error) error {
	if refused, ok := errors.AsType[*checkout.Refused](err); ok {
		return fail.New(fail.Denied, refused.Do+", or set the values in the environment", "the values cannot be saved: %s", refused)
	}
	return fail.Wrap(err, fail.Denied, "make it writable for you, or set the values in the environment", "the values cannot be saved in the project's directory")
}
