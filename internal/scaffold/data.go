package scaffold

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/detect"
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
	Environment []setting
	Volume      string // the name of its volume; empty for none
	Directory   string // where the volume is mounted
	Seeds       []seedView
	Health      []string
	Start       int // seconds
}

// seedView is an SQL file that a data service loads.
type seedView struct{ From, To string }

// usualStart is how many seconds a data service may take to start.
const usualStart = 20

// newDataView is a data service as devup.yaml has it.
func newDataView(need detect.Data) dataView {
	of := dataservice.Lookup(need.Service).As(need.Variant)
	v := dataView{Key: need.Key, Image: of.Image, Why: untrusted.Comment(titleOf(need) + whyOf(need)), Start: max(of.Start, usualStart)}
	fill := func(templates []string) []string {
		var words []string
		for _, t := range templates {
			words = append(words, escape(need.Fill(t)))
		}
		return words
	}
	v.Command = fill(of.Command)
	v.Health = append([]string{"CMD"}, fill(of.Health)...)
	for _, s := range of.SettingsFor(need.Login) {
		v.Environment = append(v.Environment, setting{Name: settingName(s.Name), Value: escape(need.Fill(s.Value))})
	}
	v.Ports = append(v.Ports, onThisMachine(need.HostPort, of.Port))
	for i, extra := range of.Extra {
		if i < len(need.Extra) {
			v.Ports = append(v.Ports, onThisMachine(need.Extra[i], extra.Port))
		}
	}
	if of.Volume != "" {
		v.Volume, v.Directory = need.Key+"-data", of.Volume
	}
	for i, file := range need.Seeds {
		if !strings.Contains(file, ":") { // the short form of a mount divides by it
			v.Seeds = append(v.Seeds, seedView{"./" + escape(file), escape(path.Join(of.Seeds, strconv.Itoa(i+1)+"-"+path.Base(file)))})
		}
	}
	return v
}

// addData adds the data services that no compose file has.
func (view *projectView) addData(all []detect.Data) {
	for _, need := range all {
		if need.Compose {
			continue
		}
		v := newDataView(need)
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

// titleOf is a data service as people call it, with its variant.
func titleOf(need detect.Data) string {
	title := dataservice.Lookup(need.Service).Title
	switch {
	case need.Variant == "":
		return title
	case strings.HasPrefix(need.Variant, "P"), strings.HasPrefix(need.Variant, "p"): // PostGIS, pgvector
		return title + " with " + need.Variant
	}
	return title + ", " + need.Variant
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

// dependency is a data service that another service waits for.
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

// held are the service's variables that hold something of a data service, by name.
func held(s detect.Service) []setting {
	var all []setting
	for _, v := range variables(s, func(v detect.Variable) bool { return v.Data != "" }) {
		all = append(all, setting{Name: untrusted.VariableName(v.Name), Value: escape(v.Value)})
	}
	return all
}
