package node

import (
	"slices"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
)

// queues are packages whose jobs a process of its own works off.
var queues = []string{"bullmq", "bull", "bee-queue", "agenda", "pg-boss", "graphile-worker", "kue", "@temporalio/worker"}

// workerScripts are the scripts under which people run such a process, those that reload first.
var workerScripts = []string{"dev:worker", "worker:dev", "dev:workers", "dev:queue", "worker", "workers", "start:worker", "worker:start", "start:queue", "queue", "queue:work"}

// finish decides what needs the commands.
func finish(a *stack.App) {
	p := npm.ManifestOf(a.Tree, a.Dir)
	if a.Page || !slices.ContainsFunc(queues, func(name string) bool { return p.Dependencies[name] != "" }) {
		return
	}
	for _, name := range workerScripts {
		if p.Scripts[name] != "" && name != a.Script {
			a.Workers = append(a.Workers, stack.Worker{Name: "worker", Command: runScript(a, name), Evidence: p.At(name, name+" script")})
			return
		}
	}
}
