package edge_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/devup-cli/devup/test/edge"
)

// outside is a browser that finds every host at the edge and trusts it.
type outside struct {
	edge    *edge.Edge
	service int // the port of a service that answers with what it was asked
	client  *http.Client
}

// pretend serves a workspace in which one service runs.
func pretend(t *testing.T, w edge.Workspace) *outside {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("what listens is read from /proc")
	}
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		fmt.Fprintf(w, "%s %s host=%s", r.Method, r.URL.Path, r.Host)
		for _, name := range []string{"Origin", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port"} {
			fmt.Fprintf(w, " %s=%s", name, r.Header.Get(name))
		}
	}))
	t.Cleanup(service.Close)
	at, err := url.Parse(service.URL)
	if err != nil {
		t.Fatal(err)
	}
	o := &outside{}
	if o.service, err = strconv.Atoi(at.Port()); err != nil {
		t.Fatal(err)
	}
	var address string
	if o.edge, address, err = start(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.edge.Close(); err != nil {
			t.Error(err)
		}
	})
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(o.edge.Certificate()) {
		t.Fatal("no certificate")
	}
	o.client = &http.Client{
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, address)
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return o
}

// start finds a free port for the edge by asking for one that is no one's.
func start(ctx context.Context, w edge.Workspace) (*edge.Edge, string, error) {
	free, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		return nil, "", err
	}
	e, err := edge.Start(ctx, w, address)
	return e, address, err
}

// ask sends a request to the host of a port and gives status and body in one text.
func (o *outside) ask(t *testing.T, method, host, origin string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "https://"+host+"/api", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if origin != "" {
		request.Header.Set("Origin", origin)
	}
	response, err := o.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	text := strconv.Itoa(response.StatusCode) + " " + string(body)
	for _, name := range []string{"Location", "Access-Control-Allow-Origin"} {
		if value := response.Header.Get(name); value != "" && response.StatusCode >= 300 {
			text += " " + name + "=" + value
		}
	}
	return text
}

// run runs a command of the platform, with {} for the service's port.
func (o *outside) run(line string) edge.Answer {
	line = strings.ReplaceAll(line, "{}", strconv.Itoa(o.service))
	return o.edge.Run(edge.Call{Args: strings.Fields(line), Token: true})
}

func is(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\ngot  %s\nwant %s", what, got, want)
	}
}

// TestGitpod: closed to everybody who has no cookie, preflights too, until gp opens it.
func TestGitpod(t *testing.T) {
	t.Parallel()
	o := pretend(t, edge.NewGitpod("octo-app-1", "ws-eu1.gitpod.io"))
	host := fmt.Sprintf("%d-octo-app-1.ws-eu1.gitpod.io", o.service)
	front := "https://3000-octo-app-1.ws-eu1.gitpod.io"
	is(t, "private", o.ask(t, "GET", host, ""), "401 ")
	is(t, "preflight of a private port", o.ask(t, "OPTIONS", host, front), "401 ")
	is(t, "another workspace", o.ask(t, "GET", "3000-octo-app-2.ws-eu1.gitpod.io", ""), "404 no such workspace\n")
	is(t, "gp", o.run("gp ports visibility {}:public").Out, fmt.Sprintf("port %d is now public\n", o.service))
	is(t, "public", o.ask(t, "GET", host, front),
		"200 GET /api host="+host+" Origin="+front+" X-Forwarded-Host="+host+" X-Forwarded-Proto=https X-Forwarded-Port=443")
	o.run("gp ports visibility 1:public")
	is(t, "nothing there", o.ask(t, "GET", "1-octo-app-1.ws-eu1.gitpod.io", ""), "404 Port 1 was not found\n")
	is(t, "url", o.run("gp url 3000").Out, front+"\n")
	list := o.run("gp ports list").Out
	row := fmt.Sprintf("| %-4d | open (public)  | http     | https://%s |", o.service, host)
	squeezed := strings.Join(strings.Fields(list), " ")
	if !strings.Contains(squeezed, strings.Join(strings.Fields(row), " ")) {
		t.Errorf("no row %q in\n%s", row, list)
	}
	o.run("gp ports visibility {}:private")
	is(t, "closed again", o.ask(t, "GET", host, ""), "401 ")
}

