package projectcmd

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/untrusted"
)

// unsetObject is a variable of a service in JSON that nothing in the repository sets.
type unsetObject struct {
	Name      string `json:"name"`
	File      string `json:"file,omitempty"` // where it is read or named
	Line      int    `json:"line,omitempty"`
	Required  bool   `json:"required"`            // the service does not start without it
	Generated bool   `json:"generated,omitempty"` // `devup up` generates its value
}

// isUnset tells whether nothing in the repository sets a variable of a service.
func (p proposal) isUnset(s detect.Service, v detect.Variable) bool {
	return !v.Wired() && !v.Default && v.Usual == "" && !p.set[cmp.Or(s.Compose, s.Name)][v.Name]
}

// unset are the variables that a service reads, that nothing sets, and that are not generated.
func (p proposal) unset(s detect.Service) []string {
	var names []string
	for _, v := range s.Variables {
		if p.isUnset(s, v) && v.Generate == "" {
			names = append(names, v.Name)
		}
	}
	return names
}

// variables are those that nothing sets, with where they are read.
func (p proposal) variables(s detect.Service) []unsetObject {
	var all []unsetObject
	for _, v := range s.Variables {
		if p.isUnset(s, v) || v.Generate != "" {
			all = append(all, unsetObject{v.Name, v.Evidence.File, v.Evidence.Line, v.Required, v.Generate != ""})
		}
	}
	return all
}

// sayUnset names what only the user can set: a line each for what a start needs, and one for
// the rest.
func (p proposal) sayUnset(env *command.Env) {
	for _, s := range p.repository.Services {
		var optional []string
		for _, v := range s.Variables {
			switch {
			case !p.isUnset(s, v) || v.Generate != "":
			case v.Required:
				env.Say(fmt.Sprintf("%s: %s is required and not set: %s:%d; `devup up` asks for it, or set it in .env", s.Name, v.Name, untrusted.Name(v.Evidence.File), v.Evidence.Line))
			case !v.Unread:
				optional = append(optional, v.Name)
			}
		}
		if len(optional) > 0 {
			env.Say(fmt.Sprintf("%s reads variables that are not set: %s", s.Name, strings.Join(optional, ", ")))
		}
	}
}
