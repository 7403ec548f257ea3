package detect

import (
	"slices"
	"strings"
)

// publicPrefixes are what bundlers want in front of a variable for the browser.
var publicPrefixes = []string{
	"REACT_APP_", "VITE_", "NEXT_PUBLIC_", "VUE_APP_", "NUXT_PUBLIC_", "NUXT_ENV_", "GATSBY_", "PUBLIC_", "EXPO_PUBLIC_", "FLASK_", "DJANGO_",
}

// urlWords say that a variable holds a URL; neutralWords say nothing of whose.
var (
	urlWords     = words("URL URI URLS ORIGIN ORIGINS ENDPOINT BASEURL BASE")
	neutralWords = words("BASE PUBLIC ROOT DEFAULT LOCAL DEV HTTP ALLOWED ALLOW CORS V1 APPLICATION")
	roleWords    = map[string]role{
		"FRONTEND": frontend, "FRONT": frontend, "CLIENT": frontend, "WEB": frontend, "UI": frontend, "WEBAPP": frontend, "SPA": frontend, "WEBSITE": frontend,
		"BACKEND": backend, "BACK": backend, "API": backend, "SERVER": backend, "REST": backend, "APIURL": backend,
	}
)

func words(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// wire decides which sibling's URL the variable holds: the one its name says,
// else the one whose port its values name.
func (s *scan) wire(c *candidate, v *Variable, values []string) {
	var known address
	var isURL bool
	elsewhere := false // a database, another host
	for _, value := range values {
		for item := range strings.SplitSeq(value, ",") { // CORS origins come in lists
			if found, ok := parseURL(item); ok && !isURL {
				known, isURL = found, true
			} else if !ok && strings.Contains(item, "://") {
				elsewhere = true
			}
		}
	}
	if looksSecret(v.Name) || elsewhere && !isURL {
		return
	}
	sibling := s.byName(v.Name, c)
	if sibling == nil && isURL && known.port != 0 {
		sibling = s.byPort(known.port)
	}
	if sibling == nil {
		return
	}
	v.Sibling = sibling.Name
	if isURL {
		v.Path = known.path
	}
}

// callsInside says whether the service itself calls the sibling whose URL the
// variable holds: a backend calls another, a development server sends requests
// on, Next.js renders a page. All else is for a browser: CORS origins, links, and
// what a bundler writes into a page.
func (s *scan) callsInside(c *candidate, v *Variable, readers []string) bool {
	i := slices.IndexFunc(s.found, func(other *candidate) bool { return other.Name == v.Sibling })
	if v.Sibling == "" || i < 0 || s.found[i] == c || s.found[i].role != backend {
		return false
	}
	ofProxy := func(name string) bool {
		return isProxyFile(name) && proxies.MatchString(s.tree.Source(name).Text)
	}
	switch {
	case c.role == backend:
		return !strings.Contains(v.Name, "CORS") && !strings.Contains(v.Name, "ORIGIN")
	case len(readers) > 0 && !slices.ContainsFunc(readers, func(name string) bool { return !ofProxy(name) }):
		return true
	}
	return c.Framework == "Next.js" && len(readers) > 0 && !strings.HasPrefix(v.Name, "NEXT_PUBLIC_") &&
		!slices.ContainsFunc(readers, isProxyFile)
}

func (s *scan) byPort(port int) *candidate {
	for _, c := range s.found {
		if c.HostPort == port {
			return c
		}
	}
	for _, c := range s.found {
		if c.Port.Number == port {
			return c
		}
	}
	return nil
}

// byName is the service whose URL a variable of the reader's holds by its name,
// or nil. Every word of the name has to be understood: STRIPE_API_URL is not
// the API's, for STRIPE is no service here.
func (s *scan) byName(name string, reader *candidate) *candidate {
	name = strings.ToUpper(name)
	for _, prefix := range publicPrefixes {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "URL" {
			name = rest
			break
		}
	}
	if direct := s.byOwnName(name); direct != nil {
		return direct
	}
	var isURL, ofOrigin bool
	var roles []role
	for word := range strings.SplitSeq(name, "_") {
		role, isRole := roleWords[word]
		switch {
		case isRole:
			roles = append(roles, role)
		case urlWords[word]:
			isURL = isURL || word != "BASE"
			ofOrigin = ofOrigin || strings.HasPrefix(word, "ORIGIN")
		case !neutralWords[word]:
			return nil
		}
	}
	if strings.HasPrefix(name, "CORS") || ofOrigin && len(roles) == 0 {
		roles, isURL = []role{frontend}, isURL || ofOrigin || name == "CORS"
	}
	if !isURL && !slices.Contains([]string{"API", "BACKEND", "API_BASE"}, name) || len(roles) == 0 {
		return nil
	}
	return s.only(roles[0], reader)
}

// byOwnName is the service that the name without its URL word names: USERS_URL,
// USERS_SERVICE_URL and BACKEND_FLASK_URL.
func (s *scan) byOwnName(name string) *candidate {
	stem := name
	for _, ending := range []string{"_URL", "_URI", "_ENDPOINT", "_ORIGIN", "_BASE", "_API", "_SERVICE", "_SERVER"} {
		stem = strings.TrimSuffix(stem, ending)
	}
	if stem == name {
		return nil
	}
	for _, c := range s.found {
		service := strings.ToUpper(strings.ReplaceAll(c.Name, "-", "_"))
		if stem == service || stem == strings.TrimSuffix(service, "_SERVICE") {
			return c
		}
	}
	return nil
}

// only is the one service of the role. Among several, one that is called like
// the role counts ("api", "backend-flask"); the reader itself counts last.
func (s *scan) only(wanted role, reader *candidate) *candidate {
	var all, named []*candidate
	for _, c := range s.found {
		if c.role != wanted {
			continue
		}
		all = append(all, c)
		for word := range strings.SplitSeq(strings.ToUpper(c.Name), "-") {
			if r, ok := roleWords[word]; ok && r == wanted {
				named = append(named, c)
				break
			}
		}
	}
	switch {
	case len(all) == 1:
		return all[0]
	case len(named) == 1:
		return named[0]
	case reader.role == wanted && slices.Contains(all, reader):
		return reader
	}
	return nil
}
