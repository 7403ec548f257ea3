package projectcmd

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/atomicfile"
	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/scaffold"
	"github.com/devup-cli/devup/internal/stack/dataservice"
	"github.com/devup-cli/devup/internal/suggest"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/untrusted"
)

// addOptions are the flags of add.
type addOptions struct {
	dryRun bool
}

// NewAdd is `devup add`.
func NewAdd(p *command.Program) *cobra.Command {
	var o addOptions
	c := &cobra.Command{
		Use:   "add [DATA-SERVICE...]",
		Short: "Add databases, caches and queues to devup.yaml",
		Long: `Add data services to devup.yaml: a pinned image, a volume, a health check and a port
on 127.0.0.1. The services that use one get its address in the variables that they
read, and wait until it is healthy. All other lines of the file stay as they are.
The change is shown, and written once you agree; without a terminal it takes --yes.
Without arguments, add lists the data services.`,
		Example: `  devup add
  devup add postgres redis
  devup add --dry-run mysql`,
		ValidArgs: dataNames(),
	}
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would be added and write nothing")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		if len(args) == 0 {
			listData(env)
			return nil
		}
		return runAdd(ctx, env, args, o)
	})
	return c
}

// dataObject is a data service in JSON. Its names are a promise.
type dataObject struct {
	Type    string   `json:"type"` // "data_service"
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"`
	Title   string   `json:"title"`
	Image   string   `json:"image"`
	Port    int      `json:"port"`
}

// listData prints what can be added.
func listData(env *command.Env) {
	t := ui.Table{Header: []string{"NAME", "WHAT", "IMAGE", "PORT"}}
	for _, s := range dataservice.All() {
		if env.UI.Mode() == ui.JSON {
			env.UI.Object(dataObject{"data_service", s.Name, s.Aliases, s.Title, s.Image, s.Port})
			continue
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: s.Name, Tone: ui.Strong}, {Text: s.Title}, {Text: s.Image}, {Text: strconv.Itoa(s.Port)}})
	}
	if env.UI.Mode() != ui.JSON {
		env.UI.Table(t)
		env.Say("add one: devup add " + dataservice.All()[0].Name)
	}
}

// dataNames are the names that add takes.
func dataNames() []string {
	var names []string
	for _, s := range dataservice.All() {
		names = append(append(names, s.Name), s.Aliases...)
	}
	return names
}

// dataServices looks up what the user asks for.
func dataServices(args []string) ([]string, error) {
	var names []string
	for _, arg := range args {
		s := dataservice.Lookup(arg)
		if s == nil {
			hint := "run `devup add` to list the data services"
			if near := suggest.Nearest(arg, dataNames()); near != "" {
				hint = "did you mean " + near + "? " + hint
			}
			return nil, fail.New(fail.Usage, hint, "unknown data service %q", arg)
		}
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names, nil
}

func runAdd(ctx context.Context, env *command.Env, args []string, o addOptions) error {
	names, err := dataServices(args)
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(env.Flags.Dir)
	if err != nil {
		return fail.Wrap(err, fail.Denied, "", "the current directory cannot be found")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return unopened(err, dir)
	}
	defer root.Close() // what was written through it is synced
	have, repo, err := addTo(ctx, env, root, dir, names)
	if err != nil {
		return err
	}
	file, err := scaffold.AddData(have, repo, filepath.Base(dir))
	if err != nil {
		return err
	}
	if bytes.Equal(file.Content, have) {
		env.Say("nothing to add: devup.yaml has " + strings.Join(names, ", ") + " already")
		return nil
	}
	if err := saveAdded(ctx, env, root, file, have, o); err != nil {
		return err
	}
	sayUnread(env, repo)
	return nil
}

// addTo reads devup.yaml, nil where there is none, and what the repository says of the data
// services that are asked for.
func addTo(ctx context.Context, env *command.Env, root *os.Root, dir string, names []string) (have []byte, repo detect.Repository, err error) {
	fsys := untrusted.FS(root)
	have, err = untrusted.ReadFileFS(fsys, projectFile, untrusted.MaxText)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, repo, fail.Wrap(err, fail.Failed, "", "%s could not be read: %v", projectFile, err)
	}
	hand, err := readHandWritten(ctx, env, fsys, dir)
	if err != nil {
		return nil, repo, err
	}
	if repo, err = detect.ScanData(fsys, names, hand.services...); err != nil {
		return nil, repo, unopened(err, dir)
	}
	if have == nil && len(repo.Services) > 0 && len(repo.Compose) == 0 {
		return nil, repo, fail.New(fail.Usage, "run `devup init` first", "there is no %s in %s", projectFile, dir)
	}
	repo.Data = slices.DeleteFunc(repo.Data, func(d detect.Data) bool { return !slices.Contains(names, d.Service) })
	for _, name := range names { // no service of the repository uses it
		if !slices.ContainsFunc(repo.Data, func(d detect.Data) bool { return d.Service == name }) {
			repo.Data = append(repo.Data, dataservice.Lone(name))
		}
	}
	slices.SortFunc(repo.Data, func(a, b detect.Data) int { return strings.Compare(a.Key, b.Key) })
	return have, onlyOf(repo), nil
}

