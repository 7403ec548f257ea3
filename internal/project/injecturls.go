package project

import (
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/symbol"
)

// A service whose env_file is not there does not know where its siblings are, although
// devup does. The variables that would have held their URLs are told by their names.

// Words of variables' and services' names. A name with any other word is another user's:
// STRIPE_API_URL is not the API's.
var (
	pageWords   = []string{"FRONTEND", "FRONT", "CLIENT", "WEB", "WEBAPP", "WEBSITE", "UI", "SPA"}
	serverWords = []string{"BACKEND", "BACK", "API", "SERVER"}
	urlWords    = []string{"URL", "URI", "ENDPOINT", "ORIGIN"}
	emptyWords  = []string{"BASE", "ROOT", "PUBLIC", "HTTP"}
)

// injectURLs sets those of the variables that nothing has set and that hold, by their names, the
// URL of a service here. It says which: "API_URL to the URL of api".
func injectURLs(p *Project, reader string, variables []string) (set []string) {
	s, web := p.Services[reader], webServices(p)
	slices.Sort(variables)
	for _, name := range slices.Compact(variables) {
		if _, known := s.Environment[name]; known {
			continue
		}
		service := siblingOf(name, reader, web)
		if service == "" {
			continue
		}
		url := symbol.Token(symbol.URLPrefix + EnvName(service))
		if s.Environment == nil {
			s.Environment = types.MappingWithEquals{}
		}
		s.Environment[name] = &url
		if p.injected == nil {
			p.injected = map[string][]string{}
		}
		p.injected[reader] = append(p.injected[reader], name)
		set = append(set, name+" to the URL of "+service)
	}
	p.Services[reader] = s
	return set
}

// sibling is a service that a browser can open.
type sibling struct {
	name  string
	built bool // from source that lies here
}

// webServices are the services that a browser can open, by name.
func webServices(p *Project) []sibling {
	services := p.Running()
	var all []sibling
	for _, port := range portsOf(p, services) {
		if one := (sibling{port.Service, services[port.Service].Build != nil}); port.Web() && !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}

// siblingOf is the service whose URL, as browsers know it, a variable of the reader's holds
// by its name; empty for none. What a server itself calls is another matter: of its
// variables only those count that are about pages, or about itself.
func siblingOf(variable, reader string, services []sibling) string {
	stem, bundled := unbundled(variable)
	words := strings.Split(stem, "_")
	if !containsAny(words, urlWords) {
		return ""
	}
	found := calledLike(words, services)
	if found == "" {
		found = ofRole(words, reader, bundled, services)
	}
	if bundled || found == reader || containsAny(words, pageWords) {
		return found
	}
	return ""
}

// calledLike is the service whose own name the words are, but for those that say nothing.
func calledLike(words []string, services []sibling) string {
	stem := strings.Join(without(words, urlWords, emptyWords), "_")
	for _, s := range services {
		if EnvName(s.name) == stem {
			return s.name
		}
	}
	return ""
}

// ofRole is the one service that is a page, or a server, by its name, where the words say
// that they are about such a one. Where none is called a server, the only other service is
// what a page calls.
func ofRole(words []string, reader string, page bool, services []sibling) string {
	rest := without(words, urlWords, emptyWords)
	role := pageWords
	if containsAny(rest, serverWords) {
		role = serverWords
	}
	if len(rest) == 0 || len(without(rest, role)) > 0 {
		return ""
	}
	var named, others []string
	for _, s := range services {
		if containsAny(strings.Split(EnvName(s.name), "_"), role) {
			named = append(named, s.name)
		}
		if s.built && s.name != reader {
			others = append(others, s.name)
		}
	}
	if len(named) == 0 && page && slices.Equal(role, serverWords) {
		named = others
	}
	if len(named) != 1 {
		return ""
	}
	return named[0]
}

func containsAny(words, known []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(known, word) })
}

// without are the words that none of the lists has.
func without(words []string, lists ...[]string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool {
		return slices.ContainsFunc(lists, func(list []string) bool { return slices.Contains(list, word) })
	})
}

// bundlers are the beginnings of variables that bundlers put into the files for browsers.
var bundlers = []string{
	"REACT_APP_", "VITE_", "NEXT_PUBLIC_", "NUXT_PUBLIC_", "VUE_APP_", "EXPO_PUBLIC_", "GATSBY_", "NG_APP_", "STORYBOOK_", "PUBLIC_",
}

// Bundled tells whether bundlers put a variable of this name into the files for browsers.
func Bundled(name string) bool {
	_, bundled := unbundled(strings.ToUpper(name))
	return bundled
}

// unbundled is the name of a variable without the beginning by which bundlers take it.
func unbundled(name string) (stem string, bundled bool) {
	for _, prefix := range bundlers {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			return rest, true
		}
	}
	return name, false
}
