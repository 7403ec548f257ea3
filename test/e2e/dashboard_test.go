//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// hostileText is what a program may print, or a label may say, to run a script in a page that shows it.
const hostileText = `<script>document.title="owned"</script><img src=x onerror=document.title="owned">`

// shownProject is a project with something for each view of the dashboard.
const shownProject = `
-- more/log --
-- lines --
` + hostileText + `
{"level":"error","msg":"cannot reach the ledger","attempt":3}
{"level":"info","msg":"asked the ledger"}
` + "\x1b[31mred words\x1b[0m" + `
WARNING: the ledger is slow
-- web/Dockerfile --
FROM busybox
RUN echo built > /built
-- compose.yaml --
services:
  web:
    build: web
    command: [httpd, -f, -p, "8000", -h, /etc]
    ports: ["127.0.0.1::8000"]
    init: true
    environment: {WORKER: worker, TITLE: one, API_TOKEN: planted-token}
    depends_on: [worker]
    x-devup: {setup: [{name: seed, run: "echo seeded >> /seeds"}]}
  worker:
    image: busybox
    command: [sh, -c, "cat /lines; exec tail -n +1 -f /more/log"]
    volumes: ["./lines:/lines:ro", "./more:/more:ro"]
    init: true
  broken:
    image: busybox
    command: [sh, -c, "echo 'cannot open the ledger' >&2; exit 3"]
    profiles: [broken]
`

// dashboardView is the dashboard of a checkout in a browser.
type dashboardView struct {
	*page
	c   *checkout
	url string // with the token
}

func openDashboard(t *testing.T, c *checkout) *dashboardView {
	t.Helper()
	url := strings.TrimSpace(c.devup(t, "dashboard", "--print").out)
	t.Cleanup(func() { c.run(context.WithoutCancel(t.Context()), "dashboard", "--stop") })
	v := &dashboardView{browse(t, url+"&project="+c.name), c, url}
	if err := chromedp.Do(v.ctx, chromedp.EmulateViewport(1280, 1000)); err != nil {
		t.Fatal(err)
	}
	return v
}

// evaluate gives the value of an expression in the page.
func evaluate[T any](t *testing.T, p *page, expression string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, waitLimit)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// holds waits until an expression is true in the page.
func (p *page) holds(t *testing.T, expression string) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("%s\nconsole: %q; screenshot: %s", expression, p.complaints(), p.screenshot(t))
		}
	}()
	eventually(t, func() (bool, string) {
		is, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](expression))
		return is && err == nil, fmt.Sprint("it does not hold, ", err) // a page that is being replaced has no values
	})
}

// click presses what a selector names, once it can be pressed.
func (p *page) click(t *testing.T, selector string) {
	t.Helper()
	p.holds(t, fmt.Sprintf(`!!document.querySelector(%q)?.checkVisibility() && !document.querySelector(%[1]q).disabled`, selector))
	ctx, cancel := context.WithTimeout(p.ctx, waitLimit)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		t.Fatalf("click %s: %v", selector, err)
	}
}

// action is the selector of a button for an action on a service.
func (v *dashboardView) action(words ...string) string {
	words[1] = v.c.name + "/" + words[1]
	return fmt.Sprintf(`[data-key="%s"]`, strings.Join(words, " "))
}

// row waits until what is shown of a service has all of these texts.
func (v *dashboardView) row(t *testing.T, service string, want ...string) {
	t.Helper()
	for _, text := range want {
		v.holds(t, fmt.Sprintf(`document.querySelector('[data-key="service %s/%s"]')?.innerText.includes(%q) ?? false`, v.c.name, service, text))
	}
}

// shows waits until the page shows all of these texts, without loading it again: it connects again by itself.
func (v *dashboardView) shows(t *testing.T, want ...string) {
	t.Helper()
	for _, text := range want {
		v.holds(t, fmt.Sprintf(`document.body.innerText.includes(%q)`, text))
	}
}

// details shows those of web.
func (v *dashboardView) details(t *testing.T) {
	t.Helper()
	more := v.action("more", "web")
	if evaluate[bool](t, v.page, fmt.Sprintf(`document.querySelector('%s')?.ariaExpanded !== 'true'`, more)) {
		v.click(t, more)
	}
}

