package scaffold

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/untrusted"
)

// copyView is a file of x-devup.setup.copy.
type copyView struct{ From, To string }

// secretView is a variable of x-devup.setup.generate.
type secretView struct{ Name, Kind untrusted.Inert }

// askView is a variable of x-devup.setup.ask: what only the user knows, and where the source needs it.
type askView struct {
	Name   untrusted.Inert
	Reason string
}

// setup fills in what a fresh clone lacks of the services' variables.
func (v *projectView) setup(repo detect.Repository) {
	for _, s := range repo.Services {
		if s.Compose != "" {
			continue
		}
		for _, f := range s.EnvFiles {
			if c := (copyView{f.Example, f.Path}); f.Example != "" && !slices.Contains(v.Copies, c) {
				v.Copies = append(v.Copies, c)
			}
		}
		for _, variable := range variables(s, isGenerated) {
			g := secretView{untrusted.VariableName(variable.Name), untrusted.ServiceName(string(variable.Generate))}
			if !slices.ContainsFunc(v.Secrets, func(other secretView) bool { return other.Name == g.Name }) {
				v.Secrets = append(v.Secrets, g)
			}
		}
		for _, variable := range variables(s, isDemanded) {
			a := askView{untrusted.VariableName(variable.Name), demand(variable)}
			if !slices.ContainsFunc(v.Asks, func(other askView) bool { return other.Name == a.Name }) {
				v.Asks = append(v.Asks, a)
			}
		}
	}
	slices.SortFunc(v.Asks, func(a, b askView) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(v.Copies, func(a, b copyView) int { return cmp.Compare(a.From, b.From) })
	slices.SortFunc(v.Secrets, func(a, b secretView) int { return cmp.Compare(a.Name, b.Name) })
}

func isGenerated(v detect.Variable) bool { return v.Generate != "" && !v.Wired() }

// isDemanded says whether only the user can give the variable, and the source insists on it.
func isDemanded(v detect.Variable) bool {
	return v.Required && !v.Default && v.Generate == "" && v.Usual == "" && !v.Wired() && !stacks.IsSetting(v.Name)
}

// isUsual says whether the variable gets a value that does for development. Compose reads
// braces and dollars in the default of a variable, and has no way to escape them.
func isUsual(v detect.Variable) bool {
	if !stacks.IsSetting(v.Name) && strings.ContainsAny(v.Usual, "$}") {
		return false
	}
	return v.Usual != "" && !v.Default && v.Generate == "" && !v.Wired()
}

// environment are the variables that devup.yaml sets for a service, sorted by name: the URLs of
// siblings, what it reads of data services, secrets that are generated, and what a start needs.
func environment(repo detect.Repository, s detect.Service, shared detect.Loopback) []setting {
	var all []setting
	add := func(v detect.Variable, value string) {
		all = append(all, setting{Name: untrusted.VariableName(v.Name), Value: value})
	}
	for _, w := range wired(repo, s) {
		add(w, urlOf(repo, w, shared))
	}
	if s.Compose == "" {
		if s.PortName != "" {
			add(detect.Variable{Name: s.PortName}, strconv.Itoa(s.Port.Number))
		}
		for _, l := range s.Listens {
			add(detect.Variable{Name: l.Name}, escape(l.Value))
		}
		for _, v := range variables(s, isGenerated) {
			add(v, "${"+v.Name+":?devup up generates it}")
		}
		for _, v := range variables(s, isUsual) {
			value := escape(v.Usual)
			if !stacks.IsSetting(v.Name) {
				value = "${" + v.Name + ":-" + v.Usual + "}"
			}
			add(v, value)
		}
		for _, v := range variables(s, isDemanded) {
			add(v, "${"+v.Name+":-"+v.StandIn+"}")
		}
	}
	all = append(all, held(s)...)
	slices.SortStableFunc(all, func(a, b setting) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// urlOf is the value of a variable that holds a sibling's URL.
func urlOf(repo detect.Repository, v detect.Variable, shared detect.Loopback) string {
	sibling, _ := find(repo, v.Sibling)
	scheme, variable := "http", "DEVUP_URL_"
	if v.Socket {
		scheme, variable = "ws", "DEVUP_WS_"
	}
	if v.Inside {
		return scheme + "://" + inside(sibling, shared) + escape(v.Path)
	}
	local := scheme + strings.TrimPrefix(localURL(sibling), "http")
	url := "${" + variable + detect.EnvName(key(sibling)) + ":-" + local + "}" + escape(v.Path)
	if v.List {
		return `["` + url + `"]`
	}
	return url
}

var plainPath = lazyregexp.New(`^[\w./@-]+$`)

// demand says where the source needs a variable.
func demand(v detect.Variable) string {
	if !plainPath.MatchString(v.Evidence.File) {
		return "the source needs it"
	}
	return v.Evidence.File + ":" + strconv.Itoa(v.Evidence.Line) + " needs it"
}
