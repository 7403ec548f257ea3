package expose

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/workspace"
)

// Access says how a URL answers a visitor without a login.
type Access string

// The accesses. Their text is part of the JSON output.
const (
	Unchecked    Access = ""              // not asked, and the workspace alone does not decide
	Reachable    Access = "public"        // the service answers
	NeedsLogin   Access = "needs-login"   // a proxy asks for a login
	Forbidden    Access = "forbidden"     // a proxy refuses: by a policy, most often
	NotReachable Access = "not-reachable" // no answer, or a proxy that does not find the service
	HostRefused  Access = "host-refused"  // the service answers that it is not to be asked under this name
)

// result is what an answer from outside means.
type result struct {
	access Access
	why    string // of NotReachable, in a clause; of HostRefused, the name
}

// refusesHost is in what servers answer that are asked under a name which they do not
// know: webpack's, Vite's, Django's and Rails'.
var refusesHost = lazyregexp.New(`Invalid Host header|Blocked request\. This host|DisallowedHost|Blocked hosts?:`)

// refusesName reports whether the beginning of an answer is such a refusal. Webpack's old
// server says it with a status of 200, and nothing else then.
func refusesName(status int, begin string) bool {
	return strings.TrimSpace(begin) == "Invalid Host header" || status >= http.StatusBadRequest && refusesHost.MatchString(begin)
}

// loginPath is where proxies send visitors to log in on their own host.
var loginPath = lazyregexp.New(`(?i)/(auth|login|signin|sign_in|oauth2?|sso)(/|$|\?)`)

// evaluate says what an answer from outside means, given what the service says to the
// same request from inside. Its own answers do not come from a proxy: a backend
// may answer 404 to /, an application may send to its own login.
func evaluate(outside, inside answer) result {
	switch {
	case outside.err != nil:
		return result{NotReachable, reason(outside.err)}
	case outside.refuses:
		return result{HostRefused, outside.from.Hostname()}
	case outside.plain(), inside.err == nil && outside.like(inside):
		return result{access: Reachable}
	case outside.to != nil && inside.err != nil && outside.to.Host == outside.from.Host && !loginPath.MatchString(outside.to.Path):
		return result{access: Reachable} // from / to /index.html
	case outside.to != nil, outside.status == http.StatusUnauthorized:
		return result{access: NeedsLogin}
	case outside.status == http.StatusForbidden:
		return result{access: Forbidden}
	case outside.status < http.StatusInternalServerError && inside.err != nil:
		return result{access: Reachable} // there is an answer, and nothing says that it is not the service's
	}
	return result{NotReachable, fmt.Sprintf("the workspace's proxy answers with status %d", outside.status)}
}

// like reports whether the two are the same answer. Hosts differ, as the service may
// build its redirects from the host that it is asked under.
func (a answer) like(b answer) bool {
	if a.status != b.status || a.challenge != b.challenge || a.content != b.content || (a.to == nil) != (b.to == nil) {
		return false
	}
	elsewhere := func(x answer) bool { return x.to.Host != x.from.Host }
	switch {
	case a.to == nil:
		return true
	case elsewhere(a) && elsewhere(b):
		return a.to.Host == b.to.Host && a.to.Path == b.to.Path
	}
	return a.to.Path == b.to.Path && !elsewhere(a)
}

// reason says in a clause why there was no answer.
func reason(err error) string {
	_, lookup := errors.AsType[*net.DNSError](err)
	_, untrusted := errors.AsType[x509.UnknownAuthorityError](err)
	_, wrongName := errors.AsType[x509.HostnameError](err)
	switch {
	case lookup:
		return "its name cannot be resolved"
	case untrusted, wrongName:
		return "its certificate is not one that this machine trusts"
	case errors.Is(err, context.DeadlineExceeded):
		return "nothing answers in time"
	}
	if request, ok := errors.AsType[*url.Error](err); ok {
		return request.Err.Error() // without the URL, which is in the row
	}
	return err.Error()
}

// with is the row with a result and what to do about it. A URL that need not be public may
// ask for a login.
func (r Row) with(v result, ws workspace.Info, c workspace.Control) Row {
	refused := r.Advice
	r.Access, r.Advice = v.access, ""
	if r.Access == NeedsLogin && r.denied {
		r.Access = Forbidden
	}
	switch {
	case r.Access == Reachable:
	case r.Access == HostRefused:
		r.Advice = "it refuses to be asked as " + v.why + ": allow that name (server.allowedHosts of Vite, DANGEROUSLY_DISABLE_HOST_CHECK=true of Create React App, ALLOWED_HOSTS of Django, config.hosts of Rails)"
	case r.Access == NotReachable:
		r.Advice = unreachableAdvice(refused, v.why, c.Unreachable)
	case !r.Public:
		r.Advice = refused
	case refused != "":
		r.Advice = refused
	case ws.Locked:
		r.Advice = "its URL asks for a login, public or not: " + c.ByHand(r.Port)
	case r.Access == Forbidden:
		r.Advice = "its URL is forbidden to others, by a policy of the workspace most likely: " + r.signedIn(ws)
	default:
		r.Advice = "its URL asks for a login: " + c.ByHand(r.Port)
	}
	return r
}

// signedIn is how a port is used that may not be public: by a visitor with a login. The
// calls of a page carry that only to its own origin.
func (r Row) signedIn(ws workspace.Info) string {
	way := "open it in a browser that is signed in to " + ws.Title
	if r.Service == project.GatewayName {
		return way
	}
	return way + "; `devup up --gateway` makes it reachable for pages there"
}

// unreachableAdvice says what to do about a URL that does not answer. The reason why its port was
// not made public, if there is one, goes first: it may be the cause, and it holds the
// command that opens the port.
func unreachableAdvice(refused, why, next string) string {
	clauses := []string{refused, "its URL does not answer: " + why, next}
	return strings.Join(slices.DeleteFunc(clauses, func(clause string) bool { return clause == "" }), "; ")
}
