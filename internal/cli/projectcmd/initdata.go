package projectcmd

import (
	"strings"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/stack/dataservice"
	"github.com/devup-cli/devup/internal/untrusted"
)

// neededObject is a data service that init found, in JSON. Its names are a promise.
type neededObject struct {
	Type     string           `json:"type"` // "data"
	Service  string           `json:"service"`
	Kind     string           `json:"kind"` // as `devup add` takes it
	Variant  string           `json:"variant,omitempty"`
	Port     int              `json:"port"`
	HostPort int              `json:"host_port,omitempty"`
	Existing bool             `json:"existing"` // a compose file has it
	Users    []string         `json:"users"`    // the services that use it
	Seeds    []string         `json:"seeds,omitempty"`
	Evidence []evidenceObject `json:"evidence"`
}

// dataObjects prints the data services in JSON.
func dataObjects(env *command.Env, repository detect.Repository) {
	for _, d := range repository.Data {
		o := neededObject{
			Type: "data", Service: d.Key, Kind: d.Service, Variant: d.Variant, Port: dataservice.Lookup(d.Service).Port, HostPort: d.HostPort,
			Existing: d.Compose, Users: d.Users, Seeds: d.Seeds,
		}
		for _, e := range d.Evidence {
			o.Evidence = append(o.Evidence, evidenceObject{e.File, e.Line, e.Text})
		}
		env.UI.Object(o)
	}
}

// saySeeds says which SQL files a data service loads, and which of its kind not.
func saySeeds(env *command.Env, repository detect.Repository) {
	for _, d := range repository.Data {
		if len(d.Seeds) > 0 {
			var names []string
			for _, file := range d.Seeds {
				names = append(names, untrusted.Name(file))
			}
			env.Say(d.Key + " loads " + strings.Join(names, ", ") + " when it starts for the first time")
		}
		for _, left := range d.NotLoaded {
			env.Say(d.Key + " does not load " + untrusted.Name(left.File) + ": " + untrusted.Text(left.Why, false))
		}
	}
}
