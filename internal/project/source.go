package project

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"

	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/tree"
	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/fail"
)

// Source is a project whose files are found and whose name is decided, before its model is
// loaded. It is immutable and safe for concurrent use.
type Source struct {
	Files []string // the config files in the order in which they are merged, absolute; "-" is standard input
	Dir   string   // the project's directory, absolute: relative paths in the files are relative to it
	Name  string   // the plain name: of the options, the environment, the files, or the directory

	options Options
	env     types.Mapping // for variables in the files
	sources []source
	notes   []string
}

// Load finds and loads the project that o describes: [Find] and [Source.Load] with the
// plain name. The error is one of theirs.
func Load(ctx context.Context, o Options) (*Project, error) {
	s, err := Find(o)
	if err != nil {
		return nil, err
	}
	return s.Load(ctx, s.Name, o.Proof)
}

// Find finds and reads the files of the project that o describes, and decides its name.
// The error is a [fail.Error]: NoProject when there are no files, Config with file and line
// when one cannot be read, Usage for a name that cannot be one.
func Find(o Options) (*Source, error) {
	s, err := find(o)
	if err != nil {
		return nil, err
	}
	if s.Name, err = s.plainName(); err != nil {
		return nil, onStandardInput(err)
	}
	return s, nil
}

// find is [Find] without the name.
func find(o Options) (*Source, error) {
	prepare()
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fail.Wrap(err, fail.Denied, "", "the current folder cannot be found")
	}
	if o.Root != "" {
		if o.Root, err = filepath.Abs(o.Root); err != nil {
			return nil, fail.Wrap(err, fail.Denied, "", "the current folder cannot be found")
		}
	}
	// .env may name the files, and the files decide where .env is. As in Compose, the
	// one in the current folder goes before the one beside the config, and is not read
	// where the config was named and lies elsewhere.
	first := folderOf(o.Root, absolute(dir, o.Files), dir)
	env, err := environment(dir, first, o.Env, o.EnvFiles, o.Answers)
	if err != nil {
		return nil, err
	}
	found, err := search(dir, o.Files, env)
	if err != nil {
		return nil, err
	}
	root := folderOf(o.Root, found.files, dir)
	if root != first && len(o.EnvFiles) == 0 {
		if env, err = environment(dir, root, env, nil, o.Answers); err != nil {
			return nil, err
		}
	}
	sources, err := o.read(found.files)
	if err != nil {
		return nil, onStandardInput(err)
	}
	return &Source{Files: found.files, Dir: root, options: o, env: env, sources: sources, notes: found.notes}, nil
}

// Load loads the model under a name, which need not be the plain one. proof is the
// [Project.Proof] of an earlier load, which makes this one faster where nothing has
// changed; it may be empty. The error is a [fail.Error]: Config with file and line when
// something in the files is wrong, UnknownService when the options name a service that does
// not exist.
func (s *Source) Load(ctx context.Context, name, proof string) (*Project, error) {
	if err := s.checkReads(); err != nil {
		return nil, onStandardInput(err)
	}
	if err := s.refuseRemote(); err != nil {
		return nil, onStandardInput(err)
	}
	l := &loading{Source: s, name: name, proof: proof, notes: slices.Clone(s.notes)}
	p, err := l.run(ctx)
	return p, onStandardInput(err)
}

// details are the files as compose-go takes them.
func (s *Source) details() types.ConfigDetails {
	details := types.ConfigDetails{WorkingDir: s.Dir, Environment: maps.Clone(s.env)}
	for _, f := range s.sources {
		details.ConfigFiles = append(details.ConfigFiles, types.ConfigFile{Filename: f.path, Content: f.content})
	}
	return details
}

// plainName is the given name, else that of the files, else that of the directory.
func (s *Source) plainName() (string, error) {
	name, given, err := s.outerName()
	if err != nil || given {
		return name, err
	}
	own, err := s.nameOfFiles()
	return orDefault(own, name), err
}

// outerName is the project's name without what the files say. It is given when it goes
// before theirs.
func (s *Source) outerName() (name string, given bool, err error) {
	for _, from := range []struct{ value, origin string }{
		{s.options.Name, "--project-name"},
		{s.env["COMPOSE_PROJECT_NAME"], "COMPOSE_PROJECT_NAME"},
	} {
		if from.value == "" {
			continue
		}
		if normal := loader.NormalizeProjectName(from.value); normal != from.value {
			return "", false, fail.New(fail.Usage, "for example: "+orDefault(normal, "app"),
				"%s is %q, and a project's name has only lower-case letters, digits, - and _", from.origin, from.value)
		}
		return from.value, true, nil
	}
	// A directory whose name has no usable letter ("проект") still gets a project.
	return orDefault(loader.NormalizeProjectName(filepath.Base(s.Dir)), "app"), false, nil
}

// nameOfFiles is the name that the files give the project, or empty. The last one counts, as
// in Compose, and files that they include have no say.
func (s *Source) nameOfFiles() (string, error) {
	var name string
	for _, f := range s.sources {
		var top struct {
			Name string `yaml:"name"`
		}
		for _, document := range append([]*yaml.Node{f.root}, f.more...) {
			if document.Decode(&top) != nil {
				break // Load says what is wrong
			}
			name = orDefault(top.Name, name)
		}
	}
	l := &loading{Source: s}
	filled, err := interpolation.Interpolate(map[string]any{"name": name}, interpolation.Options{
		LookupValue: s.env.Resolve,
		Substitute: func(text string, lookup template.Mapping) (string, error) {
			value, err := l.expander.substitute(text, lookup)
			if errors.Is(err, errTooMuch) {
				err = placed(err, s.sources, text)
			}
			return value, err
		},
		TypeCastMapping: casts(map[tree.Path]interpolation.Cast{}, &portCount{}),
	})
	if err != nil {
		return "", l.wanting(explain(err, s.sources))
	}
	text, _ := filled["name"].(string)
	return loader.NormalizeProjectName(text), nil
}
