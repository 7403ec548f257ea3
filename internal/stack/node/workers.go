package node

import (
	"path"
	"slices"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/tree"
)

// queues are packages whose jobs a process of its own works off.
var queues = []string{"bullmq", "bull", "bee-queue", "agenda", "pg-boss", "graphile-worker", "kue", "@temporalio/worker"}

// workerScripts are the scripts under which people run such a process, those that reload first.
var workerScripts = []string{"dev:worker", "worker:dev", "dev:workers", "dev:queue", "worker", "workers", "start:worker", "worker:start", "start:queue", "queue", "queue:work"}

// syncs is code by which a server makes its tables when it starts, with Sequelize or TypeORM.
var syncs = lazyregexp.New(`\.sync\(\s*[){]|\bsynchronize\s*:\s*(?:true\b|[^,\n]*(?:!==?\s*["']prod|===?\s*["'](?:dev|local)|\bis(?:Dev|Local)\w*|!\s*\w*[pP]rod))`)

// makesTables says whether the server makes its tables itself, so that migrations find them made.
func makesTables(a *stack.App, p *npm.Manifest) bool {
	return p.NeedsOneOf("sequelize", "sequelize-typescript", "typeorm") != "" && slices.ContainsFunc(a.Sources, func(source tree.File) bool {
		return !tree.IsAside(path.Dir(source.Path)) && syncs.MatchString(source.Text)
	})
}

// finish decides what needs the commands or the sources.
func finish(a *stack.App) {
	p := npm.ManifestOf(a.Tree, a.Dir)
	if a.Migrate != nil && makesTables(a, p) {
		a.Migrate = nil
	}
	makeEnvFile(a)
	if a.Frontend || !slices.ContainsFunc(queues, func(name string) bool { return p.Dependencies[name] != "" }) {
		return
	}
	for _, name := range workerScripts {
		if p.Scripts[name] != "" && name != a.Script {
			a.Workers = append(a.Workers, stack.Worker{Name: "worker", Command: runScript(a, name), Evidence: p.At(name, name+" script")})
			return
		}
	}
}
