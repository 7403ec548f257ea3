package prepare

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/envfile"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/secret"
	"github.com/devup-cli/devup/internal/untrusted"
)

// copyExample copies a file of the project to one that does not exist, with what the user
// fills in where it holds variables.
func (p *Preparer) copyExample(ctx context.Context, w project.Wants, c project.FileCopy) error {
	f := checkout.NewFile{From: c.From, To: c.To, Private: holdsVariables(path.Base(c.To))}
	var unfilled error
	f.Fill = func(example []byte) ([]byte, error) {
		p.Note("copying " + c.From + " to " + c.To)
		if f.Private {
			example, unfilled = p.filled(ctx, w, c.To, example)
		}
		return example, unfilled
	}
	if err := checkout.Copy(w.Root, f); err != nil && unfilled == nil {
		return uncopied(err, c)
	}
	return unfilled
}

// filled is an example with what the user fills in. Nothing is asked for that git would
// commit.
func (p *Preparer) filled(ctx context.Context, w project.Wants, name string, example []byte) ([]byte, error) {
	in := p.Checkout(w.Root)
	if in.Tracks(ctx, name) {
		p.Note(name + " is tracked by git, so nothing is asked for: what you typed would be committed")
		return example, nil
	}
	secrets, blanks := generatedIn(string(example), w.Generate)
	if name != ".env" {
		secrets = nil // the files set them from what is generated
	}
	values, err := p.fillIn(ctx, blanks)
	values = append(values, secrets...)
	if len(values) > 0 && !in.Ignored(ctx, name) {
		p.Note(name + " is not ignored by git: add it to .gitignore, so that what you typed is not committed")
	}
	return []byte(envfile.Fill(string(example), values)), err
}

// generatedIn divides what an example leaves open into secrets, which get new values, and what
// the user is asked for.
func generatedIn(example string, generate []project.Generated) (secrets []envfile.Value, others []envfile.Blank) {
	for _, b := range envfile.Open(example) {
		i := slices.IndexFunc(generate, func(g project.Generated) bool { return g.Name == b.Name })
		if i < 0 {
			others = append(others, b)
			continue
		}
		secrets = append(secrets, envfile.Value{Name: b.Name, Value: secret.Generate(generate[i].Kind)})
	}
	return secrets, others
}

// fillIn asks for what an example leaves open. An empty answer leaves it so.
func (p *Preparer) fillIn(ctx context.Context, blanks []envfile.Blank) ([]envfile.Value, error) {
	if len(blanks) == 0 || !p.asksValues() {
		return nil, nil
	}
	p.Say(fmt.Sprintf("it leaves %s open; Enter alone leaves one as it is:", count(len(blanks), "value")))
	var values []envfile.Value
	for _, b := range blanks {
		answer, err := p.value(ctx, b.Name, b.Help)
		if err != nil {
			return nil, err
		}
		if answer != "" {
			values = append(values, envfile.Value{Name: b.Name, Value: answer})
		}
	}
	return values, nil
}

// uncopied says why a file was not copied.
func uncopied(err error, c project.FileCopy) error {
	if errors.Is(err, fs.ErrNotExist) {
		e := fail.Wrap(err, fail.Config, "write it, or take the copy out of x-devup.setup", "%s is to be copied to %s, and does not exist", c.From, c.To)
		e.CauseShown = true
		return e
	}
	hint := "check who may write there"
	switch {
	case errors.Is(err, untrusted.ErrOutside):
		hint = "use files inside the project's directory"
	case errors.Is(err, untrusted.ErrNotRegular):
		hint = "replace it with a regular file"
	}
	e := fail.Wrap(err, fail.Denied, hint, "%s", err)
	e.CauseShown = true
	return e
}

// holdsVariables tells by its name whether a file is an env file: .env, .env.local, web.env.
func holdsVariables(name string) bool {
	return name == "env" || name == ".env" || strings.HasPrefix(name, ".env.") || strings.HasSuffix(name, ".env")
}
