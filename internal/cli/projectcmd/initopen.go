package projectcmd

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/framework"
	"github.com/devup-cli/devup/internal/scaffold"
	"github.com/devup-cli/devup/internal/untrusted"
)

// openingOf says whether a service is marked as public.
func (p proposal) openingOf(s detect.Service) scaffold.Opening {
	i := slices.IndexFunc(p.openings, func(o scaffold.Opening) bool { return o.Service == cmp.Or(s.Compose, s.Name) })
	if i < 0 {
		return scaffold.Opening{}
	}
	return p.openings[i]
}

// publicWhy is the reason for the mark; nil where there is none, or an existing devup.yaml decided.
func publicWhy(o scaffold.Opening) *evidenceObject {
	if o.Why == (detect.Evidence{}) {
		return nil
	}
	return &evidenceObject{o.Why.File, o.Why.Line, o.Why.Text}
}

// showOpenings says which services are marked as public and why, and which are not. Of one
// that is, it says what its framework shows to any visitor.
func showOpenings(env *command.Env, p proposal) {
	for _, o := range p.openings {
		switch {
		case o.Marked && o.Public:
			env.Say(o.Service + " is public: devup.yaml marks it")
		case o.Marked:
			env.Say(o.Service + " is not public: devup.yaml does not mark it")
		case o.Public:
			env.Say(o.Service + " is marked as public: " + openingReason(o.Why))
		default:
			env.Say(o.Service + " is not marked as public: no page here calls it from a browser")
		}
	}
	for _, s := range p.repository.Services {
		sayRemarks(env, s.Name, p.debuggers[s.Name], true)
	}
}

// openingReason is the reason with the place after it: "... calls it by API_URL (web/src/App.js:3)".
func openingReason(e detect.Evidence) string {
	if e.File == "" {
		return e.Text
	}
	return fmt.Sprintf("%s (%s:%d)", e.Text, e.File, e.Line)
}

// publicDebuggers says of the services that are marked as public how their frameworks' debuggers
// are kept from visitors, and what only the user can change.
func publicDebuggers(fsys fs.FS, p proposal) map[string][]detect.Remark {
	notes := map[string][]detect.Remark{}
	for _, s := range p.repository.Services {
		dir, err := fs.Sub(fsys, s.Dir)
		if err != nil || !p.openingOf(s).Public {
			continue
		}
		start := strings.Join(s.Dev, " ")
		if s.Dockerfile != "" {
			text, _ := untrusted.ReadFileFS(dir, s.Dockerfile, untrusted.MaxText) // what cannot be read says nothing
			start = string(text)
		}
		needs := framework.Debuggers(dir, start)
		for _, v := range needs.Variables {
			text := fmt.Sprintf("%s runs without its debugger where the service is public (%s=%s)", v.Framework, v.Name, v.Value)
			notes[s.Name] = append(notes[s.Name], detect.Remark{Evidence: detect.Evidence{Text: text}})
		}
		for _, l := range needs.Lines {
			l.File = path.Join(s.Dir, l.File)
			problem, fix := l.Public()
			notes[s.Name] = append(notes[s.Name], detect.Remark{Evidence: detect.Evidence{Text: problem}, Fix: fix})
		}
	}
	return notes
}
