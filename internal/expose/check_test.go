package expose

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/workspace"
)

// answers plays a service or a proxy: what it answers to every request.
type answers struct {
	status  int
	headers string // "Name: value" with ", " between them; a last part without a name is the body
}

func (a answers) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	body := ""
	for header := range strings.SplitSeq(a.headers, ", ") {
		name, value, named := strings.Cut(header, ": ")
		if !named {
			body = header
			continue
		}
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write([]byte(body)) // the client may be gone
}

// TestCheck holds what each answer of a proxy means next to that of the service
// behind it.
func TestCheck(t *testing.T) {
	t.Parallel()
	const signIn = "Location: https://github.com/codespaces/auth/fox"
	tests := []struct {
		name            string
		outside, inside answers
		want            Access
	}{
		{"it answers", answers{200, ""}, answers{200, ""}, Reachable},
		{"a backend without a page at its root", answers{404, "Content-Type: text/html"}, answers{404, "Content-Type: text/html"}, Reachable},
		{"the proxy's own 404", answers{404, ""}, answers{200, ""}, NotReachable},
		{"the proxy's 404 before that of the service", answers{404, ""}, answers{404, "Content-Type: text/html"}, NotReachable},
		{"Gitpod's 401", answers{401, ""}, answers{200, ""}, NeedsLogin},
		{"Gitpod's 401 before a service that has one too", answers{401, ""}, answers{401, "WWW-Authenticate: Basic realm=x"}, NeedsLogin},
		{"a service with a login of its own", answers{401, "WWW-Authenticate: Basic realm=x"}, answers{401, "WWW-Authenticate: Basic realm=x"}, Reachable},
		{"the sign-in of Codespaces", answers{302, signIn}, answers{200, ""}, NeedsLogin},
		{"a sign-in on the same host", answers{302, "Location: /auth/postback/tunnel?rd=/"}, answers{200, ""}, NeedsLogin},
		{"a service that sends to its login", answers{302, "Location: /login"}, answers{302, "Location: /login"}, Reachable},
		{"a service that redirects to another site", answers{302, "Location: https://id.example.com/x"}, answers{302, "Location: https://id.example.com/x"}, Reachable},
		{"the proxy's sign-in before a service that redirects", answers{302, signIn}, answers{302, "Location: /login"}, NeedsLogin},
		{"a name that Create React App does not know", answers{200, "Invalid Host header"}, answers{200, ""}, HostRefused},
		{"a name that Vite does not know", answers{403, `Blocked request. This host ("3000-fox.example") is not allowed.`}, answers{200, ""}, HostRefused},
		{"a page about that", answers{200, "How to fix an Invalid Host header"}, answers{200, ""}, Reachable},
		{"a refusal", answers{403, ""}, answers{200, ""}, Forbidden},
		{"a service that refuses", answers{403, ""}, answers{403, ""}, Reachable},
		{"a service that fails", answers{500, ""}, answers{500, ""}, Reachable},
		{"a proxy that finds no server", answers{502, ""}, answers{200, ""}, NotReachable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := checked(t, Row{State: Running}, workspace.Info{Remote: true}, tt.outside, tt.inside)
			if got.Access != tt.want {
				t.Errorf("%q, want %q; %s", got.Access, tt.want, got.Advice)
			}
		})
	}
}

// checked checks a row whose URL a proxy answers, and whose port a service.
func checked(t *testing.T, r Row, ws workspace.Info, outside, inside answers) Row {
	t.Helper()
	proxy, service := httptest.NewServer(outside), httptest.NewServer(inside)
	defer proxy.Close()
	defer service.Close()
	u, err := url.Parse(service.URL)
	if err != nil {
		t.Fatal(err)
	}
	r.URL = proxy.URL
	if r.Port, err = strconv.Atoi(u.Port()); err != nil {
		t.Fatal(err)
	}
	control := workspace.Control{ByHand: func(int) string { return "click" }, Unreachable: "look there"}
	return Check(t.Context(), plainClient(), ws, control, []Row{r})[0]
}

