package checkout

import (
	"context"
	"errors"
	"io/fs"

	"github.com/devup-cli/devup/internal/untrusted"
)

// AnswersFile is the file that is to keep what the user is asked for: .env in the
// checkout where dotEnv says that the project reads it, git ignores it and it is no link,
// else [Answers], for which it makes the directory. Outside a repository it is the latter: a
// repository that is made later has to ignore the file. The error is a [*Refused] or the file
// system's.
func (c *Checkout) AnswersFile(ctx context.Context, dotEnv bool) (string, error) {
	name, d, err := c.answersDir(ctx, dotEnv)
	if err != nil {
		return "", err
	}
	return name, d.Close()
}

// KeepAnswers changes the text of the [Checkout.AnswersFile], and gives its name. Only its
// owner may read it then. The error is a [*Refused] or the file system's.
func (c *Checkout) KeepAnswers(ctx context.Context, dotEnv bool, change func(text string) string) (string, error) {
	name, d, err := c.answersDir(ctx, dotEnv)
	if err != nil {
		return "", err
	}
	defer d.Close()
	before, err := untrusted.ReadEntry(d.Root, answersFile, untrusted.MaxText)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return name, d.write(answersFile, []byte(change(string(before))))
}

// answersDir opens the directory of the [Checkout.AnswersFile].
func (c *Checkout) answersDir(ctx context.Context, dotEnv bool) (string, *dir, error) {
	if dotEnv && inRepository(c.root) && c.Ignored(ctx, answersFile) {
		d, err := c.openRoot()
		if err != nil {
			return "", nil, err
		}
		entry, err := d.Lstat(answersFile)
		if errors.Is(err, fs.ErrNotExist) || err == nil && entry.Mode().IsRegular() {
			return answersFile, d, nil
		}
		_ = d.Close() // nothing was written
	}
	d, err := c.make(ctx)
	if err == nil && !c.Ignored(ctx, Answers) {
		_ = d.Close() // nothing was asked for
		err = &Refused{Answers, "is not ignored by git", "set the values in the environment"}
	}
	return Answers, d, err
}
