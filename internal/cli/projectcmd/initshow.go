package projectcmd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/scaffold"
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
		Runtime   string           `json:"runtime"`
		Unset     []string         `json:"unset,omitempty"` // variables that it reads and that are not set
		Evidence  []evidenceObject `json:"evidence"`
		Remarks   []remarkObject   `json:"remarks,omitempty"`   // what will not work as the files stand
		Debuggers []remarkObject   `json:"debuggers,omitempty"` // of a public service: what keeps its debugger from visitors
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
		Type string `json:"type"` // "rejected"
		Dir  string `json:"dir"`
		Why  string `json:"why"`
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
	t := ui.Table{}
	for _, s := range p.repository.Services {
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: s.Name, Tone: ui.Strong}, {Text: s.Framework}, {Text: portText(s)}, {Text: reasons(s), Tone: ui.Faint},
		})
	}
	for _, d := range p.repository.Data {
		t.Rows = append(t.Rows, dataRow(d))
	}
	env.UI.Table(t)
	saySeeds(env, p.repository)
	if o.explain {
		explain(env, p.repository)
	}
	for _, s := range p.repository.Services {
		if names := p.unset(s); len(names) > 0 {
			env.Say(fmt.Sprintf("%s reads variables that are not set: %s", s.Name, strings.Join(names, ", ")))
		}
	}
	for _, s := range p.repository.Services {
		sayRemarks(env, s.Name, s.Remarks)
	}
	showOpenings(env, p)
	for _, c := range p.changes {
		switch c.State {
		case scaffold.New:
			if o.dryRun {
				env.UI.Text("would write " + untrusted.Name(c.Path))
			}
		case scaffold.Differs:
			env.UI.Text(untrusted.Name(c.Path) + " exists and is not changed; init would add:")
			env.UI.Diff(c.Diff)
		case scaffold.Same:
		}
	}
	if len(p.repository.Services) > 0 && p.install == "" && slices.ContainsFunc(p.changes, asksForInstall) {
		env.Say("this devup is not a published release, so the workspace files do not install it",
			"  fix: add the command at the comment in each file, or set `install` in devup's settings")
	}
}

// sayRemarks says what is wrong with a service, and on lines of their own what to do.
func sayRemarks(env *command.Env, service string, remarks []detect.Remark) {
	for _, r := range remarks {
		lines := []string{service + ": " + because(r.Evidence)}
		if r.Fix != "" {
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
			Type: "found", Service: s.Name, Dir: s.Dir, Stack: s.Stack, Framework: s.Framework,
			Port: s.Port.Number, HostPort: s.HostPort, Public: opening.Public, PublicWhy: publicWhy(opening), Runtime: runtimeText(s), Unset: p.unset(s), Evidence: evidence(s),
			Remarks: remarks(s.Remarks), Debuggers: remarks(p.debuggers[s.Name]),
		})
	}
	dataObjects(env, p.repository)
	if o.explain {
		for _, r := range p.repository.Rejected {
			env.UI.Object(rejectedObject{"rejected", r.Dir, r.Why})
		}
	}
	for _, c := range p.changes {
		if c.State != scaffold.New || o.dryRun { // else write says that it wrote the file
			env.UI.Object(fileObject{"file", c.Path, string(c.State), c.Diff})
		}
	}
}

// explain prints all evidence, and what was not taken.
func explain(env *command.Env, repository detect.Repository) {
	for _, s := range repository.Services {
		env.UI.Text("", fmt.Sprintf("%s (%s)", s.Name, untrusted.Name(s.Dir)))
		line := func(what string, e detect.Evidence) {
			env.UI.Text(fmt.Sprintf("  %-10s %s", what, because(e)))
		}
		line("port "+fmt.Sprint(s.Port.Number), s.Port.Evidence)
		line(runtimeText(s), s.Runtime.Evidence)
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

// reasons are the evidence for a service and its port on one line, without the
// service's directory.
func reasons(s detect.Service) string {
	var texts []string
	seen := map[string]bool{}
	add := func(e detect.Evidence) {
		if e.File != "" {
			e.File = strings.TrimPrefix(e.File, s.Dir+"/")
		}
		e.Line = 0
		if text := because(e); text != "" && !seen[text] && len(texts) < 3 {
			seen[text] = true
			texts = append(texts, text)
		}
	}
	for i, e := range s.Evidence {
		if i < 2 {
			add(e)
		}
	}
	add(s.Port.Evidence)
	return strings.Join(texts, "; ")
}

// portText is the port of a service, and the host's where it is another.
func portText(s detect.Service) string {
	if s.HostPort != 0 && s.HostPort != s.Port.Number {
		return fmt.Sprintf("port %d (%d here)", s.Port.Number, s.HostPort)
	}
	return fmt.Sprintf("port %d", s.Port.Number)
}

func runtimeText(s detect.Service) string { return s.Runtime.Language + " " + s.Runtime.Version }

// unset are the variables that a service reads and that nothing sets.
func (p proposal) unset(s detect.Service) []string {
	var names []string
	for _, v := range s.Variables {
		if v.Sibling == "" && v.Data == "" && !v.Default && !p.set[cmp.Or(s.Compose, s.Name)][v.Name] {
			names = append(names, v.Name)
		}
	}
	return names
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

// question asks for leave to write a number of files.
func question(files int) string {
	if files == 1 {
		return "write 1 file?"
	}
	return fmt.Sprintf("write %d files?", files)
}