// TestDashboard walks through the page as a user does, in one browser.
func TestDashboard(t *testing.T) {
	c := files(t, shownProject)
	c.env = append(c.env, "COMPOSE_PROFILES=broken")
	c.run(t.Context(), "up", "--detach")
	c.replace(t, "compose.yaml", "TITLE: one", "TITLE: two")
	c.run(t.Context(), "up", "--detach")
	c.addHostileService(t)
	v := openDashboard(t, c)
	for _, step := range []struct {
		name string
		do   func(*testing.T)
	}{
		{"who may ask", v.refusesStrangers},
		{"services", v.showsServices},
		{"failure", v.showsTheFailure},
		{"last starts", v.showsTheStarts},
		{"logs", v.showsLogs},
		{"graph", v.showsTheGraph},
		{"accessible", v.isAccessible},
		{"actions", v.acts},
		{"elsewhere", v.isReachedElsewhere},
		{"read-only", v.canBeReadOnly},
	} {
		if !t.Run(step.name, step.do) {
			t.Fatalf("console: %q", v.complaints())
		}
	}
	if title := evaluate[string](t, v.page, "document.title"); strings.Contains(title, "owned") {
		t.Errorf("the title is %q", title)
	}
	c.env = append(c.env, "DOCKER_HOST=unix:///nowhere") // no engine is needed
	c.devup(t, "dashboard", "--stop")
	v.shows(t, "The dashboard has ended.")
}

