package node

import (
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/untrusted"
)

// The exact versions of what the Dockerfiles install besides a project's own packages, as of
// November 2026. Those of dev container features and of Gitpod's image stand in their templates.
// Base images are named by a tag with a minor version at most, so that a build gets the
// security updates of that line.
const (
	serve       = "serve@14.2.7"
	bun         = "1.4.5"
	pnpm10      = "10.34.9"
	pnpm8       = "8.15.9"
	pnpm7       = "7.33.7"
	yarnClassic = "1.22.22"
	yarnNew     = "4.18.1"
)

// releases are those versions by manager and major version.
var releases = map[string]untrusted.Inert{
	"bun 1": bun, "pnpm 10": pnpm10, "pnpm 8": pnpm8, "pnpm 7": pnpm7, "yarn 1": yarnClassic, "yarn 4": yarnNew,
}

// exact is the version of a package manager to install: the one that the repository asks
// for, ours of the same line where it names a major version alone, usual where it names none.
func exact(p stack.Packages, usual untrusted.Inert) untrusted.Inert {
	asked := untrusted.Version(p.Version)
	if asked == "" {
		return usual
	}
	if ours, known := releases[p.Manager+" "+string(asked)]; known {
		return ours
	}
	return asked
}
