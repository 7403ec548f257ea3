// Package projectcmd holds the commands about projects: init, config, ls, prune and schema.
package projectcmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/scaffold"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/untrusted"
	"github.com/devup-cli/devup/internal/version"
)

// initOptions are the flags of init.
type initOptions struct {
	dryRun    bool
	explain   bool
	platforms []string
}

// NewInit is `devup init`.
func NewInit(p *command.Program) *cobra.Command {
	var o initOptions
	c := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Find the services of a repository and write what it lacks to run",
		Long: `Find the services of a repository, and write what it lacks: devup.yaml, a
Dockerfile and .dockerignore for each service that has none, and what cloud
workspaces read: .gitpod.yml and .devcontainer/devcontainer.json, or those that
--for names. Files that exist are never changed: what init would add to them is
shown as a diff. What looks like a service and is not taken is named. A devup.yaml
written by hand decides which services there are.`,
		Example: `  devup init
  devup init --for codespaces,ona
  devup init --dry-run --explain
  devup init --yes path/to/repository`,
		Args: cobra.MaximumNArgs(1),
	}
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would be written and write nothing")
	c.Flags().BoolVar(&o.explain, "explain", false, "show all evidence, also of what was not taken for a service")
	c.Flags().StringSliceVar(&o.platforms, "for", nil, "write for these `platforms`: "+strings.Join(platformNames(), ", ")+" (default: gitpod and codespaces, or those whose files exist)")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		return runInit(ctx, env, env.Directory(args), o)
	})
	return c
}

// Init is `devup init` in the current directory.
func Init(ctx context.Context, env *command.Env) error {
	return runInit(ctx, env, env.Flags.Dir, initOptions{})
}

// proposal is what init found and would write.
type proposal struct {
	repository detect.Repository
	openings   []scaffold.Opening
	debuggers  map[string][]detect.Remark // of public services, by name
	set        map[string]map[string]bool // the variables that devup.yaml sets, by service
	changes    []scaffold.Change
	install    string // the command that installs devup in a workspace, or empty
	cloud      bool   // devup runs in a cloud workspace
}

func runInit(ctx context.Context, env *command.Env, dir string, o initOptions) error {
	chosen, err := platforms(o.platforms)
	if err != nil {
		return err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return fail.Wrap(err, fail.Denied, "", "the current directory cannot be found")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return unopened(err, dir)
	}
	defer root.Close() // nothing was written through it that could be lost
	p, err := propose(ctx, env, root, dir, chosen)
	if err != nil {
		return err
	}
	if place, err := env.DetectWorkspace(); err == nil { // else `devup up` says what is wrong with the setting
		p.cloud = place.Remote
	}
	p.forgetCopied(root)
	p.debuggers = publicDebuggers(untrusted.FS(root), p)
	showProposal(env, p, o)
	if note := project.CommittedNote(dir, filepath.Join(dir, ".env")); note != "" {
		env.Note(note)
	}
	if p.isEmpty() {
		return nothingFound(env, p, dir, o)
	}
	return write(ctx, env, root, p, o)
}

// forgetCopied leaves out the examples whose copies this checkout has.
func (p proposal) forgetCopied(root *os.Root) {
	for _, s := range p.repository.Services {
		for i, f := range s.EnvFiles {
			if _, err := root.Lstat(filepath.FromSlash(f.Path)); err == nil {
				s.EnvFiles[i].Example = ""
			}
		}
	}
}

// isEmpty tells whether there is nothing to write for.
func (p proposal) isEmpty() bool { return len(p.repository.Services)+len(p.repository.Includes) == 0 }

// nothingFound ends init for a repository without a service that it could set up: where a
// project runs without more files, that is no failure.
func nothingFound(env *command.Env, p proposal, dir string, o initOptions) error {
	switch {
	case len(p.set) > 0:
		env.Say("nothing to write: `" + nextStep(env) + "` runs " + strings.Join(append([]string{projectFile}, p.repository.Compose...), ", "))
		return nil
	case len(p.repository.Compose) > 0:
		env.Say("nothing to write")
		return nil
	}
	if len(p.repository.Rejected) == 0 {
		env.Say("looked for package lists (package.json, requirements.txt, go.mod and others), Dockerfiles, compose files and index.html")
	}
	hint := "run it in the directory of the code, or add a Dockerfile with EXPOSE"
	if o.explain {
		hint = "add a Dockerfile with EXPOSE, or write a devup.yaml with services that have x-devup.stack"
	}
	return fail.New(fail.NothingFound, hint, "no service found in %s", dir)
}