// addHostileService makes a container of the project whose service has a name that no file can have.
func (c *checkout) addHostileService(t *testing.T) {
	t.Helper()
	made, err := docker.ContainerCreate(t.Context(), client.ContainerCreateOptions{
		Name: c.name + "-hostile", Config: &container.Config{Image: "busybox", Labels: map[string]string{
			projectLabel: c.name, "com.docker.compose.service": hostileText, "com.docker.compose.container-number": "1", "dev.devup.cause": hostileText,
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = docker.ContainerRemove(context.WithoutCancel(t.Context()), made.ID, client.ContainerRemoveOptions{Force: true}) // devup may have removed it
	})
}

// refusesStrangers: a foreign name that leads here, a page of another origin, and a request without the token.
func (v *dashboardView) refusesStrangers(t *testing.T) {
	u, err := url.Parse(v.url)
	if err != nil {
		t.Fatal(err)
	}
	token := "?" + u.Fragment
	for _, test := range []struct {
		name, method, path, host, origin string
		want                             int
	}{
		{"a name that leads here", "GET", "/", "rebind.example", "", 403},
		{"a name that leads here, with the token", "GET", "/api/runs" + token, "rebind.example:4773", "", 403},
		{"an action of another site", "POST", "/api/act" + token, u.Host, "https://example.com", 403},
		{"an action of a page at another port", "POST", "/api/act" + token, u.Host, "http://127.0.0.1:1", 403},
		{"without the token", "GET", "/api/runs", u.Host, "", 401},
	} {
		r, err := http.NewRequestWithContext(t.Context(), test.method, "http://"+u.Host+test.path, strings.NewReader(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = test.host
		r.Header.Set("Content-Type", "application/json")
		if test.origin != "" {
			r.Header.Set("Origin", test.origin)
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != test.want {
			t.Errorf("%s: status %d, want %d", test.name, answer.StatusCode, test.want)
		}
	}
}

// showsServices: state and evidence, the URL, why the container was recreated, and the config without secrets.
func (v *dashboardView) showsServices(t *testing.T) {
	v.row(t, "web", "running", "GET / answers 404", v.c.url(t, "web"))
	v.row(t, "worker", "running")
	v.shows(t, hostileText)
	v.holds(t, fmt.Sprintf(`document.querySelectorAll('[data-key="service %s/web"] .plot polyline').length === 2`, v.c.name))
	v.details(t)
	v.row(t, "web", "Created because", "environment", "built", "worker (started)", "WORKER", "seed", "devup exec 'web' sh")
	v.keep(t)
	v.click(t, v.action("config", "web"))
	v.holds(t, `document.querySelector('dialog[open] pre')?.innerText.includes('TITLE: two') ?? false`)
	if text := evaluate[string](t, v.page, `document.querySelector('dialog').innerText`); !strings.Contains(text, "API_TOKEN") || strings.Contains(text, "planted-token") {
		t.Errorf("the config is\n%s", text)
	}
	v.click(t, "dialog form button")
}

// showsTheFailure: on top, with the sentence, the evidence and the next step, and a report to copy.
func (v *dashboardView) showsTheFailure(t *testing.T) {
	v.shows(t, "broken stopped with exit code 3", "Next:")
	v.holds(t, `document.querySelector('.failure pre').innerText.includes('cannot open the ledger')`)
	v.holds(t, `document.querySelector('.failure').getBoundingClientRect().bottom <= document.querySelector('#services').getBoundingClientRect().top`)
	evaluate[bool](t, v.page, `navigator.clipboard.writeText = async (text) => { window.copied = text; }, true`)
	v.click(t, `.failure [data-key^="report "]`)
	v.holds(t, `['devup ', 'exited', 'exit code 3', '| cannot open the ledger', 'image busybox'].every((part) => window.copied?.includes(part))`)
}

// showsTheStarts: both runs of up, each with what took how long.
func (v *dashboardView) showsTheStarts(t *testing.T) {
	v.click(t, "#tab-time")
	v.holds(t, `document.querySelectorAll('#view-time .bar button').length === 2`)
	v.click(t, `#view-time .bar button:last-child`)
	v.holds(t, `['.of-step', '.of-container', '.of-service'].every((kind) => document.querySelector('#view-time ' + kind + ' rect'))`)
	v.holds(t, `document.querySelector('#view-time').innerText.includes('RUN echo built')`)
	v.keep(t)
}

// lines is how many log lines the page shows.
const lines = `[...document.querySelectorAll('.log .line')]`

// showsLogs: of all services or of one, searched, by level, with colours, paused, wrapped, and as a file.
func (v *dashboardView) showsLogs(t *testing.T) {
	v.click(t, "#tab-logs")
	v.holds(t, lines+`.some((line) => line.innerText.includes('onerror=')) && !document.querySelector('.log img, .log script')`)
	v.holds(t, lines+`.some((line) => line.querySelector('.fg1')?.innerText === 'red words')`)
	v.holds(t, lines+`.some((line) => line.innerText.includes('cannot reach the ledger  attempt=3') && line.classList.contains('level3'))`)
	choose := func(label, value string) {
		t.Helper()
		evaluate[bool](t, v.page, fmt.Sprintf(`(() => { const s = document.querySelector('[aria-label=%s]'); s.value = %q; s.dispatchEvent(new Event('change')); return true; })()`, label, value))
	}
	choose("Level", "2")
	v.holds(t, lines+`.map((line) => line.querySelector('.text').innerText).includes('WARNING: the ledger is slow') && !`+lines+`.some((line) => line.innerText.includes('asked'))`)
	choose("Level", "0")
	choose("Service", "broken")
	v.holds(t, lines+`.length > 0 && `+lines+`.every((line) => line.innerText.includes('cannot open the ledger'))`)
	choose("Service", "worker")
	search := chromedp.CSS("input[type=search]")
	if err := chromedp.Do(v.ctx, chromedp.SendKeys(search, "Asked")); err != nil {
		t.Fatal(err)
	}
	v.holds(t, lines+`.length === 1`)
	v.click(t, "[data-key=older]") // searches what the engine has, too
	v.holds(t, `!document.querySelector('[data-key=older]').disabled && `+lines+`.length === 1`)
	if err := chromedp.Do(v.ctx, chromedp.SendKeys(search, strings.Repeat(kb.Backspace, len("Asked")))); err != nil {
		t.Fatal(err)
	}
	v.pausesLogs(t)
	v.click(t, "[data-key=wrap]")
	v.holds(t, `getComputedStyle(document.querySelector('.log .line')).whiteSpace === 'pre'`)
	v.click(t, "[data-key=wrap]")
	v.click(t, "[data-key=times]")
	v.holds(t, `/^\d\d:\d\d:\d\d/.test(document.querySelector('.log time').innerText)`)
	v.keep(t)
	dir := t.TempDir()
	if _, err := chromedp.CallBrowser(v.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir}); err != nil {
		t.Fatal(err)
	}
	v.click(t, "[data-key=download]")
	eventually(t, func() (bool, string) {
		content, err := os.ReadFile(filepath.Join(dir, v.c.name+".log"))
		return strings.Contains(string(content), " worker | "+hostileText+"\n") && !strings.Contains(string(content), "open the ledger"), fmt.Sprintf("%s, %v", content, err)
	})
	choose("Service", "")
}

// pausesLogs: what is printed meanwhile is shown afterwards.
func (v *dashboardView) pausesLogs(t *testing.T) {
	print := func(text string) {
		t.Helper()
		f, err := os.OpenFile(v.c.path("more/log"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(text + "\n"); err != nil {
			t.Fatal(err)
		}
	}
	print("before the pause")
	v.holds(t, lines+`.at(-1)?.innerText.includes('before the pause') ?? false`)
	v.click(t, "[data-key=pause]")
	print("during the pause")
	v.holds(t, `document.querySelector('.count').innerText.endsWith('paused, 1 new')`)
	v.holds(t, lines+`.at(-1).innerText.includes('before the pause')`)
	v.click(t, "[data-key=pause]")
	v.holds(t, lines+`.at(-1).innerText.includes('during the pause')`)
}

func (v *dashboardView) showsTheGraph(t *testing.T) {
	v.click(t, "#tab-graph")
	v.holds(t, `document.querySelectorAll('.graph .node').length === 4 && document.querySelectorAll('.node.good').length === 2 && document.querySelectorAll('.node.bad').length === 1`)
	v.holds(t, `document.querySelectorAll('.edge.needs').length === 1 && document.querySelector('.edge.wire text').textContent === 'WORKER'`)
	v.keep(t)
}

// isAccessible: no view in light or dark violates WCAG 2.2 AA by the rules of axe, and the Tab key reaches each control.
func (v *dashboardView) isAccessible(t *testing.T) {
	packages, err := exec.CommandContext(t.Context(), filepath.Join(root, "test", "world", "npm-packages")).Output()
	if err != nil {
		t.Fatal(err)
	}
	axe, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(packages)), "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	evaluate[bool](t, v.page, string(axe)+`; true`)
	for _, scheme := range []string{"dark", "light"} {
		features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
		if _, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
			t.Fatal(err)
		}
		for _, view := range []string{"time", "graph", "logs"} {
			v.click(t, "#tab-"+view)
			const run = `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']})
				.then((r) => r.violations.map((v) => [v.id, v.help, ...v.nodes.map((n) => n.html)].join('\n  ')).join('\n'))`
			if found := evaluate[string](t, v.page, run); found != "" {
				t.Errorf("%s, %s:\n%s", view, scheme, found)
			}
		}
	}
	controls := evaluate[int](t, v.page, `document.activeElement.blur(), addEventListener('focusin', (e) => { e.target.reached = true; }),
		window.controls = () => [...document.querySelectorAll('a[href], button, input, select, [tabindex="0"]')].filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex >= 0),
		window.controls().length`)
	if err := chromedp.Do(v.ctx, chromedp.KeyEvent(strings.Repeat(kb.Tab, controls+5))); err != nil {
		t.Fatal(err)
	}
	v.holds(t, `controls().every((e) => e.reached)`)
}

// acts presses the buttons, and waits for what the engine says of the containers.
func (v *dashboardView) acts(t *testing.T) {
	v.details(t)
	v.click(t, v.action("setup", "web", "seed"))
	v.click(t, "dialog .danger") // a step may change data: it asks
	eventually(t, func() (bool, string) {
		seeds := v.c.run(t.Context(), "exec", "-T", "web", "cat", "/seeds").out
		return seeds == "seeded\n", seeds // this container had none before
	})
	v.click(t, v.action("stop", "web"))
	v.row(t, "web", "stopped")
	v.click(t, v.action("start", "web"))
	v.row(t, "web", "running", "GET / answers 404")
	v.restarts(t, "web")
	v.c.replace(t, "web/Dockerfile", "built", "rebuilt")
	v.click(t, v.action("rebuild", "web"))
	v.details(t)
	v.row(t, "web", "Created because", "image")
	v.row(t, "web", "running", "GET / answers 404")
	v.click(t, fmt.Sprintf(`[data-key="down %s"]`, v.c.name))
	v.shows(t, "Volumes stay")
	v.click(t, "dialog form button:not(.danger)")
	v.c.replace(t, "compose.yaml", "exit 3", "sleep 1000")
	v.click(t, `.failure [data-key^="rebuild "]`)
	v.holds(t, `!document.querySelector('.failure')`)
	v.row(t, "broken", "running")
}

// restarts presses the button that restarts a service, and waits until its container was started again.
func (v *dashboardView) restarts(t *testing.T, service string) {
	t.Helper()
	started := func() string {
		c, err := (&scene{project: v.c.name}).find(t.Context(), service)
		if err != nil {
			return err.Error()
		}
		return c.State.StartedAt
	}
	before := started()
	v.click(t, v.action("restart", service))
	eventually(t, func() (bool, string) { return started() != before, before })
	v.holds(t, fmt.Sprintf(`!document.querySelector('%s').disabled && !document.querySelector('dialog[open]')`, v.action("restart", service)))
}

// isReachedElsewhere: at another port, as through ssh -L, and below a path, as behind code-server.
func (v *dashboardView) isReachedElsewhere(t *testing.T) {
	own, err := url.Parse(v.url)
	if err != nil {
		t.Fatal(err)
	}
	through := httptest.NewUnstartedServer(http.StripPrefix("/proxy/4773", &httputil.ReverseProxy{
		FlushInterval: -1, // of a stream nothing waits
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: own.Host})
			r.Out.Host = r.In.Host
		},
	}))
	through.Start()
	defer func() { through.CloseClientConnections(); through.Close() }()
	_, port, _ := net.SplitHostPort(through.Listener.Addr().String())
	for _, address := range []string{"http://localhost:" + port + "/proxy/4773/", own.Scheme + "://" + own.Host + "/"} {
		evaluate[bool](t, v.page, fmt.Sprintf(`location.href = %q, true`, address+"#"+own.Fragment+"&project="+v.c.name))
		v.holds(t, fmt.Sprintf(`location.href.startsWith(%q)`, address))
		v.row(t, "web", "running", "GET / answers 404")
		v.restarts(t, "worker")
	}
}

// canBeReadOnly: the page that is open loses its buttons, the server refuses what they did, and a rebuild
// that is under way goes on.
func (v *dashboardView) canBeReadOnly(t *testing.T) {
	v.c.replace(t, "web/Dockerfile", "echo rebuilt", "sleep 3; echo again")
	v.click(t, v.action("rebuild", "web"))
	v.row(t, "web", "rebuilding")
	v.c.env = append(v.c.env, "DEVUP_DASHBOARD=read-only")
	if again := strings.TrimSpace(v.c.devup(t, "dashboard", "--print").out); again != v.url {
		t.Errorf("the URL is now %s, it was %s", again, v.url)
	}
	v.holds(t, fmt.Sprintf(`!document.querySelector('[data-key^="restart "]') && !!document.querySelector('[data-key="service %s/web"]')`, v.c.name))
	body, err := json.Marshal(map[string]string{"project": v.c.name, "service": "web", "verb": "restart"})
	if err != nil {
		t.Fatal(err)
	}
	if status := evaluate[int](t, v.page, fmt.Sprintf(`fetch('api/act?token=' + localStorage.getItem('token'), {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '%s'}).then((r) => r.status)`, body)); status != http.StatusForbidden {
		t.Errorf("an action answers %d", status)
	}
	eventually(t, func() (bool, string) { // what the process before began goes on
		built := v.c.run(t.Context(), "exec", "-T", "web", "cat", "/built").out
		return built == "again\n", built
	})
}
