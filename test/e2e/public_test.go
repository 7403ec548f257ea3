//go:build e2e

package e2e

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/devup-cli/devup/test/edge"
)

// webApp is an example whose page calls its API from the browser.
type webApp struct {
	name, front, back string
	shows, empty      string // what the page shows with the API's data, and without them
	// An edit of a component, and what the open page shows after it.
	component, from, to, edited string
}

var webApps = []webApp{
	{
		name: "cruddur", front: "frontend-react-js", back: "backend-flask",
		shows: "My loom weaves algebra now.", empty: "No activities:",
		component: "frontend-react-js/src/App.js", from: "<h1>Cruddur", to: "<h1>Cruddur, edited", edited: "Cruddur, edited",
	},
	{
		name: "board", front: "web", back: "api",
		shows: "The moth is in the logbook.", empty: "No notes:",
		component: "web/src/notes.js", from: "notes`", to: "notes, edited`", edited: "2 notes, edited",
	},
}

// TestInWorkspaces: the examples in a pretended Gitpod and in a pretended codespace. It is
// not parallel: a container that another test starts changes the network under the browser.
func TestInWorkspaces(t *testing.T) {
	for _, app := range webApps {
		c := example(t, app.name)
		c.devup(t, "init", "--yes")
		config := c.read(t, "devup.yaml")
		for _, platform := range []string{"gitpod", "codespaces"} {
			place, private := pretended(platform, app.name)
			w := c.in(t, place)
			t.Run(app.name+" in "+platform+" with a private backend", func(t *testing.T) {
				// The services are sorted by name, and the backend's comes first.
				c.replace(t, "devup.yaml", "public: true", "public: false")
				defer c.write(t, "devup.yaml", config)
				w.isCutOff(t, app)
			})
			t.Run(app.name+" in "+platform+" with public ports", func(t *testing.T) {
				w.devup(t, "up", "--detach")
				w.works(t, app, w.url(t, app.front))
				w.hasNoDebugger(t, app)
			})
			t.Run(app.name+" in "+platform+" with the gateway", func(t *testing.T) {
				w.closes(t, private, app.front, app.back)
				w.devup(t, "up", "--detach", "--gateway")
				w.works(t, app, w.url(t, "gateway"))
				w.isOpen(t, "gateway")
			})
		}
	}
}

// pretended gives a workspace of a platform for an app, and the command that makes PORT
// private there.
func pretended(platform, app string) (w edge.Workspace, private string) {
	if platform == "gitpod" {
		return edge.NewGitpod("octo-"+app+"-1", "ws-eu1.gitpod.io"), "gp ports visibility PORT:private"
	}
	name := "octocat-" + app + "-x7"
	return edge.NewCodespaces(name), "gh codespace ports visibility PORT:private -c " + name
}

// isCutOff brings the app up: its page is there and gets no data, because it may not call
// its backend, and devup says so and what helps.
func (w *workplace) isCutOff(t *testing.T, app webApp) {
	t.Helper()
	r := w.devup(t, "up", "--detach", "--gateway=false")
	for _, want := range []string{app.front + ": its page calls " + app.back, "asks for a login", "public: true", "up --gateway"} {
		if !strings.Contains(r.err, want) {
			t.Errorf("no %q in\n%v", want, r)
		}
	}
	w.isOpen(t, app.front)
	p := w.browse(t, w.url(t, app.front))
	p.shows(t, app.empty)
	p.keep(t)
}

// works opens the page of the app in a browser: it shows the data, an edit shows in it
// while it stays, and the browser complains of nothing.
func (w *workplace) works(t *testing.T, app webApp, url string) {
	t.Helper()
	p := w.browse(t, url)
	p.shows(t, app.shows)
	if _, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("window.kept = true")); err != nil {
		t.Fatal(err)
	}
	p.isLive(t)
	before := w.read(t, app.component)
	defer w.write(t, app.component, before)
	w.replace(t, app.component, app.from, app.to)
	p.shows(t, app.edited, app.shows)
	if kept, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("window.kept === true")); err != nil || !kept {
		t.Errorf("the page was loaded again (%v)", err)
	}
	if problems := p.complaints(); len(problems) > 0 {
		t.Errorf("the browser's console has errors: %q", problems)
	}
	p.keep(t)
}

// hasNoDebugger asks the public backend for the page of Werkzeug's debugger.
func (w *workplace) hasNoDebugger(t *testing.T, app webApp) {
	t.Helper()
	if app.name != "cruddur" {
		return // only that one has Flask
	}
	r := w.devup(t, "exec", "-T", app.back, "python", "-c",
		"import os, urllib.request, urllib.error\n"+
			"print(os.environ['FLASK_DEBUG'], os.environ['FLASK_RUN_DEBUGGER'])\n"+
			"try: print(urllib.request.urlopen('http://localhost:4567/console').status)\n"+
			"except urllib.error.HTTPError as e: print(e.code)")
	if !strings.Contains(r.out, "1 false") || !strings.Contains(r.out, "404") {
		t.Errorf("%s may have a debugger:\n%v", app.back, r)
	}
}

// isOpen fails unless these services, and no others that have a URL, answer a user
// without a login.
func (w *workplace) isOpen(t *testing.T, services ...string) {
	t.Helper()
	for _, row := range w.rows(t) {
		want := "needs-login"
		if slices.Contains(services, row.Service) {
			want = "public"
		}
		if row.Access != want {
			t.Errorf("%s is %s, want %s (%s)", row.Service, row.Access, want, row.Advice)
		}
	}
}

// urlRow is a port that has a URL.
type urlRow struct {
	Type, Service, URL, Access, Advice string
	Port                               int
}

func (w *workplace) rows(t *testing.T) []urlRow {
	t.Helper()
	r := w.devup(t, "urls", "--check", "--json")
	var rows []urlRow
	for decoder := json.NewDecoder(strings.NewReader(r.out)); ; {
		var row urlRow
		if err := decoder.Decode(&row); errors.Is(err, io.EOF) {
			return rows
		} else if err != nil {
			t.Fatalf("%v in\n%v", err, r)
		}
		if row.Type == "url" && row.URL != "" {
			rows = append(rows, row)
		}
	}
}

// closes runs a command for the port of each of these services.
func (w *workplace) closes(t *testing.T, command string, services ...string) {
	t.Helper()
	for _, row := range w.rows(t) {
		if slices.Contains(services, row.Service) {
			w.types(t, strings.ReplaceAll(command, "PORT", strconv.Itoa(row.Port)))
		}
	}
}
