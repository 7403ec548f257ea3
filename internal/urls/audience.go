package urls

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/project"
)

// audience says for whom a URL in a variable is, as far as the variable's name tells.
type audience int

const (
	machines audience = iota // for programs, or unknown
	anyone                   // for a browser, unless the service means itself: API_URL
	browsers
)

// Words of variables' names, between underscores.
var (
	// inner are addresses that a server calls itself, whatever else the name says.
	inner = []string{"INTERNAL", "PROXY", "TARGET", "UPSTREAM", "SSR", "HEALTH", "HEALTHCHECK", "PROBE", "PRIVATE", "DOCKER"}
	// outer are what users open, or where they are sent.
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
	case hasWord(words, inner):
		return machines
	case project.Bundled(name), ofOrigins(name):
		return browsers
	case !slices.Contains(endings, words[len(words)-1]):
		return machines
	case hasWord(words, called):
		return anyone
	case hasWord(words, outer):
		return browsers
	case hasWord(words, []string{"BASE"}):
		return anyone
	default:
		return machines
	}
}

func hasWord(words, known []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(known, word) })
}
