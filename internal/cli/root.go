package cli

import (
	"context"
	"errors"
	"runtime"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/settings"
)

// flags are the flags that every command has and that say which project is
// meant. The others become part of the settings.
type flags struct {
	dir      string
	files    []string
	name     string
	profiles []string
	envFiles []string
	noColor  bool
	dryRun   bool

	ansi          string // Compose's word for colours and cursor moves
	compatibility bool   // Compose 1's names, which devup does not give
}

const rootLong = `devup takes a bare clone to working URLs: it finds the services of a repository,
writes a devup.yaml (a Compose file) and Dockerfiles for them, builds and starts
them on a container engine, waits until they answer and prints their URLs.

Exit codes: 0 done, 1 failed, 2 wrong usage or config, 3 a service did not become
ready, 4 no engine, 5 build failed, 130 interrupted.`

// root is the whole tree of commands.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "devup",
		Short: "From a bare clone to working URLs",
		Long:  rootLong,
		Example: `  devup init          # look at this repository and write what it lacks
  devup up            # build, start, wait, print the URLs, show the logs
  devup down          # remove what up made`,
		SilenceErrors:              true,
		SilenceUsage:               true,
		TraverseChildren:           true, // so that -f before a command is --file, also for logs
		SuggestionsMinimumDistance: 2,
		CompletionOptions:          cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:                       a.knownCommand,
		RunE:                       func(c *cobra.Command, _ []string) error { return c.Help() },
		Version:                    provenanceOf().Version,
	}
	root.SetVersionTemplate("devup {{.Version}}\n")
	a.flags.bind(root.PersistentFlags())
	root.SetFlagErrorFunc(flagError)
	root.AddGroup(
		&cobra.Group{ID: "start", Title: "Start here:"},
		&cobra.Group{ID: "work", Title: "While it runs:"},
		&cobra.Group{ID: "look", Title: "Look into it:"},
		&cobra.Group{ID: "more", Title: "More:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	a.addCommands(add)
	root.SetHelpCommandGroupID("more")
	return root
}

const fileUsage = "use this config `file`; may be repeated"

// bind declares the flags that every command has.
func (f *flags) bind(set *pflag.FlagSet) {
	set.StringVarP(&f.dir, "project-directory", "C", "", "work in this `folder` instead of the current one")
	set.StringArrayVarP(&f.files, "file", "f", nil, fileUsage)
	set.StringVarP(&f.name, "project-name", "p", "", "use this project `name`")
	set.StringArrayVar(&f.profiles, "profile", nil, "activate this `profile`; may be repeated")
	set.StringArrayVar(&f.envFiles, "env-file", nil, "read variables from this `file` instead of .env; may be repeated")
	set.String("host", "", "use the container engine at this `address`")
	set.String("context", "", "use the engine of this docker `context`")
	set.Bool("json", false, "print one JSON object a line, for programs")
	set.BoolP("yes", "y", false, "answer yes to every question, apart from those about credentials")
	set.String("credentials", "ask", "let builds use tokens and passwords of package registries: `when` to, ask, always or never")
	set.BoolVar(&f.noColor, "no-color", false, "print no colours (as NO_COLOR does)")
	set.BoolVar(&f.dryRun, "dry-run", false, "print what would be done and do nothing")
	set.StringVar(&f.ansi, "ansi", "", "colours and cursor moves: auto, never or always")
	set.BoolVar(&f.compatibility, "compatibility", false, "give containers the names that Compose 1 gave")
	for _, name := range []string{"ansi", "compatibility"} {
		_ = set.MarkHidden(name) // it exists
	}
	set.String("progress", "auto", "how to show progress: auto, tty or plain")
}

// knownCommand refuses what is no command and names the nearest one.
func (a *app) knownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fail.New(fail.Usage, nearest(c.SuggestionsFor(args[0]), "", "see `devup --help` for the commands"), "there is no command %q", args[0])
}

// flagError explains a flag that cannot be understood and names the nearest one.
func flagError(c *cobra.Command, err error) error {
	if value, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return badValue(c, value)
	}
	text := firstLine(err.Error())
	hint := "see `" + c.CommandPath() + " --help`"
	if name, ok := strings.CutPrefix(text, "unknown flag: --"); ok {
		return fail.New(fail.Usage, nearest(flagsLike(c, name), "--", hint), "%s has no flag --%s", c.CommandPath(), name)
	}
	return fail.New(fail.Usage, hint, "%s", text)
}

// flagsLike are the flags of a command that resemble a name, by cobra's rule for commands.
func flagsLike(c *cobra.Command, name string) (like []string) {
	name = strings.ToLower(name)
	c.Flags().VisitAll(func(f *pflag.Flag) {
		near := levenshtein.Distance(name, f.Name, nil) <= 2 || strings.HasPrefix(f.Name, name)
		if near && !f.Hidden {
			like = append(like, f.Name)
		}
	})
	return like
}

// nearest is a hint that names suggestions, or another hint where there are none.
func nearest(suggestions []string, prefix, otherwise string) string {
	if len(suggestions) == 0 {
		return otherwise
	}
	quoted := make([]string, len(suggestions))
	for i, s := range suggestions {
		quoted[i] = "`" + prefix + s + "`"
	}
	return "did you mean " + strings.Join(quoted, " or ") + "?"
}

// run makes a command's run function of one that gets the context first. It
// merges the settings and opens the UI before, and notes that the command began:
// from there on its errors are not about usage.
func (a *app) run(f func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		merged, err := settings.Load(c.Flags(), a.stdio.LookupEnv, settings.Dir(runtime.GOOS, a.stdio.env, a.home()))
		if err != nil {
			return err
		}
		a.settings = merged
		if err := errors.Join(a.settleDryRun(c), a.settleAnsi(), a.settleCompatibility()); err != nil {
			return err
		}
		a.started = true
		a.begin()
		return f(c.Context(), args)
	}
}
