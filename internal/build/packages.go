package build

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/untrusted"
)

// PackagesArgument is the build argument by which a Dockerfile leaves open what its
// development stage begins with: the stage that its default names, which installs the packages,
// or the one that this in turn begins with, where they are installed into a volume.
const PackagesArgument = "PACKAGES"

// Packages is the stage of a Dockerfile that installs packages, as a container can do it.
type Packages struct {
	Key   string            // hash of what decides which packages are installed, and how
	Base  string            // the stage that the installation begins with
	Steps []PackagesStep    // one after the other
	Args  map[string]string // the build arguments that the steps see as variables
	Sets  map[string]bool   // the variables that the Dockerfile sets for them

	spec  Spec
	text  string
	files []packagesFile
}

// PackagesStep is one RUN that installs packages.
type PackagesStep struct {
	Command string // for /bin/sh
	Caches  []Cache
	name    string // as a build names it
	line    int
}

// Cache is a directory that keeps downloads between installations.
type Cache struct {
	ID, Target string
	Shared     bool // by several at a time
}

// packagesFile is a file of the context that the installation reads.
type packagesFile struct {
	file
	to string // absolute container path
}

// LeavesPackages reports whether the Dockerfile has the argument [PackagesArgument].
func (s Spec) LeavesPackages() bool {
	def, err := readDefinition(s)
	return err == nil && bytes.Contains(def.text, []byte("ARG "+PackagesArgument+"="))
}

// ReadPackages reads how the target of a spec installs its packages. It is nil where a
// container cannot do exactly the same, and where that cannot be told.
func ReadPackages(ctx context.Context, s Spec) *Packages {
	if !s.Local() || s.NoCache || len(s.Secrets)+len(s.SSH)+len(s.Contexts)+len(s.Bases)+len(s.Allow)+len(s.SkipCache) > 0 || s.Args[PackagesArgument] != nil {
		return nil
	}
	def, err := readDefinition(s)
	if err != nil || s.unknownFrontend(def.text) {
		return nil
	}
	p := &Packages{spec: s, text: string(def.text)}
	copies, ok := p.read(def.text)
	if !ok {
		return nil
	}
	ignore, err := def.ignorePatterns(s.Context)
	if err != nil || p.list(ctx, copies, ignore) != nil || !p.staysInside() {
		return nil
	}
	if p.Key, err = Inputs(ctx, p.spec); err != nil {
		return nil
	}
	return p
}

// read finds the stages and takes the installation apart. The copies are what it reads.
func (p *Packages) read(text []byte) (copies []transfer, ok bool) {
	stages, global, err := parseDockerfile(text)
	if err != nil || len(stages) == 0 {
		return nil, false
	}
	target := len(stages) - 1
	if p.spec.Target != "" {
		target = stageIndex(stages, p.spec.Target)
	}
	if target < 0 || strings.Trim(stages[target].BaseName, "${}") != PackagesArgument || !withoutRuns(stages[target]) {
		return nil, false
	}
	expand := globalArgs(global, p.spec.Args)
	at := stageIndex(stages[:target], expand(stages[target].BaseName))
	if at < 0 {
		return nil, false
	}
	base := stageIndex(stages[:at], expand(stages[at].BaseName))
	if base < 0 || stages[base].Name == "" {
		return nil, false
	}
	p.Base, p.spec.Target = stages[base].Name, stages[at].Name
	p.Args, p.Sets = map[string]string{}, map[string]bool{}
	for i := at; i >= 0; i = stageIndex(stages[:i], expand(stages[i].BaseName)) {
		if !p.variables(stages[i], expand) {
			return nil, false
		}
	}
	w := walker{parsed: stages[:at+1], expand: expand, named: map[string]bool{}}
	for i := range w.parsed {
		w.read(i)
	}
	return w.stages[at].copies, p.steps(stages[at]) && !w.out.all
}

// withoutRuns reports whether a stage needs no package while it is built.
func withoutRuns(s instructions.Stage) bool {
	return !slices.ContainsFunc(s.Commands, func(command instructions.Command) bool {
		_, runs := command.(*instructions.RunCommand)
		_, added := command.(*instructions.AddCommand)
		return runs || added
	})
}

