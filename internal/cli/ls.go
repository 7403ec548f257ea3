package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/run"
	"github.com/devup-cli/devup/internal/ui"
)

// lsOptions are the flags of ls.
type lsOptions struct {
	all     bool
	quiet   bool
	filters []string
	format  string
}

func (a *app) lsCommand() *cobra.Command {
	var o lsOptions
	c := &cobra.Command{
		Use:   "ls",
		Short: "List the projects on the engine, devup's and Compose's",
		Long: `List the projects on the engine that have running containers, whoever started them;
with --all also those that are stopped. One whose folder is gone can be taken down
with devup down -p NAME.`,
		Example: `  devup ls
  devup ls --all --filter name=shop`,
		Args: cobra.NoArgs,
	}
	f := c.Flags()
	f.BoolVarP(&o.all, "all", "a", false, "stopped projects too")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print the names only")
	f.StringArrayVar(&o.filters, "filter", nil, "only projects for which `name=PATTERN` holds; may be repeated")
	tableOrJSON(c, &o.format)
	c.RunE = a.run(func(ctx context.Context, _ []string) error { return a.ls(ctx, o) })
	return c
}

// projectObject is a project in JSON. Its names are a promise.
type projectObject struct {
	Type        string         `json:"type"` // "project"
	Name        string         `json:"name"`
	Dir         string         `json:"dir"`      // empty when no container says it
	DirGone     bool           `json:"dir_gone"` // there is no such folder on this machine
	ConfigFiles []string       `json:"config_files"`
	Containers  map[string]int `json:"containers"` // state -> how many
}

// projectRow is the same under the names that Compose has, for --format json.
type projectRow struct{ Name, Status, ConfigFiles string }

func (a *app) ls(ctx context.Context, o lsOptions) error {
	patterns, err := o.patterns()
	if err := errors.Join(err, checkForm(o.format)); err != nil {
		return err
	}
	e, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	survey, err := run.Containers(ctx, e.Client, "")
	if err != nil {
		return err
	}
	projects := slices.DeleteFunc(projectsOf(survey.Summaries("")), func(p projectObject) bool {
		named := len(patterns) == 0 || slices.ContainsFunc(patterns, func(r *regexp.Regexp) bool { return r.MatchString(p.Name) })
		return !named || !o.all && p.Containers["running"]+p.Containers["paused"]+p.Containers["restarting"] == 0
	})
	for i := range projects {
		_, err := os.Stat(projects[i].Dir)
		projects[i].DirGone = e.Local() && projects[i].Dir != "" && errors.Is(err, fs.ErrNotExist)
	}
	if o.quiet {
		for _, p := range projects {
			a.ui.Text(p.Name)
		}
		return nil
	}
	a.showProjects(projects, o.format)
	return nil
}

// patterns are those that the names of projects are to match.
func (o lsOptions) patterns() ([]*regexp.Regexp, error) {
	var patterns []*regexp.Regexp
	for _, filter := range o.filters {
		key, value, _ := strings.Cut(filter, "=")
		if key != "name" {
			return nil, fail.New(fail.Usage, "for example --filter name=shop", "--filter knows name=PATTERN only, not %q", filter)
		}
		pattern, err := regexp.Compile(value)
		if err != nil {
			return nil, fail.Wrap(err, fail.Usage, "", "%q is no regular expression", value)
		}
		patterns = append(patterns, pattern)
	}
	return patterns, nil
}

// projectsOf groups containers by project, by name.
func projectsOf(containers []container.Summary) []projectObject {
	byName := map[string]*projectObject{}
	for _, c := range containers {
		name := c.Labels[plan.LabelProject]
		p := byName[name]
		if p == nil {
			p = &projectObject{Type: "project", Name: name, ConfigFiles: []string{}, Containers: map[string]int{}}
			byName[name] = p
		}
		p.Containers[string(c.State)]++
		if dir := c.Labels[plan.LabelWorkingDir]; dir != "" {
			p.Dir = dir
		}
		for file := range strings.SplitSeq(c.Labels[plan.LabelFiles], ",") {
			if file != "" && !slices.Contains(p.ConfigFiles, file) {
				p.ConfigFiles = append(p.ConfigFiles, file)
			}
		}
	}
	var projects []projectObject
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		projects = append(projects, *byName[name])
	}
	return projects
}

// status counts the containers of a project by state: "exited(1), running(2)".
func (p projectObject) status() string {
	var counts []string
	for _, state := range slices.Sorted(maps.Keys(p.Containers)) {
		counts = append(counts, fmt.Sprintf("%s(%d)", state, p.Containers[state]))
	}
	return strings.Join(counts, ", ")
}

func (a *app) showProjects(projects []projectObject, format string) {
	if format == "json" {
		rows := []projectRow{}
		for _, p := range projects {
			rows = append(rows, projectRow{p.Name, p.status(), strings.Join(p.ConfigFiles, ",")})
		}
		a.ui.Object(rows)
		return
	}
	t := ui.Table{Header: []string{"NAME", "STATUS", "CONFIG FILES"}}
	for _, p := range projects {
		if a.ui.Mode() == ui.JSON {
			a.ui.Object(p)
			continue
		}
		files := ui.Cell{Text: strings.Join(p.ConfigFiles, ", ")}
		if p.DirGone {
			files = ui.Cell{Text: p.Dir + " is gone", Tone: ui.Notice}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: p.Name, Tone: ui.Strong}, {Text: p.status()}, files})
	}
	switch {
	case len(t.Rows) > 0:
		a.ui.Table(t)
	case a.ui.Mode() != ui.JSON:
		a.ui.Say("no project runs on this engine")
	}
}
