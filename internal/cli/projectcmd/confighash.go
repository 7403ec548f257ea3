package projectcmd

import (
	"strings"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/ui"
)

// hashObject is the hash of a service in JSON. Its names are a promise.
type hashObject struct {
	Type    string `json:"type"` // "hash"
	Service string `json:"service"`
	Hash    string `json:"hash"`
}

// configHashes prints the hashes of services, named and divided by commas, or of all.
func configHashes(env *command.Env, p *project.Project, wanted string) error {
	names := strings.Split(wanted, ",")
	if wanted == "*" {
		names = p.ServiceNames()
	}
	for _, name := range names {
		if _, ok := p.Services[name]; !ok {
			return project.NoService(p, name)
		}
		hash, err := plan.Declared{Service: p.Declared(name)}.Hash(func(string) string { return "" })
		if err != nil {
			return err
		}
		if env.UI.Mode() == ui.JSON {
			env.UI.Object(hashObject{"hash", name, hash})
		} else {
			env.UI.Text(name + " " + hash)
		}
	}
	return nil
}
