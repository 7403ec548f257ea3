package node

import (
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	// listenCalls are the arguments of a call that listens, up to a callback.
	listenCalls = lazyregexp.New(`(?:\.listen|\bserve)\(([^()]*)`)
	// fastifyCalls are those of Fastify's own object.
	fastifyCalls = lazyregexp.New(`\b(?:fastify|app|server|api)\.listen\(([^()]*)`)
	// localHost is an argument that is the loopback address.
	localHost = lazyregexp.New("[\"'`](?:localhost|127\\.0\\.0\\.1)[\"'`]")
	// otherHost is a third way to name a host: a variable, or another address.
	otherHost = lazyregexp.New("\\bhost(?:name)?\\b|,\\s*[\"'`]|\\.\\.\\.|^\\s*[A-Za-z_$][\\w$.]*\\s*$|,\\s*[A-Za-z_$][\\w$]*\\s*$")
)

// listensLocally is the call by which a server listens on 127.0.0.1 alone: one that names it,
// or one of Fastify without a host (https://fastify.dev/docs/latest/Reference/Server/#listen).
// What a variable may change is not for a source to say.
func listensLocally(a *stack.App) tree.Evidence {
	for _, source := range a.Sources {
		for _, match := range listenCalls.FindAllStringSubmatchIndex(source.Text, -1) {
			arguments := source.Text[match[2]:match[3]]
			if localHost.MatchString(arguments) && !strings.Contains(arguments, "env") {
				return source.At(match[0], "listens on 127.0.0.1")
			}
		}
	}
	if a.Stack.Title != "Fastify" {
		return tree.Evidence{}
	}
	for _, source := range a.Sources {
		for _, match := range fastifyCalls.FindAllStringSubmatchIndex(source.Text, -1) {
			if arguments := source.Text[match[2]:match[3]]; !otherHost.MatchString(arguments) {
				return source.At(match[0], "listens on 127.0.0.1, the default of Fastify")
			}
		}
	}
	return tree.Evidence{}
}
