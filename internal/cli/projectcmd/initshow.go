package projectcmd

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/scaffold"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/dataservice"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/untrusted"
)

// The objects of init in JSON. Their names are a promise.
type (
	foundObject struct {
		Type      string           `json:"type"` // "found"
		Service   string           `json:"service"`
		Dir       string           `json:"dir"`
		Stack     string           `json:"stack"`
		Framework string           `json:"framework"`
		Port      int              `json:"port"`
		HostPort  int              `json:"host_port"`
		Public    bool             `json:"public"`               // marked as public: a cloud workspace may open it to the internet
		PublicWhy *evidenceObject  `json:"public_why,omitempty"` // why init marks it
		Runtime   string           `json:"runtime,omitempty"`
		Needs     []string         `json:"needs,omitempty"`     // the services that it uses
		Unset     []string         `json:"unset,omitempty"`     // variables that it reads and that are not set
		Variables []unsetObject    `json:"variables,omitempty"` // the same, with where they are read, and those that are generated
		Steps     []stepObject     `json:"steps,omitempty"`     // what init has `devup up` do apart from building and starting
		Workers   []workerObject   `json:"workers,omitempty"`   // processes of its code that listen nowhere, each a service
		Evidence  []evidenceObject `json:"evidence"`
		Remarks   []remarkObject   `json:"remarks,omitempty"`   // what will not work as the files stand
		Debuggers []remarkObject   `json:"debuggers,omitempty"` // of a public service: what keeps its debugger from visitors
	}
	workerObject struct {
		Service  string         `json:"service"`
		Command  []string       `json:"command"`
		Evidence evidenceObject `json:"evidence"`
	}
	evidenceObject struct {
		File string `json:"file,omitempty"`
		Line int    `json:"line,omitempty"`
		Text string `json:"text"`
	}
	remarkObject struct {
		evidenceObject
		Fix string `json:"fix,omitempty"` // what to do
	}
	rejectedObject struct {
		Type     string          `json:"type"` // "rejected"
		Dir      string          `json:"dir"`
		Why      string          `json:"why"`
		Expected bool            `json:"expected"` // it looks like a service
		Evidence *evidenceObject `json:"evidence,omitempty"`
	}
	fileObject struct {
		Type  string `json:"type"` // "file"
		Path  string `json:"path"`
		State string `json:"state"` // "new", "same", "differs", "written"
		Diff  string `json:"diff,omitempty"`
	}
)

// showProposal prints what was found and what would be written.
func showProposal(env *command.Env, p proposal, o initOptions) {
	if env.UI.Mode() == ui.JSON {
		proposalObjects(env, p, o)
		return
	}
	env.UI.Table(foundTable(p))
	saySeeds(env, p.repository)
	if o.explain {
		explain(env, p.repository)
	} else {
		show.LeftOut(env, p.leftOut())
	}
	sayLeft(env, p, o)
	for _, c := range p.changes {
		switch {
		case p.isEmpty(): // nothing is written for nothing
		case c.State == scaffold.New:
			if o.dryRun {
				env.UI.Text("would write " + untrusted.Name(c.Path))
			}
		case c.State == scaffold.Differs:
			env.UI.Text(untrusted.Name(c.Path) + " exists and is not changed; init would add:")
			env.UI.Diff(c.Diff)
		}
	}
	if (p.cloud || o.explain) && len(p.repository.Services) > 0 && p.install == "" && slices.ContainsFunc(p.changes, asksForInstall) {
		env.Say("this devup is not a published release, so the workspace files do not install it",
			"  fix: add the command at the comment in each file, or set `install` in devup's settings")
	}
}

// leftOut are the directories that were not taken: all that were looked at where nothing was,
// those that a reader expects first.
func (p proposal) leftOut() []detect.Rejection {
	all := slices.Clone(p.repository.Rejected)
	if !p.isEmpty() || len(p.set)+len(p.repository.Compose) > 0 {
		return all
	}
	slices.SortStableFunc(all, func(a, b detect.Rejection) int {
		switch {
		case a.Expected == b.Expected:
			return 0
		case a.Expected:
			return -1
		}
		return 1
	})
	for i := range all {
		all[i].Expected = true
	}
	return all
}

// foundTable is what was found, a service a row.
func foundTable(p proposal) ui.Table {
	services := p.repository.Services
	if len(services) == 0 {
		return ui.Table{}
	}
	t := ui.Table{Header: []string{"SERVICE", "FRAMEWORK", "PORT", "NEEDS", "BUILT FROM"}}
	for _, s := range services {
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: s.Name, Tone: ui.Strong},
			{Text: s.Framework},
			{Text: portText(s)},
			{Text: cmp.Or(strings.Join(p.needs(s), ", "), "-")},
			{Text: p.builtFrom(s), Tone: ui.Faint},
		})
		for _, w := range scaffold.Workers(p.repository, s) {
			t.Rows = append(t.Rows, []ui.Cell{{Text: w.Service, Tone: ui.Strong}, {Text: "worker"}, {Text: "-"}, {Text: cmp.Or(strings.Join(p.data(s), ", "), "-")}, {Text: p.builtFrom(s), Tone: ui.Faint}})
		}
	}
	for _, d := range p.repository.Data {
		t.Rows = append(t.Rows, p.dataRow(d))
	}
	return t
}

