package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/devup-cli/devup/internal/atomicfile"
	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/envfile"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// keepValues keeps what the person was asked for: in .env where the project reads that
// and git ignores it, else where devup keeps what belongs to the checkout.
func (a *app) keepValues(ctx context.Context, w project.Wants, values []envfile.Value) error {
	name := ".env"
	if !w.DotEnv || !ignored(ctx, w.Root, name) {
		name = project.Answers
		if _, err := checkout.Folder(w.Root); err != nil {
			return unkept(err, name)
		}
	}
	file := filepath.Join(w.Root, filepath.FromSlash(name))
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target
	}
	before, err := os.ReadFile(file)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = atomicfile.Replace(file, []byte(envfile.Append(string(before), "asked for by devup", values)))
	}
	if err != nil {
		return unkept(err, name)
	}
	a.ui.Say("kept in " + name + ", which git ignores; devup does not ask again")
	return nil
}

// unkept is about a file that cannot be written.
func unkept(err error, name string) error {
	return fail.Wrap(err, fail.Denied, "check who may write there, or set the values in the environment", "what you typed cannot be kept in %s", name)
}

// copyExample copies a file of the project to one that is not there, with what the person
// fills in where it holds variables.
func (a *app) copyExample(ctx context.Context, dir string, c project.FileCopy) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return uncopied(err, c)
	}
	defer func() { _ = root.Close() }() // it was read from
	content, mode, err := readIn(root, filepath.FromSlash(c.From))
	if err != nil {
		return uncopied(err, c)
	}
	a.note("copying " + c.From + " to " + c.To)
	if holdsVariables(path.Base(c.To)) {
		values, err := a.fillIn(ctx, string(content))
		if err != nil {
			return err
		}
		content, mode = []byte(envfile.Fill(string(content), values)), 0o600
		if len(values) > 0 && !ignored(ctx, dir, c.To) {
			a.note(c.To + " is not ignored by git: add it to .gitignore, so that what you typed is not committed")
		}
	}
	if err := createIn(root, filepath.FromSlash(c.To), content, mode); err != nil {
		return uncopied(err, c)
	}
	return nil
}

func readIn(root *os.Root, name string) ([]byte, fs.FileMode, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, 0, err
	}
	content, err := root.ReadFile(name)
	return content, info.Mode().Perm(), err
}

// createIn makes a file. One that could not be filled is taken away again.
func createIn(root *os.Root, name string, content []byte, mode fs.FileMode) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, root.Remove(name))
	}
	return nil
}

// uncopied says why a file was not copied.
func uncopied(err error, c project.FileCopy) error {
	if errors.Is(err, fs.ErrNotExist) {
		e := fail.Wrap(err, fail.Config, "write it, or take the copy out of x-devup.setup", "%s is to be copied to %s, and is not there", c.From, c.To)
		e.Told = true
		return e
	}
	return fail.Wrap(err, fail.Denied, "check who may write there", "%s cannot be copied to %s", c.From, c.To)
}

// ignored tells whether git leaves a file of a folder alone: it ignores it, or there is no
// repository.
func ignored(ctx context.Context, dir, name string) bool {
	if git := gitIn(dir); git != nil {
		_, err := git(ctx, "check-ignore", "--quiet", "--", name)
		if exit, ran := errors.AsType[*exec.ExitError](err); err == nil || ran && exit.ExitCode() == 1 {
			return err == nil
		}
	}
	return !inRepository(dir) // git says nothing of a folder that it does not trust
}

// inRepository tells whether there is a repository of git at a folder or above.
func inRepository(dir string) bool {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
		dir = filepath.Dir(dir)
	}
}

// holdsVariables tells by its name whether a file is an env file: .env, .env.local, web.env.
func holdsVariables(name string) bool {
	return name == "env" || name == ".env" || strings.HasPrefix(name, ".env.") || strings.HasSuffix(name, ".env")
}
