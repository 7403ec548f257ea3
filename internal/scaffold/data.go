package scaffold

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack/dataservice"
	"github.com/devup-cli/devup/internal/untrusted"
)

// dataView is a data service in devup.yaml.
type dataView struct {
	Key         string
	Why         untrusted.Inert // what it is, and what shows it
	Image       string
	Command     []string
	Ports       []string
	Network     string // the service whose network it shares; empty for its own
	Port        int    // where it listens in that network
	Environment []setting
	Volume      string   // the name of its volume; empty for none
	Mount       string   // the volume at its directory
	Seeds       []string // the mounts of the SQL files that it loads
	Health      []string
	Start       int // seconds
}

// usualStart is how many seconds a data service may take to start.
const usualStart = 20

// newDataView is a data service as devup.yaml has it.
func newDataView(need detect.Data, shared detect.Loopback) dataView {
	of := dataservice.Lookup(need.Service).As(need.Variant)
	v := dataView{Key: need.Key, Image: of.Image, Why: untrusted.Comment(need.Title() + whyOf(need)), Start: max(of.Start, usualStart)}
	fill := func(templates []string) []string {
		var words []string
		for _, t := range templates {
			words = append(words, escape(need.Fill(t)))
		}
		return words
	}
	v.Command, v.Network, v.Port = fill(of.Command), shared.Name, of.Port
	v.Health = append([]string{"CMD"}, fill(of.Health)...)
	for _, s := range of.SettingsFor(need.Login, need.MakesDatabase) {
		v.Environment = append(v.Environment, setting{Name: settingName(s.Name), Value: escape(need.Fill(s.Value))})
	}
	v.Ports = append(v.Ports, onThisMachine(need.HostPort, of.Port))
	for i, extra := range of.Extra {
		if i < len(need.Extra) {
			v.Ports = append(v.Ports, onThisMachine(need.Extra[i], extra.Port))
		}
	}
	if of.Volume != "" {
		v.Volume = need.Key + "-data"
		v.Mount = v.Volume + ":" + of.Volume
	}
	for i, file := range need.Seeds {
		if !strings.Contains(file, ":") { // the short form of a mount divides by it
			v.Seeds = append(v.Seeds, "./"+escape(file)+":"+escape(path.Join(of.Seeds, strconv.Itoa(i+1)+"-"+path.Base(file)))+":ro")
		}
	}
	return v
}

// addData adds the data services that no compose file has.
func (view *projectView) addData(all []detect.Data, shared []detect.Loopback) {
	for _, need := range all {
		if need.Compose {
			continue
		}
		v := newDataView(need, loopbackOf(shared, need.Key))
		view.Data = append(view.Data, v)
		if v.Volume != "" {
			view.Volumes = append(view.Volumes, v.Volume)
		}
	}
}

// settingName lets through a name of ours: Elasticsearch has dots in its own.
func settingName(name string) untrusted.Inert { return untrusted.YAML(name) }

func onThisMachine(host, port int) string {
	return "127.0.0.1:" + strconv.Itoa(host) + ":" + strconv.Itoa(port)
}

// whyOf is the first evidence of a data service.
func whyOf(need detect.Data) string {
	if len(need.Evidence) == 0 || need.Evidence[0].File == "" {
		return ""
	}
	e := need.Evidence[0]
	if e.Line == 0 {
		return ": " + e.File
	}
	return ": " + e.File + ":" + strconv.Itoa(e.Line)
}

// dependency is a service that another one waits for.
type dependency struct {
	Key       string
	Condition string
}

// dependencies are the data services that a service uses.
func dependencies(repo detect.Repository, s detect.Service) []dependency {
	var all []dependency
	for _, need := range repo.Data {
		if !slices.Contains(need.Users, s.Name) {
			continue
		}
		condition := "service_healthy"
		if need.Compose && !need.Healthy {
			condition = "service_started" // nothing tells when it is ready
		}
		all = append(all, dependency{need.Key, condition})
	}
	return all
}

// siblings are the services that a service's server calls. Nothing tells the engine when
// they answer.
func siblings(repo detect.Repository, s detect.Service) []dependency {
	var all []dependency
	for _, name := range s.Needs {
		if sibling, ok := find(repo, name); ok {
			all = append(all, dependency{key(sibling), "service_started"})
		}
	}
	return all
}

// held are the service's variables that hold something of a data service, by name.
func held(s detect.Service) []setting {
	var all []setting
	for _, v := range variables(s, func(v detect.Variable) bool { return v.Data != "" }) {
		all = append(all, setting{Name: untrusted.VariableName(v.Name), Value: escapeExcept(v.Value, v.Replaced)})
	}
	return all
}

// plainReference is a reference to a variable, with a default that is a literal.
var plainReference = lazyregexp.New(`^\$\{[A-Za-z_]\w*(?::?-[^${}]*)?\}$`)

// escapeExcept is [escape] for all but references that Compose replaces.
func escapeExcept(text string, references []string) string {
	pairs := []string{}
	for _, reference := range references {
		if plainReference.MatchString(reference) {
			pairs = append(pairs, reference, reference)
		}
	}
	return strings.NewReplacer(append(pairs, "$", "$$")...).Replace(text)
}
