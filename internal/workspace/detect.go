package workspace

import (
	"io/fs"
	"net/url"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
)

// Override is what the person decided about the place. The zero value lets
// [Detect] find out.
type Override struct {
	Provider string // the name of a provider; empty to detect it
	Template string // the URL of a port with {port} in it; empty for the provider's own
}

// provider is one environment that devup knows.
type provider struct {
	name, title string
	remote      bool
	// here tells whether the signs name this environment. Signs that a laptop
	// can carry by accident must not be enough.
	here func(probe) bool
	// template gives the URL of a port, or the reason why it cannot be told.
	template func(probe) (template, unknown string)
}

// probe is what a provider may look at.
type probe struct {
	env  func(string) string
	fsys fs.FS // rooted at "/"
}

// providers are in the order in which they are tried; the last is always here.
func providers() []provider {
	return []provider{codespaces(), gitpod(), local()}
}

// Detect finds out where devup runs from environment variables and from probe
// files below fsys, which is rooted at "/". It fails, with [fail.Usage], only
// when the override is wrong; signs that contradict each other never do.
func Detect(env func(string) string, fsys fs.FS, o Override) (Place, error) {
	p := probe{env: env, fsys: fsys}
	found, err := choose(p, o.Provider)
	if err != nil {
		return Place{}, err
	}
	place := Place{Provider: found.name, Title: found.title, Remote: found.remote}
	if o.Template != "" {
		return withTemplate(place, o)
	}
	template, unknown := found.template(p)
	place.Template = template
	switch {
	case unknown == "":
	case o.Provider != "":
		return Place{}, fail.New(fail.Usage, templateHint,
			"the provider %s was asked for, but its URLs are not known: %s", o.Provider, unknown)
	default:
		place.Note = "the public URLs are not known: " + unknown + "; " + templateHint
	}
	return place, nil
}

const templateHint = "set DEVUP_PUBLIC_URL_TEMPLATE to the URL of a port, with {port} for its number"

// choose gives the provider of that name, or the first whose signs are there.
func choose(p probe, name string) (provider, error) {
	var names []string
	for _, candidate := range providers() {
		if name == candidate.name || (name == "" && candidate.here(p)) {
			return candidate, nil
		}
		names = append(names, candidate.name)
	}
	return provider{}, fail.New(fail.Usage, "known providers: "+strings.Join(names, ", ")+
		"; for any other place set DEVUP_PUBLIC_URL_TEMPLATE alone", "unknown provider %q", name)
}

// withTemplate puts the person's template in the place of the provider's. Where
// nothing else says what place this is, a template that leads away from this
// machine makes it a remote one: the ports have a proxy in front of them.
func withTemplate(place Place, o Override) (Place, error) {
	u, err := parseTemplate(o.Template)
	if err != nil {
		return Place{}, err
	}
	place.Template = o.Template
	if u.Path == "/" {
		place.Template = strings.TrimSuffix(o.Template, "/") // an origin has no slash at its end
	}
	if o.Provider == "" && !place.Remote && !loopback(u.Hostname()) {
		place.Provider, place.Title, place.Remote = "custom", "this workspace", true
	}
	return place, nil
}

// parseTemplate checks the template and gives the URL that it makes of a port.
func parseTemplate(template string) (*url.URL, error) {
	wrong := func(what string) error {
		return fail.New(fail.Usage, "for example https://{port}-name.example.com",
			"the public URL template %q %s", template, what)
	}
	if !strings.Contains(template, portMark) {
		return nil, wrong("has no " + portMark)
	}
	u, err := url.Parse(strings.ReplaceAll(template, portMark, "3000"))
	switch {
	case err != nil:
		return nil, wrong("is not a URL")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, wrong("does not start with https:// or http://")
	case u.Hostname() == "":
		return nil, wrong("names no host")
	case u.User != nil, u.RawQuery != "", u.Fragment != "":
		return nil, wrong("may hold a host and a path only")
	}
	return u, nil
}

func loopback(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "127.") || host == "::1"
}
