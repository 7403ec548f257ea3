// Package framework knows what web frameworks have to be told so that they answer
// behind the https proxy of a cloud workspace: most development servers refuse
// hosts that they do not know, and some look for their live reload on the wrong port.
//
// It also knows how to keep their debuggers from the visitors of a public service: [Debuggers].
//
// [Look] takes one look at a directory and gives its [Needs]: variables that devup can
// set for the container, and lines that only the user can add to the code. What
// there is to know stands with each stack. The package reads through an [io/fs.FS],
// opens a few files by name, walks nowhere, and decides nothing about the place.
package framework

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
)

// Address is how browsers reach a service from outside. The zero value is that they reach it
// itself, on another port than its own.
type Address struct {
	Suffix string   // what the hosts of all ports end in, with its dot: ".app.github.dev"; a whole host where all ports share one
	Hosts  []string // the exact hosts of this service; none when it publishes no port itself
	Path   string   // what the proxy takes off the front of a request's path: "/proxy/8000"; empty for nothing
}

// Needs are what the frameworks of one directory want. The zero value is nothing.
type Needs struct {
	Variables []Variable // in a fixed order, each name once
	Lines     []Line
}

// Variable is an environment variable that helps.
type Variable struct {
	Framework string // as people write it: "Create React App"
	Name      string
	Value     string
}

// Line is what no variable can say, and the project's code does not say yet.
type Line struct {
	Framework string
	Why       string // what happens without it: "refuses hosts that it does not know"
	Code      string // the exact line to add
	File      string // where it belongs, slash-separated as seen from the directory
}

// ProxyNeeds says what the frameworks in a directory need so that browsers get through to them
// at the address. Variables that an env file of the directory sets are left to it.
func ProxyNeeds(files fs.FS, at Address) Needs {
	f := directory{files: files, texts: map[string]string{}}
	fill := at.fill()
	var needs Needs
	for _, s := range stacks.All() {
		for _, r := range s.Proxy {
			if !at.concerns(r) || !f.meets(s, r) {
				continue
			}
			title := cmp.Or(r.Title, s.Title)
			for _, v := range r.Variables {
				if !f.sets(v.Name) && !needs.names(v.Name) {
					needs.Variables = append(needs.Variables, Variable{title, v.Name, fill(v.Value)})
				}
			}
			if file, lacks := f.lacks(r.Line, at); lacks {
				needs.Lines = append(needs.Lines, Line{title, r.Line.Why, fill(r.Line.Code), file})
			}
		}
	}
	return needs
}

// concerns says whether a rule matters at the address.
func (a Address) concerns(r stack.Rule) bool {
	return (a.Path != "" || !r.Path) && (a.Suffix != "" || r.Moved)
}

func (n Needs) names(variable string) bool {
	return slices.ContainsFunc(n.Variables, func(v Variable) bool { return v.Name == variable })
}

// fill gives the function that puts the address into a template. A whole host has no
// star before it.
func (a Address) fill() func(string) string {
	one, several := "*"+a.Suffix, "**"+a.Suffix
	if !strings.HasPrefix(a.Suffix, ".") {
		one, several = a.Suffix, a.Suffix
	}
	return strings.NewReplacer("**{suffix}", several, "*{suffix}", one, "{suffix}", a.Suffix, "{hosts}", strings.Join(a.hosts(), ","), "{path}", a.Path).Replace
}

// hosts are the exact ones, or else the suffix, which stands for all.
func (a Address) hosts() []string {
	if len(a.Hosts) > 0 {
		return a.Hosts
	}
	return []string{a.Suffix}
}