// plainClient is as Check needs it.
func plainClient() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// TestAdvice: what should not be as it is comes with what to do, and nothing else does.
func TestAdvice(t *testing.T) {
	t.Parallel()
	open, closedPort, refuses, gone := answers{200, ""}, answers{401, ""}, answers{403, ""}, answers{502, ""}
	tests := []struct {
		name    string
		row     Row
		ws      workspace.Info
		outside answers
		want    string
	}{
		{"public", Row{Public: true}, workspace.Info{}, open, "public"},
		{"public after all", Row{Public: true, Advice: "gp is not installed"}, workspace.Info{}, open, "public"},
		{"private, as it should be", Row{}, workspace.Info{}, closedPort, "needs-login"},
		{"to be public", Row{Public: true}, workspace.Info{}, closedPort, "needs-login its URL asks for a login: click"},
		{"could not be made public", Row{Public: true, Advice: "it rains: click"}, workspace.Info{}, closedPort, "needs-login it rains: click"},
		{"must not be made public", Row{Public: true, Advice: "policy: click", denied: true}, workspace.Info{}, closedPort, "forbidden policy: click"},
		{"cannot be public there", Row{Public: true}, workspace.Info{Locked: true}, closedPort, "needs-login its URL asks for a login, public or not: click"},
		{"refused", Row{Public: true}, workspace.Info{Title: "Gitpod"}, refuses, "forbidden its URL is forbidden to others, by a policy of the workspace most likely: open it in a browser that is signed in to Gitpod; `devup up --gateway` makes it reachable for pages there"},
		{"a refused gateway", Row{Service: "gateway", Public: true}, workspace.Info{Title: "Gitpod"}, refuses, "forbidden its URL is forbidden to others, by a policy of the workspace most likely: open it in a browser that is signed in to Gitpod"},
		{"not there", Row{}, workspace.Info{}, gone, "not-reachable its URL does not answer: the workspace's proxy answers with status 502; look there"},
		{"neither made public nor there", Row{Public: true, Advice: "gp is not installed: click"}, workspace.Info{}, gone, "not-reachable gp is not installed: click; its URL does not answer: the workspace's proxy answers with status 502; look there"},
		{"kept private, and not there", Row{Advice: "its port stays private"}, workspace.Info{}, gone, "not-reachable its port stays private; its URL does not answer: the workspace's proxy answers with status 502; look there"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.row.State, tt.ws.Remote = Running, true
			got := checked(t, tt.row, tt.ws, tt.outside, open)
			if text := strings.TrimSpace(string(got.Access) + " " + got.Advice); text != tt.want {
				t.Errorf("got  %s\nwant %s", text, tt.want)
			}
		})
	}
}

// TestCheckAsksLittle: what does not run, has no URL, or is reached through localhost
// is not asked; what answers is asked once.
func TestCheckAsksLittle(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 9)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path + r.Header.Get("Cookie")
	}))
	defer server.Close()
	rows := []Row{
		{URL: server.URL + "/base/", State: Running, ready: "/api/health"},
		{URL: server.URL, State: NotRunning},
		{URL: server.URL, State: Failed},
		{Address: "localhost:5432", State: Running},
	}
	got := Check(t.Context(), plainClient(), workspace.Info{Remote: true}, workspace.Control{}, rows)
	if len(asked) != 1 || <-asked != "/base/api/health" || got[0].Access != Reachable || got[1].Access != Unchecked {
		t.Errorf("%d requests, %+v", len(asked), got)
	}
	if got = Check(t.Context(), nil, workspace.Info{}, workspace.Control{}, rows); got[0].Access != Unchecked {
		t.Errorf("on a laptop: %+v", got)
	}
}

// failing is a client without a network.
type failing struct{ err error }

func (f failing) Do(r *http.Request) (*http.Response, error) {
	return nil, &url.Error{Op: "Get", URL: r.URL.String() + "?token=secret", Err: f.err}
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&net.DNSError{Name: "x.dev", IsNotFound: true}, "its URL does not answer: its name cannot be resolved"},
		{context.DeadlineExceeded, "its URL does not answer: nothing answers in time"},
		{errors.New("connection refused"), "its URL does not answer: connection refused"},
	} {
		rows := []Row{{URL: "https://x.dev", State: Running}}
		got := Check(t.Context(), failing{tt.err}, workspace.Info{Remote: true}, workspace.Control{}, rows)[0]
		if got.Access != NotReachable || got.Advice != tt.want {
			t.Errorf("%s %q, want %q", got.Access, got.Advice, tt.want)
		}
	}
}

// TestCheckWaitsForWhatWasJustOpened: a proxy needs a moment.
func TestCheckWaitsForWhatWasJustOpened(t *testing.T) {
	t.Parallel()
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if n++; n < 3 {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	row := Row{URL: server.URL, State: Running, Public: true}
	if got := Check(t.Context(), plainClient(), workspace.Info{Remote: true}, workspace.Control{}, []Row{row})[0]; got.Access != Reachable {
		t.Errorf("%s after %d requests", got.Access, n)
	}
}