// onlyOf keeps the variables that hold something of the data services of a repository.
func onlyOf(repo detect.Repository) detect.Repository {
	repo.Services = slices.Clone(repo.Services)
	for i, s := range repo.Services {
		repo.Services[i].Variables = slices.DeleteFunc(slices.Clone(s.Variables), func(v detect.Variable) bool {
			return !slices.ContainsFunc(repo.Data, func(d detect.Data) bool { return d.Key == v.Data })
		})
	}
	return repo
}

// sayUnread gives the addresses of the data services that no service reads.
func sayUnread(env *command.Env, repo detect.Repository) {
	for _, d := range repo.Data {
		if len(d.Users) == 0 && len(repo.Services) > 0 {
			env.Say("no service reads " + d.Key + ": its address for them is " + untrusted.Name(d.URL()))
		}
	}
}

// saveAdded shows the change, asks whether to write it, and does. A new file takes no question
// where there is no terminal, as with init.
func saveAdded(ctx context.Context, env *command.Env, root *os.Root, file scaffold.File, have []byte, o addOptions) error {
	text := scaffold.Diff(file, have)
	if env.UI.Mode() == ui.JSON {
		env.UI.Object(fileObject{"file", file.Path, string(scaffold.Differs), text})
	} else {
		env.UI.Diff(text)
	}
	if o.dryRun {
		env.Say("nothing was written (--dry-run)")
		return nil
	}
	if have != nil || env.CanAsk() {
		yes, err := env.Confirm(ctx, "write this to "+file.Path+"?")
		if err != nil {
			return err
		}
		if !yes {
			env.Say("nothing was written")
			return nil
		}
	}
	if now, err := untrusted.ReadFileFS(untrusted.FS(root), file.Path, untrusted.MaxText); !bytes.Equal(now, have) || (err == nil) != (have != nil) {
		return fail.New(fail.Failed, "run `devup add` again", "%s changed in the meantime, so that nothing was written", file.Path)
	}
	mode := fs.FileMode(0o644)
	if info, err := root.Lstat(file.Path); err == nil {
		if !info.Mode().IsRegular() {
			return fail.New(fail.Failed, "replace it by a file", "%s is no regular file", file.Path)
		}
		mode = info.Mode().Perm()
	}
	if err := atomicfile.ReplaceIn(root, file.Path, file.Content, mode); err != nil {
		return fail.Wrap(err, fail.Denied, "check who may write it", "%s could not be written: %v", file.Path, err)
	}
	if env.UI.Mode() == ui.JSON {
		env.UI.Object(fileObject{"file", file.Path, "written", ""})
	} else {
		env.UI.Text("wrote " + untrusted.Name(file.Path))
	}
	env.Say("next: " + nextStep(env))
	return nil
}
