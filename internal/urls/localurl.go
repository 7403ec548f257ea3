package urls

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/project"
)

// Hard-coded URLs on localhost. In the environment of a container such a URL can mean
// the container itself, or, because the port is published, the address that a browser
// on the same machine uses. Only the latter is changed: it must be HTTP, of a port that
// the project publishes, in a variable that is for browsers by its name. Connection
// strings and what one container calls another by are none of that.

// webPort is a published port as a browser knows it.
type webPort struct {
	service string
	port    int // on the host
}

// webPorts are the ports that browsers use, by the host port that the config asks for.
func (r *resolver) webPorts() map[int]webPort {
	web := map[int]webPort{}
	for _, p := range r.project.AllPorts() {
		if _, known := web[p.Wanted]; !known && p.Web() && p.Wanted != 0 && p.Copy == 0 {
			web[p.Wanted] = webPort{p.Service, p.HostPortIn(r.hostPorts)}
		}
	}
	return web
}

var localURL = lazyregexp.New(`\b(https?|wss?)://(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d{1,5}))?`)

// localURLs replaces the URLs on localhost in the value of a variable, where they are
// meant for browsers and are another here: in a cloud workspace, through a gateway, or
// because the port had to move. urls are the replacements.
func (r *resolver) localURLs(s types.ServiceConfig, key, value string) (text string, urls []string) {
	who := audienceOf(key)
	if who == machines || who == anyone && !project.Bridged(s.NetworkMode) || !strings.Contains(value, "://") {
		return value, nil
	}
	var out strings.Builder
	done := 0
	for _, m := range localURL.FindAllStringSubmatchIndex(value, -1) {
		scheme, host, port := value[m[2]:m[3]], value[m[4]:m[5]], defaultPort(value[m[2]:m[3]])
		if m[6] >= 0 {
			port, _ = strconv.Atoi(value[m[6]:m[7]]) // five digits at most
		}
		published, known := r.web[port]
		if !known || who == anyone && published.service == s.Name || !wholeHost(value, m[0], m[1], scheme) {
			continue
		}
		replacement := r.reached(key, published.port, port, scheme, host)
		if replacement == "" {
			continue
		}
		again := slices.Contains(urls, replacement)
		if !again {
			urls = append(urls, replacement)
		}
		out.WriteString(value[done:m[0]])
		if divider := dividerAt(value, m[0], m[1]); ofOrigins(key) && divider != "" {
			own := fmt.Sprintf("%s://%s:", scheme, host)
			listed := slices.Contains(items(value), fmt.Sprintf("http://localhost:%d", port))
			replacement = strings.Join(r.origin(replacement, own, published.port, again, listed), divider)
		}
		out.WriteString(replacement)
		done = m[1]
	}
	out.WriteString(value[done:])
	return out.String(), urls
}

func defaultPort(scheme string) int {
	if scheme == "https" || scheme == "wss" {
		return 443
	}
	return 80
}

// reached is the URL under which a browser reaches a host port, written like the one
// that stood there; empty when that one is right.
func (r *resolver) reached(key string, port, old int, scheme, host string) string {
	public := r.urlFor(key)(port)
	if _, gated := r.gated[port]; gated {
		return withScheme(public, scheme+"://")
	}
	if u, err := url.Parse(public); err == nil && u.Hostname() != "localhost" {
		return withScheme(public, scheme+"://")
	}
	if port == old {
		return ""
	}
	return fmt.Sprintf("%s://%s:%d", scheme, host, port)
}

// urlFor is how a variable names a host port: by its URL, or where it is for origins by
// the URL's origin. Some places tell ports apart by a path.
func (r *resolver) urlFor(key string) func(port int) string {
	if !ofOrigins(key) {
		return r.url
	}
	return func(port int) string {
		public := r.url(port)
		if u, err := url.Parse(public); err == nil && u.Host != "" {
			return u.Scheme + "://" + u.Host
		}
		return public
	}
}

// origin are the items that stand in a list of origins for one on localhost, of which own
// is all but the port. The local form stays next to the public one: a port that an editor
// forwards is opened under it, and Codespaces rewrites some Origin headers to
// http://localhost, which is added unless it is listed anyhow. The public one stands in
// the list once: again says that it does already.
func (r *resolver) origin(public, own string, port int, again, listed bool) []string {
	own += strconv.Itoa(port)
	local := "http://localhost:" + strconv.Itoa(port)
	switch {
	case again:
		return []string{own}
	case r.where.URL(port) == local:
		return []string{public}
	case listed || own == local:
		return []string{public, own}
	}
	return []string{public, own, local}
}

// dividerAt is what divides the items of a list, between the two ends of one of them;
// empty where the value is no list, or does not show how it is divided.
func dividerAt(value string, start, end int) string {
	quote := ""
	if start > 0 && strings.ContainsRune(`"'`, rune(value[start-1])) {
		quote = value[start-1 : start]
	}
	rest := value[end:]
	switch {
	case quote != "" && strings.HasPrefix(rest, quote) && strings.HasPrefix(strings.TrimSpace(value), "["):
		return quote + "," + quote
	case quote != "" || rest != "" && !strings.ContainsRune(",; ", rune(rest[0])):
		return "" // one text, or a URL with a path
	}
	for _, divider := range []string{",", ";", " "} {
		if strings.Contains(strings.TrimSpace(value), divider) {
			return divider
		}
	}
	return ""
}

// items are those of a list, however it is divided.
func items(list string) []string {
	return strings.FieldsFunc(list, func(c rune) bool { return strings.ContainsRune("[]\"',; ", c) })
}
