package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// reloads are commands that show an edit of the source while they run.
var reloads = lazyregexp.New(`--reload\b|--watch\b|\bnodemon\b|\b(?:npm|pnpm|yarn|bun)(?: run)? (?:dev|serve|start:dev)\b|\bvite\b|\bnext dev\b|\bnuxt dev\b|\bng serve\b|\bastro dev\b|` +
	`\breact-scripts start\b|\bflask run\b.*--debug|\bfastapi dev\b|\brunserver\b|\btsx watch\b|\bts-node-dev\b|\brails s\b|\brails server\b|\bphx\.server\b|\bphp -S\b|\bartisan serve\b|` +
	`\bstreamlit run\b|\bair\b`)

// packageDirectories are where package managers install next to the source.
var packageDirectories = map[string]string{"package.json": "node_modules", "uv.lock": ".venv"}

// decideMount is the directory in the image of the service's own Dockerfile that its source
// can be mounted over, and the directories below that hold what the image installed. It is
// empty unless the server reloads, the image copies the whole context there as it is, nothing
// is built there afterwards, and the container's user may write to it.
func decideMount(c *candidate) (target string, installed []string) {
	if c.docker == nil || c.Compose != "" {
		return "", nil
	}
	command := strings.Join(c.Command, " ")
	if command == "" {
		command = c.docker.Command()
	}
	if !reloads.MatchString(command) {
		return "", nil
	}
	if target = c.docker.CopiesContextTo(); target == "" {
		return "", nil
	}
	at := c.Tree.Directory(c.Context())
	for manifest, directory := range packageDirectories {
		if at.Has(manifest) {
			installed = append(installed, path.Join(target, directory))
		}
	}
	slices.Sort(installed)
	return target, installed
}
