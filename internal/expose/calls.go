package expose

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/workspace"
)

// Calls says which pages of the project call a URL from which they get no answer
// in this workspace, and what can be done, a sentence each. p is resolved: what a
// page calls is in the environment of its service. Rows that were not checked are
// not spoken of.
func Calls(p *project.Project, ws workspace.Info, rows []Row) []string {
	var sentences []string
	if !ws.Remote {
		return nil
	}
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		for _, target := range rows {
			_, other := p.Services[target.Service]
			if other && target.Service != name && calls(p, s, target.URL) {
				if why := blocked(ws, target); why != "" {
					sentences = append(sentences, fmt.Sprintf("%s: its page calls %s, %s", name, target.Service, why))
				}
			}
		}
	}
	return slices.Compact(sentences)
}

// blocked says why a page of another origin gets no answer from the row, and the
// ways out; empty where it does.
func blocked(ws workspace.Info, target Row) string {
	const gateway = "serve both from one origin with `devup up --gateway`"
	locked := target.Access == NeedsLogin || target.Access == Forbidden
	switch {
	case ws.InPath():
		return "" // one origin for all: the login of the page is that of the call
	case target.Access == Unchecked || target.Access == NotReachable || target.Access == HostRefused:
		return ""
	case ws.NoCrossPort:
		return "and the proxy of " + ws.Title + " blocks calls from the page of one port to another: " + gateway
	case !locked:
		return ""
	case ws.Locked:
		return "whose URL asks for a login, so the browser blocks the call: " + gateway
	case target.Public:
		return "whose URL asks for a login, so the browser blocks the call: make that port public, or " + gateway
	}
	return fmt.Sprintf("whose URL asks for a login, so the browser blocks the call: set x-devup.public: true for %s (or run `devup up --public`), or %s", target.Service, gateway)
}

var (
	pageName = lazyregexp.New(`(?i)front|\bweb\b|client|\bui\b|react|vue|angular|svelte`)
	// backName is a variable that names who may call, not what is called.
	backName = lazyregexp.New(`(?i)front|origin|cors|client|allowed|web_?site|app_url`)
)

// calls reports whether the page of a service is given the address.
func calls(p *project.Project, s types.ServiceConfig, address string) bool {
	if address == "" {
		return false
	}
	page := p.Extensions[s.Name].Page() || pageName.MatchString(s.Name)
	given := maps.Clone(s.Environment)
	if given == nil {
		given = types.MappingWithEquals{}
	}
	if s.Build != nil {
		maps.Copy(given, s.Build.Args)
	}
	for key, value := range given {
		if value != nil && (project.Bundled(key) || page && !backName.MatchString(key)) && holds(*value, address) {
			return true
		}
	}
	return false
}

// holds reports whether the text has the address in it, and not one that only begins
// like it.
func holds(text, address string) bool {
	_, host, _ := strings.Cut(strings.TrimSuffix(address, "/"), "://") // wss:// is a call too
	_, rest, found := strings.Cut(text, "://"+host)
	return found && (rest == "" || strings.ContainsRune("/?#, \t", rune(rest[0])))
}
