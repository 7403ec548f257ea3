package python

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	// runsHere are calls that listen on 127.0.0.1 where they are given no host.
	runsHere = lazyregexp.New(`\b(?:app|application|uvicorn|server|socketio|sio)\.run\(((?:[^()]|\([^()]*\))*)\)`)
	toldHost = lazyregexp.New(`\bhost\s*=\s*(["']?)([\w.:$\[\]]+)|^\s*["'](\d[\d.]*)["']|\*\*`)
)

// hidden is where a file that the service's own Dockerfile runs listens on 127.0.0.1 alone.
// Our images run files so that they listen on all addresses.
func hidden(a *stack.App) tree.Evidence {
	if a.Dockerfile == "" {
		return tree.Evidence{}
	}
	docker := a.Tree.Text(path.Join(a.Dir, a.Dockerfile))
	for _, source := range a.Sources {
		if !strings.Contains(docker, "python") || !strings.Contains(docker, path.Base(source.Path)) {
			continue
		}
		for _, match := range runsHere.FindAllStringSubmatchIndex(source.Text, -1) {
			told := toldHost.FindStringSubmatch(stack.Group(source.Text, match, 1))
			if told == nil || told[1] != "" && (told[2] == "127.0.0.1" || told[2] == "localhost") {
				return source.At(match[0], "listens on 127.0.0.1")
			}
		}
	}
	return tree.Evidence{}
}
