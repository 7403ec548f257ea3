package project

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/devup-cli/devup/internal/composefile"
)

// Source is a project whose files are found and whose name is decided, before its model is
// loaded. It is immutable and safe for concurrent use.
type Source struct {
	Files []string // the config files in the order in which they are merged, absolute; "-" is standard input
	Dir   string   // the project's directory, absolute: relative paths in the files are relative to it
	Name  string   // the plain name: of the options, the environment, the files, or the directory

	options Options
	set     *composefile.Set
}

// Load finds and loads the project that o describes: [Find] and [Source.Load] with the
// plain name. The error is one of theirs.
func Load(ctx context.Context, o Options) (*Project, error) {
	s, err := Find(o)
	if err != nil {
		return nil, err
	}
	return s.Load(ctx, s.Name, o.Validated)
}

// Find finds and reads the files of the project that o describes, and decides its name.
// The error is a [fail.Error]: NoProject when there are no files, Config with file and line
// when one cannot be read, Usage for a name that cannot be one.
func Find(o Options) (*Source, error) {
	set, err := o.find()
	if err != nil {
		return nil, err
	}
	s := &Source{Files: set.Paths(), Dir: set.Dir, options: o, set: set}
	var unset composefile.Unset
	if s.Name, unset, err = set.PlainName(o.Name); err != nil {
		return nil, (&loading{Source: s, unset: unset}).wanting(err)
	}
	return s, nil
}

// Raw is the merged config as plain keys and values, with its variables as they are
// written: for `devup config --no-interpolate`. It holds no value of the environment.
// Services and profiles are not selected. The error is as of [Load].
func Raw(ctx context.Context, o Options) (map[string]any, error) {
	set, err := o.find()
	if err != nil {
		return nil, err
	}
	return set.Raw(ctx, o.Name)
}

func (o Options) find() (*composefile.Set, error) {
	return composefile.Find(composefile.Options{
		Dir: o.Dir, Files: o.Files, Root: o.Root, EnvFiles: o.EnvFiles, Env: o.Env,
		Stdin: o.Stdin, Answers: o.Answers,
	})
}

// Load loads the model under a name, which need not be the plain one. validated is the
// [Project.Validated] of an earlier load, which makes this one faster where nothing has
// changed; it may be empty. The error is a [fail.Error]: Config with file and line when
// something in the files is wrong, UnknownService when the options name a service that does
// not exist.
func (s *Source) Load(ctx context.Context, name, validated string) (*Project, error) {
	l := &loading{Source: s, notes: slices.Clone(s.set.Notes)}
	p, err := l.run(ctx, name, validated)
	return p, composefile.OnStandardInput(err)
}

// Checkout decides the name of a project whose user gave none, so that two
// checkouts of one repository never meet on an engine. owners gives, by project
// name, the directory whose resources carry it.
//
// The plain name belongs to the directory whose resources carry it. A linked git
// worktree, or a directory that finds the name taken by another one, gets the name
// with a short hash of its own path, and keeps that as long as resources carry it.
func Checkout(name, dir string, worktree bool, owners map[string]string) string {
	sum := sha256.Sum256([]byte(dir))
	own := name + "-" + hex.EncodeToString(sum[:3])
	switch {
	case owners[own] == dir:
		return own
	case owners[name] == dir:
		return name
	case owners[name] != "" || worktree:
		return own
	default:
		return name
	}
}
