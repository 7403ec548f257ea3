package detect

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// servesPages matches what a server says that answers with pages of its own.
var servesPages = lazyregexp.New(`\brender_template(?:_string)?\(|\brender\(\s*request\b|\bTemplateView\b|\bTemplateResponse\(|\bHTMLResponse\b|` +
	`\b(?:res|reply|ctx)\.(?:render|sendFile|view)\(|\bexpress\.static\(|\bsend_from_directory\(|\bStaticFiles\(|\bimport streamlit\b|\bimport gradio\b|\bDash\(`)

// letsIn matches how servers are told to answer pages of other addresses.
var letsIn = lazyregexp.New(`\bCORS\(|\bflask_cors\b|\bCORSMiddleware\b|\bcorsheaders\b|\bcors\(|@fastify/cors|@koa/cors|Access-Control-Allow-Origin`)

// decidePublic says why a browser on another machine has to reach the service itself; the
// zero value where none has to. It does so for a page, and for what a page calls: code in a
// browser has no other way than the service's own URL. A server that pages reach through
// their development server, that other servers call, or that nothing here calls, stays closed.
func (s *scan) decidePublic(c *candidate) Evidence {
	switch {
	case c.Port.Number == 0:
		return Evidence{}
	case c.role == frontend:
		return Evidence{Text: "people open its page"}
	}
	var pages []*candidate
	for _, page := range s.found {
		if page.role == frontend {
			pages = append(pages, page)
		}
	}
	for _, page := range pages {
		if e := s.callFrom(page, c); e.Text != "" {
			return e
		}
	}
	switch {
	case len(pages) == 0:
		return c.inSource(servesPages, "it serves pages itself")
	case slices.ContainsFunc(pages, func(page *candidate) bool { return s.passesOn(page, c) }):
		return Evidence{}
	default:
		return c.inSource(letsIn, "it lets pages of other addresses call it")
	}
}

// inSource is the first place in the service's source that matches.
func (c *candidate) inSource(pattern *lazyregexp.Regexp, text string) Evidence {
	for _, source := range c.sources {
		if at := pattern.FindStringIndex(source.Text); at != nil {
			return source.At(at[0], text)
		}
	}
	return Evidence{}
}

// callFrom is the place where the code of a page calls the service: by a variable that holds
// its URL, or by an address on this machine.
func (s *scan) callFrom(page, c *candidate) Evidence {
	for _, v := range page.Variables {
		if v.Sibling == c.Name && !v.Inside && !strings.Contains(v.Name, "ORIGIN") {
			e := v.Evidence
			e.Text = "the page of " + page.Name + " calls it by " + v.Name
			return e
		}
	}
	for _, call := range page.Calls {
		if !call.Origin && s.byPort(call.Port) == c {
			e := call.Evidence
			e.Text = "the page of " + page.Name + " calls " + e.Text
			return e
		}
	}
	return Evidence{}
}

// passesOn tells whether the page's server passes requests on to the service.
func (s *scan) passesOn(page, c *candidate) bool {
	return slices.ContainsFunc(page.Variables, func(v Variable) bool { return v.Sibling == c.Name && v.Inside }) ||
		slices.ContainsFunc(s.proxied(page), func(call localCall) bool { return s.byPort(call.port) == c })
}
