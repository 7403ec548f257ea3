//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

// TestStacks takes the examples of examples/stacks through a day with devup, each step on the
// real engine: init, up, the page in a browser, an edit, another package, production, down.
// E2E_STACKS names the examples, or is "all"; without it, those run that `make test` has time for.
//
// It is not parallel: a container that another test starts changes the network under the browser.
func TestStacks(t *testing.T) {
	chosen := strings.Fields(os.Getenv("E2E_STACKS"))
	if len(chosen) == 0 {
		chosen = inMakeTest
	}
	for _, name := range chosen {
		known := slices.ContainsFunc(stacks, func(s stack) bool { return s.name == name })
		if !known && name != "all" {
			t.Errorf("examples/stacks has no %q", name)
		}
	}
	for _, s := range stacks {
		if slices.Contains(chosen, s.name) || slices.Contains(chosen, "all") {
			t.Run(s.name, func(t *testing.T) { newDay(t, s).all(t) })
		}
	}
}

// day is an example on its way through the steps.
type day struct {
	stack
	*checkout
	page  *page
	step  string
	shown string // by the page, since the last change
}

func newDay(t *testing.T, s stack) *day {
	t.Helper()
	d := &day{stack: s, checkout: example(t, filepath.Join("stacks", s.name))}
	if s.python {
		if !reached(t, "https://pypi.org/simple/six/") {
			t.Skip("PyPI is not reached from here")
		}
		d.env = append(d.env, "PIP_INDEX_URL=https://pypi.org/simple", "PIP_TRUSTED_HOST=")
	}
	t.Cleanup(func() {
		if t.Failed() {
			logs := d.run(context.WithoutCancel(t.Context()), "logs", "--no-color", "--tail", "60")
			t.Logf("%s failed in the step %q; the services printed:\n%s", s.name, d.step, logs.out+logs.err)
		}
	})
	return d
}

// reached tells whether this machine gets an answer from a URL.
func reached(t *testing.T, url string) bool {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodHead, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

func (d *day) all(t *testing.T) {
	t.Helper()
	for _, step := range []struct {
		name string
		do   func(*testing.T)
	}{
		{"init", d.initialize},
		{"second init", d.initializeAgain},
		{"up", func(t *testing.T) { d.devup(t, "up", "--detach") }},
		{"page", d.showsData},
		{"edit", func(t *testing.T) { d.change(t, d.edit); d.comesToShow(t, d.shown) }},
		{"package", d.addsPackage},
		{"production", d.inProduction},
		{"down", d.endsClean},
	} {
		d.step = step.name
		began := time.Now()
		step.do(t)
		fmt.Fprintf(t.Output(), "%-14s %-12s %6.1f s\n", d.stack.name, step.name, time.Since(began).Seconds())
	}
}

func (d *day) initialize(t *testing.T) {
	t.Helper()
	d.devup(t, "init", "--yes")
	if d.data && !strings.Contains(d.read(t, "devup.yaml"), "image: postgres:") {
		t.Fatalf("init does not add PostgreSQL:\n%s", d.read(t, "devup.yaml"))
	}
}

func (d *day) initializeAgain(t *testing.T) {
	t.Helper()
	before := d.tree(t)
	d.devup(t, "init", "--yes")
	if diff := cmp.Diff(before, d.tree(t)); diff != "" {
		t.Fatalf("a second init changes files (-before +after):\n%s", diff)
	}
}

// note is what the browser writes into the database of each example that has one.
const note = "The moth is in the logbook."

// showsData opens the page. Where there is a database, it writes a note through the page's
// form, sees it in the page, and finds it in the database.
func (d *day) showsData(t *testing.T) {
	t.Helper()
	d.page = browse(t, d.url(t, d.service))
	d.comesToShow(t, d.shows)
	if !d.data {
		return
	}
	typing, cancel := context.WithTimeout(d.page.ctx, waitLimit)
	defer cancel()
	if err := chromedp.Do(typing, chromedp.SendKeys(chromedp.CSS("input[name=text], input[aria-label=text]"), note+kb.Enter)); err != nil {
		t.Fatalf("submit the form: %v", err)
	}
	d.page.shows(t, note)
	r := d.devup(t, "exec", "-T", "db", "sh", "-c", `psql -U "$POSTGRES_USER" -d "$POSTGRES_DB" -Atc "SELECT text FROM notes"`)
	if r.out != note+"\n" {
		t.Fatalf("the note is not in the database:\n%v", r)
	}
}

func (d *day) change(t *testing.T, c change) {
	t.Helper()
	for _, f := range c.files {
		d.replace(t, f.name, f.from, f.to)
	}
	d.shown = c.shows
}

func (d *day) addsPackage(t *testing.T) {
	t.Helper()
	if len(d.pack.files) == 0 {
		return // it has none
	}
	d.change(t, d.pack)
	d.devup(t, "up", "--detach")
	d.comesToShow(t, d.shown)
	d.keepsData(t)
}

func (d *day) keepsData(t *testing.T) {
	t.Helper()
	if d.data {
		d.comesToShow(t, note)
	}
}

// inProduction runs the production targets in the place of those of development: on the same
// network, with the same variables, without the mounted source.
func (d *day) inProduction(t *testing.T) {
	t.Helper()
	r := d.devup(t, "config", "--format", "json")
	var project struct {
		Services map[string]struct{ Build struct{ Target string } }
	}
	if err := json.Unmarshal([]byte(r.out), &project); err != nil {
		t.Fatal(err)
	}
	file := "services:\n"
	for name, s := range project.Services {
		if s.Build.Target == "dev" {
			file += "  " + name + ":\n    build: {target: prod}\n    volumes: !reset []\n"
		}
	}
	d.write(t, "../production.yaml", file)
	up, shown := []string{"-f", "devup.yaml", "-f", "../production.yaml", "up", "--detach"}, d.service
	if d.proxied {
		up, shown = append(up, "--gateway"), "gateway"
	}
	d.devup(t, up...)
	d.page = browse(t, d.url(t, shown)) // the open tab still shows what development served
	d.comesToShow(t, d.shown)
	d.keepsData(t)
}

func (d *day) endsClean(t *testing.T) {
	t.Helper()
	d.devup(t, "down", "--volumes", "--yes", "--timeout", "0")
	if left := d.leaves(t); len(left) > 0 {
		t.Errorf("down leaves %q", left)
	}
}

// comesToShow waits until the page shows a text, and loads it again now and then: not every
// server tells an open page that something changed.
func (d *day) comesToShow(t *testing.T, want string) {
	t.Helper()
	polls, next := 0, 20
	var load error
	eventually(t, func() (bool, string) {
		text, err := d.page.text()
		if err == nil && strings.Contains(text, want) {
			return true, ""
		}
		if polls++; polls >= next {
			next = 2 * polls
			load = chromedp.Do(d.page.ctx, chromedp.Reload())
		}
		return false, fmt.Sprintf("no %q in the page: %v %v; console: %q\n%s", want, err, load, d.page.complaints(), text)
	})
}
