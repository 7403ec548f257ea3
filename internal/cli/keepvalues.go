package cli

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/envfile"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// canKeep tells, before the user types anything, whether what is asked for can be kept
// where git does not see it.
func (a *app) canKeep(ctx context.Context, w project.Wants) error {
	_, err := a.checkoutAt(w.Root).AnswersFile(ctx, w.DotEnv)
	return unkept(err)
}

// keepValues keeps what the user was asked for: in .env where the project reads that and
// git ignores it, else where devup keeps what belongs to the checkout.
func (a *app) keepValues(ctx context.Context, w project.Wants, values []envfile.Value) error {
	name, err := a.checkoutAt(w.Root).KeepAnswers(ctx, w.DotEnv, func(before string) string {
		return envfile.Append(before, "asked for by devup", values)
	})
	if err != nil {
		return unkept(err)
	}
	a.ui.Say("kept in " + name + ", which git ignores; devup does not ask again")
	return nil
}

// unkept is about answers that cannot be kept; nil for nil.
func unkept(err error) error {
	if refused, ok := errors.AsType[*checkout.Refused](err); ok {
		return fail.New(fail.Denied, refused.Do+", or set the values in the environment", "the values that are asked for cannot be kept: %s", refused)
	}
	if err != nil {
		return fail.Wrap(err, fail.Denied, "check who may write there, or set the values in the environment", "the values that are asked for cannot be kept in the project's directory")
	}
	return nil
}

// copyExample copies a file of the project to one that does not exist, with what the user
// fills in where it holds variables.
func (a *app) copyExample(ctx context.Context, dir string, c project.FileCopy) error {
	f := checkout.NewFile{From: c.From, To: c.To, Private: holdsVariables(path.Base(c.To))}
	var unfilled error
	f.Fill = func(example []byte) ([]byte, error) {
		a.note("copying " + c.From + " to " + c.To)
		if f.Private {
			example, unfilled = a.filled(ctx, a.checkoutAt(dir), c.To, example)
		}
		return example, unfilled
	}
	if err := checkout.Copy(dir, f); err != nil && unfilled == nil {
		return uncopied(err, c)
	}
	return unfilled
}

// filled is an example with what the user fills in. Nothing is asked for that git would
// take.
func (a *app) filled(ctx context.Context, in *checkout.Checkout, name string, example []byte) ([]byte, error) {
	if in.Tracks(ctx, name) {
		a.note(name + " is tracked by git, so nothing is asked for: what you typed would be committed")
		return example, nil
	}
	values, err := a.fillIn(ctx, string(example))
	if len(values) > 0 && !in.Ignored(ctx, name) {
		a.note(name + " is not ignored by git: add it to .gitignore, so that what you typed is not committed")
	}
	return []byte(envfile.Fill(string(example), values)), err
}

// uncopied says why a file was not copied.
func uncopied(err error, c project.FileCopy) error {
	if errors.Is(err, fs.ErrNotExist) {
		e := fail.Wrap(err, fail.Config, "write it, or take the copy out of x-devup.setup", "%s is to be copied to %s, and does not exist", c.From, c.To)
		e.Told = true
		return e
	}
	return fail.Wrap(err, fail.Denied, "check who may write there", "%s cannot be copied to %s", c.From, c.To)
}

// holdsVariables tells by its name whether a file is an env file: .env, .env.local, web.env.
func holdsVariables(name string) bool {
	return name == "env" || name == ".env" || strings.HasPrefix(name, ".env.") || strings.HasSuffix(name, ".env")
}