// variables notes the variables of a stage, which those of stages that begin with it replace. ok is false where its steps run as a user or in a
// shell that the Dockerfile chooses.
func (p *Packages) variables(s instructions.Stage, expand func(string) string) (ok bool) {
	args := map[string]string{}
	for _, command := range s.Commands {
		switch c := command.(type) {
		case *instructions.ShellCommand, *instructions.UserCommand:
			return false
		case *instructions.EnvCommand:
			for _, pair := range c.Env {
				p.Sets[pair.Key] = true
			}
		case *instructions.ArgCommand:
			for _, arg := range c.Args {
				if value := p.spec.Args[arg.Key]; value != nil {
					args[arg.Key] = *value
				} else if arg.Value != nil {
					args[arg.Key] = expand(*arg.Value)
				} else if value := expand("${" + arg.Key + "}"); value != "" {
					args[arg.Key] = value // of an ARG before the first FROM
				}
			}
		}
	}
	maps.Copy(args, p.Args)
	p.Args = args
	return true
}

// steps takes the commands of the installing stage. ok is false where one is no COPY of the
// context and no RUN whose effect is in the directories of the packages alone.
func (p *Packages) steps(s instructions.Stage) (ok bool) {
	for _, command := range s.Commands {
		switch c := command.(type) {
		case *instructions.CopyCommand:
			if c.From != "" || c.Chown != "" || c.Chmod != "" || c.Parents || len(c.ExcludePatterns)+len(c.SourceContents) > 0 || len(p.Steps) > 0 {
				return false
			}
		case *instructions.RunCommand:
			step, ok := packagesStep(c)
			if !ok {
				return false
			}
			p.Steps = append(p.Steps, step)
		default:
			return false
		}
	}
	return len(p.Clients()) > 0
}

func packagesStep(c *instructions.RunCommand) (PackagesStep, bool) {
	plain := func(word string) (string, error) { return word, nil }
	if !c.PrependShell || len(c.Files) > 0 || len(c.CmdLine) != 1 || c.Expand(plain) != nil ||
		slices.ContainsFunc(c.FlagsUsed, func(flag string) bool { return flag != "mount" }) || !installsOnly(c.CmdLine[0]) {
		return PackagesStep{}, false
	}
	step := PackagesStep{Command: c.CmdLine[0], name: "[packages] " + c.String()}
	if at := c.Location(); len(at) > 0 {
		step.line = at[0].Start.Line
	}
	for _, m := range instructions.GetMounts(c) {
		if m.Type != instructions.MountTypeCache || m.From != "" || m.ReadOnly || m.UID != nil || m.GID != nil || m.Mode != nil || !path.IsAbs(m.Target) {
			return PackagesStep{}, false
		}
		id := m.CacheID
		if id == "" {
			id = path.Clean(m.Target)
		}
		step.Caches = append(step.Caches, Cache{ID: id, Target: m.Target, Shared: m.CacheSharing == "" || m.CacheSharing == instructions.MountSharingShared})
	}
	return step, true
}

// packagePrograms are the programs whose work is known to stay below the directory of the
// source.
var packagePrograms = []string{"npm", "npx", "yarn", "pnpm", "pnpx", "bun", "bunx", "cd", "mkdir", "chown", "find", "true"}

// installsOnly reports whether a command for a shell only installs packages below the
// directory of the source. What it expands is not known.
func installsOnly(command string) bool {
	commands := egress.Commands(command)
	return len(commands) > 0 && !strings.ContainsAny(command, "$`<>") && !slices.ContainsFunc(commands, func(words []string) bool {
		return !slices.Contains(packagePrograms, words[0]) || slices.ContainsFunc(words[1:], func(word string) bool {
			return word == "-g" || strings.HasPrefix(word, "--global") || word == "global" || word == "--location=global"
		})
	})
}

// Clients are the package clients whose settings the steps read.
func (p *Packages) Clients() []string {
	var clients []string
	for _, step := range p.Steps {
		clients = append(clients, egress.Installs(step.Command)...)
	}
	slices.Sort(clients)
	return slices.Compact(clients)
}

// Again are the steps where the packages of an earlier installation are there: what is new is
// added to them. Locks are the lock files that this may not change.
func (p *Packages) Again() (steps []PackagesStep, locks []string) {
	steps = slices.Clone(p.Steps)
	for i := range steps {
		steps[i].Command = strings.ReplaceAll(steps[i].Command, "npm ci", "npm install")
		steps[i].name = strings.ReplaceAll(steps[i].name, "npm ci", "npm install")
	}
	for _, f := range p.files {
		if name := path.Base(f.to); name == "package-lock.json" || name == "npm-shrinkwrap.json" {
			locks = append(locks, f.to)
		}
	}
	return steps, locks
}

