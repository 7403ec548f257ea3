package show

import (
	"strings"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/workspace"
)

// Addresses are the published ports of a project in its workspace.
type Addresses struct {
	Workspace workspace.Info
	Project   *project.Project // resolved
	Rows      []expose.Row
}

// URLs prints the URL table, and what there is to say about it in its workspace.
func URLs(env *command.Env, a Addresses) {
	if env.UI.Mode() == ui.JSON {
		for _, r := range a.Rows {
			env.UI.Object(r)
		}
	} else {
		env.UI.Table(urlTable(a.Rows))
	}
	for _, text := range append(expose.Notes(a.Workspace, a.Rows), expose.Calls(a.Project, a.Workspace, a.Rows)...) {
		env.Note(text)
	}
}

func urlTable(rows []expose.Row) ui.Table {
	t := ui.Table{}
	for _, r := range rows {
		address := ui.Cell{Text: r.URL, Link: r.URL}
		if r.URL == "" {
			address = ui.Cell{Text: r.Address}
		}
		if r.Port == 0 {
			address = ui.Cell{Text: "a free port, once it runs", Tone: ui.Faint}
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: r.Service, Tone: ui.Strong}, address, {Text: r.State, Tone: Tone(r.State)}, access(r),
		})
	}
	return t
}

// access is how the URL answers the rest of the world, or is meant to. That one
// which is not to be public is not open is as it should be.
func access(r expose.Row) ui.Cell {
	texts := map[expose.Access]string{
		expose.Reachable: "public", expose.NeedsLogin: "needs a login", expose.Forbidden: "forbidden", expose.NotReachable: "not reachable", expose.HostRefused: "refuses its name",
	}
	cell := ui.Cell{Text: texts[r.Access]}
	switch {
	case r.Access == expose.Unchecked && r.Tunneled():
		cell.Text = "public"
	case r.Access == expose.Unchecked && r.Public:
		cell.Text = "will be public"
	case r.Access == expose.Unchecked:
	case r.Access == expose.Reachable:
		cell.Tone = ui.Good
	case Locked(r):
		cell.Tone = ui.Bad
	default:
		cell.Tone = ui.Faint
	}
	return cell
}

// Tone is how a state looks.
func Tone(state string) ui.Tone {
	switch state {
	case expose.Running:
		return ui.Good
	case expose.Failed, "unhealthy", "dead", "restarting":
		return ui.Bad
	case expose.Starting, expose.NotUpdated, "paused":
		return ui.Notice
	}
	if strings.Contains(state, "answer") { // see [Wrong]
		return ui.Bad
	}
	return ui.Faint
}

// Locked tells whether a row that is to be public was checked and is not.
func Locked(r expose.Row) bool {
	return r.Public && r.Access != expose.Unchecked && r.Access != expose.Reachable
}