// TestCodespaces: not there until it was found, then only after a sign-in, until gh opens
// it; the service then hears of its own origin as localhost, of others as they are.
func TestCodespaces(t *testing.T) {
	t.Parallel()
	o := pretend(t, edge.NewCodespaces("octocat-x7"))
	host := fmt.Sprintf("octocat-x7-%d.app.github.dev", o.service)
	front := "https://octocat-x7-3000.app.github.dev"
	is(t, "not found yet", o.ask(t, "GET", host, ""), "404 ")
	early := pretend(t, edge.NewCodespaces("octocat-x7")).run(fmt.Sprintf("gh codespace ports visibility %d:public -c octocat-x7", o.service))
	if early.Code != 1 || early.Wrong || !strings.Contains(early.Err, "error getting tunnel port: ") || !strings.Contains(early.Err, "404 Not Found") {
		t.Errorf("a port that is not forwarded: %+v", early)
	}
	private := o.ask(t, "OPTIONS", host, front)
	if !strings.HasPrefix(private, "302 ") || !strings.Contains(private, " Location=https://github.dev/pf-signin?") || strings.Contains(private, "Access-Control") {
		t.Errorf("private: %s", private)
	}
	if a := o.run("gh codespace ports visibility {}:public -c octocat-x7"); a.Code != 0 {
		t.Errorf("gh: %+v", a)
	}
	local := fmt.Sprintf("localhost:%d", o.service)
	tail := " X-Forwarded-Host=" + host + " X-Forwarded-Proto=https X-Forwarded-Port="
	is(t, "another origin", o.ask(t, "GET", host, front), "200 GET /api host="+local+" Origin="+front+tail)
	is(t, "its own origin", o.ask(t, "POST", host, "https://"+host), "200 POST /api host="+local+" Origin=http://"+local+tail)
	row := fmt.Sprintf(`{"browseUrl":"https://%s","label":"","sourcePort":%d,"visibility":"public"}`, host, o.service)
	if list := o.run("gh codespace ports --json sourcePort,visibility,label,browseUrl -c octocat-x7"); !strings.Contains(list.Out, row) {
		t.Errorf("no %s in %+v", row, list)
	}
}

// TestCodespacesForget: a port that was gone is private when it comes back.
func TestCodespacesForget(t *testing.T) {
	t.Parallel()
	o := pretend(t, edge.NewCodespaces("octocat-x7"))
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	visibility := func() string {
		list := o.run("gh codespace ports --json sourcePort,visibility -c octocat-x7").Out
		_, found, _ := strings.Cut(list, `"sourcePort":`+port+`,"visibility":"`)
		found, _, _ = strings.Cut(found, `"`)
		return found
	}
	is(t, "at first", visibility(), "")
	is(t, "found", visibility(), "private")
	o.run("gh codespace ports visibility " + port + ":public -c octocat-x7")
	is(t, "opened", visibility(), "public")
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	is(t, "gone", visibility(), "")
	if listener, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", address); err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	is(t, "back", visibility(), "")
	is(t, "found again", visibility(), "private")
}

// TestOna: closed until it is opened, then as open as was asked for.
func TestOna(t *testing.T) {
	t.Parallel()
	o := pretend(t, edge.NewOna("019cd868-0000", "eu-central-1-01"))
	host := fmt.Sprintf("%d--019cd868-0000.eu-central-1-01.gitpod.dev", o.service)
	is(t, "closed", o.ask(t, "GET", host, ""), "404 ")
	o.run("gitpod environment port open {} --admission creator_only")
	if got := o.ask(t, "GET", host, ""); !strings.HasPrefix(got, "302 ") {
		t.Errorf("for the creator only: %s", got)
	}
	is(t, "gitpod", o.run("gitpod environment port open {} --name api --dont-wait").Out, "https://"+host+"\n")
	if got := o.ask(t, "GET", host, "https://x.example"); !strings.HasPrefix(got, "200 GET /api host="+host+" Origin=https://x.example") {
		t.Errorf("open: %s", got)
	}
	if list := o.run("gitpod environment port list -o json").Out; !strings.Contains(list, `"url": "https://`+host+`"`) {
		t.Errorf("list: %s", list)
	}
	o.run("gitpod environment port close {}")
	is(t, "closed again", o.ask(t, "GET", host, ""), "404 ")
}