// propose looks at the repository and works out what it lacks. Without platforms, nil,
// the repository decides for which ones.
func propose(ctx context.Context, env *command.Env, root *os.Root, dir string, platforms []scaffold.Platform) (proposal, error) {
	p := proposal{install: env.Settings.Install}
	if p.install == "" {
		p.install = version.Of().Install
	}
	fsys := untrusted.FS(root)
	if platforms == nil {
		platforms = scaffold.PlatformsFor(fsys)
	}
	hand, err := readHandWritten(ctx, env, fsys, dir)
	if err != nil {
		return p, err
	}
	p.set = hand.set
	options := scaffold.Options{Name: filepath.Base(dir), Install: p.install, Platforms: platforms, Marked: hand.marked, Gateway: hand.gateway}
	if p.repository, err = detect.Scan(fsys); err != nil {
		return p, unopened(err, dir)
	}
	p.openings = scaffold.Openings(p.repository, options)
	if p.changes, err = compare(fsys, p.repository, options); err != nil {
		return p, err
	}
	if len(hand.services) == 0 || sameProject(p.changes) {
		return p, nil
	}
	if p.repository, err = detect.ScanFor(fsys, hand.services...); err != nil {
		return p, unopened(err, dir)
	}
	p.openings = scaffold.Openings(p.repository, options)
	changes, err := compare(fsys, p.repository, options)
	p.changes = nil
	for _, c := range changes {
		if c.Path != projectFile { // it says itself which services there are
			p.changes = append(p.changes, c)
		}
	}
	return p, err
}

// projectFile is devup's own config file.
const projectFile = "devup.yaml"

// sameProject tells whether there is nothing to add to devup.yaml.
func sameProject(changes []scaffold.Change) bool {
	for _, c := range changes {
		if c.Path == projectFile {
			return c.State == scaffold.Same
		}
	}
	return true
}

// compare renders the files of a repository and looks which of them are there.
func compare(fsys fs.FS, repository detect.Repository, o scaffold.Options) ([]scaffold.Change, error) {
	files, err := scaffold.Render(repository, o)
	if err != nil {
		return nil, err
	}
	return scaffold.Compare(fsys, files)
}

// write creates the files that are new, after asking where there is a user to
// ask. It cannot change a file, so that without a terminal it just goes ahead.
func write(ctx context.Context, env *command.Env, root *os.Root, p proposal, o initOptions) error {
	fresh := slices.DeleteFunc(slices.Clone(p.changes), func(c scaffold.Change) bool { return c.State != scaffold.New })
	switch {
	case len(fresh) == 0:
		env.Say("nothing to write: all files exist")
		return nil
	case o.dryRun:
		env.Say("nothing was written (--dry-run)")
		return nil
	}
	if env.CanAsk() && !env.Settings.Yes {
		yes, err := agreed(ctx, env, fresh)
		if err != nil {
			return err
		}
		if !yes {
			env.Say("nothing was written")
			return nil
		}
	}
	written, err := scaffold.Write(root, p.changes)
	for _, path := range written {
		if env.UI.Mode() == ui.JSON {
			env.UI.Object(fileObject{"file", path, "written", ""})
		} else {
			env.UI.Text("wrote " + untrusted.Name(path))
		}
	}
	if err != nil {
		return err
	}
	env.Say("next: " + nextStep(env))
	return nil
}

// agreed asks whether files may be written, which it lists, and shows where the user wants to see them.
func agreed(ctx context.Context, env *command.Env, files []scaffold.Change) (bool, error) {
	t := ui.Table{}
	for _, c := range files {
		t.Rows = append(t.Rows, []ui.Cell{{Text: "new"}, {Text: untrusted.Name(c.Path), Tone: ui.Strong}, {Text: fmt.Sprintf("%d lines", bytes.Count(c.Content, []byte("\n"))), Tone: ui.Faint}})
	}
	env.UI.Table(t)
	for {
		answer, err := env.Answer(ctx, "write "+command.Plural(len(files), "this new file", "these new files")+"? s shows "+command.Plural(len(files), "it", "them")+" [y/N/s] ", false)
		if err != nil {
			return false, err
		}
		switch strings.ToLower(answer) {
		case "y", "yes":
			return true, nil
		case "s", "show":
			for _, c := range files {
				env.UI.Diff(scaffold.Diff(c.File, nil))
			}
		default:
			return false, nil
		}
	}
}

// nextStep is what to type after init.
func nextStep(env *command.Env) string {
	if env.Flags.Dir != "" {
		return "devup -C " + env.Flags.Dir + " up"
	}
	return "devup up"
}

// unopened is a directory that cannot be read.
func unopened(err error, dir string) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail.Wrap(err, fail.Usage, "", "there is no directory %s", dir)
	case errors.Is(err, fs.ErrPermission):
		return fail.Wrap(err, fail.Denied, "check who may read it", "the directory %s may not be read", dir)
	}
	return fail.Wrap(err, fail.Failed, "", "the directory %s cannot be read", dir)
}
