// Package project turns the files of a repository into the project that devup
// runs: a Compose model of which the x-devup parts are checked, and in which the
// URLs of the services are still symbols.
//
// [Find] finds the files and decides the project's name; [Source.Load] loads the model under
// that name or another. It is not known then which host port a service gets, so what the files
// say about URLs becomes tokens. When package ports has decided, package urls puts the
// values in. Package composefile reads the files; other packages see compose-go's types only.
//
// What this package does not do: it asks no engine and writes nothing.
package project

import (
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/composefile"
)

// ComposeVersion is the Docker Compose whose labels and hashes devup writes.
const ComposeVersion = "5.5.0"

// Project is a loaded project. It is immutable: changes go into a copy, which
// [Project.Edit] and [Project.Rewrite] make.
type Project struct {
	*types.Project // as compose-go has it; the strings of a loaded, unresolved project may hold tokens

	Extensions map[string]ServiceExtension // x-devup by service; services without it have the zero value
	Gateway    *Gateway                    // nil for none
	Wants      Wants                       // what a fresh clone lacks; no Values: without these it cannot be loaded
	Notes      []string                    // what the user should know, a sentence each, in a fixed order

	MissingEnvFiles []MissingEnvFile // required env files that are not there and were left out; each has its Note too
	UnsetNote       string           // the Note that names variables which are not set and have no default; empty for none

	Validated string // what to give as Options.Validated the next time; empty where the files name others

	others   types.Services                     // active services that Options.Services left out
	declared map[string]types.MappingWithEquals // environment by service, before env files were read
	own      map[string][]OwnVariable           // by service, what its own env files set
	kept     map[string]int                     // by service, how many volumes at the end of its list devup added
	injected map[string][]string                // by service, the variables that devup set
	sources  []composefile.File
}

// Locate finds where in the project's files most of the keys lead to, such as
// "services", "web", "ports". In a project that was not loaded it is empty.
func (p *Project) Locate(keys ...string) (file string, line int) {
	return composefile.Locate(p.sources, keys...)
}

// Options say what to load. The zero Options load the project of the current
// directory with no environment.
type Options struct {
	Dir      string            // where to look, and what Files and EnvFiles are relative to; empty means the current directory
	Files    []string          // config files (-f); empty means COMPOSE_FILE, then the nearest directory that has some
	Root     string            // what relative paths in the config are relative to (--project-directory); empty means the directory of the first file
	Name     string            // project name (--project-name); empty means COMPOSE_PROJECT_NAME, the files, the directory's name
	EnvFiles []string          // files of interpolation variables (--env-file); empty means .env next to the config, if it is there
	Profiles []string          // active profiles; empty means COMPOSE_PROFILES
	Env      map[string]string // environment of the process
	Services []string          // only these and what they depend on; empty means all
	ModelURL string            // the server that has the models of services; empty means that there is none

	Stdin func() ([]byte, error) // what the file "-" holds; nil means that there is none. It may be called several times
	// Answers gives what the user was asked for in a project's directory, as the text of an
	// env file; nil means that there is none.
	Answers   func(root string) []byte
	NoDeps    bool   // with Services: without what they depend on
	ReadOnly  bool   // nothing is created from the project: a secret that `devup up` has yet to generate is no error
	Unset     bool   // with ReadOnly: nor is a required variable without a value
	Validated string // [Project.Validated] of an earlier load, which makes this one faster where nothing has changed; empty for none
}

// Port is one port that a service publishes. A range is as many Ports.
type Port struct {
	Service  string // the one that listens on it
	Owner    string // the one that publishes it, where Service is in its network; empty for Service itself
	Index    int    // tells apart several publications of the same target, in the order of the config
	Copy     int    // which container of the service it leads to: 0 for the first
	Target   int    // port inside the container
	Protocol string // "tcp", "udp" or "sctp"
	Wanted   int    // host port that the config asks for; 0 means any
	HostIP   string // address that the config binds to; empty means the place's own
	Fixed    bool   // x-devup.port is "fixed": no other host port will do
	HTTP     bool   // the config says that it speaks HTTP: by app_protocol, or as the port of a stack
}

// PortKey identifies a published port within a project.
type PortKey struct {
	Service  string // the one that publishes it
	Target   int
	Protocol string
	Index    int // tells apart several publications of the same target, in the order of the config
	Copy     int // which container of the service it leads to: 0 for the first
}

// EnvName is a service's name as it stands in DEVUP_URL_<name>: upper case, and
// "_" for everything that is neither a letter nor a digit.
func EnvName(service string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		default:
			return '_'
		}
	}, service)
}
