package detect

import (
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/dataservice"
	"github.com/devup-cli/devup/internal/tree"
)

// What detection finds, in the words of the packages that decide it.
type (
	// Service is one thing of the repository that runs.
	Service = stack.Service
	// Port is the port that a service listens on in its container.
	Port = stack.Port
	// Runtime is a language at a version.
	Runtime = stack.Runtime
	// Packages says how a service's dependencies are installed.
	Packages = stack.Packages
	// Variable is an environment variable of a service.
	Variable = stack.Variable
	// Call is a URL on this machine in a service's source.
	Call = stack.Call
	// Data is a data service that services use.
	Data = dataservice.Need
	// Evidence is one reason for a decision.
	Evidence = tree.Evidence
	// Remark is something that will not work as the files stand.
	Remark = stack.Remark
	// Rejection is a directory that looked like a service and was not taken.
	Rejection = tree.Rejection
)

// Repository is all that was found. Services are sorted by name, the rest by directory.
type Repository struct {
	Services []Service
	Data     []Data // data services, sorted by key
	Rejected []Rejection
	Compose  []string // compose files at the root that `docker compose` would load, in its order
	Includes []string // compose files in sub-directories that devup.yaml includes, where there is none at the root
	// Loopbacks are the networks that services share, because the source of one calls another
	// at localhost.
	Loopbacks []Loopback
}
