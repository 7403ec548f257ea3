package project

import (
	"slices"
	"strings"
)

// audience says for whom a URL in a variable is, as far as the variable's name tells.
type audience int

const (
	machines audience = iota // for programs, or unknown
	anyone                   // for a browser, unless the service means itself: API_URL
	browsers
)

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

// Words of variables' names, between underscores.
var (
	// inner are addresses that a server calls itself, whatever else the name says.
	inner = []string{"INTERNAL", "PROXY", "TARGET", "UPSTREAM", "SSR", "HEALTH", "HEALTHCHECK", "PROBE", "PRIVATE", "DOCKER"}
	// outer are what people open, or where they are sent.
	outer = []string{
		"FRONTEND", "FRONT", "BACKEND", "CLIENT", "APP", "SITE", "WEB", "WEBSITE", "WEBAPP", "UI", "PUBLIC", "EXTERNAL", "BROWSER",
		"NEXTAUTH", "AUTH", "CALLBACK", "REDIRECT", "LOGIN", "LOGOUT", "SUCCESS", "CANCEL",
	}
	// called are what is called by browsers, and by servers within one container.
	called = []string{"API", "SERVER", "GRAPHQL", "REST", "SOCKET", "WEBSOCKET", "WS"}
	// endings are the words that end the name of a URL.
	endings = []string{"URL", "URI", "URLS", "URIS"}
)

// ofOrigins tells whether a variable names origins, which have no path.
func ofOrigins(name string) bool {
	return slices.ContainsFunc(strings.Split(strings.ToUpper(name), "_"), func(word string) bool {
		return word == "ORIGIN" || word == "ORIGINS" || word == "CORS"
	})
}

// audienceOf is for whom the URLs in a variable are.
func audienceOf(name string) audience {
	name = strings.ToUpper(name)
	words := strings.Split(name, "_")
	switch {
	case containsAny(words, inner):
		return machines
	case Bundled(name), ofOrigins(name):
		return browsers
	case !slices.Contains(endings, words[len(words)-1]):
		return machines
	case containsAny(words, called):
		return anyone
	case containsAny(words, outer):
		return browsers
	case containsAny(words, []string{"BASE"}):
		return anyone
	default:
		return machines
	}
}
