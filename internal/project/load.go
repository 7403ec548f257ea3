package project

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/tree"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// folderOf is the folder that a project belongs to: the given one, else that of its
// first file, else, where all comes from standard input, the current one.
func folderOf(given string, files []string, current string) string {
	if given != "" {
		return given
	}
	for _, f := range files {
		if f != standardInput {
			return filepath.Dir(f)
		}
	}
	return current
}

// onStandardInput names standard input in an error about what was read from there.
func onStandardInput(err error) error {
	if e, ok := errors.AsType[*fail.Error](err); ok && e.File == standardInput {
		named := *e
		named.File = "standard input"
		return &named
	}
	return err
}

// prepare sets what compose-go has once for a process: it stops the global logrus logger
// from writing to the terminal (what is worth knowing becomes a Note), and teaches it the
// format raw of env files, which each program has to bring.
var prepare = sync.OnceFunc(func() {
	logrus.SetOutput(io.Discard)
	dotenv.RegisterFormat("raw", rawEnv)
})

// loading is one run of [Source.Load].
type loading struct {
	*Source
	name     string // of the project
	proof    string // see [Project.Proof]
	expander expander
	notes    []string
}

func (l *loading) run(ctx context.Context) (*Project, error) {
	model, err := l.compose(ctx)
	if err != nil {
		return nil, err
	}
	p := &Project{Project: model, Proof: l.proof, sources: l.sources}
	for _, check := range []func(*Project) error{l.counts, func(p *Project) error { return p.extensions(l.sources) }} {
		if err := check(p); err != nil {
			return nil, err
		}
	}
	copies, err := l.copies()
	if err != nil {
		return nil, err
	}
	p.Wants = l.wants(copies, nil, l.expander.missing)
	if note := unsetNote(l.expander.missing, l.sources); note != "" {
		l.notes = append(l.notes, note)
		p.UnsetNote = note
	}
	if err := l.images(p); err != nil {
		return nil, err
	}
	if err := l.selectServices(p); err != nil {
		return nil, err
	}
	for _, check := range []func(*Project) error{l.refuse, l.refuseBuild, l.refuseExternal, l.checkValues, l.defaultPlatform} {
		if err := check(p); err != nil {
			return nil, err
		}
	}
	l.swarmNotes(p)
	if err := l.envFiles(p); err != nil {
		return nil, err
	}
	l.committed(p)
	l.nodeModules(p)
	readOwnEnv(p)
	p.Notes = l.notes
	return p, nil
}

// read reads and parses the files. One that the user named may be a pipe.
func (o Options) read(paths []string) ([]source, error) {
	with := untrusted.ReadFile
	if len(o.Files) > 0 {
		with = untrusted.ReadGiven
	}
	sources := make([]source, len(paths))
	for i, path := range paths {
		var err error
		if path == standardInput {
			sources[i], err = readStandardInput(o.Stdin)
		} else {
			sources[i], err = readSourceWith(with, path)
		}
		if err != nil {
			return nil, err
		}
		if sources[i].root == nil {
			e := fail.New(fail.Config, "devup init writes one for the services of this repository", "the file is empty")
			e.File = path
			return nil, e
		}
	}
	return sources, nil
}

// standardInput is the name of the file that is read from there, as in Compose.
const standardInput = "-"

func readStandardInput(stdin func() ([]byte, error)) (source, error) {
	if stdin == nil {
		return source{}, fail.New(fail.Usage, "write it to a file and name that", "this command reads no config from standard input")
	}
	content, err := stdin()
	if err != nil {
		return source{}, fail.Wrap(err, fail.Denied, "", "the config cannot be read from standard input")
	}
	return parsed(standardInput, content)
}

func orDefault(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func (l *loading) profiles() []string {
	if len(l.options.Profiles) > 0 {
		return l.options.Profiles
	}
	var profiles []string
	for p := range strings.SplitSeq(l.env["COMPOSE_PROFILES"], ",") {
		if p = strings.TrimSpace(p); p != "" {
			profiles = append(profiles, p)
		}
	}
	return profiles
}

// casts adds to the loader's casts the places where a token would do harm: what
// is parsed while loading. There a variable that is not set yet counts as unset,
// so that ${DEVUP_PORT_WEB:-3000}:3000 is the wish for port 3000.
func casts(loaders map[tree.Path]interpolation.Cast, ports *portCount) map[tree.Path]interpolation.Cast {
	all := make(map[tree.Path]interpolation.Cast, len(loaders)+12)
	for path, cast := range loaders {
		all[path] = func(value string) (any, error) { return cast(fill(value, unset)) }
	}
	for _, path := range []string{
		"name", "services.*.image", "services.*.container_name", "services.*.ports.[].published",
		"services.*.ports.[].host_ip", "services.*.expose.[]", "services.*.build", "services.*.build.context",
		"services.*.build.dockerfile", "services.*.build.target", "services.*.env_file", "services.*.env_file.[]", "services.*.env_file.[].path",
		"services.*.extends.file", "services.*.volumes.[].source", "services.*.platform",
		"networks.*.name", "volumes.*.name", "include.[]", "include.[].path",
	} {
		all[tree.Path(path)] = func(value string) (any, error) { return fill(value, unset), nil }
	}
	// The loader parses these two later, and does not say then where they stand.
	all["services.*.ports.[]"] = func(value string) (any, error) {
		if bad := ports.add(fill(value, unset)); bad != nil {
			return value, bad
		}
		return shortPort(fill(value, unset))
	}
	all["services.*.volumes.[]"] = func(value string) (any, error) { return shortVolume(fill(value, unset)) }
	return all
}

// selectServices narrows the project to the wanted services and what they
// depend on, and drops networks and volumes that nobody uses then.
func (l *loading) selectServices(p *Project) error {
	p.others = types.Services{}
	if len(l.options.Services) == 0 {
		p.Project = p.WithoutUnnecessaryResources()
		return nil
	}
	all := p.AllServices()
	for _, name := range l.options.Services {
		if _, ok := all[name]; ok {
			continue
		}
		hint := "the services are " + strings.Join(sortedKeys(all), ", ")
		if near := nearest(name, sortedKeys(all)); near != "" {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
		return fail.New(fail.UnknownService, hint, "there is no service %s in this project", name)
	}
	active := p.Services
	model, err := p.WithServicesEnabled(l.options.Services...)
	if err == nil {
		var how []types.DependencyOption
		if l.options.NoDeps {
			how = append(how, types.IgnoreDependencies)
		}
		whole := model.Services
		model, err = model.WithSelectedServices(slices.Clone(l.options.Services), how...)
		if err == nil && l.options.NoDeps {
			model.Services = withDependencies(model.Services, whole)
		}
	}
	if err != nil {
		return explain(err, l.sources)
	}
	for name, s := range active {
		if _, selected := model.Services[name]; !selected {
			p.others[name] = s
		}
	}
	p.Project = model.WithoutUnnecessaryResources()
	return nil
}

// withDependencies gives the services back what they depend on, which compose-go takes
// from those that are selected alone. It says in which order they are stopped.
func withDependencies(selected, whole types.Services) types.Services {
	all := types.Services{}
	for name, s := range selected {
		s.DependsOn = whole[name].DependsOn
		all[name] = s
	}
	return all
}
