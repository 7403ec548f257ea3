package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

var (
	// reloads are commands that show an edit of the source while they run.
	reloads = lazyregexp.New(`--reload\b|--watch\b|\bnodemon\b|\b(?:npm|pnpm|yarn|bun)(?: run)? (?:dev|serve|start:dev)\b|\bvite\b|\bnext dev\b|\bnuxt dev\b|\bng serve\b|\bastro dev\b|` +
		`\breact-scripts start\b|\bflask run\b.*--debug|\bfastapi dev\b|\brunserver\b|\btsx watch\b|\bts-node-dev\b|\brails s\b|\brails server\b|\bphx\.server\b|\bphp -S\b|\bartisan serve\b|` +
		`\bstreamlit run\b|\bair\b`)
	// installs are commands that write outside of the source, or into directories of packages.
	installs = lazyregexp.New(`^(?:npm (?:ci|i|install)|yarn(?: install)?|pnpm (?:i|install)|corepack|pip3? install|python3? -m pip install|poetry install|uv sync|uv pip install|pipenv|bundle install|` +
		`apt-get|apk|chown|chmod|adduser|useradd|addgroup|groupadd|rm -rf /|mkdir -p /)`)
)

// packageDirectories are where package managers install beside the source.
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
		command = c.docker.command()
	}
	if !reloads.MatchString(command) {
		return "", nil
	}
	if target = c.docker.copiesContextTo(); target == "" {
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

// copiesContextTo is the directory of the last stage that holds the build context as it is;
// empty for none, and where later instructions change it.
func (d *dockerfile) copiesContextTo() string {
	workdir, target := "/", ""
	for _, in := range d.final() {
		switch in.name {
		case "WORKDIR":
			if workdir = path.Join(workdir, first(in.words)); path.IsAbs(first(in.words)) {
				workdir = path.Clean(first(in.words))
			}
		case "COPY", "ADD":
			whole := len(in.words) == 2 && path.Clean(in.words[0]) == "."
			if whole && !in.fromStage {
				if target = path.Join(workdir, in.words[1]); path.IsAbs(in.words[1]) {
					target = path.Clean(in.words[1])
				}
			} else if target != "" {
				return "" // something lies there that the source has not
			}
		case "RUN":
			if target != "" && !onlyInstalls(strings.Join(in.words, " ")) {
				return ""
			}
		case "USER":
			if user := first(in.words); user != "root" && user != "0" {
				return ""
			}
		}
	}
	if target == "/" || stack.IsSystemDirectory(strings.TrimPrefix(target, "/")) || strings.ContainsAny(target, "$:") {
		return ""
	}
	return target
}

// onlyInstalls tells whether all commands of a line install packages.
func onlyInstalls(line string) bool {
	for part := range strings.SplitSeq(strings.NewReplacer("&&", ";", "||", ";").Replace(line), ";") {
		if part = strings.TrimSpace(part); part != "" && !installs.MatchString(part) {
			return false
		}
	}
	return true
}