// dataRow is a data service as a row of the table.
func (p proposal) dataRow(d detect.Data) []ui.Cell {
	of := dataservice.Lookup(d.Service).As(d.Variant)
	from := of.Image
	if d.Compose {
		from = strings.Join(slices.Concat(p.repository.Compose, p.repository.Includes), ", ")
	}
	return []ui.Cell{{Text: d.Key, Tone: ui.Strong}, {Text: of.Title}, {Text: fmt.Sprint(cmp.Or(d.HostPort, of.Port))}, {Text: "-"}, {Text: from, Tone: ui.Faint}}
}

// needs are the services that a service uses, by their names.
func (p proposal) needs(s detect.Service) []string {
	names := slices.Clone(s.Needs)
	for _, v := range s.Variables {
		if v.Sibling != "" && v.Sibling != s.Name && (v.Inside || s.Frontend) {
			names = append(names, v.Sibling)
		}
	}
	names = append(append(names, p.data(s)...), p.called(s)...)
	for _, l := range p.repository.Loopbacks { // a page is there to call the servers that it shares a network with
		if !s.Frontend || !slices.Contains(l.Members, s.Name) {
			continue
		}
		for _, other := range p.repository.Services {
			if !other.Frontend && slices.Contains(l.Members, other.Name) {
				names = append(names, other.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// called are the services that a page calls at a URL in its source.
func (p proposal) called(s detect.Service) []string {
	var names []string
	for _, other := range p.repository.Services {
		port := cmp.Or(other.HostPort, other.Port.Number)
		if other.Name != s.Name && slices.ContainsFunc(s.Calls, func(c stack.Call) bool { return !c.Origin && c.Port == port }) {
			names = append(names, other.Name)
		}
	}
	return names
}

// data are the data services that a service uses, as its workers do.
func (p proposal) data(s detect.Service) []string {
	var keys []string
	for _, d := range p.repository.Data {
		if slices.Contains(d.Users, s.Name) {
			keys = append(keys, d.Key)
		}
	}
	return keys
}

// builtFrom is the file that says how the service's image is built.
func (p proposal) builtFrom(s detect.Service) string {
	switch {
	case s.Compose != "" && !s.Included && len(p.repository.Compose) > 0:
		return p.repository.Compose[0]
	case s.Included && len(p.repository.Includes) == 1:
		return untrusted.Name(p.repository.Includes[0])
	case s.Included:
		for _, file := range p.repository.Includes {
			if path.Dir(file) == s.Dir || strings.HasPrefix(s.Dir, path.Dir(file)+"/") {
				return untrusted.Name(file)
			}
		}
		return "a compose file"
	}
	text := cmp.Or(untrusted.Name(s.Dockerfile), p.made(s), "new Dockerfile")
	if s.Dir != s.Name && s.Dir != "." {
		text += " in " + untrusted.Name(s.Dir)
	}
	return text
}

// made is the Dockerfile of a service that an earlier init made; empty for none.
func (p proposal) made(s detect.Service) string {
	for _, name := range []string{"Dockerfile." + s.Name, "Dockerfile"} {
		for _, c := range p.changes {
			if c.Path == path.Join(s.Dir, name) && c.State != scaffold.New {
				return name
			}
		}
	}
	return ""
}

// sayLeft says what is left to do, a line each. What only matters in a cloud workspace is said
// there alone.
func sayLeft(env *command.Env, p proposal, o initOptions) {
	p.saySteps(env)
	p.sayUnset(env)
	fixes := false
	for _, s := range p.repository.Services {
		remarks := slices.DeleteFunc(slices.Clone(s.Remarks), func(r detect.Remark) bool { return r.Elsewhere && !p.cloud && !o.explain })
		sayRemarks(env, s.Name, remarks, o.explain)
		fixes = fixes || slices.ContainsFunc(remarks, func(r detect.Remark) bool { return r.Fix != "" })
	}
	if fixes && !o.explain {
		env.Say("`devup init --explain` says how to fix what will not work")
	}
	if p.cloud || o.explain {
		showOpenings(env, p)
	}
	if files := p.repository.Compose; len(files) > 0 && len(p.set) == 0 && !p.writes(projectFile) {
		env.Say(strings.Join(files, ", ") + ": `" + nextStep(env) + "` runs it as it is")
	}
}

// writes tells whether init would write or change the file.
func (p proposal) writes(file string) bool {
	return slices.ContainsFunc(p.changes, func(c scaffold.Change) bool { return c.Path == file && c.State != scaffold.Same })
}

// sayRemarks says what is wrong with a service, and with fixes, on lines of their own, what to do.
func sayRemarks(env *command.Env, service string, remarks []detect.Remark, fixes bool) {
	for _, r := range remarks {
		lines := []string{service + ": " + because(r.Evidence)}
		if fixes && r.Fix != "" {
			lines = append(lines, strings.Split("  fix: "+strings.ReplaceAll(r.Fix, "; or ", "\n   or: "), "\n")...)
		}
		env.Say(lines...)
	}
}

// asksForInstall tells whether a file would be written that says in a comment, by the
// templates' words, where the command that installs devup goes.
func asksForInstall(c scaffold.Change) bool {
	return c.State == scaffold.New && strings.Contains(string(c.Content), "put the command that installs it here")
}

func proposalObjects(env *command.Env, p proposal, o initOptions) {
	for _, s := range p.repository.Services {
		opening := p.openingOf(s)
		env.UI.Object(foundObject{
			Type: "found", Service: s.Name, Dir: s.Dir, Stack: s.StackName, Framework: s.Framework,
			Port: s.Port.Number, HostPort: s.HostPort, Public: opening.Public, PublicWhy: publicWhy(opening), Runtime: runtimeText(s), Needs: p.needs(s), Unset: p.unset(s), Variables: p.variables(s), Evidence: evidence(s),
			Remarks: remarks(s.Remarks), Debuggers: remarks(p.debuggers[s.Name]),
			Steps: steps(s), Workers: workerObjects(p.repository, s),
		})
	}
	dataObjects(env, p.repository)
	networkObjects(env, p.repository)
	for _, r := range p.repository.Rejected {
		object := rejectedObject{Type: "rejected", Dir: r.Dir, Why: r.Why, Expected: r.Expected}
		if r.Evidence != (detect.Evidence{}) {
			object.Evidence = &evidenceObject{r.Evidence.File, r.Evidence.Line, r.Evidence.Text}
		}
		env.UI.Object(object)
	}
	for _, c := range p.changes {
		if !p.isEmpty() && (c.State != scaffold.New || o.dryRun) { // else write says that it wrote the file
			env.UI.Object(fileObject{"file", c.Path, string(c.State), c.Diff})
		}
	}
}

// workerObjects are the workers of a service.
func workerObjects(repo detect.Repository, s detect.Service) []workerObject {
	var all []workerObject
	for _, w := range scaffold.Workers(repo, s) {
		all = append(all, workerObject{w.Service, w.Command, evidenceObject{w.Evidence.File, w.Evidence.Line, w.Evidence.Text}})
	}
	return all
}

// explain prints all evidence, and what was not taken.
func explain(env *command.Env, repository detect.Repository) {
	for _, s := range repository.Services {
		env.UI.Text("", fmt.Sprintf("%s (%s)", s.Name, untrusted.Name(s.Dir)))
		line := func(what string, e detect.Evidence) {
			env.UI.Text(fmt.Sprintf("  %-10s %s", what, because(e)))
		}
		line("port "+fmt.Sprint(s.Port.Number), s.Port.Evidence)
		if text := runtimeText(s); text != "" {
			line(text, s.Runtime.Evidence)
		}
		for _, e := range s.Evidence {
			line("service", e)
		}
		for _, v := range s.Variables {
			what := v.Name
			if v.Sibling != "" {
				what += " = URL of " + v.Sibling + v.Path
			}
			line("reads", detect.Evidence{File: v.Evidence.File, Line: v.Evidence.Line, Text: what})
		}
	}
	if len(repository.Rejected) > 0 {
		env.UI.Text("", "no services:")
		for _, r := range repository.Rejected {
			env.UI.Text("  " + untrusted.Name(r.Dir) + ": " + r.Why)
		}
	}
	env.UI.Text("")
}

// because is evidence as text: "requirements.txt:3: flask".
func because(e detect.Evidence) string {
	switch {
	case e.File == "":
		return e.Text
	case e.Line > 0:
		return fmt.Sprintf("%s:%d: %s", untrusted.Name(e.File), e.Line, e.Text)
	}
	return untrusted.Name(e.File) + ": " + e.Text
}

// portText is the port at which the service is reached.
func portText(s detect.Service) string {
	if s.Port.Number == 0 {
		return "-"
	}
	return fmt.Sprint(cmp.Or(s.HostPort, s.Port.Number))
}

func runtimeText(s detect.Service) string {
	return strings.TrimSpace(s.Runtime.Language + " " + s.Runtime.Version)
}

func evidence(s detect.Service) []evidenceObject {
	var all []evidenceObject
	for _, e := range append(slices.Clip(s.Evidence), s.Port.Evidence, s.Runtime.Evidence) {
		if o := (evidenceObject{e.File, e.Line, e.Text}); !slices.Contains(all, o) {
			all = append(all, o)
		}
	}
	return all
}

func remarks(of []detect.Remark) []remarkObject {
	var all []remarkObject
	for _, r := range of {
		all = append(all, remarkObject{evidenceObject{r.File, r.Line, r.Text}, r.Fix})
	}
	return all
}
