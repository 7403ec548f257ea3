//go:build e2e

package e2e

import (
	"fmt"
	"net/url"
	"regexp"
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
		for _, platform := range []string{"gitpod", "codespaces"} {
			t.Run(app.name+" in "+platform, func(t *testing.T) {
				w := c.in(t, pretended(platform, app.name))
				w.devup(t, "up", "--detach")
				w.opens(t, app.front)
				t.Run("closed", func(t *testing.T) { w.browse(t, w.url(t, app.front)).shows(t, app.empty) })
				w.opens(t, app.back)
				t.Run("public", func(t *testing.T) { w.works(t, app, w.url(t, app.front)) })
			})
		}
	}
}

// pretended gives a workspace of a platform for an app.
func pretended(platform, app string) edge.Workspace {
	if platform == "gitpod" {
		return edge.NewGitpod("octo-"+app+"-1", "ws-eu1.gitpod.io")
	}
	return edge.NewCodespaces("octocat-" + app + "-x7")
}

// opens makes the port of a service public, as a person does it by hand.
func (w *workplace) opens(t *testing.T, service string) {
	t.Helper()
	at, err := url.Parse(w.url(t, service))
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`^([0-9]+)-.*gitpod`).FindStringSubmatch(at.Host); m != nil {
		w.types(t, "gp ports visibility "+m[1]+":public")
		return
	}
	m := regexp.MustCompile(`^(.*)-([0-9]+)\.`).FindStringSubmatch(at.Host)
	if m == nil {
		t.Fatalf("no port in %s", at)
	}
	w.types(t, fmt.Sprintf("gh codespace ports --json label -c %s", m[1])) // when the editor finds the port
	w.types(t, fmt.Sprintf("gh codespace ports visibility %s:public -c %s", m[2], m[1]))
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
	before := w.read(t, app.component)
	defer w.write(t, app.component, before)
	w.replace(t, app.component, app.from, app.to)
	p.shows(t, app.edited, app.shows)
	if kept, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("window.kept === true")); err != nil || !kept {
		t.Errorf("the page was loaded anew (%v)", err)
	}
	if problems := p.complaints(); len(problems) > 0 {
		t.Errorf("the browser's console has errors: %q", problems)
	}
	if testing.Verbose() {
		t.Logf("screenshot: %s", p.screenshot(t))
	}
}
