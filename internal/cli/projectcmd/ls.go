package projectcmd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/workspace"
)

// lsOptions are the flags of ls.
type lsOptions struct {
	all     bool
	quiet   bool
	filters []string
	format  string
}

// NewLs is `devup ls`.
func NewLs(p *command.Program) *cobra.Command {
	var o lsOptions
	c := &cobra.Command{
		Use:         "ls",
		Annotations: command.ReadOnly,
		Short:       "List the projects on the engine, devup's and Compose's",
		Long: `List the projects on the engine that have running containers, of any tool; with
--all also those that are stopped or have only networks or volumes left.
A project whose directory was deleted is marked; devup prune removes those.`,
		Example: `  devup ls
  devup ls --all --filter name=shop`,
		Args: cobra.NoArgs,
	}
	f := c.Flags()
	f.BoolVarP(&o.all, "all", "a", false, "stopped projects too")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print the names only")
	f.StringArrayVar(&o.filters, "filter", nil, "only projects for which `name=PATTERN` holds; may be repeated")
	command.TableOrJSONFlag(c, &o.format)
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, _ []string) error { return runLs(ctx, env, o) })
	return c
}

// projectObject is a project in JSON. Its names are a promise.
type projectObject struct {
	Type        string         `json:"type"` // "project"
	Name        string         `json:"name"`
	Dir         string         `json:"dir"`      // empty when nothing says it
	DirGone     bool           `json:"dir_gone"` // the directory was removed from this machine
	ConfigFiles []string       `json:"config_files"`
	Containers  map[string]int `json:"containers"` // state -> how many
	URLs        []string       `json:"urls"`       // what a browser opens
	Networks    int            `json:"networks"`
	Volumes     int            `json:"volumes"`
}

// projectRow is the same under the names that Compose has, for --format json.
type projectRow struct{ Name, Status, ConfigFiles string }

func runLs(ctx context.Context, env *command.Env, o lsOptions) error {
	patterns, err := o.patterns()
	if err := errors.Join(err, command.CheckFormat(o.format)); err != nil {
		return err
	}
	s, err := session.Open(ctx, env.Env, session.Want{Engine: session.Required, State: session.Everything, Workspace: true})
	if err != nil {
		return err
	}
	defer s.Close()
	var projects []projectObject
	for _, name := range s.State.Names() {
		named := len(patterns) == 0 || slices.ContainsFunc(patterns, func(r *regexp.Regexp) bool { return r.MatchString(name) })
		p := projectOf(s.State, name, s.Workspace)
		p.DirGone = s.Engine.Local() && checkout.Removed(p.Dir)
		if named && (o.all || p.runs()) {
			projects = append(projects, p)
		}
	}
	if o.quiet {
		for _, p := range projects {
			env.UI.Text(p.Name)
		}
		return nil
	}
	showProjects(env, projects, o.format)
	return nil
}

// patterns are those that the names of projects are to match.
func (o lsOptions) patterns() ([]*regexp.Regexp, error) {
	var patterns []*regexp.Regexp
	for _, filter := range o.filters {
		key, value, _ := strings.Cut(filter, "=")
		if key != "name" {
			return nil, fail.New(fail.Usage, "for example --filter name=shop", "--filter takes name=PATTERN only, not %q", filter)
		}
		pattern, err := regexp.Compile(value)
		if err != nil {
			return nil, fail.Wrap(err, fail.Usage, "", "%q is not a regular expression", value)
		}
		patterns = append(patterns, pattern)
	}
	return patterns, nil
}

// projectOf is what a survey holds of a project.
func projectOf(survey observe.State, name string, place workspace.Info) projectObject {
	look := survey.Project(name)
	p := projectObject{
		Type: "project", Name: name, Dir: survey.Owners[name], ConfigFiles: []string{}, Containers: map[string]int{},
		URLs: urlsOf(look.Containers, place), Networks: len(look.Networks), Volumes: len(look.Volumes),
	}
	for _, c := range survey.Summaries(name) {
		p.Containers[string(c.State)]++
		for file := range strings.SplitSeq(c.Labels[plan.LabelFiles], ",") {
			if file != "" && !slices.Contains(p.ConfigFiles, file) {
				p.ConfigFiles = append(p.ConfigFiles, file)
			}
		}
	}
	return p
}

// urlsOf are the show.Addresses of this machine at which a browser gets to containers.
func urlsOf(containers []plan.Container, place workspace.Info) []string {
	urls := []string{}
	for _, c := range containers {
		for _, port := range c.Ports {
			if web := (project.Port{Target: port.Target, Protocol: port.Protocol}).Web(); !web {
				continue
			}
			url := place.URL(port.Public)
			if ip, err := netip.ParseAddr(port.HostIP); err == nil && !place.Remote && !ip.IsLoopback() && !ip.IsUnspecified() {
				url = "http://" + netip.AddrPortFrom(ip, uint16(port.Public)).String()
			}
			if !slices.Contains(urls, url) { // IPv4 and IPv6 are two ports to the engine
				urls = append(urls, url)
			}
		}
	}
	slices.Sort(urls)
	return urls
}

// runs says that one of the containers does.
func (p projectObject) runs() bool {
	return p.Containers["running"]+p.Containers["paused"]+p.Containers["restarting"] > 0
}

// status counts the containers of a project by state, "exited(1), running(2)", or says
// what else there is of it.
func (p projectObject) status() string {
	var counts []string
	for _, state := range slices.Sorted(maps.Keys(p.Containers)) {
		counts = append(counts, fmt.Sprintf("%s(%d)", state, p.Containers[state]))
	}
	if len(counts) == 0 {
		return "only " + strings.Join(counted(counts, p.Networks, p.Volumes), ", ")
	}
	return strings.Join(counts, ", ")
}

// counted adds to parts of a sentence how many networks and volumes there are.
func counted(parts []string, networks, volumes int) []string {
	if networks > 0 {
		parts = append(parts, fmt.Sprint(networks, command.Plural(networks, " network", " networks")))
	}
	if volumes > 0 {
		parts = append(parts, fmt.Sprint(volumes, command.Plural(volumes, " volume", " volumes")))
	}
	return parts
}

func showProjects(env *command.Env, projects []projectObject, format string) {
	if format == "json" {
		rows := []projectRow{}
		for _, p := range projects {
			if len(p.Containers) == 0 {
				continue // Compose does not know it
			}
			rows = append(rows, projectRow{p.Name, p.status(), strings.Join(p.ConfigFiles, ",")})
		}
		env.UI.Object(rows)
		return
	}
	gone := 0
	t := ui.Table{Header: []string{"NAME", "STATUS", "URLS", "DIRECTORY"}}
	for _, p := range projects {
		if env.UI.Mode() == ui.JSON {
			env.UI.Object(p)
			continue
		}
		directory := ui.Cell{Text: p.Dir}
		if p.DirGone {
			directory, gone = ui.Cell{Text: p.Dir + " was deleted", Tone: ui.Notice}, gone+1
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: p.Name, Tone: ui.Strong}, {Text: p.status()}, {Text: strings.Join(p.URLs, " ")}, directory})
	}
	switch {
	case len(t.Rows) > 0:
		env.UI.Table(t)
	case env.UI.Mode() != ui.JSON:
		env.Say("no project runs on this engine")
	}
	if gone > 0 {
		env.Note(fmt.Sprintf("%d of them %s in a directory that was deleted; `devup prune` removes what is left", gone, command.Plural(gone, "is", "are")))
	}
}
