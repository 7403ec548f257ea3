package cli

import (
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/ui"
)

// showURLs prints the URL table, and what there is to say about it in its place.
func (a *app) showURLs(found addresses) {
	if a.ui.Mode() == ui.JSON {
		for _, r := range found.rows {
			a.ui.Object(r)
		}
	} else {
		a.ui.Table(urlTable(found.rows))
	}
	for _, text := range append(expose.Remarks(found.place, found.rows), expose.Calls(found.project, found.place, found.rows)...) {
		a.note(text)
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
			{Text: r.Service, Tone: ui.Strong}, address, {Text: r.State, Tone: tone(r.State)}, access(r),
		})
	}
	return t
}

// access is how the URL answers the rest of the world, or is meant to. That one
// which nobody wants public is not open is as it should be.
func access(r expose.Row) ui.Cell {
	texts := map[expose.Access]string{
		expose.Reachable: "public", expose.NeedsLogin: "needs a login", expose.Forbidden: "forbidden", expose.NotReachable: "not reachable", expose.HostRefused: "refuses its name",
	}
	cell := ui.Cell{Text: texts[r.Access]}
	switch {
	case r.Access == expose.Unchecked && r.Tunneled():
		cell.Text = "public"
	case r.Access == expose.Unchecked && r.Public:
		cell.Text = "to be public"
	case r.Access == expose.Unchecked:
	case r.Access == expose.Reachable:
		cell.Tone = ui.Good
	case locked(r):
		cell.Tone = ui.Bad
	default:
		cell.Tone = ui.Faint
	}
	return cell
}

// tone is how a state looks.
func tone(state string) ui.Tone {
	switch state {
	case expose.Running:
		return ui.Good
	case expose.Failed, "unhealthy", "dead", "restarting":
		return ui.Bad
	case expose.Starting, "paused":
		return ui.Notice
	}
	return ui.Faint
}
