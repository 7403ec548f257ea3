package projectcmd

import (
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/stack/dataservice"
	"github.com/devup-cli/devup/internal/ui"
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

// dataRow is a data service as a row of the table of what was found: its name, what it is,
// where it listens, and what shows it.
func dataRow(d detect.Data) []ui.Cell {
	port := "port " + strconv.Itoa(dataservice.Lookup(d.Service).Port)
	if d.HostPort != 0 && d.HostPort != dataservice.Lookup(d.Service).Port {
		port += " (" + strconv.Itoa(d.HostPort) + " here)"
	}
	why := "for " + strings.Join(d.Users, ", ")
	if len(d.Evidence) > 0 {
		why += "; " + because(d.Evidence[0])
	}
	return []ui.Cell{{Text: d.Key, Tone: ui.Strong}, {Text: d.Title()}, {Text: port}, {Text: why, Tone: ui.Faint}}
}

// saySeeds says which SQL files a data service loads.
func saySeeds(env *command.Env, repository detect.Repository) {
	for _, d := range repository.Data {
		if len(d.Seeds) > 0 {
			var names []string
			for _, file := range d.Seeds {
				names = append(names, untrusted.Name(file))
			}
			env.Say(d.Key + " loads " + strings.Join(names, ", ") + " when it starts for the first time")
		}
	}
}
