package detect

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect/localcall"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// decidePublic says why a browser on another machine has to reach the service itself; the
// zero value where none has to. It does so for a page, and for what a page calls: code in a
// browser has no other way than the service's own URL. A server that pages reach through
// their development server, that other servers call, or that nothing here calls, stays closed.
func decidePublic(all services, c *candidate) Evidence {
	switch {
	case c.Port.Number == 0:
		return Evidence{}
	case c.Frontend:
		return Evidence{Text: "people open its page"}
	case c.assets:
		return Evidence{Text: "pages load its files"}
	}
	var pages []*candidate
	for _, page := range all {
		if page.Frontend {
			pages = append(pages, page)
		}
	}
	for _, page := range pages {
		if e := callFrom(all, page, c); e.Text != "" {
			return e
		}
	}
	switch {
	case len(pages) == 0:
		return c.inSource(c.Stack.Language.RendersPages, "it serves pages itself")
	case slices.ContainsFunc(pages, func(page *candidate) bool { return passesOn(all, page, c) }):
		return Evidence{}
	default:
		return c.inSource(c.Stack.Language.AllowsCORS, "it lets pages of other addresses call it")
	}
}

// inSource is the first place in the service's source that matches.
func (c *candidate) inSource(pattern *lazyregexp.Regexp, text string) Evidence {
	for _, source := range c.Sources {
		if pattern == nil {
			break
		}
		if at := pattern.FindStringIndex(source.Text); at != nil {
			return source.At(at[0], text)
		}
	}
	return Evidence{}
}

// callFrom is the place where the code of a page calls the service: by a variable that holds
// its URL, or by an address on this machine.
func callFrom(all services, page, c *candidate) Evidence {
	for _, v := range page.Variables {
		if v.Sibling == c.Name && !v.Inside && !strings.Contains(v.Name, "ORIGIN") {
			e := v.Evidence
			e.Text = "the page of " + page.Name + " calls it by " + v.Name
			return e
		}
	}
	for _, call := range page.Calls {
		if !call.Origin && all.byPort(call.Port) == c {
			e := call.Evidence
			e.Text = "the page of " + page.Name + " calls " + e.Text
			return e
		}
	}
	return Evidence{}
}

// passesOn tells whether the page's server passes requests on to the service.
func passesOn(all services, page, c *candidate) bool {
	return slices.ContainsFunc(page.Variables, func(v Variable) bool { return v.Sibling == c.Name && v.Inside }) ||
		slices.ContainsFunc(localCaller{page}.proxied(), func(call localcall.Call) bool { return all.byPort(call.Port) == c })
}