// Grant is what the steps get of this machine's settings. ok is false where it holds a
// credential: only a build step can use one and leave nothing of it behind.
func (p *Packages) Grant(settings egress.Settings) (grant egress.Grant, files []egress.File, ok bool) {
	grant = settings.For(p.text).Build()
	files = grant.Step(p.Clients())
	return grant, files, !slices.ContainsFunc(files, func(f egress.File) bool { return f.Variable() != "" || f.Mode&0o044 == 0 })
}

// BaseSpec is the image that the installation begins with, under a name of its own.
func (p *Packages) BaseSpec(image string) Spec {
	s := p.spec
	s.Target, s.Image, s.Tags, s.CacheTo = p.Base, image, nil, nil
	return s
}

// list finds the files that the installation reads. An error is about the context, or about a
// copy of which is not known where it goes.
func (p *Packages) list(ctx context.Context, copies []transfer, ignore []string) error {
	for _, t := range copies {
		if t.dest == "" || slices.Contains(t.sources, ".") {
			return errors.New("its source is copied before the packages are installed")
		}
	}
	found, err := listFiles(ctx, p.spec, contextNeeds{copies: copies}, ignore)
	for _, f := range found {
		if f.size > untrusted.MaxLock || !f.mode.IsRegular() {
			return errors.New("a file is too large to be read at once, or a link")
		}
		for _, t := range copies {
			if to, ok := t.destination(f.name); ok {
				p.files = append(p.files, packagesFile{f, to})
			}
		}
	}
	return err
}

// elsewhere matches packages in manifests and lock files that download a browser to the home
// directory when they are installed, which would be lost with the container.
var elsewhere = lazyregexp.New(`(?m)(?:["/ ]|^)(?:puppeteer|cypress|playwright-(?:chromium|firefox|webkit))["@:]`)

// staysInside reports whether the installation changes nothing but the packages themselves: scripts of
// the project may write anywhere, also into packages that another installation shares.
func (p *Packages) staysInside() bool {
	for _, f := range p.files {
		text, err := untrusted.ReadFile(filepath.Join(p.spec.Context, filepath.FromSlash(f.name)), untrusted.MaxLock)
		if err != nil || elsewhere.MatchString(string(text)) {
			return false
		}
		var manifest struct{ Scripts map[string]any }
		if path.Base(f.name) != "package.json" || json.Unmarshal(text, &manifest) != nil {
			continue
		}
		for _, script := range []string{"preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare", "dependencies"} {
			if manifest.Scripts[script] != nil {
				return false
			}
		}
	}
	return true
}

// Archive writes the files that the installation reads, and more, as a tar archive for the root
// of a container. Those of locks are in it a second time, below kept. What they hold by now counts.
func (p *Packages) Archive(w io.Writer, more []egress.File, locks []string, kept string) error {
	out := tar.NewWriter(w)
	add := func(name string, mode fs.FileMode, content []byte) error {
		if err := out.WriteHeader(&tar.Header{Name: strings.TrimPrefix(name, "/"), Mode: int64(mode.Perm()), Size: int64(len(content))}); err != nil {
			return err
		}
		_, err := out.Write(content)
		return err
	}
	for _, f := range p.files {
		content, err := untrusted.ReadFile(filepath.Join(p.spec.Context, filepath.FromSlash(f.name)), untrusted.MaxLock)
		if err == nil {
			err = add(f.to, f.mode, content)
		}
		if err == nil && slices.Contains(locks, f.to) {
			err = add(path.Join(kept, f.to), f.mode, content)
		}
		if err != nil {
			return err
		}
	}
	for _, f := range more {
		if err := add(f.Target, 0o444, f.Content); err != nil {
			return err
		}
	}
	return out.Close()
}

// InVolume is the build arguments of the image without the packages.
func (p *Packages) InVolume() map[string]*string {
	args := maps.Clone(p.spec.Args)
	if args == nil {
		args = map[string]*string{}
	}
	args[PackagesArgument] = &p.Base
	return args
}
