package workspace

import (
	"io/fs"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
)

// Override is what the user decided about the workspace. The zero value lets
// [Detect] find out.
type Override struct {
	Provider string // the name of a provider; empty to detect it
	Template string // the URL of a port with {port} in it; empty for the provider's own
}

// Detect finds out where devup runs from environment variables and from probe
// files below fsys, which is rooted at "/". It fails, with [fail.Usage], only
// when the override is wrong; signs that contradict each other never do.
func Detect(env func(string) string, fsys fs.FS, o Override) (Info, error) {
	p := probe{env: env, fsys: fsys}
	found, err := choose(p, o.Provider)
	if err != nil {
		return Info{}, err
	}
	ws := found.Info
	if found.named != nil {
		ws.Name = found.named(p)
	}
	if o.Template != "" {
		return withTemplate(ws, o)
	}
	if found.template == nil {
		return ws, nil
	}
	template, unknown := found.template(p)
	ws.Template = template
	switch {
	case unknown == "":
	case o.Provider != "":
		return Info{}, fail.New(fail.Usage, templateHint,
			"the provider %s was asked for, but its URLs are not known: %s", o.Provider, unknown)
	default:
		ws.NoURL = "the public URLs are not known: " + unknown
		ws.Note = ws.NoURL + "; " + templateHint
	}
	return ws, nil
}

const templateHint = "set DEVUP_PUBLIC_URL_TEMPLATE to the URL of a port, with {port} for its number"

// Names are the names of all providers, in the order in which they are tried.
func Names() []string {
	var names []string
	for _, p := range providers {
		names = append(names, p.Provider)
	}
	return names
}

// choose gives the provider of that name, or the first whose signs are there.
func choose(p probe, name string) (provider, error) {
	for _, candidate := range providers {
		if name == candidate.Provider || (name == "" && candidate.here(p)) {
			return candidate, nil
		}
	}
	return provider{}, fail.New(fail.Usage, "known providers: "+strings.Join(Names(), ", ")+
		"; for any other place set DEVUP_PUBLIC_URL_TEMPLATE alone", "unknown provider %q", name)
}

// provider is the provider of the workspace; the zero provider for one that a
// template made.
func (p Info) provider() provider {
	for _, candidate := range providers {
		if candidate.Provider == p.Provider {
			return candidate
		}
	}
	return provider{}
}
